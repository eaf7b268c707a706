"""待办: what lies with this person now, by its limit; and several reports at once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.actions.errors import Refused
from jimin.core.calendar import api as calendar
from jimin.domains.planning.actions import reports as acts
from jimin.domains.planning.models import ItemState, Report
from jimin.domains.planning.visibility import items, reports
from jimin.engines.alerts.actions import AnswerAlert
from jimin.engines.alerts.models import Alert
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import FLOWS
from jimin.engines.cases.models import Work
from jimin.sites.console import links
from jimin.sites.console.forms import ActionForm, handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import actor_of, addresses, days_left, last_reason, one, trail
from jimin.sites.console.planning.figures import Figures
from jimin.sites.console.planning.owed import owed_of
from jimin.sites.templatetags.jimin_ui import quantity

PAGE = 50
AHEAD = 10  # working days of load shown
STEPS = {"sign": acts.SignReports, "review": acts.ReviewReports, "accept": acts.AcceptReports}
VERBS = {"sign": gettext_lazy("签核"), "review": gettext_lazy("审核通过"), "accept": gettext_lazy("验收")}


@dataclass(frozen=True, slots=True)
class Line:
    """One open work without its texts: enough to count, group and page."""

    pk: UUID
    kind: str
    due_on: date | None


def count(actor: Actor) -> int | None:
    """The number beside 待办 in the menu."""
    return kernel.inbox(actor).count() or None


@require_GET
@staff()
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, the load of the next days, and the alerts of the unit."""
    actor = actor_of(request)
    lines = [Line(*row) for row in kernel.inbox(actor).values_list("id", "kind", "due_on")]
    kind, day = request.GET.get("kind", ""), request.GET.get("day", "")
    chosen = [x for x in lines if (not kind or x.kind == kind) and (not day or in_day(x, day))]
    start = next((n + 1 for n, x in enumerate(chosen) if str(x.pk) == request.GET.get("after", "")), 0)
    shown = chosen[start : start + PAGE]
    shown_groups = groups(actor, shown)
    alerts = Alert.objects.filter(unit=actor.unit, closed_on=None).order_by("due_on", "id")
    context = {
        "total": len(lines),
        "load": load(lines, kind),
        "kinds": kinds(lines, kind),
        "groups": shown_groups,
        "pickable": any(r["pickable"] for g in shown_groups for r in g["rows"]),
        "shown": len(shown),
        "chosen": len(chosen),
        "filtered": bool(kind or day),
        "next": f"?{urlencode({'kind': kind, 'day': day, 'after': str(shown[-1].pk)})}" if len(chosen) > start + PAGE else "",
        "batch": [(code, VERBS[code]) for code, action in STEPS.items() if actor.may(action.name)],
        "may_return": actor.may(acts.ReturnReports.name),
        "all": request.GET.get("all") == "1",
        "select": f"?{urlencode({'kind': kind, 'day': day, 'after': request.GET.get('after', ''), 'all': '1'})}",
        "owed": owed_of(actor),
        "unconfirmed": unconfirmed(actor),
        "alerts": [
            {"alert": a, "url": links.address(a.link), "left": days_left(a.due_on)} for a in alerts[:PAGE]
        ],
        "more_alerts": max(alerts.count() - PAGE, 0),
        "may_answer": actor.may(AnswerAlert.name),
        "trail": trail((_("待办"), "")),
    }  # fmt: skip
    return render(request, "console/planning/inbox.html", context)


def unconfirmed(actor: Actor) -> int:
    """Ledger rows of the towns that wait for the county's check."""
    if not actor.may("planning.item.confirm"):
        return 0
    return items(actor).filter(state=ItemState.REGISTERED).count()


def in_day(line: Line, day: str) -> bool:
    """Whether a work belongs to a column of the load: a date, or “late”."""
    if day == "late":
        return line.due_on is not None and line.due_on < clock.business_day()
    return str(line.due_on) == day


def load(lines: Iterable[Line], kind: str) -> list[dict[str, Any]]:
    """How many works fall due: overdue, today, and each day until ten working days from now."""
    today = clock.business_day()
    due = Counter(x.due_on for x in lines if x.due_on and (not kind or x.kind == kind))
    late = sum(n for d, n in due.items() if d < today)

    def address(day: str) -> str:
        return "?" + urlencode({k: v for k, v in (("kind", kind), ("day", day)) if v})

    columns = [
        {"label": _("逾期"), "value": late, "state": "late", "href": address("late") if late else ""},
        {"label": _("今天"), "value": due[today], "state": "cur", "href": address(str(today)) if due[today] else ""},
    ]
    end = calendar.add_working_days(today, AHEAD).date
    day = today + timedelta(1)
    while day <= end:
        off = not calendar.is_working_day(day)
        label = str(day.day) if off else f"{day.day} {weekday(day)}"
        columns.append(
            {
                "label": label,
                "value": due[day],
                "state": "off" if off and not due[day] else "",
                "href": address(str(day)) if due[day] else "",
            }
        )
        day += timedelta(1)
    return columns


def weekday(day: date) -> str:
    """The short name of a weekday."""
    names = (_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日"))
    return str(names[day.weekday()])


def kinds(lines: Sequence[Line], chosen: str) -> list[tuple[str, int, str, bool]]:
    """The kinds of works as filters with their numbers."""
    found = Counter(x.kind for x in lines)
    every = [(_("全部"), len(lines), "?", not chosen)]
    return every + [
        (str(FLOWS[k].title) if k in FLOWS else k, n, f"?{urlencode({'kind': k})}", k == chosen)
        for k, n in found.most_common()
    ]


def groups(actor: Actor, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The works of this page under 逾期, 今天到期, 3 个工作日内, 以后."""
    works = {w.pk: w for w in Work.objects.filter(pk__in=[x.pk for x in lines]).select_related("opened_by")}
    urls = addresses(works.values())
    back = last_reason([w for w in works.values() if w.returns])
    rows = Report.objects.filter(work__in=works).select_related("assignment__task__indicator")
    filed = {r.work_id: r for r in rows}
    figures = Figures()
    before = figures.before(filed.values())
    found: dict[str, list[dict[str, Any]]] = {"late": [], "today": [], "soon": [], "later": []}
    for line in lines:
        work = works[line.pk]
        left = days_left(work.due_on)
        report = filed.get(work.pk)
        url = urls.get(work.pk, "")
        if report is not None and work.station == "fill":
            url = reverse("console:sheet", args=[f"{report.period:%Y-%m}"])
        row = {
            "work": work, "left": left, "url": url, "report": report,
            "said": said(report, before.get(report.pk), figures) if report else "", "returned": back.get(work.pk),
            "kind": FLOWS[work.kind].title if work.kind in FLOWS else work.kind,
            "station": _(work.route[work.position]["title"]),
            "pickable": report is not None and work.station in STEPS,
            "deputy": actor.appointment.acting_for if work.holder_role != actor.role else None,
        }  # fmt: skip
        where = "later" if left is None or left > 3 else "late" if left < 0 else "today" if left == 0 else "soon"
        found[where].append(row)
    titles = {
        "late": ("late", _("逾期")),
        "today": ("slow", _("今天到期")),
        "soon": ("cur", _("3 个工作日内")),
        "later": ("todo", _("以后")),
    }
    return [{"light": titles[k][0], "title": titles[k][1], "rows": rows} for k, rows in found.items() if rows]


def said(report: Report, before: Report | None, figures: Figures) -> str:
    """A report's figure, and the month before."""
    indicator, now = report.assignment.task.indicator, figures.of(report)
    if indicator is None or now is None:
        return ""
    then = figures.of(before) if before else None
    text = quantity(now, indicator.unit)
    return (
        text if then is None else _("%(now)s（上月 %(then)s）") % {"now": text, "then": quantity(then, indicator.unit)}
    )


@require_POST
@staff()
def batch(request: HttpRequest) -> HttpResponse:
    """Several reports at once: first what will happen, then, with the key of that page, the act itself."""
    actor = actor_of(request)
    chosen = list(reports(actor).filter(work__in=_ids(request.POST.getlist("work"))).order_by("work__due_on", "id"))
    step = request.POST.get("step", "")
    if not chosen:
        raise Refused(
            _("没有勾选任何月度报告，没有办理。"), next_step=_("请先勾选列表左边的方框；其他事项请逐件办理。")
        )
    stations = {r.work.station for r in chosen}
    action = acts.ReturnReports if step == "return" else STEPS.get(step)
    if action is None:
        raise Refused(_("没有这种批量办理。"), next_step=_("请从待办列表重新选择。"))
    mixed = len(stations) > 1 or (step != "return" and stations != {step})
    if mixed:
        raise Refused(
            _("所选 %(n)d 件在不同环节（%(where)s），不能一起办“%(what)s”，没有办理任何一件。")
            % {
                "n": len(chosen),
                "where": _("、").join(sorted({_(r.work.route[r.work.position]["title"]) for r in chosen})),
                "what": action.title,
            },
            next_step=_("请只勾选同一环节的报告。"),
        )
    if "key" in request.POST:
        data = {"reports": [r.pk for r in chosen], "opinion": request.POST.get("opinion", "")}
        action.perform(actor, data, key=request.POST["key"])
        told = {"n": len(chosen), "what": action.title}
        messages.success(
            request, ngettext("%(what)s：已办 %(n)d 件。", "%(what)s：已办 %(n)d 件。", len(chosen)) % told
        )
        return HttpResponseRedirect(reverse("console:inbox"))
    return _confirm(request, chosen, step, action)


def _ids(texts: Iterable[str]) -> list[UUID]:
    try:
        return [UUID(t) for t in texts]
    except ValueError:
        raise Refused(_("所选事项的编号不完整，没有办理。"), next_step=_("请刷新待办后重新勾选。")) from None


def _confirm(request: HttpRequest, chosen: list[Report], step: str, action: Any) -> HttpResponse:
    going = Counter(_next(r.work, step) for r in chosen)
    context = {
        "reports": chosen,
        "step": step,
        "title": action.title,
        "verb": _("退回 %d 件") % len(chosen)
        if step == "return"
        else _("%(verb)s %(n)d 件") % {"verb": VERBS[step], "n": len(chosen)},
        "going": going.most_common(),
        "key": uuid.uuid4(),
        "trail": trail((_("待办"), "console:inbox"), (action.title, "")),
    }
    return render(request, "console/planning/batch.html", context)


def _next(work: Work, step: str) -> str:
    """Where a work goes on."""
    if step == "return":
        return _("退回填报人修改")
    if work.position + 1 < len(work.route):
        return _("送“%s”") % _(work.route[work.position + 1]["title"])
    return _("办结，数据计入看板")


class AnswerForm(ActionForm):
    """Why an alert stands."""

    answer = forms.CharField(
        label=gettext_lazy("说明"), widget=forms.Textarea(attrs={"rows": 4}), max_length=500,
        help_text=gettext_lazy("写清原因和什么时候办完。提醒在原因消除后自动结束。"),
    )  # fmt: skip


@staff("alerts.answer")
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer one of the unit's alerts."""
    alert = one(Alert.objects.filter(unit=actor_of(request).unit, closed_on=None), pk)
    about = [(_("提醒"), alert.title), (_("期限"), alert.due_on or "—"), (_("级别"), alert.get_grade_display())]
    return handle(
        request, AnswerAlert, AnswerForm(request.POST or None, initial={"answer": alert.answer}),
        to=reverse("console:inbox"), done=_("已记下说明。"), data={"alert": alert.pk}, verb=_("记下说明"),
        context={"about": about, "trail": trail((_("待办"), "console:inbox"), (_("说明提醒"), ""))},
    )  # fmt: skip
