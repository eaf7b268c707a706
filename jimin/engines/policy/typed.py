"""What people type, as a kept value: full-width digits, 元, thousands commas, 3千, 七千二, 7200/年, 1956年3月2日."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from jimin.engines.policy.units import LARGEST, SCALE, Stored, Unit

LONGEST = 60
DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
STEPS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
A_YEAR = re.compile(r"(/|每|一|1)年|/\s*year|a year", re.IGNORECASE)
A_MONTH = re.compile(r"(/|每|一个|1个|每个)月|/\s*month|a month|yuan|rmb", re.IGNORECASE)
AROUND = re.compile(r"[\s,¥￥元块钱圆人民币约大概左右共辆套次样项岁年个月]")
TOKEN = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九两]|[十百千万亿]")


class NotRead(ValueError):
    """What was typed is no such value; the words say what to type."""


def amount(unit: Unit, text: str, *, negative: bool = False) -> int | None:
    """A typed amount or count as units.store keeps it; None for an empty field. Raises NotRead."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip()
    if not plain:
        return None
    number, yearly = _number(plain, unit)
    if number is None:
        raise NotRead(
            _("请只填一个数，如 7200；不清楚就空着") if unit is Unit.MONEY else _("请只填一个数，如 2；不清楚就空着")
        )
    if number < 0 and not negative:
        raise NotRead(_("不能是负数；没有填 0"))
    if abs(number) > LARGEST:
        raise NotRead(_("这个数太大了，请核对是不是多打了几位"))
    kept = number * SCALE[unit] / (12 if yearly and unit is Unit.MONEY else 1)
    if unit is not Unit.MONEY and kept != int(kept):
        raise NotRead(_("请填整数，如 2"))
    return int(kept.to_integral_value())


def _number(plain: str, unit: Unit) -> tuple[Decimal | None, bool]:
    yearly = unit is Unit.MONEY and bool(A_YEAR.search(plain))
    rest = AROUND.sub("", A_MONTH.sub("", A_YEAR.sub("", plain)))
    sign = Decimal(1)
    if rest[:1] in ("-", "−", "负", "亏"):
        sign, rest = Decimal(-1), rest[1:]
    if len(plain) > LONGEST or not rest or "".join(TOKEN.findall(rest)) != rest:
        return None, yearly
    found = _read(TOKEN.findall(rest))
    return (None if found is None else sign * found), yearly


def _read(tokens: list[str]) -> Decimal | None:
    """1.2 万, 三千五, 七千二百, 10: digits and steps. None for what is no number."""
    if all(t in DIGITS for t in tokens) and len(tokens) > 1:  # 二〇〇: digit by digit
        return Decimal("".join(str(DIGITS[t]) for t in tokens))
    total, section, digit, step, filled = Decimal(0), Decimal(0), None, 1, False
    for token in tokens:
        if token in STEPS:
            size = STEPS[token]
            if size >= STEPS["万"]:
                section = (section + (digit or 0)) * size if section or digit is not None else Decimal(size)
                total, section = total + section, Decimal(0)
            else:
                section += (Decimal(1) if digit is None else digit) * size
            digit, step, filled = None, size, False
        elif digit is not None and digit != 0:
            return None
        else:
            filled = filled or token in ("零", "〇")
            try:
                digit = Decimal(DIGITS[token]) if token in DIGITS else Decimal(token)
            except InvalidOperation:  # pragma: no cover - the pattern lets only digits through
                return None
    if digit is not None and len(tokens) > 1 and step > 10 and not filled and digit < 10:
        digit = digit * step / 10  # 七千二 is 7,200
    return total + section + (digit or 0)


def day(text: str, today: date) -> Stored:
    """A typed date; None for an empty field. Raises NotRead."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip()
    if not plain:
        return None
    plain = re.sub(r"[〇零一二三四五六七八九十]+", lambda m: str(_read(list(m[0]))), plain)  # 二十日
    found = re.fullmatch(r"(\d{4})\s*[-./年 ]\s*(\d{1,2})\s*[-./月 ]\s*(\d{1,2})\s*[日号]?", plain)
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain)
    try:
        made = date(*(int(x) for x in found.groups())) if found else None
    except ValueError:
        made = None
    if made is None:
        raise NotRead(_("请填年、月、日，如 1956-3-2；记不清就空着"))
    if made > today or made.year < today.year - 130:
        raise NotRead(_("这个日期不对：要在今天以前、130 年以内"))
    return made
