"""A sentence → clauses at ，；： with the time that applies to each place in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from jimin.domains.planning.reading.deadlines import Time, times

_BREAKS = re.compile(r"[，；：。！？]")
_QUOTED = re.compile(r"“[^“”。；]{1,40}”")
_STRONG = "；。！？"


@dataclass(frozen=True)
class Clause:
    """A stretch of the folded sentence between marks, without them."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Due:
    """The deadline of a place: the day, the words that say it (empty: the plan's year), whether it is carried over."""

    day: date
    words: str
    carried: bool = False
    past: bool = False


def clauses(sentence: str) -> tuple[Clause, ...]:
    """Clauses in order; marks inside brackets and short quotations do not break."""
    shielded = {index for match in _QUOTED.finditer(sentence) for index in range(*match.span())}
    out: list[Clause] = []
    start = 0
    depth = 0
    for index, char in enumerate(sentence):
        depth = max(0, depth + (char == "（") - (char == "）"))
        if (depth == 0 or char in _STRONG) and _BREAKS.match(char) and index not in shielded:
            depth = 0
            if index > start:
                out.append(Clause(start, index, sentence[start:index]))
            start = index + 1
    if start < len(sentence):
        out.append(Clause(start, len(sentence), sentence[start:]))
    return tuple(out)


def due_at(sentence: str, clause: Clause, position: int, year: int) -> Due:
    """The deadline at a position of the clause: in the clause itself, else carried from a clause before, else the year."""
    found = times(sentence, year)
    own = [time for time in found if clause.start <= time.start < clause.end]
    before = [time for time in own if time.end <= position]
    # Where two times stand in one clause, the second belongs to what follows it.
    mine = before[-1:] or own[:1]
    if mine:
        return _due(sentence, mine[0], year)
    since = max(sentence.rfind("；", 0, clause.start), -1)
    earlier = [time for time in found if since < time.start < clause.start]
    if earlier:
        last = earlier[-1]
        leads = last.end < len(sentence) and sentence[last.end] in "，：" and _opens(sentence, last)
        if leads or last.last_day.year > year:
            return _due(sentence, last, year, carried=not leads)
    return Due(date(year, 12, 31), "")


def _opens(sentence: str, time: Time) -> bool:
    return time.start == 0 or sentence[time.start - 1] in "，；：。"


def _due(sentence: str, time: Time, year: int, carried: bool = False) -> Due:
    # A time of an earlier year says what was, not what shall be.
    words = re.sub(r"^(?:力争|争取|确保)", "", sentence[time.start : time.end])
    return Due(time.last_day, words, carried and time.last_day.year != year, time.last_day.year < year)
