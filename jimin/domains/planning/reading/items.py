"""The object of a verb → its items: a list such as A、B和C等专项行动 is split where a part ends in a noun of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jimin.domains.planning.reading import deliverable_words as words

_COUNT = r"(?:不少于|不低于|至少)?\d[\d,.]*[百千万亿]*(?:余|多)?(?:个|项|件|次|人次|人|期|场|部|套|名|户|家|所|处|份|篇|本|条)(?:以上|左右)?"
_TAIL = re.compile(rf"(?:{'|'.join(sorted(words.TAILS, key=len, reverse=True))}|{_COUNT})$")
_BY_LENGTH = sorted(words.NOUNS, key=len, reverse=True)
_SPLIT = re.compile(r"、|以及|和|及|与|(?<=》)(?=《)")
_EDGE = "、和及与并的，；。 "
_SHORT_NOUN = 6


@dataclass(frozen=True)
class Item:
    """A stretch of the clause, its title, its kind, and the noun that told the kind (《》 for a titled paper)."""

    start: int
    end: int
    title: str
    kind: str
    noun: str


def items_of(text: str, start: int, end: int) -> list[Item]:
    """Items in text[start:end] that end in a known noun, left to right; an item swallows the parts that name none."""
    out: list[Item] = []
    begin = start
    for stop in [*_stops(text, start, end), end]:
        item = _item(text, begin, stop)
        if item is None:
            continue  # this part names nothing by itself: it belongs to the next
        bare = len(item.title) <= _SHORT_NOUN and item.title == item.noun
        if out and bare and item.kind == out[-1].kind:
            last = out.pop()
            out.append(Item(last.start, item.end, last.title + "、" + item.title, last.kind, last.noun))
        else:
            out.append(item)
        begin = stop
    return out


def _stops(text: str, start: int, end: int) -> list[int]:
    """Places of 、, 和, 及, 与 and 》《 outside quotation marks, titles and brackets."""
    out = []
    for match in _SPLIT.finditer(text, start, end):
        before = text[start : match.start()]
        closed = all(before.rfind(left) <= before.rfind(right) for left, right in ("“”", "《》", "（）"))
        open_quote = before.rfind("“") > before.rfind("”") and "”" not in text[match.start() : end]
        if closed or open_quote:
            out.append(match.start())
    return out


def _item(text: str, begin: int, stop: int) -> Item | None:
    while begin < stop and text[begin] in _EDGE:
        begin += 1
    while stop > begin and text[stop - 1] in "，；。 ":
        stop -= 1
    if stop <= begin:
        return None
    part = text[begin:stop]
    titled = re.match(r"^[^《》]{0,12}(《[^《》]+》)(.*)$", part)
    if titled and (not titled.group(2) or _only_writing(titled.group(2))):
        return Item(begin, stop, titled.group(1), _kind_of_title(titled.group(1)), "《》")
    core = _core(part)
    noun = _noun(core)
    if noun is None:
        return None
    kind = words.NOUNS.get(noun, words.CAMPAIGN)
    if noun == "项目" and "培训" in core:
        kind = words.TRAINING
    if noun == "创建活动" and "示范" in core:
        kind = words.PILOT
    if re.search("等(?:专项)?行动$", part):
        kind = words.CAMPAIGN
    return Item(begin, stop, core.strip(_EDGE), kind, noun)


def _only_writing(rest: str) -> bool:
    """Whether what follows the title only says that it is written: 修订工作, 的修改完善及审议进程."""
    return any(word in rest for word in words.REVISING) and len(rest) <= 14


def _kind_of_title(title: str) -> str:
    inner = re.sub(r"（[^（）]*）$", "", title.strip("《》"))
    noun = _noun(inner)
    return words.NOUNS.get(noun or "", words.DOCUMENT)


def _core(part: str) -> str:
    """The part without 等…, 工作, 活动 and the like behind its noun; the part itself when it names nothing."""
    loose = ""
    for whole in (re.sub(r"等(?!级)[^等、《》“”]{0,10}$", "", part), part):
        core = whole
        for _ in range(4):
            noun = _noun(core)
            if noun is not None and noun != "活动":
                return core
            loose = loose or (core if noun else "")
            shorter = _TAIL.sub("", core)
            if shorter == core or not shorter:
                break
            core = shorter
    return loose or part


def _noun(core: str) -> str | None:
    plain = re.sub(r"（[^（）]*）$", "", core).rstrip("”")
    for noun in _BY_LENGTH:
        if plain.endswith(noun):
            return noun
    if re.search(r"(?:“[^“”]+”|“[^“”]+)(?:项目|工程|活动|月|周)?$", core) and re.search(
        "项目|工程|活动|行动|月|周", core
    ):
        return "项目" if "项目" in core else "行动"
    if plain.endswith("活动") and len(plain) > 4:
        return "活动"
    return None
