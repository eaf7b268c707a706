"""Who lives together (共同生活的家庭成员), how old, how disabled: what every programme asks first."""

from jimin.domains.assistance.rules.facts import household, person
from jimin.domains.assistance.rules.texts import CIVIL, DB57, TK43
from jimin.engines.policy.units import Unit
from jimin.engines.policy.values import any_of, how_many, years_between

BOOL, YEARS, COUNT = Unit.BOOL, Unit.YEARS, Unit.COUNT


@person(YEARS, CIVIL("第十七条"))
def age(p, law):
    """周岁"""
    return years_between(p.born, law.day)


@person(BOOL, CIVIL("第十七条"))
def minor(p, law):
    """未成年"""
    return p.age < law.family.adult_age


@person(BOOL, DB57("第七条第一款第三项"))
def dependent(p, law):
    """不能独立生活
    包括在校接受全日制本科及以下学历教育的。"""
    at_school = p.schooling.one_of("义务教育", "普通高中或中等职业学校", "全日制专科或本科")
    return at_school | ~p.lives_independently


@person(BOOL, DB57("第七条第二款"))
def not_counted(p, law):
    """不计入共同生活的家庭成员
    连续三年以上脱离家庭的宗教教职人员；在监狱服刑、强制隔离戒毒或者宣告失踪的人员；死亡的自然也不计。"""
    return (p.clergy_years >= law.family.clergy_years) | (p.whereabouts != "正常")


@person(BOOL, DB57("第七条第一款"))
def is_member(p, law):
    """共同生活的家庭成员"""
    child = (p.relation == "子女") & (p.minor | p.dependent)
    kept_together = p.duty_of_support & p.lives_together
    return ~p.not_counted & (p.relation.one_of("本人", "配偶") | child | kept_together)


@household(COUNT, DB57("第七条"))
def family_size(h, law):
    """共同生活的家庭成员人数"""
    return how_many(m.is_member for m in h.members)


@person(BOOL, DB57("第八条第一款第一项"))
def severely_disabled(p, law):
    """一级、二级重度残疾"""
    return (p.disability_kind != "无") & p.disability_grade.one_of("一级", "二级")


@person(BOOL, DB57("第八条第一款第一项"))
def third_grade_of_mind(p, law):
    """三级智力、三级精神残疾
    多重残疾的等级是其中最重的一类，所以看其中的智力、精神残疾。"""
    several = (p.disability_kind == "多重") & p.several_of_mind
    return (p.disability_grade == "三级") & (p.disability_kind.one_of("智力", "精神") | several)


@household(BOOL, DB57("第十四条"))
def has_disabled_member(h, law):
    """家中有残疾成员"""
    return any_of(m.is_member & (m.disability_kind != "无") for m in h.members)


@household(BOOL, TK43("第五条第一项"))
def has_old_member(h, law):
    """家中有老年人"""
    return any_of(m.is_member & (m.age >= law.tekun.old_age) for m in h.members)


@household(BOOL, CIVIL("第十七条"))
def has_minor(h, law):
    """家中有未成年人"""
    return any_of(m.is_member & m.minor for m in h.members)
