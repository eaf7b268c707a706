"""From the board's data to what the templates draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from jimin.core.units import english
from jimin.domains.planning import board_units, board_words
from jimin.domains.planning.board import Board, PointState
from jimin.domains.planning.board_figures import Aim, Figure
from jimin.domains.planning.board_people import Owner
from jimin.domains.planning.board_point import PointView
from jimin.engines.documents.model import chinese_number
from jimin.engines.indicators.figures import Light, value
from jimin.engines.indicators.figures import settings as lights
from jimin.engines.indicators.models import Comparator, Shape
from jimin.sites import charts
from jimin.sites.console.board.asked import Asked

UNSAID = "unquantified"
SHOWN = {"late": 6, "slow": 3}  # lines beside the disk before “全部”


def chapters(board: Board, asked: Asked, current: int = 0) -> list[dict[str, Any]]:
    """The disk: each chapter with the tiles of its points."""
    found = []
    for chapter, group in groupby(board.states, key=lambda s: s.point.chapter):
        states = list(group)
        first, last = states[0].point.no, states[-1].point.no
        note = _("第 %d 点") % first if first == last else _("第 %(a)d–%(b)d 点") % {"a": first, "b": last}
        no = str(chapter.no) if english() else chinese_number(chapter.no)
        title = f"{no} {chapter.short_title or chapter.title}"
        found.append({"title": title, "note": note, "points": [tile(s, asked, current) for s in states]})
    return found


def tile(state: PointState, asked: Asked, current: int = 0) -> dict[str, Any]:
    """One tile of the disk."""
    point = state.point
    return {
        "no": point.no,
        "name": point.short_title or point.title,
        "figure": board_words.tile(state),
        "status": str(state.light),
        "word": board_words.state_word(state),
        "href": point_url(point.no, asked),
        "current": point.no == current,
    }


def point_url(no: int, asked: Asked, **more: object) -> str:
    """The address of a point's page with the same month and office."""
    return reverse("console:plan_point", args=[no]) + asked.query(**more)


def indicator_url(code: str, asked: Asked, unit: str = "") -> str:
    """The address of an indicator's drill-down."""
    return reverse("console:plan_indicator", args=[code]) + asked.query(**({"unit": unit} if unit else {}))


def strip(board: Board, asked: Asked) -> list[dict[str, Any]]:
    """The counts by light; the unlit ones apart: those the plan gives no number, and those without data yet."""
    unsaid = sum(1 for s in board.states if s.why_dark in (UNSAID, "not_here"))
    items = [
        (str(light), board.counts[light], str(light), board_words_of(light))
        for light in (Light.LATE, Light.SLOW, Light.OK)
    ]
    items += [
        ("none", board.counts[Light.NONE] - unsaid, "waiting", _("尚无数据")),
        ("none", unsaid, "none", _("不由本地承担") if asked.unit else _("未定量")),
    ]
    return [
        {"status": status, "value": n, "word": word, "href": asked.query(light=key) + "#list"}
        for status, n, key, word in items
        if n
    ]


def board_words_of(light: Light) -> str:
    """The word of a light."""
    return {Light.OK: _("按期"), Light.SLOW: _("偏慢"), Light.LATE: _("落后")}[light]


def sections(board: Board, light: str, owners: Mapping[UUID, Owner], asked: Asked) -> list[dict[str, Any]]:
    """The list beside the disk: what will not be reached and what may fall short, or the points of one light."""
    late = [s for s in board.behind if s.light == Light.LATE]
    slow = [s for s in board.behind if s.light == Light.SLOW]
    dark = [s for s in board.states if s.light == Light.NONE]
    unsaid = [s for s in dark if s.why_dark in (UNSAID, "not_here")]
    every = {
        "late": (_("推算完不成的 %d 点"), late),
        "slow": (_("可能差一点的 %d 点"), slow),
        "ok": (_("按期的 %d 点"), [s for s in board.states if s.light == Light.OK]),
        "waiting": (_("尚无数据的 %d 点"), [s for s in dark if s not in unsaid]),
        "none": (_("不由本地承担的 %d 点") if asked.unit else _("原文没有数也没有成果的 %d 点"), unsaid),
    }
    chosen = [light] if light in every else ["late", "slow"]
    found = []
    for key in chosen:
        title, states = every[key]
        few = states if light in every else states[: SHOWN[key]]
        more = asked.query(light=key) + "#list" if len(few) < len(states) else ""
        if states:
            rows = [row(s, owners, asked) for s in few]
            found.append({"title": title % len(states), "rows": rows, "more": more, "all": len(states)})
    return found


def by_lead(board: Board, owners: Mapping[UUID, Owner], asked: Asked) -> list[dict[str, Any]]:
    """What is behind, by the office that answers for it, the most points first."""
    groups: dict[str, list[PointState]] = {}
    for state in board.behind:
        groups.setdefault(str(state.point.lead or _("未定牵头")), []).append(state)
    ordered = sorted(groups.items(), key=lambda g: -len(g[1]))
    return [
        {"title": f"{name} · {len(g)}", "rows": [row(s, owners, asked) for s in g], "all": len(g)}
        for name, g in ordered
    ]


def row(state: PointState, owners: Mapping[UUID, Owner], asked: Asked) -> dict[str, Any]:
    """One line of the list."""
    figure = state.main if board_words.decided_by_number(state) or not state.made else None
    owner = owners.get(state.point.lead_id, Owner()) if state.point.lead_id else Owner()
    return {
        "state": state,
        "figure": bar(figure) if figure and figure.part is not None else None,
        "what": figure.indicator.title if figure else (state.worst_made.deliverable.title if state.worst_made else ""),
        "trouble": board_words.trouble(state) or board_words.state_word(state),
        "stage": board_words.stopped_at(state.worst_made) if state.worst_made and not figure else "",
        "lead": str(state.point.lead or _("未定牵头")),
        "owner": owner,
        "href": point_url(state.point.no, asked),
    }


def bar(figure: Figure) -> dict[str, Any]:
    """A figure's numbers for bullet, spark and text."""
    shape, aim = figure.indicator.shape, figure.aim
    lit = aim is not None and aim.lights
    later = figure.later[0] if figure.later else None
    return {
        "figure": figure,
        "status": str(figure.light),
        "now": figure.now,
        "ahead": figure.ahead if lit else None,
        "aim": aim.value if aim else None,
        "direction": "down" if aim and aim.comparator == Comparator.AT_MOST else "up",
        "now_text": board_words.amount(figure.now, figure.indicator),
        "ahead_text": board_words.amount(figure.ahead, figure.indicator) if lit else "—",
        "aim_text": board_words.amount(aim.value, figure.indicator) if aim else "—",
        "later_text": _("%(year)d 年 %(aim)s")
        % {"year": later.deadline.year, "aim": board_words.amount(later.value, figure.indicator)}
        if later
        else "",
        "course": list(figure.course),
        "of": parts(figure),
        "shortage": board_words.shortage(figure),
        "word": board_words_of(figure.light) if figure.light != Light.NONE else board_words.dark(figure.why_dark),
        "share": shape == Shape.SHARE,
    }


def parts(figure: Figure) -> str:
    """Numerator and denominator in words: 有中心的乡镇 89 / 乡镇 614."""
    part, indicator = figure.part, figure.indicator
    if part is None or part.denominator is None:
        return ""
    return f"{indicator.numerator_title} {board_words.plain(part.numerator)} / {indicator.denominator_title} {board_words.plain(part.denominator)}"


def drawn(view: PointView, asked: Asked, selected: str = "") -> dict[str, Any] | None:
    """The county map of the chosen figure with its legend; None when no office below has a figure."""
    if view.shown is None or not view.lines:
        return None
    limits = [float(b) for b in board_units.breaks(view.aims)]
    counted = view.shown.indicator.shape == Shape.COUNT
    if counted:  # a count is coloured by how much of the allotted part is reached
        limits = [50, float(lights()["slow_from"]) * 100, 100]
    values: dict[str, float | None] = {}
    titles: dict[str, str] = {}
    hrefs: dict[str, str] = {}
    for line in view.lines:
        for code in covered(line):
            number = line.figure.progress if counted else line.figure.now
            values[code] = None if number is None or line.few else float(number)
            titles[code] = f"{line.unit} {told(line)}"
            hrefs[code] = indicator_url(view.shown.indicator.code, asked, line.unit.code)
    base = charts.county_map(settings.PACK / "counties.geojson")
    areas = charts.choropleth(base, values, limits, titles, hrefs, selected=selected)
    return {"base": base, "areas": areas, "legend": legend(limits, view.aims, counted, any(x.few for x in view.lines))}


def covered(line: board_units.Line) -> list[str]:
    """The counties on the map that an office's figure stands for."""
    code = line.unit.jurisdiction
    if not code:
        return []
    if code.endswith("00000000"):  # a 市（州） stands for its counties
        base = charts.county_map(settings.PACK / "counties.geojson")
        return [a.code for a in base.areas if a.code[:4] == code[:4]]
    return [code]


def told(line: board_units.Line) -> str:
    """An office's figure in words, for a title."""
    figure = line.figure
    if figure.part is None:
        return _("未报")
    text = board_words.amount(figure.now, figure.indicator) if figure.now is not None else "—"
    if figure.part.denominator is not None:
        text = f"{board_words.plain(figure.part.numerator)}/{board_words.plain(figure.part.denominator)} · {text}"
    return text + (f" · {board_words.shortage(figure)}" if figure.short else "")


def legend(limits: Sequence[float], aims: Sequence[Aim], counted: bool, few: bool) -> list[dict[str, str]]:
    """The map's classes in words; the plan's own goals say so."""
    goals = {float(a.value): a.deadline.year for a in aims if a.lights}

    def name(n: float) -> str:
        text = f"{Decimal(str(n)).normalize():f}"
        return f"{text}%"

    items = [{"css": "c1", "label": _("不到 %s") % name(limits[0])}] if limits else []
    for i, low in enumerate(limits):
        text = f"{name(low)}–{name(limits[i + 1])}" if i + 1 < len(limits) else _("%s 以上") % name(low)
        year = goals.get(low)
        items.append(
            {"css": f"c{i + 2}", "label": text + (_("（已达 %d 年目标）") % year if year and not counted else "")}
        )
    items.append({"css": "c0", "label": _("未报，或分母太小") if few else _("未报")})
    return items


def county_rows(lines: Sequence[board_units.Line], asked: Asked) -> list[dict[str, Any]]:
    """Offices as table rows."""
    return [
        {
            "line": x,
            "href": indicator_url(x.figure.indicator.code, asked, x.unit.code),
            "done": board_words.plain(x.figure.part.numerator) if x.figure.part else _("未报"),
            "of": board_words.plain(x.figure.part.denominator)
            if x.figure.part and x.figure.part.denominator is not None
            else "",
            "now": board_words.amount(value(x.figure.part, x.figure.indicator.shape), x.figure.indicator),
            "left": board_words.plain(x.figure.left) if x.figure.left is not None else "—",
            "aim": board_words.amount(x.figure.aim.value, x.figure.indicator) if x.figure.aim else "—",
            "status": str(x.figure.light),
            "word": board_words_of(x.figure.light)
            if x.figure.light != Light.NONE
            else board_words.dark(x.figure.why_dark),
        }
        for x in lines
    ]
