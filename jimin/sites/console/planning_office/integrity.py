"""廉政: the risk register, the permission table that really rules, warning sessions; and the findings, behind their wall."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access import permissions
from jimin.domains.planning import seeing
from jimin.domains.planning.actions import integrity as act
from jimin.domains.planning.integrity import permission_rows
from jimin.domains.planning.models import IntegrityFinding, IntegrityRisk
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, steps, who
from jimin.sites.console.planning_office.present import button, cell, pages, table
from jimin.sites.templatetags.jimin_ui import day

STEPS = (
    steps.Step(
        "answer", act.AnswerFinding, forms.FindingTextForm, lazy("说明处理情况"), lazy("已报派驻纪检监察组。"), "pri"
    ),
    steps.Step("close", act.CloseFinding, forms.FindingTextForm, lazy("办结"), lazy("已办结。"), "pri"),
    steps.Step("return", act.ReturnFinding, forms.FindingTextForm, lazy("退回再说明"), lazy("已退回。")),
)
LEVELS = {"高": "late", "中": "slow", "低": "none"}


def _views(view: str) -> list[tuple[str, str, bool]]:
    names = (
        ("risks", _("风险登记")),
        ("permissions", _("岗位权限表")),
        ("all", _("全部权限")),
        ("warnings", _("警示教育")),
    )
    return [(label, f"?view={v}", view == v) for v, label in names]


@staff(who.INTEGRITY)
def overview(request: HttpRequest) -> HttpResponse:
    """The risk register, the permission table, or the warning sessions."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    view = request.GET.get("view", "risks")
    made, sub = {"permissions": _permissions, "all": _permissions, "warnings": _warnings}.get(view, _risks)(
        request, actor
    )
    wanted = (
        (act.RegisterRisk, _("登记廉政风险"), "console:risk_new"),
        (act.RecordWarningSession, _("登记警示教育"), "console:warning_new"),
    )
    context = {
        "title": _("廉政风险"),
        "sub": sub,
        "views": _views(view),
        "register": {"risks": "planning.risks", "warnings": "planning.warnings"}.get(view, ""),
        "buttons": [button(label, reverse(url)) for action, label, url in wanted if actor.may(action.name)],
        "table": made,
    }
    return render(request, "console/planning/listing.html", context)


def _risks(request: HttpRequest, actor: Any) -> tuple[dict[str, Any], str]:
    titles = {p.name: _(p.title) for p in permissions.table()}
    made = pages(
        request, seeing.risks(actor).filter(void_reason=""),
        [_("岗位"), _("环节"), _("风险表现"), _("防控措施"), _("等级"), _("办理")],
        lambda r: _risk_cells(r, actor, titles), caption=_("廉政风险登记"), empty=_("还没有登记风险"),
        why=_("由各单位负责人按岗位和环节登记。"),
    )  # fmt: skip
    return made, _("按岗位和环节登记；系统里的环节对应真实的权限。")


def _risk_cells(r: IntegrityRisk, actor: Any, titles: dict[str, str]) -> list[dict[str, Any]]:
    mine = actor.may(act.VoidRisk.name) and (r.unit_id == actor.unit.id or seeing.is_inspector(actor))
    step = titles.get(r.permission, "")
    return [
        cell(r.post, note=r.unit.short_name),
        cell(r.step, note=_("系统权限：%s") % step if step else ""),
        cell(r.risk),
        cell(r.measure, note=_("评估 %s") % day(r.reviewed_on, "full")),
        cell("", light={"status": LEVELS[r.level], "word": r.get_level_display()}),
        cell(_("作废"), href=reverse("console:risk_void", args=[r.pk])) if mine else cell(""),
    ]


def _permissions(request: HttpRequest, actor: Any) -> tuple[dict[str, Any], str]:
    counts = Counter(
        seeing.risks(actor).filter(void_reason="").exclude(permission="").values_list("permission", flat=True)
    )
    risky = request.GET.get("view") != "all"
    rows = permission_rows(risky_only=risky, registered=dict(counts))
    sorts = {"action": _("办理"), "register": _("登记册"), "page": _("页面")}
    made = table(
        [_("事项"), _("谁能办"), _("风险"), _("已登记风险")],
        [
            [
                cell(_(r.title), note=f"{sorts[r.sort]} · {r.name}"),
                cell(_("、").join(r.roles) or _("没有岗位")),
                cell(_(r.risk) if r.risk else ""),
                cell(r.registered, num=True),
            ]
            for r in rows
        ],
        caption=_("岗位权限表"),
        title=_("只看风险环节") if risky else _("全部权限"),
    )
    shown = _("下表就是系统执行的权限，不是另写的说明。")
    return made, shown


def _warnings(request: HttpRequest, actor: Any) -> tuple[dict[str, Any], str]:
    made = pages(
        request, seeing.warning_sessions(actor), [_("日期"), _("主题"), _("组织单位"), _("人数")],
        lambda s: [cell(day(s.held_on, "full")), cell(s.title), cell(s.unit.short_name), cell(s.present_count, num=True)],
        caption=_("警示教育"), empty=_("还没有登记警示教育"),
    )  # fmt: skip
    return made, _("按组织者名册登记人数。")


@staff(act.RegisterRisk.name)
def risk_new(request: HttpRequest) -> HttpResponse:
    """Enter a risk."""
    form = forms.RiskForm(request.POST or None)
    here = reverse("console:integrity")
    return handle(request, act.RegisterRisk, form, to=here, done=_("已登记。"))


@staff(act.VoidRisk.name)
def risk_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Void a risk."""
    risk = get_object_or_404(seeing.risks(request.actor), pk=pk)  # type: ignore[attr-defined]
    return handle(
        request,
        act.VoidRisk,
        forms.VoidForm(request.POST or None, record=risk),
        to=reverse("console:integrity"),
        done=_("已作废。"),
        data={"risk": pk},
        verb=_("作废"),
        context={
            "about": [
                (_("单位"), risk.unit.name),
                (_("岗位"), risk.post),
                (_("环节"), risk.step),
                (_("风险表现"), risk.risk),
            ]
        },
    )


@staff(act.RecordWarningSession.name)
def warning_new(request: HttpRequest) -> HttpResponse:
    """Record a warning session."""
    form = forms.WarningForm(request.POST or None)
    to = reverse("console:integrity") + "?view=warnings"
    return handle(request, act.RecordWarningSession, form, to=to, done=_("已登记。"))


@staff(who.FINDINGS)
def findings(request: HttpRequest) -> HttpResponse:
    """The findings that the actor may see: all for the inspection group, those to answer for a chief."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("监督事项"),
        "sub": _("只有派驻纪检监察组和负责答复的岗位能看到。"),
        "buttons": [button(_("登记监督事项"), reverse("console:finding_new"), "pri")]
        if actor.may(act.RecordFinding.name)
        else [],
        "table": pages(
            request, seeing.findings(actor), [_("发现日期"), _("单位"), _("来源"), _("现在"), _("期限")], _finding_cells,
            caption=_("监督事项"), empty=_("没有监督事项"),
        ),
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _finding_cells(r: IntegrityFinding) -> list[dict[str, Any]]:
    where = _("已办结") if r.closed_on else f"{r.work.holder_unit} · {r.work.get_holder_role_display()}"
    return [
        cell(day(r.found_on, "full"), href=reverse("console:finding", args=[r.pk])),
        cell(r.unit.short_name),
        cell(r.get_source_display()),
        cell(where),
        cell(day(r.work.due_on, "short"), light=steps.light(r.work)),
    ]


def _one(request: HttpRequest, pk: UUID) -> IntegrityFinding:
    return get_object_or_404(seeing.findings(request.actor), pk=pk)  # type: ignore[attr-defined]


@staff(who.FINDINGS)
def finding(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One finding."""
    record = _one(request, pk)
    passages = [{"title": _("问题"), "text": record.text}]
    if record.result:
        passages.append({"title": _("处理"), "text": record.result})
    context = {
        "title": _("监督事项"),
        "sub": record.get_source_display(),
        "light": steps.light(record.work),
        "stations": steps.route(record.work),
        "buttons": steps.buttons(request.actor, record, STEPS, "console:finding_step"),  # type: ignore[attr-defined]
        "passages": passages,
        "facts": [
            (_("单位"), record.unit.name),
            (_("发现日期"), day(record.found_on, "full")),
            (_("对应风险"), f"{record.risk.post} · {record.risk.step}" if record.risk else "—"),
            (_("答复期限"), day(record.work.due_on, "full")),
        ],
        "history": steps.history(record.work),
        "trail": [(_("监督事项"), reverse("console:findings")), (day(record.found_on, "full"), "")],
    }
    return render(request, "console/planning/record.html", context)


@staff(act.RecordFinding.name)
def finding_new(request: HttpRequest) -> HttpResponse:
    """Enter a finding."""
    return handle(
        request,
        act.RecordFinding,
        forms.FindingForm(request.POST or None, initial={"found_on": clock.business_day()}),
        to=lambda result: reverse("console:finding", args=[result["finding"]]),
        done=_("已登记，只送负责答复的岗位。"),
        verb=_("登记并送达"),
        context={"back": reverse("console:findings")},
    )


@staff(who.FINDINGS)
def finding_step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One step of a finding."""
    record = _one(request, pk)
    about = [(_("单位"), record.unit.name), (_("问题"), record.text), (_("处理"), record.result or "—")]
    return steps.take(request, record, code, STEPS, back=reverse("console:finding", args=[pk]), about=about)
