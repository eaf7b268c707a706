"""Things that the plan says shall be made or held (成果), each with its quote, kind, verb and when it is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jimin.domains.planning.reading import deliverable_words as words
from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.clauses import Clause, clauses, due_at
from jimin.domains.planning.reading.items import Item, items_of
from jimin.domains.planning.reading.model import Deliverable, Point, Sentence
from jimin.domains.planning.reading.sentences import LONGEST
from jimin.domains.planning.reading.words import TURNS_AHEAD

_CLASS = {
    **dict.fromkeys(words.PUSH, "push"),
    **dict.fromkeys(words.RUN, "run"),
    **dict.fromkeys(words.PERFECT, "perfect"),
    **dict.fromkeys(words.BUILD, "build"),
    **dict.fromkeys(words.MAKE, "make"),
}
_VERB = re.compile("|".join(sorted(_CLASS, key=len, reverse=True)))
_ADVERB_BEFORE = re.compile(f"(?:{'|'.join(sorted(words.ADVERBS, key=len, reverse=True))})$")
_LED_IN = re.compile(r"^(?:对|为|以|与|会同|利用|依托|在|将|把|联合)")
_PAST = re.compile("(?:^|[，；])(?:去年|上年，|截至|过去)|已(?:经|建|完成|开展|出台|制定|举办)")
_AHEAD = re.compile("|".join(TURNS_AHEAD))
_APPLIES = re.compile("落实|贯彻|执行|学习|宣传贯彻")
_DESCRIBES = re.compile("能够|可以|设有|具备")
_UNNAMED = re.compile("性的|具有|相应|有关|必要|有力|一系列|切实可行")
_LONGEST_LEAD = 32
_LONGEST_TITLE = 40


@dataclass(frozen=True)
class _Verb:
    text: str
    kind: str
    start: int  # with the adverbs before it
    end: int


def find_deliverables(points: tuple[Point, ...], year: int) -> tuple[Deliverable, ...]:
    """Deliverables of these points in text order, for a plan of `year`."""
    out: list[Deliverable] = []
    for point in points:
        seen: set[str] = set()
        for sentence in point.sentences:
            if len(sentence.text) > LONGEST:
                continue
            for deliverable in _in_sentence(point, sentence, year):
                if deliverable.confidence == "doubt" and sentence.text.rstrip("。") == point.title:
                    continue  # a heading exhorts; its body says what is made
                # The title of a point often says what its text says again, or the text refers back.
                if deliverable.title not in seen:
                    out.append(deliverable)
                seen.add(deliverable.title)
    return tuple(out)


def _in_sentence(point: Point, sentence: Sentence, year: int) -> Iterator[Deliverable]:
    text = fold(sentence.text)
    for clause in clauses(text):
        for verb, item in _in_clause(clause):
            start = clause.start + item.start
            end = clause.start + item.end
            due = due_at(text, clause, start, year)
            looked_back = _PAST.search(text[:start])
            if due.past or (looked_back and not _AHEAD.search(text[looked_back.end() : start])):
                continue
            why = _why_unsure(verb, item, clause.text)
            original = sentence.text[start:end]
            yield Deliverable(
                point.no, sentence.index, original, sentence.start + start, sentence.start + end,
                _title(item.title), item.kind, verb.text, _finality(verb, clause.text), due.day, due.words,
                "doubt" if why else "sure", why,
            )  # fmt: skip


def _in_clause(clause: Clause) -> list[tuple[_Verb, Item]]:
    """Verb and item pairs; from the last verb back, so that each verb's object ends where the next one's begins."""
    found: list[tuple[_Verb, Item]] = []
    end = len(clause.text)
    for verb in reversed(_verbs(clause.text)):
        if verb.end >= end or _APPLIES.match(clause.text[verb.end :]) or _DESCRIBES.search(clause.text[: verb.start]):
            continue
        items = [item for item in items_of(clause.text, verb.end, end) if _may_make(verb, item, clause.text)]
        if not items and verb.text == "探索" and end == len(clause.text):
            items = _explored(clause.text, verb.end, end)
        if not items:
            continue
        first = items[0]
        start = verb.start
        if _LED_IN.match(clause.text[:start]) and start <= _LONGEST_LEAD:
            start = 0
        items[0] = Item(start, first.end, first.title, first.kind, first.noun)
        found = [(verb, item) for item in items] + found
        end = verb.start
    return found


def _explored(text: str, start: int, end: int) -> list[Item]:
    """探索 with an object that names no known thing: a trial whose form a person must say."""
    thing = text[start:end].rstrip("”。 ")
    return [Item(start, end, thing, words.PILOT, "探索")] if len(thing) >= 4 else []


def _verbs(text: str) -> list[_Verb]:
    """Verb groups outside quotation marks and titles; neighbours (探索+建立) are one."""
    out: list[_Verb] = []
    for match in _VERB.finditer(text):
        if _enclosed(text, match.start()) or _is_noun_here(text, match):
            continue
        if out and out[-1].end == match.start():
            first = out.pop()
            kind = _CLASS[match.group()] if first.kind in ("run", "push", "make") else first.kind
            out.append(_Verb(first.text + match.group(), kind, first.start, match.end()))
            continue
        start = match.start()
        while (adverb := _ADVERB_BEFORE.search(text[max(0, start - 8) : start])) is not None:
            start -= len(adverb.group())
        while start < match.start() and text[start] in "和并、":
            start += 1
        out.append(_Verb(match.group(), _CLASS[match.group()], start, match.end()))
    return out


def _enclosed(text: str, position: int) -> bool:
    """Inside 《》, or inside “” when the mark is closed later."""
    before = text[:position]
    if before.rfind("《") > before.rfind("》"):
        return True
    return before.rfind("“") > before.rfind("”") and "”" in text[position:]


def _is_noun_here(text: str, match: re.Match[str]) -> bool:
    """组织 in 社会组织, 建设 in 社区建设, 优化 in 结构优化 are nouns: no object of theirs follows as of a verb."""
    word = match.group()
    if text[match.end() : match.end() + 1] in ("“", "《"):
        return False
    before, after = text[: match.start()], text[match.end() :]
    if word == "组织":
        return any((before + word).endswith(group) for group in words.FOREIGN_GROUPS) or after.startswith(
            ("的", "、", "和")
        )
    if word in ("建设", "开发", "优化", "评定", "升级", "汇编", "实施", "改造") and before and not _opens(before):
        return True
    if word == "推进" and after.startswith("会"):
        return True
    if before.endswith("违规"):
        return True
    return after[:1] in ("的", "、", "") or after.startswith(("工作", "活动", "和完善"))


def _opens(before: str) -> bool:
    return before[-1] in "、和并" or _ADVERB_BEFORE.search(before[-8:]) is not None


def _may_make(verb: _Verb, item: Item, clause: str) -> bool:
    if item.kind not in words.ALLOWED[verb.kind] and not _begins(verb) and "完成" not in verb.text:
        return item.noun == "《》" and any(word in clause[item.start : item.end] for word in words.REVISING)
    if item.noun == "《》":
        return _is_written(verb, item, clause)
    if verb.kind == "push" and item.kind in (words.DOCUMENT, words.PLANNING):
        return item.noun in ("立法",) or any(word in clause[item.start : item.end] for word in words.REVISING)
    loose = item.noun in ("措施", "政策", "标准", "体制机制", "文件") and "健全" not in verb.text
    return not (verb.kind == "perfect" and loose)


def _is_written(verb: _Verb, item: Item, clause: str) -> bool:
    """A title in 《》 is made only if a verb of writing stands before it or behind it."""
    tail = clause[item.start : item.end].rsplit("》", 1)[-1]
    if verb.kind == "make":
        return True
    return any(word in tail for word in words.REVISING)


def _begins(verb: _Verb) -> bool:
    return any(word in verb.text for word in words.START)


def _why_unsure(verb: _Verb, item: Item, clause: str) -> str:
    """Empty when sure; else the question for a person."""
    own = clause[item.start : item.end]
    if item.noun == "《》":
        return ""
    if item.noun == "探索":
        return "探索的成果形式没有写明，请确认"
    if item.noun == "活动" and not re.search("”(?:主题|系列|创建|宣传|专项|等)*活动", own):
        return "是活动，请确认是否作为成果考核"
    if item.noun == "模式" and "“" in own:
        return ""
    if item.noun in words.VAGUE_NOUNS:
        return f"“{item.noun}”可能是日常工作，请确认是否有单独的成果"
    if verb.kind == "perfect":
        return "" if item.noun.endswith(("指标体系", "标准体系")) else "“完善、健全”可能不另发文件，请确认成果的形式"
    if verb.kind == "push" and item.noun not in words.SURE_WHEN_PUSHED and not item.noun.endswith("联合检查"):
        return "" if re.search("联合检查|“.+”", own) else "“推进、做好”未说明做成什么，请确认"
    if verb.kind in ("make", "build") and item.noun in ("举措", "措施", "政策") and _UNNAMED.search(own):
        return "所称文件没有名称，请确认"
    if verb.kind == "build" and item.kind == words.DOCUMENT and re.search("^(?:与|会同)|推动|健全", clause[: item.end]):
        return "机制的成果形式（文件、协议或会议）请确认"
    if verb.kind == "build" and verb.text in ("推广应用", "构建", "打造"):
        return "请确认是新建还是使用已有的系统"
    return ""


def _finality(verb: _Verb, clause: str) -> str:
    if _begins(verb):
        return "启动"
    near = clause[max(0, verb.start - 6) : verb.end]
    return "持续" if any(word in near for word in words.ONGOING) else "完成"


def _title(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "…"
