"""最低生活保障, 边缘家庭, 单人保, 渐退 (社会救助暂行办法第九至十三条; 民发〔2021〕57号; 2022年通知)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from jimin.domains.assistance.tests.reference.answers import (
    add,
    at_least,
    below,
    either,
    every,
    opposite,
    pick,
    within,
    work_out,
)
from jimin.domains.assistance.tests.reference.case import House, Person, once
from jimin.domains.assistance.tests.reference.family import (
    family_size,
    held_or_lost,
    is_member,
    long_from_home,
    minor,
    severely_disabled,
    third_grade_of_mind,
)
from jimin.domains.assistance.tests.reference.income import NOTICE_OF_2022, income, own_income
from jimin.domains.assistance.tests.reference.wealth import own_assets, property_within


def up_to_step(amount: Fraction | int, step: int) -> int:
    """Upwards: no text says how; the step is the place's own."""
    return -int(-Fraction(amount) // step) * step


@once
def income_line(h: House) -> Any:
    """暂行办法第九条: 标准 × 人数。"""
    return work_out(lambda s, n: s * n, h.number("dibao.standard"), family_size(h))


@once
def below_line(h: House) -> Any:
    """暂行办法第九条: 人均收入低于标准，等于不算。"""
    return below(income(h), income_line(h))


@once
def dibao(h: House) -> Any:
    """57号第四条（户籍所在地）、暂行办法第九条（收入和财产）。"""
    return every(h("applicant_local"), below_line(h), property_within(h))


def people_reduced(h: House) -> Any:
    """57号第三十四条: 未就业的成员，无正当理由连续 3 次拒绝。"""

    def one(p: Person) -> Any:
        refused = at_least(p("refusals"), h.number("dibao.refusals"))
        return every(is_member(p), opposite(p("employed")), refused)

    return add(*[one(p) for p in h.persons])


def dibao_full_amount(h: House) -> Any:
    """57号第二十三条、暂行办法第十二条: 实际差额。"""
    return pick(dibao(h), lambda: work_out(lambda a, b: a - b, income_line(h), income(h)), int)


def dibao_amount(h: House) -> Any:
    """57号第三十四条: 停发拒绝工作者本人的那一份。"""

    def paid(full: int, size: int, fewer: int, step: int) -> int:
        return up_to_step(Fraction(full * (size - fewer), size), step)

    given = (dibao_full_amount(h), family_size(h), people_reduced(h), h.number("dibao.step"))
    return pick(dibao(h), lambda: work_out(paid, *given), int)


def below_marginal_line(h: House) -> Any:
    """57号第八条第二款: 人均收入低于标准的 1.5 倍。"""
    return below(income(h), work_out(lambda a, b: a * b, income_line(h), h.number("dibao.marginal_ratio")))


@once
def marginal(h: House) -> Any:
    """57号第八条第二款: 不符合低保条件，收入低于 1.5 倍，财产符合规定；也向户籍地提出（通知四（三））。"""
    return every(h("applicant_local"), opposite(dibao(h)), below_marginal_line(h), property_within(h))


def alone_as_disabled(p: Person) -> Any:
    """57号第八条第一款第一项。"""
    grade = either(severely_disabled(p), third_grade_of_mind(p))
    return every(marginal(p.house), is_member(p), grade)


def alone_as_ill(p: Person) -> Any:
    """57号第八条第一款第二项。"""
    return every(marginal(p.house), is_member(p), p("serious_illness"))


def alone_as_jobless(p: Person) -> Any:
    """通知一（一）: 成年无业重度残疾人可以参照“单人户”，不限于边缘家庭；2022-10-20 以前没有。"""
    if p.house.day < NOTICE_OF_2022:
        return False
    return every(opposite(minor(p)), opposite(p("employed")), severely_disabled(p))


def alone_as_clergy(p: Person) -> Any:
    """57号第八条第一款第三项: 脱离家庭、在宗教场所居住三年以上（含三年）。"""
    return long_from_home(p)


def assets_limit_alone(p: Person) -> Any:
    """暂行办法第九条: 一个人的家庭，金融资产不超过若干个月的标准。"""
    number = p.house.number
    return work_out(lambda a, b: a * b, number("property.months_of_standard"), number("dibao.standard"))


@once
def alone(p: Person) -> Any:
    """57号第八条: 可以单独申请，而且作为一个人也符合暂行办法第九条；家庭已经符合的不单独纳入（通知一（一））。"""
    h = p.house
    of_marginal = either(alone_as_disabled(p), alone_as_ill(p))
    by_oneself = either(alone_as_jobless(p), alone_as_clergy(p))
    poor = below(own_income(p), h.number("dibao.standard"))
    wealth = either(of_marginal, within(own_assets(p), assets_limit_alone(p)))
    covered = every(is_member(p), either(dibao(h), tapering(h)))
    return every(
        h("applicant_local"),
        either(of_marginal, by_oneself),
        poor,
        wealth,
        opposite(covered),
        opposite(held_or_lost(p)),
    )


@once
def alone_amount(p: Person) -> Any:
    """57号第二十三条: 标准 − 本人收入，最多是标准。"""

    def paid(standard: int, own: int, step: int) -> int:
        return up_to_step(standard - max(own, 0), step)

    given = (p.house.number("dibao.standard"), own_income(p), p.house.number("dibao.step"))
    return pick(alone(p), lambda: work_out(paid, *given), int)


def people_alone(h: House) -> Any:
    """单人保人数。"""
    return add(*[alone(p) for p in h.persons])


def alone_total(h: House) -> Any:
    """单人保金额合计。"""
    return add(*[alone_amount(p) for p in h.persons])


@once
def tapering(h: House) -> Any:
    """57号第三十三条、通知一（三）: 在保家庭因就业超过标准，不超过 6 个月；财产仍要符合（暂行办法第十三条第三款）。"""
    in_time = work_out(lambda m, most: m <= most, h("months_over_line"), h.number("dibao.taper_months"))
    over = opposite(below_line(h))
    return every(h("on_dibao"), over, h("over_line_through_work"), in_time, property_within(h))


def taper_amount(h: House) -> Any:
    """57号第三十三条: 原金额的一个比例，比例由地方定，不超过它。"""

    def paid(last: int, part: Fraction, step: int) -> int:
        return int(last * part // step) * step

    given = (h("last_amount"), h.number("dibao.taper_share"), h.number("dibao.step"))
    return pick(tapering(h), lambda: work_out(paid, *given), int)


def monthly_payment(h: House) -> Any:
    """57号第二十五条: 按月支付。"""
    return add(dibao_amount(h), alone_total(h), taper_amount(h))
