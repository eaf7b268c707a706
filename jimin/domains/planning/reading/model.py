"""What a plan document says, as immutable records, and why one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Problem:
    """One reason for refusing a file: where, what was found, what was expected, what to do (Chinese)."""

    place: str
    found: str
    expected: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.place}：{self.found}。应为：{self.expected}。请{self.next_step}。"


class Refused(Exception):
    """The file cannot be taken as a plan; `problems` names every place found wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Chapter:
    """A part of the plan; `intro` is text under the heading that belongs to no point."""

    no: int
    title: str
    label: str = ""
    intro: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a point: text == point.text[start:end]."""

    index: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Point:
    """A numbered point (要点); `label` is its number as printed, `chapter` is None in a plan without chapters."""

    no: int
    chapter: int | None
    title: str
    text: str
    sentences: tuple[Sentence, ...]
    label: str = ""


@dataclass(frozen=True)
class Target:
    """A number the plan promises; quote == point.text[start:end], `base` is what a share or multiple is of.

    `comparator` is one of >=, <=, ==, >, <, between (then `upper` is the other end), double.
    `deadline_text` is empty when the sentence names no time: `deadline` is then the end of the plan's year.
    """

    point: int
    sentence: int
    quote: str
    start: int
    end: int
    subject: str
    comparator: str
    value: Decimal
    unit: str
    deadline: date | None
    deadline_text: str
    kind: str
    confidence: str
    why: str
    upper: Decimal | None = None
    base: str = ""


@dataclass(frozen=True)
class Deliverable:
    """A thing the plan says shall be made or held (成果); quote == point.text[start:end]."""

    point: int
    sentence: int
    quote: str
    start: int
    end: int
    title: str
    kind: str
    verb: str
    finality: str
    deadline: date | None
    deadline_text: str
    confidence: str
    why: str


@dataclass(frozen=True)
class Doubt:
    """Something a person must look at: a quote that is neither surely a number nor surely none, or an odd place."""

    point: int | None
    quote: str
    question: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class PlanText:
    """A plan as read; to_json() gives the form of `jimin plan import --json`."""

    document_no: str
    title: str
    issuer: str
    issued_on: date | None
    year: int
    preamble: str
    chapters: tuple[Chapter, ...]
    points: tuple[Point, ...]
    targets: tuple[Target, ...]
    deliverables: tuple[Deliverable, ...]
    warnings: tuple[str, ...]
    doubts: tuple[Doubt, ...]

    def point(self, no: int) -> Point:
        """The point with number `no`; KeyError when there is none."""
        for point in self.points:
            if point.no == no:
                return point
        raise KeyError(no)

    def to_json(self) -> dict[str, object]:
        """Plain data for JSON: dates as ISO text, whole numbers as int, other decimals as float."""
        from jimin.domains.planning.reading.report import as_json

        return as_json(self)
