"""最低生活保障, 低保边缘家庭, 单人保, 渐退期."""

from jimin.domains.assistance.rules.facts import decision, household, person, personal
from jimin.domains.assistance.rules.texts import DB57, DL22, SA649
from jimin.engines.policy.formulas import no
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose, how_many, not_negative, portion, round_down, round_up, total

MONEY, BOOL, COUNT = Unit.MONEY, Unit.BOOL, Unit.COUNT


@household(MONEY, SA649("第十条"))
def income_line(h, law):
    """低保标准 × 人数"""
    return law.dibao.standard * h.family_size


@household(BOOL, SA649("第九条"))
def below_line(h, law):
    """人均收入低于低保标准"""
    return h.income < h.income_line


@decision(SA649("第九条"))
def dibao(h, law):
    """最低生活保障"""
    return {
        no("申请人户籍不在本地", DB57("第四条")): h.applicant_local,
        no("人均收入不低于低保标准", SA649("第九条")): h.below_line,
        no("金融资产超过限额", DB57("第十四条")): h.assets_within,
        no("车辆不符合规定", DB57("第十四条")): h.vehicle_within,
        no("住房套数超过限额", DB57("第十四条")): h.homes_within,
        no("市场主体出资超过限额", DB57("第十四条")): h.capital_within,
    }


@household(COUNT, DB57("第三十四条"))
def people_reduced(h, law):
    """连续拒绝介绍工作、停发本人份额的人数
    只对有就业能力但未就业的成员。"""
    return how_many(m.is_member & ~m.employed & (m.refusals >= law.dibao.refusals) for m in h.members)


@household(MONEY, SA649("第十二条"), since="2021-07-01")
def dibao_full_amount(h, law):
    """差额：（标准 − 人均收入）× 人数，取整以前"""
    return choose(h.dibao, h.income_line - h.income, 0)


@household(MONEY, DB57("第三十四条"), since="2021-07-01")
def dibao_amount(h, law):
    """月低保金
    有成员连续三次拒绝工作的，停发其本人的一份。只取整一次。"""
    kept = portion(h.dibao_full_amount, h.family_size - h.people_reduced, h.family_size)
    return choose(h.dibao, round_up(kept, law.dibao.step), 0)


# -- 低保边缘家庭 -----------------------------------------------------------------------------
@household(BOOL, DB57("第八条第二款"))
def below_marginal_line(h, law):
    """人均收入低于低保标准的 1.5 倍"""
    return h.income < h.income_line * law.dibao.marginal_ratio


@decision(DB57("第八条第二款"))
def marginal(h, law):
    """最低生活保障边缘家庭"""
    return {
        no("申请人户籍不在本地", DB57("第四条")): h.applicant_local,
        no("已经符合最低生活保障条件", DB57("第八条第二款")): ~h.dibao,
        no("人均收入不低于低保标准的 1.5 倍", DB57("第八条第二款")): h.below_marginal_line,
        no("家庭财产不符合规定", DB57("第八条第二款")): h.property_within,
    }


# -- 单人保 ------------------------------------------------------------------------------------
@person(BOOL, DB57("第八条第一款第一项"))
def alone_as_disabled(p, law):
    """边缘家庭中的一级、二级重度残疾人，三级智力、精神残疾人"""
    return p.household.marginal & p.is_member & (p.severely_disabled | p.third_grade_of_mind)


@person(BOOL, DB57("第八条第一款第二项"))
def alone_as_ill(p, law):
    """边缘家庭中的重特大疾病患者"""
    return p.household.marginal & p.is_member & p.serious_illness


@person(BOOL, DL22("一（一）"), since="2022-10-20")
def alone_as_jobless(p, law):
    """成年无业重度残疾人，参照“单人户”
    不限于边缘家庭。"""
    return ~p.minor & ~p.employed & p.severely_disabled


@person(BOOL, DL22("一（一）"), until="2022-10-19", name="alone_as_jobless")
def alone_as_jobless_before(p, law):
    """成年无业重度残疾人（当时没有这一项规定）"""
    return False


@person(BOOL, DB57("第八条第一款第三项"))
def alone_as_clergy(p, law):
    """脱离家庭、在宗教场所居住三年以上的宗教教职人员"""
    return p.clergy_years >= law.family.clergy_years


@person(MONEY, SA649("第九条"))
def assets_limit_alone(p, law):
    """一个人的金融资产限额：若干个月的低保标准"""
    return law.dibao.standard * law.property.months_of_standard


@personal(DB57("第八条"))
def alone(p, law):
    """单人保：单独申请，符合条件
    按“单人户”看：本人的收入和财产也要符合条件。边缘家庭的财产已经看过。家庭已经保障的成员不再单独保障；
    脱离家庭的教职人员不是家庭成员，不受家庭影响。"""
    in_marginal = p.alone_as_disabled | p.alone_as_ill
    assets = p.savings + p.investments
    return {
        no("申请人户籍不在本地", DB57("第四条")): p.household.applicant_local,
        no("家庭已经符合最低生活保障条件", DL22("一（一）")): ~(p.is_member & p.household.dibao),
        no("家庭正在渐退期", DB57("第三十三条")): ~(p.is_member & p.household.tapering),
        no("不属于可以单独申请的人员", DB57("第八条第一款")): in_marginal | p.alone_as_jobless | p.alone_as_clergy,
        no("本人收入不低于低保标准", SA649("第九条")): p.own_income < law.dibao.standard,
        no("本人金融资产超过限额", SA649("第九条")): in_marginal | (assets == 0) | (assets <= p.assets_limit_alone),
        no("服刑、强制隔离戒毒、宣告失踪或死亡", DB57("第七条第二款第二项")): p.whereabouts == "正常",
    }


@person(MONEY, DB57("第二十三条"))
def alone_amount(p, law):
    """单人保金额：标准 − 本人收入，最多是标准"""
    return choose(p.alone, round_up(law.dibao.standard - not_negative(p.own_income), law.dibao.step), 0)


@household(COUNT, DB57("第八条"))
def people_alone(h, law):
    """单人保人数"""
    return how_many(m.alone for m in h.members)


@household(MONEY, DB57("第二十三条"))
def alone_total(h, law):
    """单人保金额合计"""
    return total(m.alone_amount for m in h.members)


# -- 渐退期 ------------------------------------------------------------------------------------
@decision(DB57("第三十三条"))
def tapering(h, law):
    """渐退期：就业后超过标准的在保家庭
    渐退放宽的是收入，不是财产。"""
    return {
        no("不是正在享受低保的家庭", DB57("第三十三条")): h.on_dibao,
        no("仍低于低保标准", DB57("第三十三条")): ~h.below_line,
        no("不是因就业超过标准", DB57("第三十三条")): h.over_line_through_work,
        no("已超过渐退期", DL22("一（三）")): h.months_over_line <= law.dibao.taper_months,
        no("家庭财产不符合规定", SA649("第十三条第三款")): h.property_within,
    }


@household(MONEY, DB57("第三十三条"))
def taper_amount(h, law):
    """渐退期金额"""
    return choose(h.tapering, round_down(h.last_amount * law.dibao.taper_share, law.dibao.step), 0)


@household(MONEY, DB57("第二十五条"), since="2021-07-01")
def monthly_payment(h, law):
    """每月应发：低保金、单人保和渐退金额"""
    return h.dibao_amount + h.alone_total + h.taper_amount
