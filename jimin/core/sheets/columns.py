"""A column of a sheet: what may stand in its cells, and how a cell is read, whatever Excel or WPS made of it.

Every value has one plain text ("2023-09-05", "12.5", a choice's code, "" for nothing): it is what is compared with the
record, kept between preview and confirmation, and handed to the action, whose own types read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.sheets import joining
from jimin.core.sheets.cells import Wrong, as_date, as_decimal, as_text, plain_number, squeeze

Text = str | Promise
Kind = Literal["text", "integer", "decimal", "date", "month", "code", "division", "choice", "yesno"]
Choices = Callable[[Actor], Iterable[tuple[str, Text]]] | Sequence[tuple[str, Text]]
SHOWN = 12  # choices named in an error; the whole list is in the template
YES = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓"})
NO = frozenset({"否", "无", "n", "no", "false", "0", "×", "✗"})
KIND_TITLES: dict[str, str] = {
    "text": noop("文字"), "integer": noop("整数"), "decimal": noop("数"), "date": noop("日期"), "month": noop("月份"),
    "code": noop("代码"), "division": noop("区划代码"), "choice": noop("选项"), "yesno": noop("是或否"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a sheet.

    Args: name, as in the action's input and (by default) on the record; title, empty: as on the register's export;
    required: must be filled; fixed: says which thing a row is, so it cannot be changed by a sheet; longest, characters;
    least/most and places (decimals) of a number; pattern, a regular expression of a code with `said` in words; choices,
    pairs of value and label, or a function of the actor; value, a path or function of the record; default, what an empty cell means; once,
    read for a new row alone, of a known one not compared; help, one line of the instructions.
    """

    name: str
    title: Text = ""
    kind: Kind = "text"
    required: bool = False
    fixed: bool = False
    longest: int = 200
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    places: int = 0
    pattern: str = ""
    said: Text = ""
    choices: Choices = ()
    value: Callable[[Any], Any] | str = ""
    default: str = ""
    once: bool = False
    help: Text = ""

    def options(self, actor: Actor) -> Options:
        """What may be chosen, for an actor."""
        pairs = list(self.choices(actor) if callable(self.choices) else self.choices)
        words: dict[str, frozenset[str]] = {}
        for language, _name in settings.LANGUAGES:  # an English export comes back on a Chinese page too
            with translation.override(language):
                for value, label in pairs:
                    for word in (squeeze(str(value)), squeeze(str(label))):
                        words[word] = words.get(word, frozenset()) | {str(value)}
        return Options({str(v): str(label) for v, label in pairs}, words)

    def plain(self, value: Any) -> str:
        """A record's value as plain text."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, (int, Decimal)) and self.kind in ("integer", "decimal"):
            return plain_number(Decimal(value))
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return f"{value:%Y-%m}" if self.kind == "month" else value.isoformat()
        return str(value).strip() if self.kind in ("text", "code") else str(value)

    def allowed(self, options: Options) -> str:
        """What may stand here, in words."""
        if self.kind == "choice":
            return options.said
        if self.kind == "text":
            return _("最多 %d 个字") % self.longest
        if self.kind in ("integer", "decimal"):
            return self._range()
        if self.kind == "division":
            return _("12 位区划代码，如 %s") % divisions.province().code
        if self.kind == "code":
            return str(self.said) or _("代码，存成文本")
        return {"date": _("日期，如 2023-06-30"), "month": _("月份，如 2023-06"), "yesno": _("是、否")}[self.kind]

    def _range(self) -> str:
        whole = _("整数") if self.kind == "integer" else _("数，最多 %d 位小数") % self.places
        parts = [whole]
        if self.least is not None:
            parts.append(_("不小于 %s") % plain_number(Decimal(self.least)))
        if self.most is not None:
            parts.append(_("不大于 %s") % plain_number(Decimal(self.most)))
        return joining.limits(parts)

    def read(self, given: Any, options: Options, epoch: datetime) -> str:
        """The plain text of a cell that is not empty. Raises Wrong, which says what to do."""
        return READERS[self.kind](self, given, options, epoch)

    def show(self, plain: str, options: Options) -> str:
        """A plain text as a person knows it."""
        if self.kind == "choice":
            return options.labels.get(plain, plain)
        if self.kind == "division" and plain:
            try:
                return f"{divisions.name(plain)} {plain}"
            except divisions.UnknownDivision:
                return plain
        return {"1": _("是"), "0": _("否")}.get(plain, plain) if self.kind == "yesno" else plain


@dataclass(frozen=True)
class Options:
    """The values of a choice with their labels."""

    labels: Mapping[str, str] = field(default_factory=dict)
    by_word: Mapping[str, frozenset[str]] = field(default_factory=dict)  # a label or value → the values it can mean

    @property
    def said(self) -> str:
        """The labels, the first few of a long list."""
        names = list(dict.fromkeys(self.labels.values()))
        more = _("等 %d 项，见模板的下拉选项") % len(names) if len(names) > SHOWN else ""
        return joining.listed(names[:SHOWN]) + more if names else _("目前没有可选的")


def _text(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    found = as_text(given)
    if len(found) > column.longest:
        raise Wrong(_("有 %d 个字，请删减") % len(found))
    return found


def _code(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    found = as_text(given)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", squeeze(found)):
        raise Wrong(_("代码变成了科学计数法，原来的数字已经看不出；请把单元格设成文本，重新填写完整的代码"))
    found = squeeze(found) if column.pattern else found
    if len(found) > column.longest:
        raise Wrong(_("有 %d 个字，请删减") % len(found))
    if column.pattern and not re.fullmatch(column.pattern, found):
        if isinstance(given, (int, float)):
            raise Wrong(_("代码变成了数字，前面的 0 或后面的位数可能丢了；请把单元格设成文本，重新填写完整的代码"))
        raise Wrong(_("请按要求填写完整的代码"))
    if isinstance(given, (int, float)) and not column.pattern:
        raise Wrong(_("代码是数字格式，前面的 0 可能丢了；请把单元格设成文本，核对后重新填写"))
    return found


def _division(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    found = squeeze(as_text(given))
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", found):
        raise Wrong(_("代码变成了科学计数法，原来的数字已经看不出；请把单元格设成文本，重新填写 12 位代码"))
    if re.fullmatch(r"\d{6}|\d{9}", found):
        raise Wrong(_("只有 %(n)d 位；如果是这一级，请写成 %(full)s") % {"n": len(found), "full": found.ljust(12, "0")})
    if not re.fullmatch(r"\d{12}", found):
        raise Wrong(_("请填 12 位数字，见模板的“区划代码”表"))
    try:
        divisions.place(found)
    except divisions.UnknownDivision:
        raise Wrong(_("现行区划表中没有这个代码；请对照模板的“区划代码”表改正")) from None
    return found


def _number(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    number = as_decimal(given)
    places = max(0, -int(number.normalize().as_tuple().exponent))
    if column.kind == "integer" and places:
        raise Wrong(_("请只填整数，如 12"))
    if column.kind == "decimal" and places > column.places:
        raise Wrong(_("小数太长，请改成最多 %d 位小数") % column.places)
    low = column.least is not None and number < column.least
    if low or (column.most is not None and number > column.most):
        raise Wrong(_("请改成范围内的数"))
    return plain_number(number)


def _date(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    return as_date(given, epoch).isoformat()


def _month(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    if isinstance(given, str):
        found = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))", squeeze(given))
        if found:
            given = f"{found[1]}-{found[2] or found[3]}-01"
    elif isinstance(given, int) and 190001 <= given <= 299912:
        given = f"{given // 100}-{given % 100}-01"
    day = as_date(given, epoch, _("请填月份，如 2023-06"))
    if day.day != 1:
        raise Wrong(_("写的是某一天；请只填到月，如 %s") % f"{day:%Y-%m}")
    return f"{day:%Y-%m}"


def _choice(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    found = options.by_word.get(squeeze(as_text(given)), frozenset())
    if len(found) > 1:
        raise Wrong(_("有 %d 个同名的选项，分不清是哪一个；请改填它的代码") % len(found))
    if not found:
        raise Wrong(_("请从可选的里面选一个，写法要一样"))
    return next(iter(found))


def _yesno(column: SheetColumn, given: Any, options: Options, epoch: datetime) -> str:
    word = "1" if given is True else "0" if given is False else squeeze(as_text(given)).lower()
    if word in YES:
        return "1"
    if word in NO:
        return "0"
    raise Wrong(_("请填“是”或“否”"))


Reader = Callable[[SheetColumn, Any, Options, datetime], str]
READERS: dict[str, Reader] = {
    "text": _text, "integer": _number, "decimal": _number, "date": _date, "month": _month, "code": _code,
    "division": _division, "choice": _choice, "yesno": _yesno,
}  # fmt: skip

__all__ = ["KIND_TITLES", "Options", "SheetColumn", "Wrong"]
