"""Geometry of the small charts and the county map: numbers in, SVG coordinates out.

Pure functions, no HTML: the components in templates/cotton draw what these return. Nothing here decides a
light; a status is given, never guessed from a picture.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

Number = float | int
Point = tuple[float, float]


@dataclass(frozen=True)
class Bullet:
    """A bullet bar in a box `width` wide: lengths and the target's place; None where there is no such number."""

    width: float
    fill: float | None
    projection: float | None
    target: float | None


def bullet(
    now: Number | None, projected: Number | None, target: Number | None, direction: str = "up", width: float = 160
) -> Bullet:
    """Where a bullet's marks stand, with a little room right of the largest number.

    Args: now, projected, target in one unit, None when unknown; direction "up" (more is better) or "down"
    (a limit: the scale then starts beside the target so that a target of zero can still be seen); width in SVG units.
    Raises ValueError for another direction.
    """
    if direction not in ("up", "down"):
        raise ValueError(f"direction 是“{direction}”；只能是 up（越高越好）或 down（越低越好）。")
    known = [float(n) for n in (now, projected, target) if n is not None]
    top = max([*known, 0.0])
    inset = 1.0 if direction == "down" else 0.0

    def place(n: Number | None) -> float | None:
        share = 0.0 if n is None or top == 0 else float(n) / top / 1.04
        return None if n is None else round(min(max(share * width, inset), width), 1)

    return Bullet(width, place(now), place(projected), place(target))


@dataclass(frozen=True)
class Spark:
    """A small line: the known path, the dashed path to the period's end, the target's height and the last point."""

    width: float
    height: float
    path: str
    projected: str
    target: float | None
    dot: Point | None


def spark(
    values: Sequence[Number | None],
    projection: Number | None = None,
    target: Number | None = None,
    periods: int = 12,
    width: float = 84,
    height: float = 22,
) -> Spark:
    """The path of `values` (one a period, None = not reported: the line breaks there, it is not zero).

    Args: projection and target in the values' unit at the last of `periods`; width and height in SVG units.
    """
    known = [float(v) for v in values if v is not None]
    if not known:
        return Spark(width, height, "", "", None, None)
    span = known + [float(v) for v in (projection, target) if v is not None]
    low, high = min(span), max(span)
    step = width / max(periods - 1, len(values) - 1, 1)

    def y(v: float) -> float:
        return round(height / 2 if high == low else (high - v) / (high - low) * height, 1)

    parts: list[str] = []
    last: Point | None = None
    pen_down = False
    for i, v in enumerate(values):
        if v is None:
            pen_down = False
            continue
        last = (round(i * step, 1), y(float(v)))
        parts.append(f"{'L' if pen_down else 'M'}{last[0]:g} {last[1]:g}")
        pen_down = True
    dashed = ""
    if projection is not None and last is not None and last[0] < width:
        dashed = f"M{last[0]:g} {last[1]:g}L{width:g} {y(float(projection)):g}"
    return Spark(width, height, " ".join(parts), dashed, None if target is None else y(float(target)), last)


def weight(part: int, whole: int) -> int:
    """A share in twentieths for the classes g0…g20 of the stat strip (anything above nothing gets at least 1)."""
    if whole <= 0 or part <= 0:
        return 0
    return max(1, min(20, round(part / whole * 20)))


def heights(values: Sequence[Number], tallest: float = 52) -> list[float]:
    """The heights of columns, the largest value `tallest` units high."""
    top = max([float(v) for v in values], default=0.0)
    return [round(float(v) / top * tallest, 1) if top > 0 else 0.0 for v in values]


@dataclass(frozen=True)
class Slice:
    """One part of a shares bar: start and length on 0…100."""

    start: float
    length: float


def slices(values: Sequence[Number]) -> list[Slice]:
    """The parts of a whole laid side by side on 0…100."""
    whole = sum(float(v) for v in values)
    done, out = 0.0, []
    for v in values:
        length = float(v) / whole * 100 if whole > 0 else 0.0
        out.append(Slice(round(done, 2), round(length, 2)))
        done += length
    return out


@dataclass(frozen=True)
class Area:
    """One county on the map; what a page says about it (class, title, link) is laid over by `choropleth`."""

    code: str
    name: str
    path: str
    label: Point
    room: float
    css: str = "c0"
    title: str = ""
    href: str = ""
    selected: bool = False
    labelled: bool = False
    symbol: str = ""


@dataclass(frozen=True)
class CountyMap:
    """A projected map: its box and its areas, smallest last so that a town county is not buried."""

    width: float
    height: float
    areas: tuple[Area, ...]


def county_map(path: str | Path, width: float = 560) -> CountyMap:
    """The county map of a GeoJSON file (features with `code` and `name`, WGS84), projected, simplified, cached.

    Raises ValueError naming the feature that lacks a code, a name or a polygon.
    """
    file = Path(path)
    return _county_map(str(file), file.stat().st_mtime_ns, width)


@lru_cache(maxsize=8)
def _county_map(path: str, changed: int, width: float) -> CountyMap:
    features = json.loads(Path(path).read_text(encoding="utf-8"))["features"]
    shapes = [(_property(f, i, "code"), _property(f, i, "name"), _rings(f, i)) for i, f in enumerate(features)]
    return project(shapes, width)


def _property(feature: Mapping[str, object], index: int, name: str) -> str:
    properties = feature.get("properties")
    value = properties.get(name) if isinstance(properties, dict) else None
    if not value:
        raise ValueError(f"地图第 {index + 1} 个要素没有 {name}；每个要素都要有 code（12 位代码）和 name（名称）。")
    return str(value)


def _rings(feature: Mapping[str, object], index: int) -> list[list[Point]]:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"地图第 {index + 1} 个要素的图形是“{kind}”；只支持 Polygon 和 MultiPolygon。")
    polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
    return [[(float(x), float(y)) for x, y, *_ in ring] for polygon in polygons for ring in polygon]


def project(
    shapes: Iterable[tuple[str, str, list[list[Point]]]], width: float = 560, margin: float = 2, grid: float = 0.5
) -> CountyMap:
    """An equirectangular projection true at the middle latitude, fitted to `width`.

    Points are snapped to a grid of `grid` units and repeats dropped: neighbours share their border's points, so
    they stay joined, which thinning each county by itself would not give.
    """
    shapes = list(shapes)
    points = [p for _, _, rings in shapes for ring in rings for p in ring]
    if not points:
        raise ValueError("地图里没有任何坐标点；请检查 GeoJSON 的 coordinates。")
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (width - 2 * margin) / max((east - west) * squeeze, 1e-9)
    height = (north - south) * scale + 2 * margin

    def place(p: Point) -> Point:
        x, y = margin + (p[0] - west) * squeeze * scale, margin + (north - p[1]) * scale
        return round(x / grid) * grid, round(y / grid) * grid

    areas = []
    for code, name, rings in shapes:
        drawn = [r for r in (_thin([place(p) for p in ring]) for ring in rings) if len(r) >= 3]
        if not drawn:
            continue
        biggest = max(drawn, key=lambda r: abs(_area(r)))
        label, room = _label(biggest)
        areas.append((abs(_area(biggest)), Area(code, name, "".join(map(_path, drawn)), label, room)))
    areas.sort(key=lambda a: -a[0])
    return CountyMap(round(width, 1), round(height, 1), tuple(a for _, a in areas))


def _thin(ring: list[Point]) -> list[Point]:
    out: list[Point] = []
    for p in ring:
        if not out or p != out[-1]:
            out.append(p)
    if len(out) > 1 and out[0] == out[-1]:
        out.pop()
    return out


def _area(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _path(ring: list[Point]) -> str:
    """Relative steps: half the bytes of absolute points."""
    steps = (f"{b[0] - a[0]:g} {b[1] - a[1]:g}" for a, b in zip(ring, ring[1:], strict=False))
    return f"M{ring[0][0]:g} {ring[0][1]:g}l{' '.join(steps)}z".replace(" -", "-")


def _label(ring: list[Point]) -> tuple[Point, float]:
    """The middle of the widest level line inside the ring, kept off its upper and lower fifth, and that width."""
    low, high = min(p[1] for p in ring), max(p[1] for p in ring)
    best: tuple[float, Point] = (0.0, ring[0])
    for i in range(1, 16):
        y = low + (high - low) * (0.2 + 0.6 * i / 16) + 0.013  # off the grid, so no vertex lies on the line
        cuts = sorted(
            a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
            if (a[1] > y) != (b[1] > y)
        )
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            if right - left > best[0]:
                best = (right - left, (round((left + right) / 2, 1), round(y, 1)))
    return best[1], round(best[0], 1)


def class_of(value: Number | None, breaks: Sequence[Number]) -> int:
    """The map class 1…len(breaks)+1 of a value; 0 (hatched) when there is none."""
    return 0 if value is None else 1 + sum(float(value) >= float(b) for b in breaks)


def choropleth(
    base: CountyMap,
    values: Mapping[str, Number | None],
    breaks: Sequence[Number],
    titles: Mapping[str, str] | None = None,
    hrefs: Mapping[str, str] | None = None,
    selected: str = "",
    symbols: Mapping[str, str] | None = None,
    labels: Iterable[str] | None = None,
    size: float = 11,
) -> tuple[Area, ...]:
    """The map's areas with class, title, link and label for these values.

    Args: values by 12-digit code (absent or None: hatched); breaks, at most four, the plan's own targets in rising
    order; titles, hrefs and symbols (names in the sprite) by code; labels, the codes to name (default: the selected
    one and every county wide enough for its name at `size` SVG units). Raises ValueError for unusable breaks.
    """
    if len(breaks) > 4 or list(breaks) != sorted(breaks):
        raise ValueError(f"分级界限 {list(breaks)} 不能用；最多 4 个，从小到大排列。")
    named = None if labels is None else set(labels)
    out = []
    for a in base.areas:
        fits = a.room >= size * len(a.name) + 4 if named is None else a.code in named
        out.append(
            replace(
                a,
                css=f"c{class_of(values.get(a.code), breaks)}",
                title=(titles or {}).get(a.code, a.name),
                href=(hrefs or {}).get(a.code, ""),
                selected=a.code == selected,
                labelled=fits or a.code == selected,
                symbol=(symbols or {}).get(a.code, ""),
            )
        )
    return tuple(out)
