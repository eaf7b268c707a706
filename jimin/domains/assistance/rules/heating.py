"""采暖补贴 of the hard-up, by the year's list of households: no second application."""

from jimin.domains.assistance.rules.facts import decision, household
from jimin.domains.assistance.rules.texts import PLAN
from jimin.engines.policy.formulas import no
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose

MONEY = Unit.MONEY


@decision(PLAN("第8点"))
def heating(h, law):
    """困难群众采暖补贴"""
    return {no("不在本年度采暖补贴对象名单上", PLAN("第8点")): h.on_heating_list}


@household(MONEY, PLAN("第8点"))
def heating_amount(h, law):
    """采暖补贴，每户每个采暖期
    要点说的户均 800 元是平均数，不是每户的数。"""
    return choose(h.heating, law.heating.amount, 0)
