"""The first page after signing in: what this person has to deal with, in one sentence, then the lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from jimin.core import clock
from jimin.core.access.roles import CITY, COUNTY, DIRECT, LEADERS, OFFICE, Role
from jimin.core.access.scope import Actor
from jimin.domains.planning import board, board_people, board_words, duties, seeing
from jimin.domains.planning.board import Board, PointState
from jimin.domains.planning.models import Plan, PlanState
from jimin.engines.alerts.models import Alert, Grade
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.indicators.figures import Light
from jimin.platform import space
from jimin.sites.console import links
from jimin.sites.console.guard import staff
from jimin.sites.console.landing import LINES, Landing, Line, Panel, due_state, limit_state
from jimin.sites.templatetags.jimin_ui import day as said_day
from jimin.sites.templatetags.jimin_ui import month as said_month


@staff()
def home(request: HttpRequest) -> HttpResponse:
    """`/console/`: built for the role from what is on record."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    plan = board.current()
    landing = build(actor, plan, clock.business_day())
    running = plan is not None and plan.state != PlanState.READ
    return render(
        request, "console/home.html", {"landing": landing, "plan": plan if running else None, "here": request.path}
    )


def build(actor: Actor, plan: Plan | None, day: date) -> Landing:
    """The landing page of one person on a day."""
    landing = Landing()
    works = kernel.inbox(actor)
    _inbox(landing, works, day)
    if plan is None or plan.state == PlanState.READ:
        _unconfirmed(landing, actor, plan)
    elif actor.role in LEADERS:
        _points(landing, plan, day, lambda s: s.point.lead_id in actor.charges, _("您分管的要点"))
    elif actor.role in OFFICE:
        _office(landing, plan, day)
    elif actor.role in {Role.DEPT_CLERK, Role.DEPT_CHIEF} | DIRECT:
        _points(landing, plan, day, lambda s: s.point.lead_id == actor.unit.id, _("本处室牵头的要点"))
        _stages(landing, actor, plan, day)
    elif actor.role in CITY:
        _city(landing, actor, plan, day)
    elif actor.role in COUNTY:
        _county(landing, actor, plan, day)
    elif actor.role == Role.TOWN_CLERK:
        _town(landing, actor, plan)
    elif actor.role == Role.INSPECTOR:
        _inspection(landing, actor)
    elif actor.role == Role.AUDITOR:
        _points(landing, plan, day, lambda _state: True, _("全部要点"))
    if actor.role == Role.OPERATOR:
        _room(landing)
    _alerts(landing, actor)
    landing.panels.sort(key=lambda panel: not panel.lines)  # what is empty comes last
    return landing


def _inbox(landing: Landing, works: Any, day: date) -> None:
    found = list(works.select_related("opened_by")[:LINES])
    total = works.count() if len(found) == LINES else len(found)
    over = works.filter(due_on__lt=day).count() if total else 0
    if total:
        landing.parts.append(ngettext("%d 件等您办理", "%d 件等您办理", total) % total)
    if over:
        landing.parts.append(_("其中 %d 件已经逾期") % over)
    landing.panels.append(
        Panel(
            _("等您办理"),
            [work_line(w) for w in found],
            _("没有等您办理的事。"),
            total,
            _url("console:inbox"),
            behind="works",
        )
    )


def work_line(work: Work) -> Line:
    """A work of the inbox as a line."""
    station = _(work.route[work.position]["title"]) if work.route else ""
    note = " · ".join(x for x in (station, str(work.opened_by), _("曾退回") if work.returns else "") if x)
    status, word = limit_state(work.due_on)
    return Line(work.title, note, links.address(f"cases.work:{work.pk}"), work.due_on, status, word)


DISKS = (noop("数据库"), noop("上传的文件"), noop("日志"))  # as space.places() names them


def _room(landing: Landing) -> None:
    """The disks, for the one who can do something about them."""
    low = [r for r in space.rooms(space.places()) if r.low]
    if low:
        landing.parts.append(ngettext("%d 个磁盘快满了", "%d 个磁盘快满了", len(low)) % len(low))
    lines = [
        Line(_("、").join(map(_, r.titles)), f"{r.path} · {r.free // space.MB} MB", status="late", word=_("快满了"))
        for r in low
    ]
    landing.panels.append(Panel(_("磁盘"), lines, _("各处都有空间。")))


def _unconfirmed(landing: Landing, actor: Actor, plan: Plan | None) -> None:
    if actor.role not in OFFICE:
        landing.parts.append(_("今年的要点还没有定稿"))
        return
    if plan is None:
        landing.parts.append(_("还没有导入今年的要点"))
        return
    landing.parts.append(_("《%(plan)s》已读入，有 %(n)d 处要确认") % {"plan": plan.title, "n": duties.doubts(plan)})


def _points(landing: Landing, plan: Plan, day: date, mine: Any, whose: str) -> Board:
    """The points that are behind, and those whose light changed."""
    data = board.read(plan, day)
    own = [s for s in data.states if mine(s)]
    behind = [s for s in data.behind if mine(s)]
    late = sum(1 for s in behind if s.light == Light.LATE)
    if own:
        slow = len(behind) - late
        if late and slow:
            text = _("%(whose)s共 %(all)d 点，照现在的速度 %(late)d 点完不成、%(slow)d 点可能差一点")
        elif late:
            text = _("%(whose)s共 %(all)d 点，照现在的速度 %(late)d 点完不成")
        elif slow:
            text = _("%(whose)s共 %(all)d 点，照现在的速度 %(slow)d 点可能差一点")
        else:
            text = _("%(whose)s共 %(all)d 点，没有落后或偏慢的")
        landing.parts.append(text % {"whose": whose, "all": len(own), "late": late, "slow": slow})
    landing.panels.append(
        Panel(
            _("%s里落后和偏慢的") % whose,
            [point_line(s) for s in behind[:LINES]],
            _("没有落后或偏慢的。"),
            len(behind),
            _url("console:plan"),
            behind="points" if len(own) == len(data.states) else "",
        )
    )
    turns = [t for t in data.turns if mine(t.state)][:LINES]
    if turns:
        lines = [
            Line(
                _title(t.state),
                board_words.reason(t),
                _point_url(t.state),
                None,
                str(t.state.light),
                board_words.state_word(t.state),
            )
            for t in turns
        ]
        landing.panels.append(Panel(_("近一个月的变化"), lines))
    return data


def _title(state: PointState) -> str:
    return f"{state.point.no} {state.point.short_title or state.point.title}"


def _point_url(state: PointState) -> str:
    return reverse("console:plan_point", args=[state.point.no])


def point_line(state: PointState) -> Line:
    """A point as a line: what is missing."""
    figure = state.main if board_words.decided_by_number(state) else None
    note = figure.indicator.title if figure else state.worst_made.deliverable.title if state.worst_made else ""
    return Line(_title(state), note, _point_url(state), None, str(state.light), board_words.trouble(state))


def _office(landing: Landing, plan: Plan, day: date) -> None:
    data = _points(landing, plan, day, lambda _state: True, _("全部要点"))
    _missing(landing, board_people.missing(plan, data.day))
    waiting = duties.doubts(plan)
    if waiting:
        landing.parts.append(_("要点里还有 %d 处要人确认") % waiting)
    _escalated(landing)


def _escalated(landing: Landing) -> None:
    """What went to the level above: one line a matter, with its offices, not one line an office."""
    told = Alert.objects.filter(closed_on=None, grade=Grade.ESCALATED).order_by("due_on", "id")
    same: dict[str, list[tuple[str, str, date | None]]] = {}
    for title, unit, link, due in told.values_list("title", "unit__short_name", "link", "due_on"):
        same.setdefault(title, []).append((unit, link, due))
    lines = []
    for title, found in list(same.items())[:LINES]:
        (unit, link, due), n = found[0], len(found)
        note = _("%(first)s等 %(n)d 个单位") % {"first": unit, "n": n} if n > 1 else unit
        href = links.address(link) if len({link for _unit, link, _due in found}) == 1 else ""
        lines.append(Line(title, note, href, due, "late", _("已报上级")))
    if lines:
        landing.panels.append(Panel(_("逾期后已报上级的"), lines, "", sum(map(len, same.values()))))


def _missing(landing: Landing, missing: board_people.Missing) -> None:
    if missing.units:
        landing.parts.append(
            _("%(n)d 个单位 %(month)s未报") % {"n": len(missing.units), "month": said_month(missing.period)}
        )
    status, word = ("late", _("已过期限")) if missing.overdue else ("slow", _("未报"))
    lines = [Line(u.name, _("还差 %d 项") % n, "", missing.due, status, word) for u, n in missing.units[:LINES]]
    title = _("%s报告还没有报的") % said_month(missing.period)
    landing.panels.append(Panel(title, lines, _("都报齐了。"), len(missing.units)))


def _stages(landing: Landing, actor: Actor, plan: Plan, day: date) -> None:
    due = duties.stages_due(actor.unit, plan, day + timedelta(days=30))
    lines = []
    for stage in due[:LINES]:
        status, word = due_state(stage.due_on, day)
        lines.append(
            Line(
                _("%(task)s：%(stage)s") % {"task": stage.task.title, "stage": stage.get_name_display()},
                _("第 %d 点") % stage.task.point.no,
                links.address(f"planning.task:{stage.task_id}"),
                stage.due_on,
                status,
                word,
            )
        )
    over = due.filter(due_on__lt=day).count()
    if over:
        landing.parts.append(_("%d 个成果环节逾期") % over)
    title = _("逾期和 30 天内到期的成果环节")
    landing.panels.append(Panel(title, lines, _("没有到期的环节。"), due.count(), _url("console:deliverables")))


def _city(landing: Landing, actor: Actor, plan: Plan, day: date) -> None:
    _missing(landing, board_people.missing(plan, day, actor.unit))
    below = duties.below_waiting(actor.unit)
    lines = [Line(u.name, _("%d 件在办") % n) for u, n in below[:LINES]]
    landing.panels.append(Panel(_("各县（市、区）手上的事"), lines, _("下面没有在办的事。"), len(below)))
    _sheet(landing, actor, plan, day)


def _county(landing: Landing, actor: Actor, plan: Plan, day: date) -> None:
    _sheet(landing, actor, plan, day)
    rows = duties.to_verify(actor.unit)
    total = rows.count()
    if total:
        landing.parts.append(_("%d 行台账等核实") % total)
    lines = [Line(i.name, str(i.indicator), links.address(f"planning.ledgeritem:{i.pk}")) for i in rows[:LINES]]
    said = _("乡镇登记的行由县核实后才计入看板；市（州）和省看得到合计，点开能看到行。")
    landing.panels.append(
        Panel(
            _("等县核实的台账"),
            lines,
            _("没有等核实的台账。"),
            total,
            f"{_url('console:items')}?state=registered",
            said,
            "list",
        )
    )


def _sheet(landing: Landing, actor: Actor, plan: Plan, day: date) -> None:
    """The month's reports of the own office: one sheet."""
    sheet = duties.sheet(actor.unit, plan, day)
    status, word = limit_state(sheet.due)
    if sheet.owed:
        text = _("%(month)s报告还差 %(n)d 项，%(due)s前报出")
        landing.parts.append(
            text % {"month": said_month(sheet.period), "n": sheet.owed, "due": said_day(sheet.due, "short")}
        )
    href = links.address(f"planning.sheet:{sheet.period:%Y-%m}")
    lines = [
        Line(r.assignment.task.title, _("被退回，请按意见改后再报"), href, sheet.due, "late", _("退回"))
        for r in sheet.returned
    ] + [Line(a.task.title, _("第 %d 点") % a.task.point.no, href, sheet.due, status, word) for a in sheet.open]
    said = _("每项都对应要点原文的一个数；报出后依次由本单位负责人、市（州）和省厅处室看到，验收后计入看板。")
    landing.panels.append(
        Panel(
            _("%s要报的") % said_month(sheet.period),
            lines[:LINES],
            _("本月要报的都报出了。"),
            len(lines),
            href,
            said if lines else "",
            "sheet",
        )
    )


def _inspection(landing: Landing, actor: Actor) -> None:
    """What the inspection group follows: its open findings, and the rectifications that are not closed."""
    findings = seeing.findings(actor).filter(closed_on=None)
    rectifications = seeing.rectifications(actor).filter(closed_on=None)
    for rows, title, text, empty, more in (
        (findings, _("没有办结的监督事项"), _("%d 项监督事项没有办结"), _("监督事项都已办结。"), "findings"),
        (
            rectifications,
            _("没有销号的巡视整改"),
            _("%d 项巡视整改没有销号"),
            _("巡视整改都已销号。"),
            "rectifications",
        ),
    ):
        total = rows.count()
        if total:
            landing.parts.append(text % total)
        lines = [
            Line(
                getattr(r, "text", "") or str(r),
                r.unit.short_name,
                links.address(f"planning.{r._meta.model_name}:{r.pk}"),
                r.work.due_on,
                *limit_state(r.work.due_on),
            )
            for r in rows.order_by("work__due_on", "id")[:LINES]
        ]
        landing.panels.append(Panel(title, lines, empty, total, f"{_url(f'console:{more}')}?view=open", behind="rows"))


def _town(landing: Landing, actor: Actor, plan: Plan) -> None:
    asked = duties.asked_of_town(actor.unit, plan)
    waiting = sum(w for _i, w, _c, _v in asked)
    if waiting:
        landing.parts.append(_("%d 行已登记，等县核实") % waiting)
    if asked:
        landing.parts.append(_("有 %d 类台账，新建成一处就登记一处，不用报总数") % len(asked))
    lines = [
        Line(
            i.title,
            _("已计入 %(c)d 行，等核实 %(w)d 行") % {"c": c, "w": w},
            _register_url(i.code),
        )
        for i, w, c, _v in asked
    ]
    said = _("为什么要：这些数写在年度要点里，由台账逐行数出来。谁看得到：县、市、省看得到每一行；公众只看得到合计。")
    landing.panels.append(
        Panel(
            _("由您登记的台账"),
            lines,
            _("没有要登记的台账。"),
            len(lines),
            _url("console:items"),
            said if lines else "",
        )
    )
    void = [
        Line(i.name, i.void_reason, links.address(f"planning.ledgeritem:{i.pk}"), None, "late", _("已作废"))
        for i in duties.voided(actor.unit)[:LINES]
    ]
    if void:
        landing.panels.append(Panel(_("被县作废的行和原因"), void))


def _alerts(landing: Landing, actor: Actor) -> None:
    mine = Alert.objects.filter(closed_on=None, unit=actor.unit).exclude(answer__gt="").order_by("due_on", "id")
    told = {line.href for panel in landing.panels for line in panel.lines}  # what is listed above is not told twice
    fresh = [a for a in mine if links.address(a.link) not in told]
    above = sum(a.grade == Grade.ESCALATED for a in mine)
    if above:
        landing.parts.append(ngettext("本单位有 %d 件逾期已报上级", "本单位有 %d 件逾期已报上级", above) % above)
    elif fresh:
        landing.parts.append(ngettext("本单位有 %d 条提醒", "本单位有 %d 条提醒", len(fresh)) % len(fresh))
    lines = [
        Line(
            a.title,
            "",
            links.address(a.link),
            a.due_on,
            "slow" if a.grade == Grade.REMINDER else "late",
            str(a.get_grade_display()),
        )
        for a in fresh[:LINES]
    ]
    if lines:
        landing.panels.append(Panel(_("本单位的提醒"), lines, "", len(fresh), f"{_url('console:inbox')}#alerts"))


def _register_url(code: str) -> str:
    """Where a town registers rows of a measure."""
    page = links.page("console:item_register")
    return f"{page}?indicator={code}" if page else ""


def _url(name: str) -> str:
    return links.page(name)
