"""Income of the household (家庭收入): what counts, what does not, what is deducted. A month."""

from jimin.domains.assistance.rules.facts import household, person
from jimin.domains.assistance.rules.texts import DB57, DL22
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import at_most, choose, not_negative, round_down, total

MONEY = Unit.MONEY


@person(MONEY, DB57("第十三条第一款第一项"))
def counted_wage(p, law):
    """工资性收入，扣除必要的就业成本"""
    allowed = round_down(p.wage * law.income.work_cost_share, law.income.step)
    return p.wage - choose((p.wage == 0) | (p.work_costs == 0), 0, at_most(p.work_costs, allowed))


@person(MONEY, DB57("第十三条第二款"), until="2025-12-31")
def exempt_transfers(p, law):
    """不计入的转移性收入
    优待抚恤金、计划生育奖励与扶助金、奖学金、见义勇为等奖励性补助；社会救助款物；“十四五”期间的基础养老金；
    设区的市级以上政府规定的其他收入。"""
    return p.always_exempt + p.basic_pension


@person(MONEY, DB57("第十三条第二款"), since="2026-01-01", name="exempt_transfers")
def exempt_transfers_after_the_five_years(p, law):
    """不计入的转移性收入
    “十四五”期间结束，第三项不再适用；各地另有规定的，填在“设区的市级以上政府规定不计入的收入”里。"""
    return p.always_exempt


@person(MONEY, DB57("第十三条第二款"))
def always_exempt(p, law):
    """第十三条第二款第一、二、四项不计入的收入"""
    rewards = p.preferential + p.family_planning + p.scholarship + p.bravery
    return rewards + p.relief + p.disability_subsidies + p.locally_exempt


@person(MONEY, DL22("一（一）"), since="2022-10-20")
def exempt_keep(p, law):
    """兄弟姐妹或 60 周岁以上老年人给付的供养费用中豁免的
    成年无业重度残疾人依靠其供养的，可以视情适当豁免。"""
    kept = p.severely_disabled & ~p.minor & ~p.employed
    return choose(
        kept & (p.kept_by_kin > 0), round_down(p.kept_by_kin * law.income.kin_exempt_share, law.income.step), 0
    )


@person(MONEY, DL22("一（一）"), until="2022-10-19", name="exempt_keep")
def exempt_keep_before(p, law):
    """兄弟姐妹或 60 周岁以上老年人给付的供养费用中豁免的（当时没有这一项规定）"""
    return 0


@person(MONEY, DB57("第十三条第一款第四项"))
def counted_transfers(p, law):
    """转移净收入，减去不计入的"""
    return p.transfers_in - p.exempt_transfers - p.exempt_keep - p.transfers_out


@person(MONEY, DB57("第十三条第一款"))
def gross_income(p, law):
    """可计入的收入合计"""
    earned = p.counted_wage + p.business_income + p.property_income
    return earned + p.counted_transfers + p.other_income


@person(MONEY, DB57("第十三条第三款"))
def rigid_deduction(p, law):
    """因残疾、患重病等增加的刚性支出，扣减
    条文写的是“等”，不另外要求残疾人证或者重特大疾病认定。"""
    return choose(p.rigid_spending > 0, at_most(p.rigid_spending, law.income.rigid_limit), 0)


@person(MONEY, DB57("第十三条"))
def own_income(p, law):
    """本人收入，扣减以后
    第三款的扣减是“在核算家庭收入时”作的：扣到负数的，减的是全家的收入。"""
    return p.gross_income - p.rigid_deduction


@person(MONEY, DB57("第十三条"))
def counted_income(p, law):
    """计入家庭的收入
    不是共同生活的家庭成员的，不计。"""
    return choose(p.is_member, p.own_income, 0)


@household(MONEY, DB57("第十三条"))
def income(h, law):
    """家庭月收入
    各人的合计，不低于 0：差额最多是标准。"""
    return not_negative(total(m.counted_income for m in h.members))
