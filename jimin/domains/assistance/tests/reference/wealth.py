"""Household property (民发〔2021〕57号 第十四条; the limits are local, 社会救助暂行办法第十条第二款)."""

from __future__ import annotations

from typing import Any

from jimin.domains.assistance.tests.reference.answers import add, either, every, pick, same, within, work_out
from jimin.domains.assistance.tests.reference.case import House, Person, once
from jimin.domains.assistance.tests.reference.family import family_size, is_member


def own_assets(p: Person) -> Any:
    """第十四条: 银行存款、证券、基金、商业保险、债权、互联网金融资产。"""
    return add(p("savings"), p("investments"))


def counted_assets(p: Person) -> Any:
    """第十四条: 共同生活的家庭成员拥有的。"""
    return pick(is_member(p), lambda: own_assets(p), int)


@once
def assets(h: House) -> Any:
    """第十四条。"""
    return add(*[counted_assets(p) for p in h.persons])


def assets_limit(h: House) -> Any:
    """地方: 人均不超过若干个月的低保标准。"""
    return work_out(
        lambda m, s, n: m * s * n, h.number("property.months_of_standard"), h.number("dibao.standard"), family_size(h)
    )


def assets_within(h: House) -> Any:
    """不超过限额。"""
    return within(assets(h), assets_limit(h))


def vehicle_within(h: House) -> Any:
    """第十四条: 车辆是财产，维持生产生活必需的可以豁免。"""
    few = within(h("vehicles"), h.number("property.vehicles"))
    cheap = within(h("vehicle_value"), h.number("property.vehicle_value"))
    return either(same(h("vehicles"), 0), every(h("vehicle_needed"), few, cheap))


def homes_within(h: House) -> Any:
    """第十四条: 房屋。"""
    return within(h("homes"), h.number("property.homes"))


def capital_within(h: House) -> Any:
    """第十四条: 市场主体出资。"""
    return within(h("business_capital"), h.number("property.business_capital"))


@once
def property_within(h: House) -> Any:
    """社会救助暂行办法第九条: 符合当地最低生活保障家庭财产状况规定。"""
    return every(assets_within(h), vehicle_within(h), homes_within(h), capital_within(h))
