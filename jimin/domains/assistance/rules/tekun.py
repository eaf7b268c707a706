"""特困人员救助供养: no ability to work, no means, nobody able to support. A decision on one person."""

from jimin.domains.assistance.rules.facts import household, person, personal
from jimin.domains.assistance.rules.texts import PLAN, SA649, TK43
from jimin.engines.policy.formulas import no
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose, every, not_negative

MONEY, BOOL, COUNT = Unit.MONEY, Unit.BOOL, Unit.COUNT


@person(BOOL, TK43("第五条"))
def unable_to_work(p, law):
    """无劳动能力
    六十周岁以上，未满十六周岁；一、二、三级智力、精神残疾，一、二级肢体残疾，一级视力残疾。"""
    by_age = (p.age >= law.tekun.old_age) | (p.age < law.tekun.young_age)
    of_mind = p.disability_kind.one_of("智力", "精神") & p.disability_grade.one_of("一级", "二级", "三级")
    of_limbs = (p.disability_kind == "肢体") & p.disability_grade.one_of("一级", "二级")
    of_sight = (p.disability_kind == "视力") & (p.disability_grade == "一级")
    several = (p.disability_kind == "多重") & (p.several_of_mind | p.several_of_body)
    return by_age | of_mind | of_limbs | of_sight | several


@person(MONEY, TK43("第六条第二款"))
def means(p, law):
    """本人收入
    基础养老金、基本医疗保险等社会保险和优待抚恤金、高龄津贴不计入在内。救助款物和两项补贴也不计：救助本身不是生活来源，
    不然每年核查时，领着供养金的人都有了生活来源。"""
    insured = p.basic_pension + p.insurance_benefits
    left_out = insured + p.preferential + p.old_age_allowance + p.relief + p.disability_subsidies
    earned = p.wage + p.business_income + p.property_income
    return not_negative(earned + p.transfers_in - left_out - p.transfers_out + p.other_income)


@person(BOOL, TK43("第六条"))
def without_means(p, law):
    """无生活来源"""
    return (p.means < law.dibao.standard) & p.household.tekun_property_within


@person(BOOL, TK43("第八条"))
def unable_to_support(p, law):
    """无履行义务能力"""
    poor = (p.means < law.tekun.disposable_income) & p.supporter_property_within
    hard_up_elder = (p.age >= law.tekun.supporter_old_age) & poor
    disabled = (p.severely_disabled | p.third_grade_of_mind) & poor
    absent = (p.without_capacity | p.whereabouts.one_of("监狱服刑", "宣告失踪")) & p.supporter_property_within
    elder_on_dibao = (p.age >= law.tekun.old_age) & p.on_dibao_now
    return p.in_tekun | elder_on_dibao | hard_up_elder | disabled | absent


@person(BOOL, TK43("第四条第一款第三项"))
def owes_support(p, law):
    """是申请人的法定义务人
    未成年人不是，死亡的也不是。"""
    return (p.relation != "本人") & p.duty_of_support & ~p.minor & (p.whereabouts != "死亡")


@household(BOOL, TK43("第四条第一款第三项"))
def nobody_supports(h, law):
    """无法定义务人，或者法定义务人都无履行义务能力"""
    return every(~m.owes_support | m.unable_to_support for m in h.members)


@person(BOOL, TK43("第二十四条第二款"))
def stays_on(p, law):
    """特困人员中的未成年人，继续享有供养
    到十八周岁；年满后仍在接受义务教育或者在普通高中、中等职业学校就读的，继续。"""
    return p.in_tekun & (p.minor | p.schooling.one_of("义务教育", "普通高中或中等职业学校"))


@personal(TK43("第四条"))
def tekun(p, law):
    """特困人员"""
    return {
        no("不是申请人本人", TK43("第十条")): p.relation == "本人",
        no("申请人户籍不在本地", TK43("第十条")): p.household.applicant_local,
        no("有劳动能力", TK43("第五条")): p.unable_to_work | p.stays_on,
        no("有生活来源", TK43("第六条")): p.without_means,
        no("法定义务人有履行义务能力", TK43("第八条")): p.household.nobody_supports,
        no("已选择纳入孤儿或事实无人抚养儿童保障", TK43("第九条")): ~(p.minor & (p.orphan | p.unsupported_child)),
        no("死亡、宣告失踪或正在服刑", TK43("第二十四条第一款")): ~p.whereabouts.one_of("死亡", "宣告失踪", "监狱服刑"),
    }


@person(BOOL, TK43("第二十二条"))
def cares_for_oneself(p, law):
    """具备生活自理能力"""
    return p.lost_abilities == 0


@person(BOOL, TK43("第二十二条"))
def lost_self_care(p, law):
    """完全丧失生活自理能力"""
    return p.lost_abilities >= law.tekun.lost_for_total


@person(MONEY, TK43("第二十条"))
def care_amount(p, law):
    """照料护理标准，按自理能力分三档"""
    partly = choose(p.lost_self_care, law.tekun.care_total, law.tekun.care_partial)
    return choose(p.cares_for_oneself, law.tekun.care_able, partly)


@person(MONEY, SA649("第十五条"))
def tekun_amount(p, law):
    """每月特困救助供养金：基本生活标准 + 照料护理标准"""
    return choose(p.tekun, law.tekun.basic_standard + p.care_amount, 0)


@household(BOOL, PLAN("第8点"))
def tekun_standard_high_enough(h, law):
    """本地特困基本生活标准不低于上年度低保标准的 1.3 倍"""
    return law.tekun.basic_standard >= law.tekun.last_year_dibao_standard * law.tekun.basic_ratio
