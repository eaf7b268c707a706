"""What counts as income (民发〔2021〕57号 第十三条; 2022年通知 一（一）)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from jimin.domains.assistance.tests.reference.answers import add, capped, every, opposite, pick, work_out
from jimin.domains.assistance.tests.reference.case import House, Person, once
from jimin.domains.assistance.tests.reference.family import is_member, minor, severely_disabled

#: 第二款第三项: “十四五”期间。
FIVE_YEARS = (date(2021, 1, 1), date(2025, 12, 31))
NOTICE_OF_2022 = date(2022, 10, 20)


def to_step(amount: Fraction, step: int) -> int:
    """Downwards: what may be deducted is a most, and a most is not exceeded."""
    return int(amount // step) * step


def share(amount: Any, part: Any, step: Any) -> Any:
    """A share of an amount, rounded."""
    return work_out(lambda a, b, s: to_step(a * b, s), amount, part, step)


def counted_wage(p: Person) -> Any:
    """第一款第一项: 全部劳动报酬，扣除必要的就业成本（第三款: 按规定适当扣减）。"""

    def most() -> Any:
        return share(p("wage"), p.house.number("income.work_cost_share"), p.house.number("income.step"))

    costs = 0 if p("wage") == 0 else capped(p("work_costs"), most)
    return work_out(lambda a, b: a - b, p("wage"), costs)


def always_exempt(p: Person) -> Any:
    """第二款第一项（优待抚恤、计生、奖学金、见义勇为）、第二项（救助款物）、第四项（地方规定），和国发〔2015〕52号的两项补贴。

    高龄津贴和社会保险待遇不在内: 第四项没有规定就计入。
    """
    names = ("preferential", "family_planning", "scholarship", "bravery", "relief", "locally_exempt")
    return add(*[p(name) for name in names], p("disability_subsidies"))


def exempt_transfers(p: Person) -> Any:
    """第二款: 上面各项，和“十四五”期间的基础养老金（第三项）。"""
    first, last = FIVE_YEARS
    return add(always_exempt(p), p("basic_pension")) if first <= p.house.day <= last else always_exempt(p)


def exempt_keep(p: Person) -> Any:
    """通知一（一）: 成年无业重度残疾人，兄弟姐妹或者老年人给付的供养费用可以视情适当豁免。"""
    if p.house.day < NOTICE_OF_2022:
        return 0
    given = work_out(lambda kept: kept > 0, p("kept_by_kin"))
    fits = every(opposite(minor(p)), opposite(p("employed")), severely_disabled(p), given)
    number = p.house.number
    return pick(fits, lambda: share(p("kept_by_kin"), number("income.kin_exempt_share"), number("income.step")), int)


def counted_transfers(p: Person) -> Any:
    """第一款第四项: 转移性收入扣减转移性支出；可以是负数（工资的税和社保也在支出里）。"""
    out = add(exempt_transfers(p), exempt_keep(p), p("transfers_out"))
    return work_out(lambda a, b: a - b, p("transfers_in"), out)


def gross_income(p: Person) -> Any:
    """第一款: 五类收入。"""
    kinds = (p("business_income"), p("property_income"), p("other_income"))
    return add(counted_wage(p), *kinds, counted_transfers(p))


def rigid_deduction(p: Person) -> Any:
    """第三款: 因残疾、患重病等增加的刚性支出，按规定适当扣减。"""
    return capped(p("rigid_spending"), lambda: p.house.number("income.rigid_limit"))


@once
def own_income(p: Person) -> Any:
    """第十三条: 本人的收入减去扣减；超出的部分减的是家庭收入（第三款“核算家庭收入时”），所以可以是负数。"""
    return work_out(lambda a, b: a - b, gross_income(p), rigid_deduction(p))


def counted_income(p: Person) -> Any:
    """第十三条: 共同生活的家庭成员的收入。"""
    return pick(is_member(p), lambda: own_income(p), int)


@once
def income(h: House) -> Any:
    """第十三条: 家庭收入，不低于 0。"""
    return work_out(lambda all_of: max(all_of, 0), add(*[counted_income(p) for p in h.persons]))
