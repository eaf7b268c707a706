"""Who belongs to the household (民发〔2021〕57号 第七条), and what a disability card says."""

from __future__ import annotations

from typing import Any

from jimin.domains.assistance.tests.reference.answers import at_least, either, every, opposite, same, work_out
from jimin.domains.assistance.tests.reference.case import House, Person, once

FULL_TIME_UP_TO_BACHELOR = ("义务教育", "普通高中或中等职业学校", "全日制专科或本科")


@once
def age(p: Person) -> Any:
    """民法典第十七条: 周岁，到生日那天满。"""
    day = p.house.day
    return work_out(lambda born: day.year - born.year - ((day.month, day.day) < (born.month, born.day)), p("born"))


def minor(p: Person) -> Any:
    """民法典第十七条: 不满十八周岁。"""
    return work_out(lambda a, b: a < b, age(p), p.house.number("family.adult_age"))


def dependent(p: Person) -> Any:
    """第七条第一款第三项: 不能独立生活，或者在校接受全日制本科及以下学历教育。"""
    return either(same(p("schooling"), *FULL_TIME_UP_TO_BACHELOR), opposite(p("lives_independently")))


def long_from_home(p: Person) -> Any:
    """第七条第二款第一项: 连续三年以上（含三年）脱离家庭独立生活的宗教教职人员。"""
    return at_least(p("clergy_years"), p.house.number("family.clergy_years"))


def held_or_lost(p: Person) -> Any:
    """第七条第二款第二项: 监狱服刑、强制隔离戒毒或者宣告失踪；死亡的自然也不在。"""
    return opposite(same(p("whereabouts"), "正常"))


def not_counted(p: Person) -> Any:
    """第七条第二款。"""
    return either(long_from_home(p), held_or_lost(p))


@once
def is_member(p: Person) -> Any:
    """第七条: 本人、配偶、未成年子女、不能独立生活的成年子女、有法定义务并长期共同居住的人，除去第二款。"""
    child = every(same(p("relation"), "子女"), either(minor(p), dependent(p)))
    kin = every(p("duty_of_support"), p("lives_together"))
    return every(opposite(not_counted(p)), either(same(p("relation"), "本人", "配偶"), child, kin))


@once
def family_size(h: House) -> Any:
    """第七条: 共同生活的家庭成员人数。"""
    return work_out(lambda *each: sum(each), *[is_member(p) for p in h.persons])


def severely_disabled(p: Person) -> Any:
    """第八条第一款第一项: 一级、二级。没有残疾的，不问等级。"""
    return every(disabled(p), same(p("disability_grade"), "一级", "二级"))


def third_grade_of_mind(p: Person) -> Any:
    """第八条第一款第一项: 三级智力、三级精神；多重残疾看其中的。"""
    several = every(same(p("disability_kind"), "多重"), p("several_of_mind"))
    return every(same(p("disability_grade"), "三级"), either(same(p("disability_kind"), "智力", "精神"), several))


def disabled(p: Person) -> Any:
    """持有残疾人证。"""
    return opposite(same(p("disability_kind"), "无"))


def has_disabled_member(h: House) -> Any:
    """家中有残疾成员。"""
    return either(*[every(is_member(p), disabled(p)) for p in h.persons])


def has_old_member(h: House) -> Any:
    """43号第五条第一项: 老年人，年龄以参数为准。"""
    old = h.number("tekun.old_age")
    return either(*[every(is_member(p), at_least(age(p), old)) for p in h.persons])


def has_minor(h: House) -> Any:
    """民法典第十七条: 家中有未成年人。"""
    return either(*[every(is_member(p), minor(p)) for p in h.persons])
