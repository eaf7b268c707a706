"""Property of the household (家庭财产). The limits are a province's or a 设区的市's to set (SA649 第十条第二款)."""

from jimin.domains.assistance.rules.facts import household, person
from jimin.domains.assistance.rules.texts import DB57
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose, total

MONEY, BOOL = Unit.MONEY, Unit.BOOL


@person(MONEY, DB57("第十四条"))
def counted_assets(p, law):
    """计入家庭的金融资产"""
    return choose(p.is_member, p.savings + p.investments, 0)


@household(MONEY, DB57("第十四条"))
def assets(h, law):
    """家庭金融资产"""
    return total(m.counted_assets for m in h.members)


@household(MONEY, DB57("第十四条"))
def assets_limit(h, law):
    """金融资产限额：若干个月的低保标准 × 人数"""
    return law.dibao.standard * law.property.months_of_standard * h.family_size


@household(BOOL, DB57("第十四条"))
def assets_within(h, law):
    """金融资产在限额内"""
    return (h.assets == 0) | (h.assets <= h.assets_limit)


@household(BOOL, DB57("第十四条"))
def vehicle_within(h, law):
    """没有车，或者是必需的、价值在限额内"""
    needed = h.vehicle_needed & (h.vehicles <= law.property.vehicles) & (h.vehicle_value <= law.property.vehicle_value)
    return (h.vehicles == 0) | needed


@household(BOOL, DB57("第十四条"))
def homes_within(h, law):
    """住房套数在限额内"""
    return (h.homes == 0) | (h.homes <= law.property.homes)


@household(BOOL, DB57("第十四条"))
def capital_within(h, law):
    """市场主体出资在限额内"""
    return (h.business_capital == 0) | (h.business_capital <= law.property.business_capital)


@household(BOOL, DB57("第十四条"))
def property_within(h, law):
    """家庭财产符合规定"""
    return h.assets_within & h.vehicle_within & h.homes_within & h.capital_within
