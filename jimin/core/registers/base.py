"""The Register base: a domain declares columns and filters; listing, paging, counting and export follow.

class Reports(Register):
    name = "planning.reports"
    title = _("月度报告")
    model = Report
    allowed = STAFF
    columns = (Column("period", _("月份"), kind="month", sort="period"), …)
    filters = (Division("place", _("地区")), Choice("unit", _("单位"), choices=units))
    search = ("assignment__task__title",)
    order = ("-period", "id")

    def rows(self, actor): return actor.visible(Report.objects.select_related("unit"))
    def url(self, record): return reverse(…)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access import permissions
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Forbidden, NotFound, Problem
from jimin.core.audit import api as audit
from jimin.core.registers.columns import Cell, Column, Text
from jimin.core.registers.filters import Filter, State, Wrong, search
from jimin.core.registers.keyset import BadPosition, Order

COUNT_TO = 10_000  # beyond it a list says 10,000+; the exact number is the export's business
PAGE = 50
OWN = ("q", "sort", "after", "before")  # the names a list itself reads from the address
POSITION = ("after", "before")
LONG = 11  # digits: an id, phone or card number, typed where words are asked

LISTED = audit.declare("registers.look", lazy("查看名册"), audit.Sort.LOOK)

REGISTERS: dict[str, Register] = {}


@dataclass(frozen=True, slots=True)
class Bulk:
    """An action on the chosen rows. Its input takes their ids under `field`, a list."""

    action: Any  # a subclass of Action
    label: Text
    field: str = "ids"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a page."""

    record: Any
    url: str
    cells: list[Cell]

    @property
    def id(self) -> str:
        return str(self.record.pk)


@dataclass
class Reading:
    """What an address asks of a register: the conditions as they stand, the rows and their order."""

    rows: models.QuerySet[Any]
    order: Order
    filters: list[State]
    q: str
    sort: str
    problems: list[Problem]
    query: dict[str, str]  # the clean conditions, without a position

    def address(self, **changes: str) -> str:
        """The conditions with some changed, as "?…"; an empty value leaves one out."""
        return "?" + urlencode({k: v for k, v in {**self.query, **changes}.items() if v})

    @property
    def said(self) -> list[tuple[str, str]]:
        """The conditions in words: (label, value)."""
        words = [(str(s.filter.label), s.said) for s in self.filters if s.said]
        return [(_("查找"), self.q), *words] if self.q else words


@dataclass
class Page:
    """One page of a register."""

    reading: Reading
    rows: list[Row] = field(default_factory=list)
    next_cursor: str = ""
    prev_cursor: str = ""
    count: int = 0  # at most COUNT_TO + 1

    @property
    def counted(self) -> str:
        """How many rows in all: "1,234", or "10,000+"."""
        return f"{COUNT_TO:,}+" if self.count > COUNT_TO else f"{self.count:,}"

    @property
    def problems(self) -> list[Problem]:
        return self.reading.problems


class Register:
    """Subclass it and declare; each subclass with a name is one register, kept in REGISTERS."""

    name: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    model: ClassVar[type[models.Model]]
    allowed: ClassVar[Iterable[Role]] = ()
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    search: ClassVar[Sequence[str]] = ()
    order: ClassVar[Sequence[str]] = ("id",)
    bulk: ClassVar[Sequence[Bulk]] = ()
    empty: ClassVar[Text] = lazy("还没有记录。")
    note: ClassVar[Text] = ""  # one line under the title: what stands here and where it comes from
    page_size: ClassVar[int] = PAGE
    personal: ClassVar[bool] = False  # rows are people: each page on record, kept by no browser, what was typed masked

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        if not cls.name or cls.name in REGISTERS:
            raise ValueError(f"register {cls.__name__} needs a name of its own (now {cls.name!r})")
        names = [c.name for c in cls.columns]
        params = [*OWN, *(p for f in cls.filters for p in f.params)]
        for sort, given in (("column", names), ("filter", params)):
            if len(set(given)) != len(given):
                raise ValueError(f"register {cls.name!r} has a {sort} twice: {given}")
        permissions.declare(cls.permission_of(cls.name), str(cls.title), "register", cls.allowed, people=cls.personal)
        REGISTERS[cls.name] = cls()

    @staticmethod
    def permission_of(name: str) -> str:
        return f"{name}.list"

    @property
    def permission(self) -> str:
        """What a role must hold to open this register."""
        return self.permission_of(self.name)

    # -- what a subclass may write ---------------------------------------------------------------
    def rows(self, actor: Actor) -> models.QuerySet[Any]:
        """The records this actor may see here; by default those with division columns inside the scope."""
        return actor.visible(self.model._default_manager.all())

    def url(self, record: Any) -> str:
        """Where a row leads; empty for nowhere."""
        return ""

    # -- what it does ------------------------------------------------------------------------------
    def check(self, actor: Actor) -> None:
        """Raises Forbidden when the actor may not open this register."""
        if not actor.may(self.permission):
            refusal = Forbidden(
                _("“%(role)s”岗位看不了“%(title)s”。")
                % {"role": actor.appointment.get_role_display(), "title": self.title},
                next_step=_("需要时请换一个岗位，或联系本单位的系统管理员。"),
            )
            audit.refused(actor, self.permission, refusal)
            raise refusal

    def read(self, actor: Actor, params: Mapping[str, str]) -> Reading:
        """What the address asks. A wrong condition is a problem and shows no rows; it never widens the list."""
        self.check(actor)
        rows = self.rows(actor)
        problems = self._strangers(params)
        states = []
        for declared in self.filters:
            state, condition = declared.state(actor, params)
            states.append(state)
            rows = rows.filter(condition)
            if state.error:
                problems.append(Problem(f"{declared.label}：{state.error}", declared.params[0]))
        q = (params.get("q") or "").strip() if self.search else ""
        try:
            rows = search(rows, self.search, q)
        except Wrong as wrong:
            problems.append(Problem(str(wrong), "q"))
        sort, fields = self._sort(params.get("sort") or "", problems)
        query = {name: value for state in states for name, value in state.raw.items() if value}
        query |= {name: value for name, value in (("q", q), ("sort", sort)) if value}
        if problems:
            rows = rows.none()
        return Reading(rows, Order.of(rows, fields), states, q, sort, problems, query)

    def page(self, actor: Actor, params: Mapping[str, str]) -> Page:
        """One page. Raises Forbidden; everything wrong in the address is among `problems`."""
        reading = self.read(actor, params)
        backwards = bool(params.get("before"))
        position = params.get("before") or params.get("after") or ""
        rows = reading.rows
        if position and not reading.problems:
            try:
                rows = reading.order.beyond(rows, reading.order.read(self.name, position), backwards)
            except BadPosition:
                reading.problems.append(Problem(_("这一页的位置已经失效，下面从第一页显示；请用页底的链接翻页。")))
                position, backwards = "", False
        found = list(reading.order.sorted(rows, backwards)[: self.page_size + 1])
        more = len(found) > self.page_size
        found = found[: self.page_size]
        if backwards:
            found.reverse()
        page = Page(reading, [self.row(r) for r in found], count=capped_count(reading.rows))
        if found and (more or backwards):
            page.next_cursor = reading.order.position(self.name, found[-1])
        if found and (more if backwards else position):
            page.prev_cursor = reading.order.position(self.name, found[0])
        if self.personal:
            asked = {"register": self.name, **self.on_record(reading.query)}
            audit.looked(actor, LISTED, shown=found, conditions=asked, found=page.count)
        return page

    def row(self, record: Any) -> Row:
        """A record as a row of the screen."""
        return Row(record, self.url(record), [c.cell(record) for c in self.columns if c.screen])

    def clean_query(self, actor: Actor, query: str) -> tuple[str, list[Problem]]:
        """A saved address without its position, and what is wrong with it."""
        reading = self.read(actor, dict(parse_qsl(query.lstrip("?"))))
        return reading.address()[1:], reading.problems

    def query_on_record(self, query: str) -> str:
        """An address as it may stand in a record (`on_record`)."""
        return urlencode(self.on_record(dict(parse_qsl(query.lstrip("?")))))[:1000]

    def on_record(self, conditions: Mapping[str, str]) -> dict[str, str]:
        """Conditions as they may stand in a record: what was typed to find a person is masked, and any long number."""
        typed = {"q", *(f.name for f in self.filters if f.widget == "text")}

        def kept(name: str, value: str) -> str:
            is_clear = name not in typed or not (self.personal or sum(map(str.isdigit, value)) >= LONG)
            return value if is_clear else audit.trace_of(name, value)

        return {name: kept(name, value) for name, value in conditions.items()}

    def _strangers(self, params: Mapping[str, str]) -> list[Problem]:
        allowed = [*OWN, *(p for f in self.filters for p in f.params)]
        return [
            Problem(_("不认识的条件“%(name)s”；可用：%(names)s。") % {"name": name[:40], "names": "、".join(allowed)})
            for name in params
            if name not in allowed
        ]

    def _sort(self, sort: str, problems: list[Problem]) -> tuple[str, list[str]]:
        """The order fields of "due" or "-due", followed by the register's own order."""
        if not sort:
            return "", list(self.order)
        column = next((c for c in self.columns if c.name == sort.removeprefix("-") and c.order), None)
        if column is None:
            names = "、".join(c.name for c in self.columns if c.order)
            problems.append(Problem(_("不能按“%(name)s”排序；可用：%(names)s。") % {"name": sort[:40], "names": names}))
            return "", list(self.order)
        chosen = [_turned(f) if sort.startswith("-") else f for f in column.order]
        taken = {f.lstrip("-") for f in chosen}
        return sort, [*chosen, *(f for f in self.order if f.lstrip("-") not in taken)]


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def capped_count(rows: models.QuerySet[Any]) -> int:
    """How many rows, counted no further than COUNT_TO + 1."""
    return rows.order_by().values("pk")[: COUNT_TO + 1].count()


def get(name: str) -> Register:
    """The register of a name. Raises NotFound."""
    try:
        return REGISTERS[name]
    except KeyError:
        raise NotFound(_("没有名为“%s”的登记册。") % name[:80], next_step=_("请从菜单重新打开。")) from None


__all__ = ["COUNT_TO", "REGISTERS", "Bulk", "Page", "Reading", "Register", "Row", "capped_count", "get"]
