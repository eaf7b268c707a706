"""特困人员 (民发〔2021〕43号; 暂行办法第十四、十五条; 要点第8点)."""

from __future__ import annotations

from typing import Any

from jimin.domains.assistance.tests.reference.answers import (
    add,
    at_least,
    below,
    either,
    every,
    opposite,
    pick,
    same,
    work_out,
)
from jimin.domains.assistance.tests.reference.case import House, Person, once
from jimin.domains.assistance.tests.reference.family import age, minor, severely_disabled, third_grade_of_mind

#: 第五条第三项: 残疾类别 → 等级。
GRADES = {
    "智力": ("一级", "二级", "三级"),
    "精神": ("一级", "二级", "三级"),
    "肢体": ("一级", "二级"),
    "视力": ("一级",),
}


def unable_to_work(p: Person) -> Any:
    """第五条: 60 周岁以上、未满 16 周岁，或者第三项所列的残疾。"""
    h = p.house
    by_card = [
        every(same(p("disability_kind"), kind), same(p("disability_grade"), *grades)) for kind, grades in GRADES.items()
    ]
    old = at_least(age(p), h.number("tekun.old_age"))
    young = work_out(lambda a, b: a < b, age(p), h.number("tekun.young_age"))
    several = every(same(p("disability_kind"), "多重"), either(p("several_of_mind"), p("several_of_body")))
    return either(old, young, *by_card, several)


@once
def means(p: Person) -> Any:
    """第六条第二款: 各类收入，基础养老金、基本医疗保险等社会保险、优待抚恤金、高龄津贴不计入；就业成本没有说扣。

    救助款物和两项补贴没有写，也不计: 计入的话，第二十四条第四项会让每个领供养金的人终止。
    """
    kinds = (p("wage"), p("business_income"), p("property_income"), p("other_income"))
    named = ("basic_pension", "insurance_benefits", "preferential", "old_age_allowance")
    out = add(*[p(n) for n in named], p("relief"), p("disability_subsidies"), p("transfers_out"))
    return work_out(lambda have, less: max(have - less, 0), add(*kinds, p("transfers_in")), out)


def without_means(p: Person) -> Any:
    """第六条第一款: 收入低于低保标准，财产符合当地特困人员财产状况规定。"""
    return every(below(means(p), p.house.number("dibao.standard")), p.house("tekun_property_within"))


@once
def unable_to_support(p: Person) -> Any:
    """第八条；强制隔离戒毒不在第五项里。"""
    number = p.house.number
    poor = every(below(means(p), number("tekun.disposable_income")), p("supporter_property_within"))
    on_dibao = every(p("on_dibao_now"), at_least(age(p), number("tekun.old_age")))
    old = every(at_least(age(p), number("tekun.supporter_old_age")), poor)
    ill = every(either(severely_disabled(p), third_grade_of_mind(p)), poor)
    gone = either(p("without_capacity"), same(p("whereabouts"), "宣告失踪", "监狱服刑"))
    return either(p("in_tekun"), on_dibao, old, ill, every(gone, p("supporter_property_within")))


def owes_support(p: Person) -> Any:
    """第四条第三项: 法定义务人；未成年的子女不是赡养义务人（民法典第二十六条第二款说的是成年子女），死亡的也不是。"""
    someone = every(opposite(same(p("relation"), "本人")), opposite(same(p("whereabouts"), "死亡")))
    return every(someone, p("duty_of_support"), opposite(minor(p)))


@once
def nobody_supports(h: House) -> Any:
    """第四条第三项: 没有法定义务人，或者都无履行义务能力。"""
    return every(*[either(opposite(owes_support(p)), unable_to_support(p)) for p in h.persons])


def stays_on(p: Person) -> Any:
    """第二十四条第二款: 特困人员中的未成年人到 18 周岁；年满后仍在义务教育、普高、中职的继续。"""
    at_school = same(p("schooling"), "义务教育", "普通高中或中等职业学校")
    return every(p("in_tekun"), either(minor(p), at_school))


@once
def tekun(p: Person) -> Any:
    """第四条（三个条件）、第九条（已按孤儿、事实无人抚养儿童保障的）、第十条（本人，户籍地）、第二十四条第一款第一、三项。"""
    h = p.house
    return every(
        same(p("relation"), "本人"),
        h("applicant_local"),
        either(unable_to_work(p), stays_on(p)),
        without_means(p),
        nobody_supports(h),
        opposite(every(minor(p), either(p("orphan"), p("unsupported_child")))),
        opposite(same(p("whereabouts"), "死亡", "监狱服刑", "宣告失踪")),
    )


def cares_for_oneself(p: Person) -> Any:
    """第二十二条: 六项全部达到。"""
    return same(p("lost_abilities"), 0)


def lost_self_care(p: Person) -> Any:
    """第二十二条: 4 项以上（含 4 项）不能达到。"""
    return at_least(p("lost_abilities"), p.house.number("tekun.lost_for_total"))


def care_amount(p: Person) -> Any:
    """第二十条: 照料护理标准按自理能力分档。"""
    number = p.house.number
    return pick(
        cares_for_oneself(p),
        lambda: number("tekun.care_able"),
        lambda: pick(lost_self_care(p), lambda: number("tekun.care_total"), lambda: number("tekun.care_partial")),
    )


def tekun_amount(p: Person) -> Any:
    """暂行办法第十五条: 基本生活和照料。"""
    return pick(tekun(p), lambda: add(p.house.number("tekun.basic_standard"), care_amount(p)), int)


def tekun_standard_high_enough(h: House) -> Any:
    """要点第8点: 不低于上年度低保标准的 1.3 倍。"""
    number = h.number
    least = work_out(lambda a, b: a * b, number("tekun.last_year_dibao_standard"), number("tekun.basic_ratio"))
    return at_least(number("tekun.basic_standard"), least)
