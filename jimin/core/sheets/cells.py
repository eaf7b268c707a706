"""What a cell holds, read as text, number or date. Nothing is guessed: what cannot be known is said."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.cell.cell import ERROR_CODES

RELIABLE = 61  # the first serial after 29 February 1900, a day that Excel counts and the calendar has not
LAST_SERIAL = 2_958_465  # 9999-12-31
DIGITS = 15  # what a number in a sheet holds exactly
FIRST_YEAR = 1900
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+0{1,2}:00(?::00(?:\.0+)?)?)?")
EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBER = re.compile(r"[-+]?(\d+(,\d{3})*|\d*)(\.\d*)?([eE][-+]?\d{1,2})?")


class Wrong(ValueError):
    """A cell cannot be taken; the text says what to do about it."""


class Trouble:
    """Stands in for a value that the file does not hold."""

    def __init__(self, shown: str, said: str) -> None:
        self.shown = shown
        self.said = said

    def __repr__(self) -> str:
        return f"Trouble({self.shown!r})"


def squeeze(text: str) -> str:
    """A text for comparing: full-width forms as half-width, no white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def plain_number(number: Decimal) -> str:
    """A number without exponent and without empty decimals: "100", "0.5"."""
    found = f"{number:f}"
    found = found.rstrip("0").rstrip(".") if "." in found else found
    return "0" if found in ("-0", "") else found


def is_blank(given: Any) -> bool:
    """Whether a cell is empty, or holds white space alone."""
    return given is None or (isinstance(given, str) and not given.strip())


def shown(given: Any) -> str:
    """What was found in a cell, for an error."""
    if isinstance(given, Trouble):
        return given.shown
    if isinstance(given, datetime):
        return f"{given:%Y-%m-%d %H:%M}" if given.time() != time() else f"{given:%Y-%m-%d}"
    if isinstance(given, float):
        return f"{given:.15g}"
    text = "".join(c if c.isprintable() else "�" for c in str(given))
    return text if len(text) <= 40 else text[:40] + "……"


def as_text(given: Any) -> str:
    """The text of a cell, trimmed. Raises Wrong for what Excel turned into something else."""
    if isinstance(given, bool):
        return "TRUE" if given else "FALSE"
    if isinstance(given, (datetime, date, time, timedelta)):
        raise Wrong(_("被表格软件变成了日期或时间；请把单元格设成文本，重新填写原来的内容"))
    if isinstance(given, float):
        return _whole(given)
    text = str(given).strip()
    if text in ERROR_CODES:
        raise Wrong(_("是公式算错的结果；请改成算好的值"))
    if not text.isprintable():
        bad = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t\r"), "")
        if bad:
            raise Wrong(_("含有看不见的控制字符（%s）；请删去后重新输入") % f"U+{ord(bad):04X}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _whole(given: float) -> str:
    if given.is_integer() and abs(given) < 10**DIGITS:
        return str(int(given))
    if abs(given) >= 10**DIGITS:
        raise Wrong(_("数字超过 15 位，后面的位数已经丢了；请把单元格设成文本，重新填写"))
    return f"{given:.15g}"


def as_decimal(given: Any) -> Decimal:
    """The number of a cell: also one stored as text, with commas, or in full-width digits. Raises Wrong."""
    if isinstance(given, (bool, datetime, date, time, timedelta)):
        raise Wrong(_("不是数；请把单元格设成常规或数值，只填数字，如 12"))
    if isinstance(given, int):
        return Decimal(given)
    if isinstance(given, float):
        return Decimal(f"{given:.15g}")  # what the sheet shows: 0.3, not 0.30000000000000004
    text = squeeze(as_text(given))
    if not any(c.isdigit() for c in text) or not NUMBER.fullmatch(text):
        raise Wrong(_("不是数；请只填数字，不带单位，如 12"))
    return Decimal(text.replace(",", ""))


def as_date(given: Any, epoch: datetime, ask: str = "") -> date:
    """The day of a cell: a real date, a text in one of the usual writings, or a serial number. Raises Wrong."""
    ask = ask or _("请填日期，如 2023-06-30")
    if isinstance(given, datetime):
        if given.time() != time():
            raise Wrong(_("带有时刻；请只填日期，如 %s") % f"{given:%Y-%m-%d}")
        return _reliable(given.date(), epoch)
    if isinstance(given, date):
        return _reliable(given, epoch)
    if isinstance(given, (bool, time, timedelta)):
        raise Wrong(ask)
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, int) and given <= LAST_SERIAL:
        if given < 1:
            raise Wrong(ask)
        return _reliable((epoch + timedelta(days=given)).date(), epoch)
    if given in ERROR_CODES:  # also what a cell formatted as a date shows as ######
        raise Wrong(_("超出了日期的范围，或是公式算错的结果；%s") % ask)
    text = unicodedata.normalize("NFKC", as_text(given)).strip()
    found = DATE.fullmatch(text) or EIGHT.fullmatch(text)
    if found is None:
        if text.isdigit() and len(text) == 5:  # a serial that was stored as text
            return as_date(int(text), epoch, ask)
        raise Wrong(ask)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Wrong(_("日历上没有这一天；%s") % ask) from None
    if day.year < FIRST_YEAR:
        raise Wrong(_("年份太早；%s") % ask)
    return day


def _reliable(day: date, epoch: datetime) -> date:
    """A serial before March 1900 is one day off in one program or the other."""
    if epoch.year < FIRST_YEAR and (day - epoch.date()).days < RELIABLE:
        raise Wrong(_("1900 年 3 月以前的日期在不同表格软件里差一天，不能用；请核对后改成文本，如 1900-02-28"))
    return day
