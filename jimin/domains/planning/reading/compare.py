"""Is this quantity a promise? Comparator, unit with its “per”, base and kind; or a question; or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jimin.domains.planning.reading import words
from jimin.domains.planning.reading.clauses import Clause
from jimin.domains.planning.reading.quantities import MASK, Quantity

_COMPARATOR = re.compile("|".join(sorted(map(re.escape, words.COMPARATORS), key=len, reverse=True)))
_GOAL = re.compile("|".join(sorted(words.GOAL_VERBS, key=len, reverse=True)))
_WORK = re.compile("|".join(words.WORK_VERBS))
_SCOPE = re.compile("|".join(words.SCOPE_WORDS))
_RISING = re.compile(f"(?:{'|'.join(words.RISING)})(?:了|约)?$")
_FALLING = re.compile(f"(?:{'|'.join(words.FALLING)})(?:了|约)?$")
_PER = re.compile(
    r"每(?:个|名|位|张|家)?(户|人|生|月|年|村|季度|周|半年|社区|镇|乡|县|市|站|床|孩|天|次|场|亩)|(户|人|年|月|村)均"
)
_AFTER = re.compile("|".join(sorted(words.AFTER, key=len, reverse=True)))
_RATE = re.compile(rf"(?:{'|'.join(words.RATE_ENDS)})(?:为|要|应|均|都|将|保持)*$")
_FROM = re.compile(r"(?:由|从)[^，；]{0,12}$")
_TO = re.compile(r"^[^，；]{0,6}?(?:提高|提升|增加|扩大|上升|降低|下降|减少|压缩|缩短|压减)(?:到|至|为)")
_PAST = re.compile("|".join(map(re.escape, words.PAST)))
_REACH = 22  # characters between a verb and its count
_NEAR = 18  # characters between a comparator and its number


@dataclass(frozen=True)
class Claim:
    """A promise: comparator, unit (元/户), what a share is of, kind, where its words start, and why it is unsure."""

    comparator: str
    unit: str
    base: str
    kind: str
    start: int
    why: str = ""


def claim(masked: str, clause: Clause, quantity: Quantity, looks_back: bool) -> Claim | str | None:
    """A Claim, a question for a person, or None for a number that promises nothing."""
    before = masked[clause.start : quantity.start]
    after = masked[quantity.end : clause.end]
    if looks_back or _is_past(before, after) or (_FROM.search(before) and _TO.match(after)):
        return None
    special = _special(after, quantity)
    if special is not None:
        return special
    unit = _unit(quantity, before, after)
    compared = _compared(before)
    behind = _AFTER.match(after)
    if compared is not None:
        return _with_comparator(compared, clause, quantity, before, behind, unit)
    if quantity.unit in words.DURATIONS or quantity.unit in words.DESCRIBERS:
        return None
    if behind and after[behind.end() : behind.end() + 1] == "的" and quantity.unit != "%":
        return None  # 50人以上的机构: a condition
    return _without_comparator(clause, quantity, before, after, behind, unit)


def _is_past(before: str, after: str) -> bool:
    marks = list(_PAST.finditer(before))
    if not marks:
        return after.startswith("的基础上")
    tail = before[marks[-1].end() :]
    if marks[-1].group() == "基础上" or any(word in tail for word in words.PRESENT):
        return False
    compares = re.search("比|较", before) or re.search("同期|提高|增长|增加|下降|减少|基数|水平", tail)
    return not (marks[-1].group() == "去年" and compares)


def _special(after: str, quantity: Quantity) -> Claim | str | None:
    start = quantity.start
    if quantity.form == "full":
        if after.startswith(("的基础", "后")):
            return None
        return Claim("==", "%", "", "coverage", start)
    if quantity.form == "all":
        return Claim("==", "%", "", "coverage", start)
    if quantity.form == "double":
        return Claim("double", "倍", "", "growth", start)
    if quantity.form == "zero":
        return Claim("==", "", "", "count", start, "“零”的口径请确认")
    if quantity.form == "half":
        return Claim(">" if _alone(after) else ">=", "%", "", "rate", start, "“一半”按 50% 记，请确认")
    return None


def _alone(after: str) -> bool:
    """Whether 过半 stands alone (more than half) rather than 一半以上."""
    return not after.startswith("以上")


def _compared(before: str) -> re.Match[str] | None:
    found = [match for match in _COMPARATOR.finditer(before) if match.end() >= len(before) - _NEAR]
    if not found:
        return None
    last = found[-1]
    between = before[last.end() :]
    # Another number, or a list mark, between the word and this number: the word belongs to the other.
    return None if re.search(r"\d[^□]*[个%张户人元家所处次名项件倍]|、", between) else last


def _with_comparator(
    match: re.Match[str], clause: Clause, quantity: Quantity, before: str, behind: re.Match[str] | None, unit: str
) -> Claim | None:
    comparator = words.COMPARATORS[match.group()]
    if behind and comparator in (">=", "<="):
        comparator = words.AFTER[behind.group()]
    if quantity.upper is not None:
        comparator = "between"
    base = re.sub(r"^(?:的|按|为)|的$", "", before[match.end() :].strip(MASK + "“” "))
    if _PER.fullmatch(base) or _PER.search(base):
        base = ""
    if quantity.value == 100 and quantity.unit == "%" and comparator == ">=":
        comparator = "=="
    why = "几分之几、几成按百分数记，请确认" if quantity.form == "share" else ""
    return Claim(comparator, unit, base, _kind(quantity, before, unit), clause.start + match.start(), why)


def _without_comparator(
    clause: Clause, quantity: Quantity, before: str, after: str, behind: re.Match[str] | None, unit: str
) -> Claim | str | None:
    comparator = "between" if quantity.upper is not None else words.AFTER[behind.group()] if behind else ""
    kind = _kind(quantity, before, unit)
    growth = _RISING.search(before) or _FALLING.search(before)
    if growth:
        kind = "growth" if _RISING.search(before) else "reduction"
        return Claim(comparator or ">=", unit, "", kind, clause.start + growth.start())
    if quantity.unit in ("%", "‰", "倍", "个百分点", "百分点"):
        rate = _RATE.search(before)
        if rate or behind:
            share = "几分之几、几成按百分数记，请确认" if quantity.form == "share" else ""
            start = clause.start + (rate.end() if rate else len(before))
            return Claim(comparator or ("==" if quantity.value == 100 else ">="), unit, "", kind, start, share)
        return "这个比例没有比较词，请确认是不是指标"
    per = _PER.search(before[-8:])
    if per and quantity.unit == "元":
        return Claim(comparator or "==", unit, "", "amount", quantity.start)
    return _counted(clause, quantity, before, after, comparator, unit, kind)


def _counted(
    clause: Clause, quantity: Quantity, before: str, after: str, comparator: str, unit: str, kind: str
) -> Claim | str | None:
    """A plain count is a promise when a verb of making or doing stands before it."""
    near = before[-_REACH:]
    offset = clause.start + len(before) - len(near)
    spoken = quantity.form == "han"
    if spoken and quantity.value < 2:
        return None
    goal = [match for match in _GOAL.finditer(near) if not re.search(r"\d", near[match.end() :])]
    scope = _SCOPE.search(near)
    if goal and not (scope and scope.start() > goal[-1].start()):
        why = (
            "没有比较词，请确认是不是指标" if spoken and quantity.value < 20 and len(near) - goal[-1].end() > 0 else ""
        )
        return Claim(comparator or ">=", unit, "", kind, offset + goal[-1].start(), why)
    if spoken:
        return None
    if scope:
        return Claim("==", unit, "", "scope", offset + scope.start(), "这个数是工作的范围，请确认是否要求全部做到")
    work = _WORK.search(near)
    if work:
        sure = any(word in after for word in words.COUNTED_WORKS)
        return Claim(
            comparator or "==", unit, "", kind, offset + work.start(), "" if sure else "请确认这个数是不是指标"
        )
    return "这个数前面没有比较词或“完成、新建”等动词，请确认是不是指标"


def _unit(quantity: Quantity, before: str, after: str) -> str:
    pers = [next(group for group in match.groups() if group) for match in _PER.finditer(before[-14:])]
    if not pers:
        behind = re.match(r"/(户|人|年|月|床|次|天)(?:[/·](月|年))?", after)
        pers = [group for group in behind.groups() if group] if behind else []
    if not pers or quantity.unit in ("%", "倍", "‰", ""):
        return "个百分点" if quantity.unit == "百分点" else quantity.unit
    return f"{quantity.unit}/{'·'.join(pers)}"


def _kind(quantity: Quantity, before: str, unit: str) -> str:
    if quantity.unit in ("%", "‰"):
        return "rate"
    if quantity.unit in ("倍",):
        return "ratio"
    if quantity.unit in ("个百分点", "百分点"):
        return "growth"
    if quantity.unit == "元":
        return "amount"
    if quantity.unit in words.DURATIONS:
        return "duration"
    return "frequency" if "/" in unit else "count"
