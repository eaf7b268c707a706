"""What a list can be filtered by. A wrong value is a problem at its field, and then no row is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.calendar.api import Month
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level

Text = str | Promise
Options = Iterable[tuple[str, Text]]
Params = Mapping[str, str]
SHOWN = 12  # options named in an error message
LONGEST = 100  # characters of a search


class Wrong(Exception):
    """The value of a filter is not one of those it takes."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice, perhaps under a heading."""

    value: str
    label: str
    group: str = ""


@dataclass
class State:
    """A filter as it stands on a page."""

    filter: Filter
    raw: dict[str, str]
    options: list[Option] = field(default_factory=list)
    error: str = ""
    said: str = ""  # the chosen value in words; empty: not filtered

    @property
    def value(self) -> str:
        return self.raw.get(self.filter.name, "")


@dataclass(frozen=True)
class Filter:
    """One filter: the name in the address, its label, and the field it looks at (default: its name)."""

    name: str
    label: Text
    field: str = ""
    widget: ClassVar[str] = "text"

    @property
    def path(self) -> str:
        return self.field or self.name

    @property
    def params(self) -> tuple[str, ...]:
        """The names it reads from the address."""
        return (self.name,)

    def options(self, actor: Actor) -> list[Option]:
        """What can be chosen; none for a field that is typed."""
        return []

    def state(self, actor: Actor, params: Params) -> tuple[State, Q]:
        """What the address says, as a state and a condition; an empty value filters nothing."""
        raw = {name: (params.get(name) or "").strip() for name in self.params}
        state = State(self, raw, self.options(actor))
        if not any(raw.values()):
            return state, Q()
        try:
            condition, state.said = self.read(state)
        except Wrong as wrong:
            state.error = str(wrong)
            return state, Q(pk__in=[])
        return state, condition

    def read(self, state: State) -> tuple[Q, str]:
        """The condition, and the value in words. Raises Wrong."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True)
class Contains(Filter):
    """Words somewhere in a text field."""

    def read(self, state: State) -> tuple[Q, str]:
        return Q(**{f"{self.path}__icontains": searched(state.value)}), state.value


@dataclass(frozen=True)
class Choice(Filter):
    """One of a list: pairs of value and label, or a function of the actor that gives them."""

    choices: Options | Callable[[Actor], Options] = ()
    condition: Callable[[str], Q] | None = None
    widget: ClassVar[str] = "select"

    def options(self, actor: Actor) -> list[Option]:
        pairs = self.choices(actor) if callable(self.choices) else self.choices
        return [Option(str(value), str(label)) for value, label in pairs]

    def read(self, state: State) -> tuple[Q, str]:
        chosen = pick(state)
        return self.condition(chosen.value) if self.condition else Q(**{self.path: chosen.value}), chosen.label


@dataclass(frozen=True)
class YesNo(Filter):
    """Whether something is so; `condition` is what yes means."""

    condition: Q = field(default_factory=Q)
    widget: ClassVar[str] = "select"

    def options(self, actor: Actor) -> list[Option]:
        return [Option("1", _("是")), Option("0", _("否"))]

    def read(self, state: State) -> tuple[Q, str]:
        chosen = pick(state)
        return self.condition if chosen.value == "1" else ~self.condition, chosen.label


@dataclass(frozen=True)
class DateRange(Filter):
    """From a date and until a date, both with, either alone."""

    widget: ClassVar[str] = "dates"

    @property
    def params(self) -> tuple[str, ...]:
        return f"{self.name}_from", f"{self.name}_to"

    def read(self, state: State) -> tuple[Q, str]:
        first, last = (_date(state.raw[name]) for name in self.params)
        if first and last and last < first:
            raise Wrong(_("截止日期 %(b)s 早于起始日期 %(a)s，请对调。") % {"a": first, "b": last})
        found = Q()
        if first:
            found &= Q(**{f"{self.path}__gte": first})
        if last:
            found &= Q(**{f"{self.path}__lte": last})
        return found, f"{first or ''} — {last or ''}".strip()

    @property
    def edges(self) -> tuple[str, str]:
        return f"{self.name}_from", f"{self.name}_to"


@dataclass(frozen=True)
class MonthOf(Filter):
    """One month of a field that holds the month's first day."""

    widget: ClassVar[str] = "month"

    def read(self, state: State) -> tuple[Q, str]:
        try:
            month = Month.parse(state.value)
        except ValueError as error:
            raise Wrong(str(error)) from None
        return Q(**{self.path: month.start}), month.label


@dataclass(frozen=True)
class Division(Filter):
    """A place inside the actor's scope, down to `lowest`; records carry the division columns.

    `prefix` leads to them when a related record carries them ("report__").
    """

    prefix: str = ""
    lowest: str = Level.COUNTY
    widget: ClassVar[str] = "select"

    def options(self, actor: Actor) -> list[Option]:
        levels = list(Level.values)
        deepest = levels.index(self.lowest)
        found: list[Option] = []

        def add(place: divisions.Place, group: str) -> None:
            depth = levels.index(place.level)
            if depth > deepest:
                return
            if depth > levels.index(Level.PROVINCE):
                found.append(Option(place.code, place.name, group))
            for child in divisions.children(place.code):
                add(child, place.name if depth else "")

        for code in actor.scope.codes:
            add(divisions.place(code), "")
        return found

    def read(self, state: State) -> tuple[Q, str]:
        chosen = next((o for o in state.options if o.value == state.value), None)
        if chosen is None:
            raise Wrong(_("没有这个地方，或不在您的管辖范围内；请从列表中选择。"))
        return Q(**{f"{self.prefix}{divisions.place(chosen.value).level}": chosen.value}), chosen.label


def pick(state: State) -> Option:
    """The chosen option. Raises Wrong that names the allowed ones."""
    for option in state.options:
        if option.value == state.value:
            return option
    names = "、".join(o.label for o in state.options[:SHOWN]) or _("（没有可选项）")
    more = _("等") if len(state.options) > SHOWN else ""
    raise Wrong(_("“%(value)s”不在可选范围内；可选：%(names)s。") % {"value": state.value[:40], "names": names + more})


def searched(text: str) -> str:
    """A search text of sensible length. Raises Wrong."""
    if len(text) > LONGEST or "\0" in text:
        raise Wrong(_("查找的字太多或含有无法识别的字符；最多 %d 个字。") % LONGEST)
    return text


def search(rows: QuerySet[Any], fields: Iterable[str], text: str) -> QuerySet[Any]:
    """The rows in which each word of the text occurs in one of the fields. Raises Wrong."""
    for word in searched(text).split():
        found = Q(pk__in=[])
        for path in fields:
            found |= Q(**{f"{path}__icontains": word})
        rows = rows.filter(found)
    return rows


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(_("“%s”不是日期；请写作 2023-09-27。") % text[:40]) from None
