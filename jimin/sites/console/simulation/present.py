"""What a scenario came to, as the page says it: one sentence, figures, tables without small cells, chart and map."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jimin.core.divisions import api as divisions
from jimin.core.units import english
from jimin.engines.policy import programmes
from jimin.engines.policy.changes import How
from jimin.engines.policy.outcome import KINDS, UNKNOWN, Group, Outcome
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.suppress import Shown, shown
from jimin.engines.policy.units import SCALE, Unit, say, store
from jimin.engines.simulation.limits import least, limits
from jimin.engines.simulation.models import Scenario
from jimin.sites import charts
from jimin.sites.templatetags.jimin_ui import number, quantity

TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000
FEN = SCALE[Unit.MONEY]
CLASSES = 5  # of the map


def money(fen: int | None) -> str:
    """Fen in words that can be read: 0.91 亿元, 36.2 万元, 820 元; — for what is not shown."""
    if fen is None:
        return "—"
    yuan = Decimal(fen) / FEN
    if english():  # which does not count in ten thousands
        return quantity(round(yuan), "元")
    for size, unit, places in ((HUNDRED_MILLION, "亿元", 2), (TEN_THOUSAND, "万元", 1)):
        if abs(yuan) >= size:
            return quantity(round(yuan / size, places), unit)
    return quantity(round(yuan), "元")


def more(fen: int | None) -> str:
    """The same with a plus before what grows."""
    return ("+" if fen is not None and fen > 0 else "") + money(fen)


def a_year(programme: Programme) -> int:
    """How many of the programme's periods make a year."""
    return int(limits()["months_a_year"]) if programme.every == "月" else 1


def counted(programme: Programme) -> str:
    """What is counted: households or persons."""
    return "户" if programme.row == "household" else "人"


def told(n: Any) -> str:
    """A count, or that it is small."""
    return _("少于 %d") % least() if n is None else number(n)


def change_words(programme: Programme, change: dict[str, Any]) -> str:
    """One change in words: 最低生活保障标准（每人每月）（农村）+5%."""
    parameter = programmes.national(programme.domain.name).find(change["path"])
    if parameter is None:
        return str(change["path"])
    title, value = parameter.title, Decimal(str(change["value"]))
    title += f"（{change['area']}）" if change["area"] else ""
    if change["how"] == How.PERCENT:
        return f"{title} {'+' if value > 0 else '−'}{abs(value).normalize():f}%"
    words = say(parameter.unit, store(parameter.unit, value))
    return (
        _("%(title)s不低于 %(words)s") % {"title": title, "words": words}
        if change["how"] == How.FLOOR
        else _("%(title)s改为 %(words)s") % {"title": title, "words": words}
    )


class Result:
    """A finished scenario for a page."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.programme = programmes.get(scenario.programme)
        self.outcome = Outcome.of(scenario.outcome.result)
        self.unit = counted(self.programme)
        (self.total,) = shown([self.outcome.total], least(), parts=False)
        self.year = a_year(self.programme)

    @property
    def changes(self) -> list[str]:
        return [change_words(self.programme, c) for c in self.scenario.changes]

    def yearly(self, fen: Any) -> int | None:
        return None if fen is None else int(fen) * self.year

    @property
    def sentence(self) -> str:
        """The conclusion in one sentence."""
        t = self.total
        parts = []
        if self.programme.amount:
            fen = self.yearly(t["more"])
            if fen is None:
                parts.append(_("涉及的太少，金额不显示"))
            elif not self.outcome.total.paid0 + self.outcome.total.paid1:  # nobody is known to get it: no cost is known
                parts.append(_("没有判得出符合的，费用算不出来"))
            elif fen == 0:
                parts.append(_("每年花的钱不变"))
            else:
                words = _("每年多花 %s") if fen > 0 else _("每年少花 %s")
                parts.append(words % money(abs(fen)))
        for name, words in (
            ("entrants", _("%s新纳入")), ("leavers", _("%s不再符合")), ("gain", _("%s金额增加")), ("loss", _("%s反而减少")),
        ):  # fmt: skip
            if t[name] != 0:
                parts.append(words % self.amount(t[name]))
        if t["undecided1"] != 0:
            parts.append(_("%s资料不足，没有算在内") % self.amount(t["undecided1"]))
        return _("，").join(parts) + _("。")

    def amount(self, n: Any) -> str:
        """A count with its unit, or that it is small."""
        return _("少于 %s") % quantity(least(), self.unit) if n is None else quantity(n, self.unit)

    def short(self, n: Any) -> str:
        """A count in a narrow place: the unit only where it is one character."""
        return told(n) if english() else self.amount(n)

    @property
    def figures(self) -> list[dict[str, Any]]:
        t, found = self.total, []
        if self.programme.amount:
            cost0 = self.outcome.total.cost0
            share = Decimal(self.outcome.total.more) / cost0 * 100 if cost0 else None
            found.append({
                "label": _("一年多花"), "value": more(self.yearly(t["more"])),
                "note": _("比现行 %s%%") % f"{share:+.1f}" if share is not None and t["more"] is not None else "",
            })  # fmt: skip
            found.append({"label": _("一年现行"), "value": money(self.yearly(t["cost0"])), "note": ""})
            found.append({"label": _("一年按方案"), "value": money(self.yearly(t["cost1"])), "note": ""})
        found += [
            {"label": _("新纳入"), "value": self.short(t["entrants"]), "status": "ok", "note": ""},
            {"label": _("不再符合"), "value": self.short(t["leavers"]), "status": "late" if t["leavers"] else "", "note": ""},
            {"label": _("金额增加"), "value": self.short(t["gain"]), "note": ""},
            {"label": _("金额减少"), "value": self.short(t["loss"]), "status": "late" if t["loss"] else "", "note": ""},
            {"label": _("资料不足，未算"), "value": self.short(t["undecided1"]), "status": "none",
             "note": _("现行 %s，不猜") % told(t["undecided0"])},
        ]  # fmt: skip
        return found

    # -- tables ---------------------------------------------------------------------------------------------------
    @property
    def counties(self) -> list[dict[str, Any]]:
        """A row a county, the largest change first; rows of an unknown county last."""
        pairs = zip(self.outcome.counties, shown(self.outcome.counties, least()), strict=True)
        rows = [self.row(group, cells, self.title(group.key)) for group, cells in pairs]
        return sorted(rows, key=lambda r: (r["key"] == UNKNOWN, -(r["more"] or 0), r["key"]))

    def row(self, group: Group, cells: Shown, title: str) -> dict[str, Any]:
        """A group as a table shows it."""
        return {
            **cells,
            "title": title,
            "share": self._share(group, cells),
            "more_year": self.yearly(cells["more"]),
            "cost0_year": self.yearly(cells["cost0"]),
            "cost1_year": self.yearly(cells["cost1"]),
            "shown": {name: told(cells[name]) for name in
                      ("paid0", "paid1", "entrants", "leavers", "gain", "loss", "undecided0", "undecided1")},
            "money": {name: money(self.yearly(cells[name])) for name in ("cost0", "cost1")}
            | {"more": more(self.yearly(cells["more"]))},
        }  # fmt: skip

    def title(self, key: str) -> str:
        return divisions.name(f"{key}000000") if key else _("县（市、区）不知道")

    @staticmethod
    def _share(group: Group, cells: Shown) -> list[dict[str, Any]]:
        """The parts of a bar: less, the same, more; empty where one is not shown."""
        less, gain = (cells["leavers"], cells["loss"]), (cells["entrants"], cells["gain"])
        if None in (*less, *gain, cells["paid0"]):
            return []
        lost, won = sum(map(int, less)), sum(map(int, gain))  # type: ignore[arg-type]
        same = max(group.paid0 + group.entrants - lost - won, 0)
        if not lost + won + same:
            return []
        return [
            {"value": lost, "css": "d1", "label": _("减少")},
            {"value": same, "css": "dn", "label": _("不变")},
            {"value": won, "css": "c4", "label": _("增加")},
        ]

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """Household types: town and country, size, marks."""
        known = KINDS.get(self.programme.domain.name)
        found: list[dict[str, Any]] = []
        for groups, title in ((self.outcome.areas, self._area), (self.outcome.sizes, self._size)):
            for group, cells in zip(groups, shown(groups, least()), strict=True):
                found.append(self.row(group, cells, title(group.key)))
        marks = known.marks if known else {}
        for group, cells in zip(self.outcome.marks, shown(self.outcome.marks, least(), parts=False), strict=True):
            found.append(self.row(group, cells, _(marks.get(group.key, group.key))))
        return sorted(found, key=lambda row: row["key"] == UNKNOWN)

    @staticmethod
    def _area(key: str) -> str:
        return {"城镇": _("城镇"), "农村": _("农村")}.get(key, _("城乡不知道"))

    def _size(self, key: str) -> str:
        known = KINDS.get(self.programme.domain.name)
        if key == UNKNOWN:
            return _("人数不知道")
        n = int(key)
        if known and n >= known.largest:
            return _("%d 人以上") % n
        return ngettext("%d 人户", "%d 人户", n) % n

    # -- chart and map --------------------------------------------------------------------------------------------
    @property
    def steps(self) -> list[dict[str, Any]]:
        """The distribution of the change for those who get before and after, with those who enter and leave at its ends."""
        edges = [e // FEN for e in self.outcome.edges]
        between = list(zip(edges[:-1], edges[1:], strict=True))
        labels = [f"≤−{edges[-1]}", *(f"−{high}~−{low}" for low, high in reversed(between)), f">−{edges[0]}", _("不变")]
        labels += [f"<{edges[0]}", *(f"{low}~{high}" for low, high in between), f"≥{edges[-1]}"]
        counts = [s.rows for s in self.outcome.steps]
        whole = [
            (_("不再符合"), self.outcome.total.leavers, "late"),
            *zip(labels, counts, [""] * len(counts), strict=True),
        ]
        whole.append((_("新纳入"), self.outcome.total.entrants, "cur"))
        for i in range(1, len(edges) + 2):  # what is less, in the colour of loss
            whole[i] = (whole[i][0], whole[i][1], "late")
        small = least()
        return [
            {"label": label, "value": n if n == 0 or n >= small else None, "words": told(None if 0 < n < small else n),
             "state": state}
            for label, n, state in whole
        ]  # fmt: skip

    @property
    def chart(self) -> list[dict[str, Any]]:
        """The columns; what is not shown has no height and says so."""
        return [
            s if s["value"] is not None else {**s, "value": 0, "state": "off", "label": f"{s['label']}（{s['words']}）"}
            for s in self.steps
        ]

    @property
    def drawn(self) -> dict[str, Any] | None:
        """The map of the yearly change, or of who enters and leaves where there is no amount; None without a map."""
        file = settings.PACK / "counties.geojson"
        if not file.exists():
            return None
        rows = {f"{r['key']}000000": r for r in self.counties if r["key"]}
        values: dict[str, float | None] = {}
        titles: dict[str, str] = {}
        for code, row in rows.items():
            values[code] = self._on_map(row)
            titles[code] = _("%(name)s：%(more)s，新纳入 %(in)s，减少 %(out)s") % {
                "name": row["title"], "more": row["money"]["more"], "in": row["shown"]["entrants"], "out": row["shown"]["loss"],
            }  # fmt: skip
        known = sorted({v for v in values.values() if v is not None})
        breaks = _breaks(known)
        base = charts.county_map(file)
        areas = charts.choropleth(base, values, breaks, titles)
        return {"base": base, "areas": areas, "legend": self._legend(breaks, any(v is None for v in values.values()))}

    def _on_map(self, row: dict[str, Any]) -> float | None:
        if self.programme.amount:
            return None if row["more_year"] is None else row["more_year"] / FEN / TEN_THOUSAND
        parts = row["entrants"], row["leavers"]
        return None if None in parts else float(parts[0] - parts[1])

    def _legend(self, breaks: Sequence[float], few: bool) -> list[dict[str, str]]:
        unit = quantity(1, "万元" if self.programme.amount else self.unit).partition(chr(160))[2]

        def said(n: float) -> str:
            return f"{number(Decimal(str(n)).normalize())} {unit}".strip()

        if not breaks:
            found = []
        else:
            found = [{"css": "c1", "label": f"< {said(breaks[0])}"}]
            found += [{"css": f"c{i + 2}", "label": f"{number(a)}—{said(b)}"} for i, (a, b) in
                      enumerate(zip(breaks[:-1], breaks[1:], strict=True))]  # fmt: skip
            found.append({"css": f"c{len(breaks) + 1}", "label": f"≥ {said(breaks[-1])}"})
        if few:
            found.append({"css": "c0", "label": _("太少，不显示")})
        return found


def _breaks(values: Sequence[float]) -> list[float]:
    """Class breaks at equal shares of the counties, rounded to what can be read; fewer when they fall together."""
    if len(values) < CLASSES:
        return []
    found = [round(values[len(values) * i // CLASSES], 1) for i in range(1, CLASSES)]
    return sorted(set(found))
