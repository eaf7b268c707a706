"""Numbers that the plan promises: comparator, value, unit, subject, deadline and the smallest quote that says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from jimin.domains.planning.reading import words
from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.clauses import Clause, Due, clauses, due_at
from jimin.domains.planning.reading.compare import Claim, claim
from jimin.domains.planning.reading.deadlines import times
from jimin.domains.planning.reading.model import Doubt, Point, Sentence, Target
from jimin.domains.planning.reading.quantities import Quantity, mask, quantities
from jimin.domains.planning.reading.sentences import LONGEST

_NO_NUMBER = re.compile(
    r"(?:不低于|不少于|不高于|不超过)(?![^，；。]{0,24}?(?:\d|分之|成以|[二三四五六七八九十百千万]{1,6}[个元户人张家所处次名项件倍]))[^，；。“”]+"
)
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,2}(?:是|要)")
_SLOGAN = re.compile(r"应([\u4e00-\u9fff])尽\1")


@dataclass(frozen=True)
class _Found:
    quantity: Quantity
    clause: Clause
    claim: Claim
    due: Due


def find_targets(points: tuple[Point, ...], year: int) -> tuple[tuple[Target, ...], tuple[Doubt, ...]]:
    """Targets of these points in text order, and what a person must look at, for a plan of `year`."""
    targets: list[Target] = []
    doubts: list[Doubt] = []
    for point in points:
        for sentence in point.sentences:
            if len(sentence.text) > LONGEST:
                start, end = sentence.start, sentence.start + 40
                doubts.append(
                    Doubt(point.no, point.text[start:end], "这一句过长，没有找指标和成果，请核对标点", start, end)
                )
                continue
            found, unsure = _in_sentence(point, sentence, year)
            targets += found
            doubts += unsure
    return tuple(targets), tuple(doubts)


def _in_sentence(point: Point, sentence: Sentence, year: int) -> tuple[list[Target], list[Doubt]]:
    text = fold(sentence.text)
    masked = mask(text)
    parts = clauses(text)
    found: list[_Found] = []
    doubts = _wordings(point, sentence, text)
    for quantity in quantities(masked):
        clause = next((part for part in parts if part.start <= quantity.start < part.end), None)
        if clause is None:
            continue
        due = due_at(text, clause, quantity.start, year)
        verdict = claim(masked, clause, quantity, looks_back=due.past or _past_opening(text, clause, year))
        if isinstance(verdict, Claim):
            found.append(_Found(quantity, clause, verdict, due))
        elif verdict:
            doubts.append(_doubt(point, sentence, quantity.start, quantity.end, verdict, clause))
    subject = ""
    targets: list[Target] = []
    for index, item in enumerate(found):
        start, end = _quote(text, found, index)
        subject = _subject(text, item, start, end, subject)
        targets.append(_target(point, sentence, item, start, end, subject))
    return targets, doubts


def _past_opening(text: str, clause: Clause, year: int) -> bool:
    """Whether the sentence opened by looking back (去年，…) and nothing has turned it to this year since."""
    before = text[: clause.start]
    opened = re.search(r"(?:^|[，；：])(?:去年|上年，|截至|截止|过去|目前)", before)
    if not opened:
        return False
    later = before[opened.end() :] + clause.text
    ahead = any(time.last_day.year >= year for time in times(later, year)) and not before.startswith("截至")
    return not (ahead or any(word in later for word in words.TURNS_AHEAD))


def _wordings(point: Point, sentence: Sentence, text: str) -> list[Doubt]:
    out = []
    for match in _NO_NUMBER.finditer(text):
        out.append(_doubt(point, sentence, match.start(), match.end(), "有比较而没有数，请确认比较的对象和口径", None))
    for match in _SLOGAN.finditer(text):
        out.append(
            _doubt(point, sentence, match.start(), match.end(), "是要求而不是数，请确认是否作为 100% 的指标", None)
        )
    return out


def _doubt(point: Point, sentence: Sentence, start: int, end: int, question: str, clause: Clause | None) -> Doubt:
    if clause is not None:
        start, end = clause.start, clause.end
    return Doubt(point.no, sentence.text[start:end], question, sentence.start + start, sentence.start + end)


def _quote(text: str, found: list[_Found], index: int) -> tuple[int, int]:
    """The clause, cut at its neighbours' numbers, and inside an opening quotation mark that the clause does not close."""
    item = found[index]
    start, end = item.clause.start, item.clause.end
    if index and found[index - 1].clause == item.clause:
        start = _cut(text, found[index - 1].quantity.end, item.quantity.start)
    if index + 1 < len(found) and found[index + 1].clause == item.clause:
        end = _cut(text, item.quantity.end, found[index + 1].quantity.start)
    opening = text.rfind("“", start, item.quantity.start)
    if opening >= 0 and "”" not in text[opening : item.quantity.start]:
        close = text.find("”", item.quantity.end, end)
        if close < 0 or close >= end - 1:
            start = opening + 1
    while end > start and text[end - 1] in "”。，；、和及并与 ":
        if text[end - 1] == "”" and "“" in text[start : end - 1]:
            break
        end -= 1
    while start < end and text[start] in "，；、和及并与” ":
        start += 1
    ordinal = _ORDINAL.match(text, start, end)
    if ordinal and ordinal.end() <= item.quantity.start:
        start = ordinal.end()
    return start, end


def _cut(text: str, after: int, before: int) -> int:
    """Where two numbers of one clause part: at the last 、 between them, else a conjunction, else a time, else at once."""
    between = text[after:before]
    at = max(between.rfind("、"), between.rfind("；"))
    if at >= 0:
        return after + at
    match = re.search(r"[和及并与]|(?:到|至)\d{4}年|其中", between)
    return after + match.start() if match else before if not between else after


def _subject(text: str, item: _Found, start: int, end: int, before: str) -> str:
    """What the number is of: before the comparator for a rate, after the unit for a count, else the last one named."""
    lead = _bare(text[start : max(start, item.claim.start)], text, item)
    noun = _trail(text[item.quantity.end : end])
    counted = item.claim.kind in ("count", "scope", "frequency") or bool(item.claim.base and not lead)
    if item.quantity.form == "all":
        subject = (
            _bare(text[start : item.quantity.start], text, item) + "·" + text[item.quantity.end : end].strip("，。”")
        )
        return subject.strip("·")
    subject = (noun or lead) if counted else lead
    if subject and before.endswith(subject):
        return before
    if subject:
        return subject
    if before:
        return before
    return _trail(_strip_leading(_previous_clause(text, item.clause)))


def _previous_clause(text: str, clause: Clause) -> str:
    earlier = [part for part in clauses(text) if part.end <= clause.start]
    return earlier[-1].text if earlier else ""


def _bare(part: str, text: str, item: _Found) -> str:
    if item.due.words:
        part = part.replace(item.due.words, "")
    part = re.sub(r"\d{4}年(?:底)?", "", part) if re.match(r"^\d{4}年", part) else part
    part = _strip_leading(part.strip("，“”、"))
    return (
        re.sub(r"(?:均|都|要|应|须|比例|的|户均|人均|每[户人生月年村])*$", "", part)
        if part not in words.RATE_ENDS
        else part
    )


def _strip_leading(part: str) -> str:
    if part in words.LEADING:
        return ""
    changed = True
    while changed:
        changed = False
        for word in words.LEADING:
            if part.startswith(word) and len(part) > len(word):
                part, changed = part[len(word) :], True
    return "" if part in words.LEADING else part


def _trail(part: str) -> str:
    part = re.split(r"[，；。]", part)[0]
    part = re.sub(r"^(?:以上|以内|及以上|以下|左右|的)", "", part).strip("“”（）、的 ")
    for word in words.TRAILING:
        if part.endswith(word) and len(part) > len(word):
            part = part[: -len(word)]
    return part


def _target(point: Point, sentence: Sentence, item: _Found, start: int, end: int, subject: str) -> Target:
    quantity, verdict, due = item.quantity, item.claim, item.due
    reasons = [verdict.why] if verdict.why else []
    if due.carried:
        reasons.append(f"完成时间“{due.words}”取自前一分句，请确认是否也适用于这个数")
    if quantity.about:
        reasons.append("是约数")
    return Target(
        point.no, sentence.index, sentence.text[start:end], sentence.start + start, sentence.start + end, subject,
        verdict.comparator, _plain(quantity.value), verdict.unit, due.day, due.words, verdict.kind,
        "doubt" if reasons else "sure", "；".join(reasons),
        None if quantity.upper is None else _plain(quantity.upper), verdict.base,
    )  # fmt: skip


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
