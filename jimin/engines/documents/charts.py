"""Charts for documents: SVG text with a number beside every mark, and SVG made into PNG for Word.

No colour carries meaning alone: what is projected is dashed, a target is a thick tick with its number. Drawn with plain
attributes (no style, no script), so that the same SVG also stands on a page. Values are printed as they are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from .fonts import SANS, compiled, printable
from .model import DocumentError
from .text import width

Number = int | Decimal
_WIDTH = 640
_INK, _SOFT, _RULE, _BRAND, _WASH, _LATE = "#16211f", "#5a6763", "#d6ddd9", "#0f5e66", "#b2d1d3", "#a8321b"


@dataclass(frozen=True, slots=True)
class Bullet:
    """One row of a bullet chart: now (solid), projection (dashed outline), target (thick tick)."""

    label: str
    now: Number
    target: Number | None = None
    projection: Number | None = None


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = _INK, size: int = 14) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family={quoteattr(SANS)} font-size="{size}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(printable(words))}</text>'
    )


def _svg(height: float, label: str, parts: Sequence[str]) -> str:
    name = escape(printable(label), {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{name}">' + "".join(parts) + "</svg>"
    )


def _top(values: Sequence[Number], what: str) -> float:
    if not values:
        raise DocumentError(f"图“{what}”没有数据；请至少给一个数。")
    if min(values) < 0:
        raise DocumentError(f"图“{what}”里有负数 {min(values)}；此图只画非负数，请改用表格。")
    return float(max(values)) or 1.0


def _gutter(labels: Sequence[str]) -> float:
    return min(240.0, max(width(label) for label in labels) * 14 + 12)


def _fit(label: str, room: float) -> str:
    """A label cut to its room with an ellipsis; the table beside the chart has it whole."""
    if width(label) * 14 <= room:
        return label
    while label and (width(label) + 1) * 14 > room:
        label = label[:-1]
    return label + "…"


def bar(items: Sequence[tuple[str, Number]], *, label: str, unit: str = "") -> str:
    """Horizontal bars, one a row, each with its number and unit."""
    return bullet([Bullet(name, value) for name, value in items], label=label, unit=unit)


def bullet(items: Sequence[Bullet], *, label: str, unit: str = "") -> str:
    """Now against the target: a bar, a dashed outline for the projection, a thick tick for the target."""
    values = [v for item in items for v in (item.now, item.projection, item.target) if v is not None]
    top, left = _top(values, label), _gutter([i.label for i in items])
    scale = (_WIDTH - left - max(width(_words(i, unit)) for i in items) * 13 - 16) / top
    parts: list[str] = []
    for row, item in enumerate(items):
        parts += _bullet_row(item, row * 30 + 4.0, left, scale, unit)
    return _svg(len(items) * 30 + 8, label, parts)


def _words(item: Bullet, unit: str) -> str:
    target = f"（目标 {item.target:,}{unit}）" if item.target is not None else ""
    return f"{item.now:,}{unit}{target}"


def _bullet_row(item: Bullet, y: float, left: float, scale: float, unit: str) -> Iterator[str]:
    now = float(item.now) * scale
    end = max(float(v) for v in (item.now, item.projection, item.target) if v is not None) * scale
    yield _text(left - 8, y + 16, _fit(item.label, left - 8), anchor="end")
    if item.projection is not None:
        reach = float(item.projection) * scale
        yield (
            f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{reach:.1f}" height="16" fill="none" stroke="{_BRAND}" '
            'stroke-width="1.2" stroke-dasharray="4 3"/>'
        )
    yield f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{now:.1f}" height="16" fill="{_BRAND}"/>'
    if item.target is not None:
        at = left + float(item.target) * scale
        yield f'<rect x="{at - 1.5:.1f}" y="{y - 1:.1f}" width="3" height="24" fill="{_LATE}"/>'
    yield _text(left + end + 8, y + 16, _words(item, unit), size=13)


def line(
    items: Sequence[tuple[str, Number | None]], *, label: str, unit: str = "", target: Number | None = None
) -> str:
    """A line over time with a number at every point; a gap where there is no data; the target as a dashed line."""
    known = [v for _, v in items if v is not None]
    top = _top([*known, *([target] if target is not None else [])], label) * 1.15
    left, right, floor, height = 30.0, 80.0, 190.0, 224
    step = (_WIDTH - left - right) / max(len(items) - 1, 1)
    parts = [f'<line x1="{left}" y1="{floor}" x2="{_WIDTH - right + 10}" y2="{floor}" stroke="{_RULE}"/>']
    if target is not None:
        y = floor - float(target) / top * 170
        parts.append(
            f'<line x1="{left}" y1="{y:.1f}" x2="{_WIDTH - right + 10}" y2="{y:.1f}" stroke="{_LATE}" stroke-dasharray="6 4"/>'
        )
        parts.append(_text(_WIDTH - right + 14, y + 4, f"目标 {target:,}{unit}", fill=_LATE, size=12))
    previous: tuple[float, float] | None = None
    for index, (name, value) in enumerate(items):
        x = left + index * step
        parts.append(_text(x, floor + 20, name, anchor="middle", fill=_SOFT, size=12))
        if value is None:
            previous = None
            parts.append(_text(x, floor - 6, "无数据", anchor="middle", fill=_SOFT, size=11))
            continue
        y = floor - float(value) / top * 170
        if previous:
            parts.append(
                f'<line x1="{previous[0]:.1f}" y1="{previous[1]:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="{_BRAND}" stroke-width="2"/>'
            )
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{_BRAND}"/>')
        parts.append(_text(x, y - 9, f"{value:,}", anchor="middle", size=12))
        previous = (x, y)
    return _svg(height, label, parts)


def to_png(svg: str, *, ppi: int = 192) -> bytes:
    """`svg` as PNG, drawn by typst with the documents' own fonts; it can read no file.

    Raises: typst.TypstError if it is not a valid SVG.
    """
    return compiled("picture.typ", svg, format="png", ppi=ppi)
