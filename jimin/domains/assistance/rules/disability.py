"""困难残疾人生活补贴 and 重度残疾人护理补贴. The national text was not seen: the exclusions are as local texts restate them."""

from jimin.domains.assistance.rules.facts import person, personal
from jimin.domains.assistance.rules.texts import GF52
from jimin.engines.policy.formulas import no
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import choose

MONEY, BOOL = Unit.MONEY, Unit.BOOL


@person(BOOL, GF52("二"))
def in_dibao_family(p, law):
    """是最低生活保障家庭成员，或已按单人保保障
    正在享受的，或者现在就符合的：没有申请低保的，先申请低保。"""
    family = p.household.on_dibao | p.household.dibao
    return (p.is_member & family) | p.alone | p.on_dibao_now


@personal(GF52("二"))
def living_subsidy(p, law):
    """困难残疾人生活补贴"""
    return {
        no("没有残疾人证", GF52("二")): p.disability_kind != "无",
        no("已经死亡", GF52("二")): p.whereabouts != "死亡",
        no("不是最低生活保障家庭成员", GF52("二")): p.in_dibao_family,
        no("已是特困人员", GF52("四")): ~p.in_tekun,
        no("已享受孤儿基本生活保障", GF52("四")): ~p.orphan,
        no("已全额领取事实无人抚养儿童补贴", GF52("四")): ~p.unsupported_child,
        no("已享受工伤保险生活护理费", GF52("四")): ~p.injury_care,
    }


@personal(GF52("二"))
def care_subsidy(p, law):
    """重度残疾人护理补贴"""
    return {
        no("不是一级、二级重度残疾", GF52("二")): p.severely_disabled,
        no("不需要长期照护", GF52("二")): p.long_term_care,
        no("已经死亡", GF52("二")): p.whereabouts != "死亡",
        no("已是特困人员", GF52("四")): ~p.in_tekun,
        no("已享受工伤保险生活护理费", GF52("四")): ~p.injury_care,
    }


@person(MONEY, GF52("三"))
def living_subsidy_amount(p, law):
    """每月困难残疾人生活补贴"""
    return choose(p.living_subsidy, law.disability.living_amount, 0)


@person(MONEY, GF52("三"))
def care_subsidy_amount(p, law):
    """每月重度残疾人护理补贴"""
    return choose(p.care_subsidy, law.disability.care_amount, 0)
