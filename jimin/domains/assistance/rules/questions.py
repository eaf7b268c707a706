"""How each fact of facts.py is asked in everyday words: once, for the estimate and for the application form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jimin.engines.policy.questions import Question, Screen, Words
from jimin.engines.policy.units import Stored

YES_NO: dict[Stored, Words] = {True: _("是"), False: _("不是")}
HAS: dict[Stored, Words] = {True: _("有"), False: _("没有")}
MONTH, YUAN, YEAR = _("元/月"), _("元"), _("元/年")
RELATIONS: dict[Stored, Words] = {
    "本人": _("您自己"), "配偶": _("配偶"), "子女": _("子女"), "父母": _("父母"), "祖父母": _("祖父母"),
    "孙子女": _("孙子女"), "兄弟姐妹": _("兄弟姐妹"), "其他": _("其他人"),
}  # fmt: skip
SCHOOLS: dict[Stored, Words] = {
    "不在学": _("不上学"), "义务教育": _("小学、初中"), "普通高中或中等职业学校": _("高中、中专、职高"),
    "全日制专科或本科": _("全日制大专、本科"), "其他": _("研究生、非全日制，或别的"),
}  # fmt: skip
KINDS: dict[Stored, Words] = {
    "无": _("没有残疾"), "视力": _("视力"), "听力": _("听力"), "言语": _("言语"), "肢体": _("肢体"), "智力": _("智力"),
    "精神": _("精神"), "多重": _("多重"),
}  # fmt: skip
GRADES: dict[Stored, Words] = {
    "无": _("没有等级"), "一级": _("一级"), "二级": _("二级"), "三级": _("三级"), "四级": _("四级"),
}  # fmt: skip
WHERE: dict[Stored, Words] = {
    "正常": _("都不是"), "监狱服刑": _("在监狱服刑"), "强制隔离戒毒": _("在强制隔离戒毒"), "宣告失踪": _("法院宣告失踪"),
    "死亡": _("已经去世"),
}  # fmt: skip
EMERGENCIES: dict[Stored, Words] = {
    "无": _("没有"), "火灾、交通事故等意外事件": _("火灾、交通事故等意外"), "突发重大疾病": _("家里人突然得了大病"),
    "其他特殊困难": _("别的特殊困难"),
}  # fmt: skip


def yes(name: Words, ask: Words, help: Words = "", choices: dict[Stored, Words] = YES_NO) -> Question:
    """Yes, no or not sure."""
    return Question(name, ask, help, choices=choices)


def tick(name: Words, help: Words = "") -> Question:
    """Yes or no, as one line of a list."""
    return Question(name, name, help, choices=YES_NO, tick=name, absent=False)


def sum_of(name: Words, help: Words = "", unit: Words = MONTH, **more: object) -> Question:
    """An amount that few have: ticked first, then typed."""
    return Question(name, name, help, unit, tick=name, absent=0, **more)  # type: ignore[arg-type]


PARTS = (
    "preferential", "family_planning", "scholarship", "bravery", "relief", "disability_subsidies", "basic_pension",
    "old_age_allowance", "insurance_benefits", "locally_exempt", "kept_by_kin",
)  # fmt: skip

QUESTIONS: dict[str, Question] = {
    # -- a person
    "born": Question(_("出生日期"), _("出生日期"), _("按身份证上的，如 1956-3-2。记不清就空着。")),
    "relation": Question(_("是您的什么人"), _("是您的什么人"), choices=RELATIONS),
    "duty_of_support": yes(_("和您有没有赡养、抚养、扶养义务"), _("法律上，和您互相有赡养、抚养或扶养的义务吗？"), _("夫妻之间、父母和子女之间一般都有。"), HAS),
    "lives_together": yes(_("是不是长期和您一起住"), _("长期和您一起住吗？")),
    "schooling": Question(_("上学情况"), _("现在上学吗？"), choices=SCHOOLS),
    "lives_independently": yes(_("能不能独立生活"), _("能自己独立生活吗？"), choices={True: _("能"), False: _("不能")}),
    "clergy_years": Question(_("作为宗教教职人员离家的年数"), _("作为宗教教职人员，连续离家生活几年了？"), unit=_("年"), tick=_("是宗教教职人员，离开家在宗教场所生活"), absent=0),
    "whereabouts": Question(_("是否在服刑、戒毒或失踪"), _("有没有下面的情况？"), choices=WHERE, tick={k: v for k, v in WHERE.items() if k != "正常"}, absent="正常"),
    "disability_kind": Question(_("残疾类别"), _("残疾人证上是哪一类？"), choices=KINDS, tick=_("有残疾人证"), absent="无"),
    "disability_grade": Question(_("残疾等级"), _("残疾人证上是几级？"), choices=GRADES, absent="无"),
    "several_of_mind": yes(_("多重残疾里有没有三级以上的智力、精神残疾"), _("多重残疾里，有一级、二级或三级的智力或精神残疾吗？"), choices=HAS),
    "several_of_body": yes(_("多重残疾里有没有较重的肢体、视力残疾"), _("多重残疾里，有一级、二级的肢体残疾，或者一级的视力残疾吗？"), choices=HAS),
    "serious_illness": tick(_("得了当地认定的重特大疾病")),
    "employed": tick(_("现在有工作")),
    "refusals": Question(_("没有正当理由拒绝介绍工作的次数"), _("连续几次没有正当理由拒绝介绍的工作？"), unit=_("次"), tick=_("能劳动，但没有正当理由拒绝过介绍的工作"), absent=0),
    "wage": sum_of(_("打工、上班的工资")),
    "work_costs": sum_of(_("为上班必须花的钱"), _("如路费。")),
    "business_income": sum_of(_("种地、养殖、做生意挣的钱"), _("减去成本以后。亏了填负数，如 -300。"), may_be_negative=True),
    "property_income": sum_of(_("房租、地租、利息、分红")),
    "transfers_in": sum_of(_("别的养老金、赡养费、抚养费、捐赠"), _("除了上面已经勾的几样。"), parts=PARTS),
    "transfers_out": sum_of(_("自己交的税、社保，给别人的赡养费、抚养费")),
    "preferential": sum_of(_("优待抚恤金")),
    "family_planning": sum_of(_("计划生育奖励、扶助金")),
    "scholarship": sum_of(_("奖学金")),
    "bravery": sum_of(_("见义勇为等奖励")),
    "relief": sum_of(_("政府发的救助款物")),
    "disability_subsidies": sum_of(_("残疾人生活补贴、护理补贴")),
    "basic_pension": sum_of(_("城乡居民养老保险的基础养老金"), _("不是单位退休金。")),
    "old_age_allowance": sum_of(_("高龄津贴")),
    "insurance_benefits": sum_of(_("医疗保险等社会保险给的钱"), _("不含基础养老金。")),
    "locally_exempt": sum_of(_("市里以上政府规定不算收入的钱")),
    "kept_by_kin": sum_of(_("兄弟姐妹或 60 岁以上老人给的生活费")),
    "other_income": sum_of(_("上面没有说到的收入")),
    "rigid_spending": sum_of(_("因残疾、得大病多花的钱"), _("如康复、吃药，扣掉报销以后。")),
    "savings": Question(_("银行存款"), _("银行存款"), _("现在一共有多少。没有填 0。"), YUAN),
    "investments": Question(_("股票、基金、商业保险、借出去的钱"), _("股票、基金、商业保险、借出去的钱"), _("现在一共值多少。没有填 0。"), YUAN),
    "lost_abilities": Question(_("有几样事自己做不了"), _("吃饭、穿衣、上下床、上厕所、在屋里走、洗澡，这六样有几样自己做不了？"), unit=_("样"), choices={n: str(n) for n in range(7)}),
    "in_tekun": tick(_("已经是特困人员")),
    "on_dibao_now": tick(_("本人正在领低保")),
    "without_capacity": tick(_("无民事行为能力"), _("如完全不能辨认自己的行为。")),
    "supporter_property_within": yes(_("财产是否符合当地低收入家庭的规定"), _("家里的财产，符合当地低收入家庭的规定吗？"), _("拿不准就选“不清楚”，由镇里查。"), {True: _("符合"), False: _("不符合")}),
    "long_term_care": tick(_("长期要人照护")),
    "orphan": tick(_("在领孤儿基本生活费")),
    "unsupported_child": tick(_("全额领事实无人抚养儿童补贴")),
    "injury_care": tick(_("在领工伤保险的生活护理费")),
    # -- the household
    "applicant_local": yes(_("户口是不是在这里"), _("您的户口在这个地方吗？")),
    "vehicles": Question(_("机动车辆数"), _("家里有几辆机动车？"), _("农用车、两轮车不算。没有填 0。"), _("辆")),
    "vehicle_needed": yes(_("车是不是必需"), _("车是残疾人代步或者干活、做生意必须用的吗？")),
    "vehicle_value": Question(_("车现在值多少钱"), _("车现在值多少钱？"), "", YUAN),
    "homes": Question(_("住房套数"), _("家里有几套住房？"), _("没有填 0。"), _("套")),
    "business_capital": Question(_("办企业、开店的出资额"), _("办企业、开店登记出资多少？"), _("没有填 0。"), YUAN),
    "on_dibao": yes(_("是不是正在领低保"), _("您家正在领低保吗？")),
    "over_line_through_work": yes(_("是不是因为有人就业才超过标准"), _("收入超过低保标准，是因为家里有人找到了工作吗？")),
    "months_over_line": Question(_("超过标准的月数"), _("超过标准几个月了？"), "", _("个月")),
    "last_amount": Question(_("超过以前每月的低保金"), _("超过以前，每月领多少低保金？"), "", MONTH),
    "tekun_property_within": yes(_("财产是否符合特困人员的规定"), _("您的财产，符合当地特困人员的规定吗？"), _("拿不准就选“不清楚”，由镇里查。"), {True: _("符合"), False: _("不符合")}),
    "emergency": Question(_("遇到的急难"), _("最近遇到了下面的事吗？"), choices=EMERGENCIES),
    "hardship_now": yes(_("眼下生活是不是过不下去"), _("因为这样的事，眼下基本生活过不下去了吗？")),
    "necessary_spending": Question(_("近 12 个月上学、看病的必需支出"), _("近 12 个月，上学、看病自己花了多少？"), _("扣掉报销的。"), YEAR),
    "yearly_income": Question(_("近 12 个月全家收入"), _("近 12 个月，全家到手的收入一共多少？"), _("种地、做生意的，减去成本。"), YEAR),
    "unaffordable": yes(_("必需支出是不是突然增加、承受不了"), _("上学、看病这类必需的花费，突然多到家里承受不了吗？")),
    "on_heating_list": yes(_("在不在今年的采暖补贴名单上"), _("您家在今年的采暖补贴名单上吗？"), _("不清楚可以问村委会、居委会。"), {True: _("在"), False: _("不在")}),
}  # fmt: skip

STATE = (
    "employed", "disability_kind", "serious_illness", "long_term_care", "on_dibao_now", "in_tekun", "without_capacity",
    "orphan", "unsupported_child", "injury_care", "refusals", "clergy_years", "whereabouts",
)  # fmt: skip
INCOME = (
    "wage", "work_costs", "business_income", "property_income", "basic_pension", "insurance_benefits", "disability_subsidies",
    "relief", "old_age_allowance", "preferential", "family_planning", "scholarship", "bravery", "kept_by_kin",
    "locally_exempt", "transfers_in", "other_income", "transfers_out", "rigid_spending",
)  # fmt: skip
#: In the order of a talk; of two screens the one that more programmes stand on comes first (sites/portal/estimate).
SCREENS = (
    Screen("people", _("家里有谁？"), ("relation", "born"), "person", together=True),
    Screen("ties", _("一起生活吗？"), ("duty_of_support", "lives_together", "schooling", "lives_independently"), "person"),
    Screen("state", _("有下面的情况吗？"), STATE, "person", _("可以勾几样。"), is_list=True),
    Screen("income", _("有下面的钱进、钱出吗？"), INCOME, "person", _("先勾有的，下一步再填多少。"), is_list=True),
    Screen("details", _("再细说一下"), ("disability_kind", "disability_grade", "several_of_mind", "several_of_body", "clergy_years", "refusals", *INCOME), "person", _("按每个月填。没有填 0，不清楚就空着；按年算的写成 7200/年。")),
    Screen("savings", _("有多少存款和投资？"), ("savings", "investments"), "person", _("不清楚就空着。"), together=True),
    Screen("property", _("房子、车和生意"), ("vehicles", "homes", "business_capital")),
    Screen("vehicle", _("您家的车"), ("vehicle_needed", "vehicle_value")),
    Screen("dibao", _("低保"), ("on_dibao",)),
    Screen("taper", _("就业以后的低保"), ("over_line_through_work", "months_over_line", "last_amount")),
    Screen("hardship", _("最近的难处"), ("emergency", "unaffordable", "hardship_now")),
    Screen("hardship_more", _("再问一下难处"), ("yearly_income", "necessary_spending")),
    Screen("heating", _("冬天取暖"), ("on_heating_list",)),
    Screen("tekun", _("特困供养"), ("tekun_property_within",)),
    Screen("care", _("自己照料自己"), ("lost_abilities", "supporter_property_within"), "person"),
    Screen("place", _("户口在哪里？"), ("applicant_local",)),
)  # fmt: skip
