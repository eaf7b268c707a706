"""临时救助: 急难型 at once, where the hardship happens; 支出型 by the full procedure. Amounts are local."""

from jimin.domains.assistance.rules.facts import decision, household
from jimin.domains.assistance.rules.texts import DL22, LS23
from jimin.engines.policy.formulas import no
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose

BOOL, MONEY = Unit.BOOL, Unit.MONEY


@decision(LS23("二（一）"))
def emergency_relief(h, law):
    """急难型临时救助
    不问户籍，由急难发生地实施；家庭经济状况核对、民主评议和公示可以简化。"""
    return {
        no("没有遭遇急难", LS23("二（一）")): h.emergency != "无",
        no("基本生活没有出现严重困难", LS23("二（一）")): h.hardship_now,
    }


@household(MONEY, LS23("二（一）"))
def disposable_line(h, law):
    """当地上年度人均可支配收入 × 人数"""
    return law.temporary.disposable_income * h.family_size


@decision(LS23("二（一）"))
def expense_relief(h, law):
    """支出型临时救助"""
    return {
        no("生活必需支出没有超出承受能力", LS23("二（一）")): h.unaffordable,
        no("基本生活没有出现严重困难", LS23("二（一）")): h.hardship_now,
        no("人均可支配收入不低于当地上年度水平", LS23("二（一）")): h.yearly_income < h.disposable_line,
        no("家庭财产不符合规定", LS23("二（一）")): h.property_within,
    }


@household(BOOL, DL22("四（三）"))
def temporary_relief(h, law):
    """可以申请临时救助：急难型或支出型"""
    return h.emergency_relief | h.expense_relief


@household(MONEY, LS23("二（三）"))
def relief_base(h, law):
    """临时救助金额的基数：与低保标准挂钩，标准 × 人数"""
    return choose(h.temporary_relief, law.dibao.standard * h.family_size, 0)
