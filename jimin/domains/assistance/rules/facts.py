"""What is asked about a person and about a household, each once for every programme."""

from datetime import date

from jimin.engines.policy.formulas import Rules, money, months, number, one_of, when, whether, years

GRADES = ("无", "一级", "二级", "三级", "四级")
KINDS = ("无", "视力", "听力", "言语", "肢体", "智力", "精神", "多重")

PERSONS = {
    # 家庭关系
    "born": when("出生日期"),
    "relation": one_of("与申请人的关系", "本人", "配偶", "子女", "父母", "祖父母", "孙子女", "兄弟姐妹", "其他"),
    "duty_of_support": whether("与申请人有法定赡养、扶养、抚养义务关系"),
    "lives_together": whether("与申请人长期共同居住"),
    "schooling": one_of(
        "就学", "不在学", "义务教育", "普通高中或中等职业学校", "全日制专科或本科", "其他",
        note="研究生、非全日制选“其他”",
    ),
    "lives_independently": whether("能够独立生活"),
    "clergy_years": years("作为宗教教职人员连续脱离家庭生活的年数", note="不是宗教教职人员填 0"),
    "whereabouts": one_of("人身状态", "正常", "监狱服刑", "强制隔离戒毒", "宣告失踪", "死亡"),
    # 身体、就业
    "disability_kind": one_of("残疾类别", *KINDS, note="按残疾人证"),
    "disability_grade": one_of("残疾等级", *GRADES, note="按残疾人证"),
    "several_of_mind": whether("多重残疾中有一级、二级、三级智力或精神残疾", note="不是多重残疾的填“否”"),
    "several_of_body": whether("多重残疾中有一级、二级肢体残疾或一级视力残疾", note="不是多重残疾的填“否”"),
    "serious_illness": whether("患有当地认定的重特大疾病"),
    "employed": whether("在业"),
    "refusals": number("无正当理由连续拒绝介绍工作的次数"),
    # 收入（每月）
    "wage": money("工资性收入"),
    "work_costs": money("必要的就业成本"),
    "business_income": money("经营净收入", note="收入减去经营费用、折旧和生产税；亏损填负数"),
    "property_income": money("财产净收入"),
    "transfers_in": money("转移性收入", note="养老金、赡养费、捐赠等，含下面各项"),
    "transfers_out": money("转移性支出", note="缴纳的税款、社会保障支出、赡养支出等"),
    "preferential": money("其中：优待抚恤金"),
    "family_planning": money("其中：计划生育奖励与扶助金"),
    "scholarship": money("其中：奖学金"),
    "bravery": money("其中：见义勇为等奖励性补助"),
    "relief": money("其中：政府发放的社会救助款物"),
    "disability_subsidies": money("其中：残疾人两项补贴"),
    "basic_pension": money("其中：城乡居民养老保险基础养老金"),
    "old_age_allowance": money("其中：高龄津贴"),
    "insurance_benefits": money("其中：基本医疗保险等社会保险待遇", note="不含基础养老金"),
    "locally_exempt": money("其中：设区的市级以上政府规定不计入的收入"),
    "kept_by_kin": money("其中：兄弟姐妹或 60 周岁以上老年人给付的供养费用"),
    "other_income": money("其他应当计入的收入"),
    "rigid_spending": money("因残疾、患重病等增加的刚性支出"),
    # 财产
    "savings": money("银行存款"),
    "investments": money("证券、基金、商业保险、债权和互联网金融资产"),
    # 特困：生活自理能力；法定义务人
    "lost_abilities": number("吃饭、穿衣、上下床、如厕、室内行走、洗澡六项中不能自主完成的项数"),
    "in_tekun": whether("是特困人员"),
    "on_dibao_now": whether("是最低生活保障对象"),
    "without_capacity": whether("无民事行为能力"),
    "supporter_property_within": whether("作为法定义务人，财产符合当地低收入家庭财产状况规定"),
    # 残疾人两项补贴
    "long_term_care": whether("需要长期照护"),
    "orphan": whether("享受孤儿基本生活保障"),
    "unsupported_child": whether("全额领取事实无人抚养儿童基本生活补贴"),
    "injury_care": whether("享受工伤保险生活护理费"),
}  # fmt: skip

HOUSEHOLDS = {
    "applicant_local": whether("申请人户籍在本地"),
    "vehicles": number("机动车辆数", note="不含农用车、两轮车"),
    "vehicle_needed": whether("车辆为残疾成员代步或生产经营必需"),
    "vehicle_value": money("车辆现值"),
    "homes": number("住房套数"),
    "business_capital": money("市场主体出资额"),
    "on_dibao": whether("正在享受最低生活保障"),
    "over_line_through_work": whether("因成员就业，人均收入超过了标准"),
    "months_over_line": months("人均收入超过标准的月数"),
    "last_amount": money("超过标准以前的月低保金"),
    "tekun_property_within": whether("申请人财产符合当地特困人员财产状况规定"),
    "emergency": one_of("遭遇的急难", "无", "火灾、交通事故等意外事件", "突发重大疾病", "其他特殊困难"),
    "hardship_now": whether("基本生活暂时或一定时期内出现严重困难"),
    "necessary_spending": money("近 12 个月教育、医疗等生活必需支出", note="扣除报销后自己负担的"),
    "yearly_income": money("近 12 个月家庭可支配收入"),
    "unaffordable": whether("生活必需支出突然增加，超出家庭承受能力"),
    "on_heating_list": whether("在本年度采暖补贴对象名单上"),
}

#: 民发〔2021〕57号 and 43号 are in force from here. Before, 民发〔2012〕220号 counted a household otherwise (its 第五条).
rules = Rules(PERSONS, HOUSEHOLDS, begins=date(2021, 7, 1))
person, household, decision, personal = rules.person, rules.household, rules.decision, rules.personal
