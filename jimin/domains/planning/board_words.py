"""What the board says in words. Every word is reckoned from records; nothing is typed."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from jimin.core.units import measure
from jimin.domains.planning.board import PointState, Turn
from jimin.domains.planning.board_figures import Figure
from jimin.domains.planning.board_stages import Made
from jimin.engines.indicators.figures import Light, rounded
from jimin.engines.indicators.models import Comparator, Indicator, Shape

DARK = {
    "unquantified": lazy("未定量"),
    "unmeasured": lazy("口径待定"),
    "unreported": lazy("尚无填报"),
    "unstarted": lazy("尚无进展记录"),
    "later": lazy("目标在以后年度"),
    "too_early": lazy("数据不足两个月"),
    "no_goal": lazy("原文无目标"),
    "not_here": lazy("不由本地承担"),
}


def dark(reason: str) -> str:
    """Why something has no light."""
    return str(DARK[reason]) if reason else ""


def plain(number: Decimal | None, shape: str = Shape.COUNT) -> str:
    """A number for a sentence: thousands commas, no useless zeros; “—” for nothing."""
    shown = rounded(number, shape)
    if shown is None:
        return "—"
    text = f"{shown:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(number: Decimal | None, indicator: Indicator) -> str:
    """A figure with its own unit: 14.7%, 402 张."""
    if number is None:
        return "—"
    text = plain(number, indicator.shape)
    return f"{text}%" if indicator.unit in ("%", "％") else f"{text} {measure(indicator.unit)}".rstrip()


def counted(number: Decimal | None, figure: Figure) -> str:
    """A number of the numerator with its measure word: 33 个."""
    shape = Shape.RATIO if figure.indicator.shape == Shape.RATIO else Shape.COUNT
    return f"{plain(number, shape)} {measure(figure.counter)}".rstrip()


def shortage(figure: Figure) -> str:
    """What will be missing at the deadline: 差 14 个; for a limit, how much too much it is."""
    if figure.short is None or figure.aim is None or figure.short == 0:
        return ""
    if figure.aim.comparator == Comparator.AT_MOST:
        return _("超 %s") % counted(figure.short, figure)
    return _("年底差 %s") % counted(figure.short, figure)


def quoted(title: str) -> str:
    """A title between “ and ”; one that brings its own marks (《…》, “…”) stays as it is."""
    own = (title[:1], title[-1:]) in {("《", "》"), ("“", "”")} and not set(title[1:-1]) & set("《》“”")
    return title if own else f"“{inner(title)}”"


def inner(title: str) -> str:
    """A title to be set between “ and ”: its own double marks become single ones."""
    return title.replace("“", "‘").replace("”", "’")


def stopped_at(made: Made) -> str:
    """Where a deliverable that is over its date stands."""
    if made.overdue is not None:
        return _("停在“%s”") % made.overdue.get_name_display()
    return _("已过期限")


def made_trouble(made: Made) -> str:
    """What is wrong with a deliverable: the overdue stage and for how long."""
    if made.overdue is not None:
        return _("%(what)s停在“%(stage)s”，逾期 %(days)d 天") % {
            "what": quoted(made.deliverable.title), "stage": made.overdue.get_name_display(), "days": made.days,
        }  # fmt: skip
    return _("%(what)s已过期限 %(days)d 天") % {"what": quoted(made.deliverable.title), "days": made.days}


def trouble(state: PointState) -> str:
    """The gap of a point in a few words, for the list of what is behind."""
    if state.main is not None and decided_by_number(state):
        return shortage(state.main)
    days = state.worst_made.days if state.worst_made else 0
    return ngettext("逾期 %d 天", "逾期 %d 天", days) % days if days else ""


def pace(figure: Figure) -> str:
    """The last two months' increase against what each month would have to bring."""
    known = [v for v in figure.course if v is not None]
    if len(known) < 3 or figure.aim is None:
        return ""
    gained = known[-1] - known[-3]
    unit = _("个百分点") if figure.indicator.shape == Shape.SHARE else measure(figure.indicator.unit)
    return _("近两月新增 %(gain)s %(unit)s，推算 %(ahead)s，目标 %(aim)s") % {
        "gain": plain(gained, figure.indicator.shape),
        "unit": unit,
        "ahead": amount(figure.ahead if figure.ahead is not None else figure.now, figure.indicator),
        "aim": amount(figure.aim.value, figure.indicator),
    }


def reason(turn: Turn) -> str:
    """Why a light changed."""
    state = turn.state
    if state.main is not None and (state.main.light == state.light or state.worst_made is None):
        return pace(state.main) or amount(state.main.now, state.main.indicator)
    if state.worst_made is not None:
        return made_trouble(state.worst_made)
    done = state.made_done
    return _("成果已完成 %(done)d/%(all)d") % {"done": done, "all": len(state.made)}


def decided_by_number(state: PointState) -> bool:
    """Whether the light is a number's; else it is a deliverable's."""
    figure = state.main
    return figure is not None and figure.aim is not None and figure.aim.lights and figure.light == state.light


def tile(state: PointState) -> str:
    """The figure on a tile: how much of the goal is reached, or deliverables done of all."""
    if decided_by_number(state) and state.main is not None:
        if state.main.progress is not None:
            return f"{state.main.progress}%"
        return amount(state.main.now, state.main.indicator) if state.main.now is not None else ""
    return f"{state.made_done}/{len(state.made)}" if state.made else ""


def state_word(state: PointState) -> str:
    """The word beside a point's light."""
    words = {Light.OK: _("按期"), Light.SLOW: _("偏慢"), Light.LATE: _("落后")}
    return words.get(state.light) or dark(state.why_dark)
