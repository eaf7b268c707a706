"""From rows to lines: each cell read by its column, each wrong one named. No database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.sheets import joining
from jimin.core.sheets.base import Fault, Key, Line, Sheet
from jimin.core.sheets.cells import Trouble, Wrong, is_blank, shown
from jimin.core.sheets.columns import Options, SheetColumn
from jimin.core.sheets.headings import ERRORS_NAME, ID_NAME, Heading

TELLING = ("date", "month", "division", "yesno")  # what is wrong with them says what is allowed


@dataclass
class Judge:
    """Reads the rows of one heading; remembers the keys it has seen, so that a repeated row is named."""

    sheet: Sheet
    actor: Actor
    heading: Heading
    options: Mapping[str, Options]
    seen: dict[Key, int] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every row below the heading; one whose only content is the error column is none."""
        told = self.heading.at.get(ERRORS_NAME)
        read = [i for name, i in self.heading.at.items() if i != told]
        for number, values in self.heading.grid.rows(self.heading.width):
            if number > self.heading.row and any(i < len(values) and not is_blank(values[i]) for i in read):
                yield self.line(number, values)

    def line(self, number: int, values: Any) -> Line:
        """One row."""
        line = Line(number)
        self._identify(line, self._at(values, ID_NAME))
        for column in self.sheet.columns:
            if column.name in self.heading.at:
                self._read(line, column, self._at(values, column.name))
        if not line.record:
            self._complete(line)
        if not line.is_wrong:
            line.faults += self.sheet.judge(self.actor, line)
        self._once(line)
        return line

    def _at(self, values: Any, name: str) -> Any:
        at = self.heading.at.get(name)
        return None if at is None or at >= len(values) else values[at]

    def fault(self, line: Line, name: str, found: Any, said: str) -> Fault:
        """A fault at a column, with its cell and title when the file has the column."""
        if name not in self.heading.at:
            column = self.sheet.column(name)
            title = self.sheet.title(column) if column else ""
            return Fault(name, "", joining.about(title, said))
        column = self.sheet.column(name)
        title = self.sheet.title(column) if column else _("记录编号")
        return Fault(name, shown(found) if not is_blank(found) else "", said, f"{self.heading.letter(name)}{line.number}", title)  # fmt: skip

    def _identify(self, line: Line, given: Any) -> None:
        if is_blank(given):
            return
        pk, _colon, version = str(given).strip().partition(":")
        try:
            line.record = str(UUID(pk))
            line.version = int(version or 0)
        except ValueError:
            line.faults.append(
                self.fault(
                    line,
                    ID_NAME,
                    given,
                    _("编号不完整；请照导出的原样保留。要登记新的一行，把这一格清空"),
                )
            )

    def _read(self, line: Line, column: SheetColumn, given: Any) -> None:
        options = self.options[column.name]
        if isinstance(given, Trouble):
            line.faults.append(self.fault(line, column.name, given, given.said))
            return
        if is_blank(given):
            line.values[column.name] = column.default
            if column.required:
                self._must(line, column)
            return
        try:
            line.values[column.name] = column.read(given, options, self.heading.grid.epoch)
        except Wrong as wrong:
            allowed = "" if column.kind in TELLING else _("可以填：%s") % column.allowed(options)
            line.faults.append(self.fault(line, column.name, given, joining.sentences(str(wrong), allowed)))

    def _must(self, line: Line, column: SheetColumn) -> None:
        allowed = column.allowed(self.options[column.name])
        line.faults.append(self.fault(line, column.name, "", _("此项必填。可以填：%s") % allowed))

    def _complete(self, line: Line) -> None:
        """A row without an id has to bring everything that is required."""
        for column in self.sheet.columns:
            if column.required and column.name not in self.heading.at:
                self._must(line, column)

    def _once(self, line: Line) -> None:
        """The same thing twice in one file: the second is wrong."""
        if line.is_wrong:
            return
        for key in ((ID_NAME, line.record) if line.record else (), self.sheet.key_of(line.values)):
            if not key:
                continue
            first = self.seen.setdefault(key, line.number)
            if first != line.number:
                line.faults.append(Fault("", "", _("与第 %d 行重复；请只留一行") % first))
                return
