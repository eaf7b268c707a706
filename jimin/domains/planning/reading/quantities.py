"""Numbers with units in a folded sentence; what is no quantity (dates, document numbers, slogans) is masked first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from jimin.domains.planning.reading.numerals import HAN_NUMERAL, from_han
from jimin.domains.planning.reading.words import ALL_VERBS, COMPARATORS, UNITS, ZERO_WORDS

_NUM = r"\d{1,12}(?:,\d{3})*(?:\.\d{1,6})?"
_HAN = r"[零一二两三四五六七八九十百千万亿]{1,12}"
_MULTIPLIER = r"(?:[百千]?万|亿|千|百)?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_FIGURE = rf"(?:{_NUM}{_MULTIPLIER}|{_HAN})"
_QUANTITY = re.compile(
    rf"(?P<percent>百分之(?P<hundredth>{_FIGURE}))"
    rf"|(?P<fraction>(?P<lower>[二三四五六七八九十]{{1,3}})分之(?P<over>[一二两三四五六七八九]))"
    rf"|(?P<tenths>(?P<tenth>[一二两三四五六七八九])成)(?=以上|左右|以内|的|，|。|；|、|$)"
    rf"|(?P<double>翻(?P<times>[一两二三])番)"
    rf"|(?P<half>过半(?=，|。|；|、|$)|(?:一半|半数)(?=以上))"
    rf"|(?P<full>全覆盖)"
    rf"|(?P<all>全部(?={'|'.join(ALL_VERBS)}))"
    rf"|(?P<zero>{'|'.join(ZERO_WORDS[:3])})"
    rf"|(?P<first>{_FIGURE})(?:{_UNIT})?(?:-|至|到)(?P<second>{_FIGURE})(?P<about2>[余多])?(?P<unit2>{_UNIT})"
    rf"|(?P<value>{_FIGURE})(?P<about>[余多])?(?P<unit>{_UNIT})"
)
_SCALE = {"百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_BETWEEN_YEARS = r"(?:\d{4}|[〇零一二三四五六七八九]{4})年?[-至](?:\d{4}|[〇零一二三四五六七八九]{4})年"
_MASKS = (
    re.compile(r"《[^《》]*》"),
    re.compile(r"〔\d{4}〕第?\d+号|\d+号"),
    re.compile(_BETWEEN_YEARS),
    re.compile(r"(?:\d{4}|[〇零一二三四五六七八九]{4})年度?(?:\d{1,2}月(?:\d{1,2}日)?)?"),
    re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份|(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?"),
    re.compile(rf"第(?:\d{{1,4}}|[{HAN_NUMERAL}]{{1,6}})"),
    re.compile(r"“?十[一二三四五六七八九]五”?|二十大|十九大|[一二三四]季度"),
    re.compile(r"(?:年满|满|不满|未满)?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})(?:周岁|岁)(?:及|（含）)?以[上下]"),
    re.compile(r"(?:年满|满|不满|未满)(?:\d{1,3}|[一二三四五六七八九十百]{1,4})(?:周岁|岁)"),
    re.compile(r"共(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[条章款项]"),
    re.compile(r"一(?=次性|体|批|系列|步|些|定|线|起|方面|对一|年一度|把手)"),
)
_QUOTED = re.compile(r"“[^“”]{1,16}”")
_SAYS_HOW_MUCH = re.compile("|".join([*map(re.escape, COMPARATORS), r"\d%", r"全覆盖"]))
_NO_UNIT = re.compile(rf"(?:不低于|不少于|至少|不超过|达到|超过)(?P<value>{_NUM})(?![\d.,]|[A-Za-z])")
MASK = "□"


@dataclass(frozen=True)
class Quantity:
    """A number in the sentence: its stretch, value (percent as 15, not 0.15), unit, and how it was written."""

    start: int
    end: int
    value: Decimal
    unit: str
    form: str  # number, han, percent, share, full, all, double, half, zero
    upper: Decimal | None = None
    about: bool = False


def mask(sentence: str) -> str:
    """The sentence with what is no quantity blanked out, same length."""
    for pattern in _MASKS:
        sentence = pattern.sub(_blank, sentence)
    return _QUOTED.sub(lambda match: match.group() if _SAYS_HOW_MUCH.search(match.group()) else _blank(match), sentence)


def quantities(masked: str) -> tuple[Quantity, ...]:
    """Quantities of a masked sentence, in order."""
    out: list[Quantity] = []
    for match in _QUANTITY.finditer(masked):
        before = masked[match.start() - 1] if match.start() else ""
        if before and before.isascii() and before.isalnum():
            continue
        quantity = _read(match)
        if quantity is not None:
            out.append(quantity)
    taken = [(quantity.start, quantity.end) for quantity in out]
    for match in _NO_UNIT.finditer(masked):
        start, end = match.span("value")
        if not any(start < stop and begin < end for begin, stop in taken):
            out.append(Quantity(start, end, Decimal(match.group("value").replace(",", "")), "", "number"))
    return tuple(sorted(out, key=lambda quantity: quantity.start))


def _blank(match: re.Match[str]) -> str:
    return MASK * len(match.group())


def _read(match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    hundred = Decimal(100)
    if match["percent"]:
        value = _figure(match["hundredth"])
        return None if value is None else Quantity(start, end, value, "%", "percent")
    if match["fraction"]:
        over, lower = from_han(match["over"]), from_han(match["lower"])
        if not over or not lower or over >= lower:
            return None
        return Quantity(start, end, (hundred * over / lower).quantize(Decimal("0.01")).normalize() + 0, "%", "share")
    if match["tenths"]:
        return Quantity(start, end, Decimal((from_han(match["tenth"]) or 0) * 10), "%", "share")
    if match["double"]:
        return Quantity(start, end, Decimal(2) ** (from_han(match["times"]) or 1), "倍", "double")
    if match["half"]:
        return Quantity(start, end, Decimal(50), "%", "half")
    if match["full"] or match["all"]:
        return Quantity(start, end, hundred, "%", "full" if match["full"] else "all")
    if match["zero"]:
        return Quantity(start, end, Decimal(0), "", "zero")
    if match["first"]:
        first, second = _figure(match["first"]), _figure(match["second"])
        if first is None or second is None or second <= first:
            return None
        return _scaled(
            Quantity(start, end, first, match["unit2"], _form(match["first"]), second, bool(match["about2"]))
        )
    value = _figure(match["value"])
    if value is None:
        return None
    return _scaled(Quantity(start, end, value, match["unit"], _form(match["value"]), None, bool(match["about"])))


def _scaled(quantity: Quantity) -> Quantity:
    """万元 and 亿元 become 元, so that amounts compare."""
    scale = {"万元": 10_000, "亿元": 100_000_000}.get(quantity.unit)
    if scale is None:
        return quantity
    upper = None if quantity.upper is None else quantity.upper * scale
    return Quantity(quantity.start, quantity.end, quantity.value * scale, "元", quantity.form, upper, quantity.about)


def _form(text: str) -> str:
    return "number" if text[0].isdigit() else "han"


def _figure(text: str) -> Decimal | None:
    match = re.fullmatch(rf"({_NUM})({_MULTIPLIER})", text)
    if match:
        return Decimal(match.group(1).replace(",", "")) * _SCALE.get(match.group(2), 1)
    value = from_han(text)
    return None if value is None else Decimal(value)
