"""Words, numbers, dates and chart geometry for the templates. Loaded as a builtin: no {% load %} needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext, npgettext
from django.utils.translation import gettext_lazy as _

from jimin.core import clock
from jimin.core.calendar.months import ENGLISH, Month
from jimin.core.units import english, measure
from jimin.sites import charts

register = template.Library()

SPACE = "\u00a0"  # does not break
MINUS = "−"
STATUS_WORDS = {
    "ok": _("按期"),
    "slow": _("偏慢"),
    "late": _("落后"),
    "none": _("未定量"),
    "cur": _("进行中"),
    "todo": _("未开始"),
    "info": _("说明"),
}
SHAPES = {"info": "cur"}


@register.filter
def status_word(status: str) -> str:
    """The word that always stands beside a light. An unknown status is named as it is, not coloured."""
    return str(STATUS_WORDS.get(status, status))


@register.filter
def shape(status: str) -> str:
    """The sprite's shape for a status."""
    return SHAPES.get(status, status if status in STATUS_WORDS else "none")


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def number(value: Any, places: Any = None) -> str:
    """A number with thousands commas and a true minus; `places` fixes the decimals; “—” for nothing."""
    n = _decimal(value)
    if n is None or not n.is_finite():
        return "—"
    if places not in (None, ""):
        n = n.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)
    return f"{n:,f}".replace("-", MINUS)


@register.filter
def signed(value: Any, places: Any = None) -> str:
    """A change with its sign: +412, −166, 0."""
    n = _decimal(value)
    return ("+" if n is not None and n > 0 else "") + number(value, places)


@register.filter
def quantity(value: Any, unit: str = "") -> str:
    """A number, a space that does not break, and its unit: 7,998 个. A percentage closes up: 14.7%."""
    if _decimal(value) is None:
        return "—"
    unit = measure(unit)
    return number(value) + ("" if unit in ("", "%", "％") else SPACE) + unit.replace("％", "%")


register.filter("measure", measure)


@register.filter
def yuan(fen: Any, form: str = "") -> str:
    """Integer fen as yuan: 91,000 → 910.00; with "short" the .00 is dropped."""
    n = _decimal(fen)
    if n is None:
        return "—"
    text = number(n / 100, 2)
    return text.removesuffix(".00") if form == "short" else text


@register.filter
def percent(ratio: Any, places: Any = 1) -> str:
    """A ratio as a percentage: 0.147 → 14.7%, 0.2 → 20%."""
    n = _decimal(ratio)
    if n is None:
        return "—"
    text = number(n * 100, places)
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


@register.filter
def bp(share: Any, places: Any = 1) -> str:
    """A share kept in ten-thousandths as a percentage: 1470 → 14.7%."""
    n = _decimal(share)
    return "—" if n is None else percent(n / 10000, places)


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).date() if value.tzinfo else value.date()
    return value if isinstance(value, date) else None


_ZH_WEEK = "一二三四五六日"
_EN_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@register.filter
def day(value: Any, form: str = "") -> str:
    """A date as people say it: 10月13日（周五）, with the year when it is another than the business day's.

    form: "" as above; "short" without the weekday; "long" always with year and weekday; "full" with year, no weekday.
    """
    d = _date(value)
    if d is None:
        return "—"
    with_year = form in ("long", "full") or d.year != clock.business_day().year
    with_week = form in ("", "long")
    if english():
        text = f"{d.day} {ENGLISH[d.month - 1]}" + (f" {d.year}" if with_year else "")
        return f"{_EN_WEEK[d.weekday()]} {text}" if with_week else text
    text = (f"{d.year}年" if with_year else "") + f"{d.month}月{d.day}日"
    return text + (f"（周{_ZH_WEEK[d.weekday()]}）" if with_week else "")


@register.filter
def month(value: Any) -> str:
    """A month: 2023年9月."""
    d = _date(value)
    if d is None:
        return "—"
    return Month.of(d).label


@register.filter
def moment(value: Any) -> str:
    """A time of the real clock: 10月13日 09:05, in Shanghai."""
    if not isinstance(value, datetime):
        return "—"
    local = value.astimezone(clock.SHANGHAI) if value.tzinfo else value
    return f"{day(local, 'short')} {local:%H:%M}"


@register.filter
def workdays(left: Any) -> str:
    """Working days left in words: 3 个工作日, 今天, 逾期 2 个工作日 (a bare 天 is a calendar day)."""
    n = _decimal(left)
    if n is None:
        return "—"
    if n == 0:
        return gettext("今天")
    if n < 0:
        return ngettext("逾期 %(n)s 个工作日", "逾期 %(n)s 个工作日", int(-n)) % {"n": number(-n)}
    return npgettext("working days left", "%(n)s 个工作日", "%(n)s 个工作日", int(n)) % {"n": number(n)}


@register.filter
def docno(text: Any) -> str:
    """A document number with its proper brackets: 吉民发[2023]5号 → 吉民发〔2023〕5号."""
    return re.sub(r"[\[［【(（〔﹝]\s*((?:19|20)\d\d)\s*[\]］】)）〕﹞]", r"〔\1〕", str(text or ""))


@register.filter
def circled(n: Any) -> str:
    """The mark that ties a phrase to its row: 1 → ①, up to ⑳; then (21)."""
    i = int(n)
    return chr(0x2460 + i - 1) if 1 <= i <= 20 else f"({i})"


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """mapping[key], or None."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.simple_tag
def bullet_geometry(now: Any, projected: Any, target: Any, direction: str = "up") -> charts.Bullet:
    """See charts.bullet; empty strings count as unknown."""
    return charts.bullet(_number(now), _number(projected), _number(target), direction or "up")


@register.simple_tag
def spark_geometry(
    values: Sequence[Any], projection: Any = None, target: Any = None, periods: Any = 12, width: Any = 84
) -> charts.Spark:
    """See charts.spark; empty strings count as unknown."""
    known = [_number(v) for v in values or ()]
    return charts.spark(known, _number(projection), _number(target), int(periods or 12), float(width or 84))


@register.simple_tag
def with_heights(items: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], float]]:
    """Each column with its height."""
    return list(zip(items, charts.heights([i.get("value") or 0 for i in items]), strict=True))


@register.simple_tag
def with_slices(parts: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], charts.Slice]]:
    """Each part with its place on 0…100."""
    return list(zip(parts, charts.slices([p.get("value") or 0 for p in parts]), strict=True))


@register.simple_tag
def with_weights(items: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], int]]:
    """Each figure of a stat strip with its share in twentieths."""
    whole = sum(int(i.get("value") or 0) for i in items)
    return [(i, charts.weight(int(i.get("value") or 0), whole)) for i in items]


@register.simple_tag
def day_cells(total: Any, used: Any) -> list[str]:
    """The cells of a clock: u used, t today's, o over, or empty; more than sixty days are not drawn one by one."""
    whole, gone = int(total or 0), int(used or 0)
    if whole > 60 or whole < 1:
        return []
    cells = ["u" if i < gone - 1 else "t" if i == gone - 1 else "" for i in range(whole)]
    return cells if gone <= whole else ["o"] * whole


def _number(value: Any) -> float | None:
    n = _decimal(value)
    return None if n is None else float(n)
