"""The sheet of a register: which columns come in, how a row finds its record, and which actions add and change it.

class Items(Sheet):
    register = "planning.items"
    adds, changes = RegisterItems, ReviseItems
    columns = (
        SheetColumn("indicator", kind="choice", choices=kept, required=True, fixed=True),
        SheetColumn("name", required=True, longest=120),
        SheetColumn("division", kind="division", required=True, fixed=True),
        SheetColumn("quantity", kind="decimal", places=2), …
    )
    key = ("indicator", "division", "name")

    def find(self, actor, lines): …the records of these keys, one query
    def add(self, actor, lines): yield Call(RegisterItems, {…}, lines)
    def change(self, actor, lines): yield Call(ReviseItems, {…}, lines)

A domain only declares; reading, judging, preview, writing, resuming and the marked workbook are the engine's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action
from jimin.core.actions.errors import Forbidden, NotFound
from jimin.core.registers import base as registers
from jimin.core.registers.columns import follow
from jimin.core.sheets import joining
from jimin.core.sheets.columns import Options, SheetColumn

SHEETS: dict[str, Sheet] = {}
Key = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row: at a column's cell, or ("") at the row itself."""

    column: str
    found: str
    said: str  # what is allowed and what to do
    cell: str = ""  # "C5"
    title: str = ""

    @property
    def text(self) -> str:
        """The fault as one line."""
        where = _("%(cell)s“%(title)s”") % {"cell": self.cell, "title": self.title} if self.title else ""
        found = _("填的是“%s”") % self.found if self.found else _("是空的") if where else ""
        return joining.about(where, joining.clauses(found, self.said))


@dataclass
class Line:
    """One row of a file as it was read: plain texts by column, and what is to become of it."""

    number: int  # of the row in the sheet
    values: dict[str, str] = field(default_factory=dict)  # only columns that the file has
    record: str = ""  # the id it came with, or was found by
    version: int = 0
    kind: str = ""  # add, change, same, wrong
    before: dict[str, str] = field(default_factory=dict)  # of a change: the columns that differ
    faults: list[Fault] = field(default_factory=list)
    outcome: str = ""  # done or refused, once it was written

    def filled(self, *names: str) -> dict[str, str]:
        """The values that are not empty, of these columns or all."""
        return {k: v for k, v in self.values.items() if v and (not names or k in names)}

    @property
    def is_wrong(self) -> bool:
        return bool(self.faults)


@dataclass(frozen=True)
class Call:
    """One performance of an action for some lines. Problems at "rows.3.name" belong to the fourth of them."""

    action: type[Action]
    data: Mapping[str, Any]
    lines: Sequence[Line]
    at: str = "rows"


class Sheet:
    """Subclass it beside a register and declare; each subclass with a register is kept in SHEETS."""

    register: ClassVar[str] = ""
    adds: ClassVar[type[Action] | None] = None
    changes: ClassVar[type[Action] | None] = None
    columns: ClassVar[Sequence[SheetColumn]] = ()
    key: ClassVar[Sequence[str]] = ()  # columns that together name a row without an id; empty: new unless it has an id
    record_as: ClassVar[str] = "record"  # how the action that changes calls the record
    note: ClassVar[Any] = ""  # what to know before filling, for the instructions and the upload page

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.register or cls.register in SHEETS:
            raise ValueError(f"sheet {cls.__name__} needs a register of its own (now {cls.register!r})")
        names = [c.name for c in cls.columns]
        if len(set(names)) != len(names) or not set(cls.key) <= set(names):
            raise ValueError(f"sheet of {cls.register!r}: a column is there twice, or the key names none")
        if cls.adds is None and cls.changes is None:
            raise ValueError(f"sheet of {cls.register!r} neither adds nor changes")
        SHEETS[cls.register] = cls()

    # -- what a subclass writes ------------------------------------------------------------------
    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        """The standing records of the lines' keys, by key (plain texts in the order of `key`); one query a chunk.

        Begin with the rows that the actor sees. The engine asks `standing`, which leaves out all others.
        """
        return {}

    def add(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        """The calls that add these lines; by default one a line, its filled columns being the action's input."""
        if self.adds is None:
            raise NotImplementedError(self.register)
        for line in lines:
            yield Call(self.adds, line.filled(), [line])

    def change(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        """The calls that change the records of these lines; by default one a line, with what differs."""
        if self.changes is None:
            raise NotImplementedError(self.register)
        for line in lines:
            data = {self.record_as: line.record, "version": line.version, **self.given(line)}
            yield Call(self.changes, data, [line])

    def judge(self, actor: Actor, line: Line) -> Iterable[Fault]:
        """What one line says against itself, besides its cells; what the actions check need not be said here."""
        return ()

    # -- what it does ------------------------------------------------------------------------------
    def standing(self, actor: Actor, lines: Sequence[Line]) -> dict[Key, Any]:
        """What `find` finds, as far as the actor sees it: a record out of sight is as if it were not there."""
        found = self.find(actor, lines)
        if not found:
            return {}
        rows = self.its.rows(actor).filter(pk__in=[record.pk for record in found.values()])
        seen = set(rows.order_by().values_list("pk", flat=True))
        return {key: record for key, record in found.items() if record.pk in seen}

    @cached_property
    def its(self) -> registers.Register:
        """The register beside which it stands."""
        return registers.get(self.register)

    def column(self, name: str) -> SheetColumn | None:
        """The column of a name."""
        return next((c for c in self.columns if c.name == name), None)

    def title(self, column: SheetColumn) -> str:
        """A column's heading: its own, or as the register's export has it."""
        if column.title:
            return str(column.title)
        listed = next(c for c in self.its.columns if c.name == column.name)
        return _("%s代码") % listed.title if column.kind == "division" else str(listed.title)

    def options(self, actor: Actor) -> dict[str, Options]:
        """What may be chosen in each column, for an actor."""
        return {c.name: c.options(actor) if c.kind == "choice" else Options() for c in self.columns}

    def held(self, record: Any) -> dict[str, str]:
        """What a record holds, as plain texts by column."""
        found = {}
        for column in self.columns:
            if column.once:
                continue
            source = column.value or column.name
            found[column.name] = column.plain(source(record) if callable(source) else follow(record, source))
        return found

    def key_of(self, values: Mapping[str, str]) -> Key:
        """The natural key of values; empty when a part that must be filled is missing."""
        needed = [c.name for c in self.columns if c.required and c.name in self.key]
        if not self.key or not all(values.get(name) for name in needed):
            return ()
        return tuple(values.get(name, "") for name in self.key)

    def given(self, line: Line) -> dict[str, Any]:
        """What a changed line says of the columns that differ, as an action takes it: nothing is an empty text or None."""
        found: dict[str, Any] = {}
        for name in line.before:
            column = self.column(name)
            is_text = column is not None and column.kind in ("text", "code")
            found[name] = line.values[name] or ("" if is_text else None)
        return found

    def may(self, actor: Actor) -> bool:
        """Whether the actor holds the action that adds or the one that changes, and sees the register."""
        actions = [a for a in (self.adds, self.changes) if a is not None]
        return actor.may(self.its.permission) and any(actor.may(a.name) for a in actions)

    def check(self, actor: Actor) -> None:
        """Raises Forbidden when the actor can neither add nor change here."""
        self.its.check(actor)
        if not self.may(actor):
            raise Forbidden(
                _("“%(role)s”不能导入“%(title)s”。")
                % {"role": actor.appointment.get_role_display(), "title": self.its.title},
                next_step=_("此事项由其他岗位办理，见“岗位权限表”。"),
            )


def get(register: str) -> Sheet:
    """The sheet of a register. Raises NotFound."""
    try:
        return SHEETS[register]
    except KeyError:
        raise NotFound(_("这份登记册没有导入。"), next_step=_("请从登记册页面重新打开。")) from None


def version_of(record: Any) -> int:
    """A record's version; 0 for one without."""
    return int(getattr(record, "version", 0))


def mark_of(record: Any) -> str:
    """What stands in the id column of an export: the record's id and version."""
    return f"{record.pk}:{version_of(record)}"
