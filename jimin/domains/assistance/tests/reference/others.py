"""临时救助 (民发〔2018〕23号), 残疾人两项补贴 (国发〔2015〕52号, as restated), 采暖 (要点第8点)."""

from __future__ import annotations

from typing import Any

from jimin.domains.assistance.tests.reference.answers import below, either, every, opposite, pick, same, work_out
from jimin.domains.assistance.tests.reference.case import House, Person
from jimin.domains.assistance.tests.reference.dibao import alone, dibao, income_line
from jimin.domains.assistance.tests.reference.family import disabled, family_size, is_member, severely_disabled
from jimin.domains.assistance.tests.reference.wealth import property_within


def emergency_relief(h: House) -> Any:
    """23号二（一）急难型: 意外、重病或其他特殊困难，基本生活暂时严重困难；在急难发生地，不问户籍（通知四（三））。"""
    return every(opposite(same(h("emergency"), "无")), h("hardship_now"))


def disposable_line(h: House) -> Any:
    """23号二（一）: 当地上年度人均可支配收入 × 人数。"""
    return work_out(lambda a, b: a * b, h.number("temporary.disposable_income"), family_size(h))


def expense_relief(h: House) -> Any:
    """23号二（一）支出型: 支出突然增加超出承受能力，基本生活严重困难，收入低于人均可支配收入，财产符合规定。"""
    return every(
        h("unaffordable"), h("hardship_now"), below(h("yearly_income"), disposable_line(h)), property_within(h)
    )


def temporary_relief(h: House) -> Any:
    """急难型或支出型。"""
    return either(emergency_relief(h), expense_relief(h))


def relief_base(h: House) -> Any:
    """23号二（三）: 可与低保标准挂钩，按家庭人口；可以救助的才有。"""
    return pick(temporary_relief(h), lambda: income_line(h), int)


def in_dibao_family(p: Person) -> Any:
    """52号二: 低保家庭中的残疾人；还没有申请的，现在就符合也算（先申请低保）。"""
    family = either(p.house("on_dibao"), dibao(p.house))
    return either(every(is_member(p), family), alone(p), p("on_dibao_now"))


def dead(p: Person) -> Any:
    """死亡。"""
    return same(p("whereabouts"), "死亡")


def living_subsidy(p: Person) -> Any:
    """52号二: 低保家庭中的残疾人；孤儿、全额领取事实无人抚养补贴的、领工伤护理费的、特困人员不领。"""
    return every(
        disabled(p),
        in_dibao_family(p),
        *[opposite(p(name)) for name in ("orphan", "unsupported_child", "injury_care", "in_tekun")],
        opposite(dead(p)),
    )


def care_subsidy(p: Person) -> Any:
    """52号二: 一级、二级且需要长期照护；领工伤护理费的、特困人员不领，孤儿可以领。"""
    care = every(severely_disabled(p), p("long_term_care"))
    return every(care, opposite(p("injury_care")), opposite(p("in_tekun")), opposite(dead(p)))


def living_subsidy_amount(p: Person) -> Any:
    """52号三。"""
    return pick(living_subsidy(p), lambda: p.house.number("disability.living_amount"), int)


def care_subsidy_amount(p: Person) -> Any:
    """52号三。"""
    return pick(care_subsidy(p), lambda: p.house.number("disability.care_amount"), int)


def heating(h: House) -> Any:
    """要点第8点: 按对象名单。"""
    return h("on_heating_list")


def heating_amount(h: House) -> Any:
    """要点第8点。"""
    return pick(heating(h), lambda: h.number("heating.amount"), int)
