"""The texts that the rules cite, by their keys in the register of regulations (texts/*.yaml)."""

from jimin.engines.policy.formulas import LawText

DB57 = LawText("DB57")  # 最低生活保障审核确认办法（民发〔2021〕57号）
DL22 = LawText("DL22")  # 关于进一步做好最低生活保障等社会救助兜底保障工作的通知（2022）
TK43 = LawText("TK43")  # 特困人员认定办法（民发〔2021〕43号）
SA649 = LawText("SA649")  # 社会救助暂行办法（国务院令第649号）
LS23 = LawText("LS23")  # 关于进一步加强和改进临时救助工作的意见（民发〔2018〕23号）
GF52 = LawText("GF52")  # 国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见（国发〔2015〕52号）
CIVIL = LawText("CIVIL")  # 民法典
PLAN = LawText("PLAN")  # 年度工作要点
