"""年度考核: the reckonings, the table of units, and one unit's score explained line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.domains.planning import seeing
from jimin.domains.planning.actions import appraisal as act
from jimin.domains.planning.appraising import PARTS
from jimin.domains.planning.models import Appraisal, AppraisalScore
from jimin.sites.console import links
from jimin.sites.console.forms import handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning_office import forms, steps, who
from jimin.sites.console.planning_office.present import button, cell, pages, table
from jimin.sites.templatetags.jimin_ui import day, number

STEPS = (
    steps.Step("sign", act.SignAppraisal, forms.OpinionForm, lazy("审签"), lazy("已审签。"), "pri"),
    steps.Step("return", act.ReturnAppraisal, forms.ReasonForm, lazy("退回"), lazy("已退回办公室经办。")),
    steps.Step(
        "resend", act.ResendAppraisal, forms.OpinionForm, lazy("重新测算并送审"), lazy("已重新测算并送审。"), "pri"
    ),
)


@staff(who.APPRAISALS)
def listing(request: HttpRequest) -> HttpResponse:
    """The reckonings that the actor may see."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("年度考核"),
        "sub": _("得分由报告、任务、环节和督办记录算出，每一分都能点开。"),
        "register": "planning.scores",
        "buttons": [button(_("测算"), reverse("console:appraisal_new"), "pri")] if actor.may(act.ReckonAppraisal.name) else [],
        "table": pages(
            request, seeing.appraisals(actor), [_("年度要点"), _("截至"), _("状态")], _row, caption=_("年度考核"),
            empty=_("还没有公布的考核"), why=_("办公室测算、审签后公布。"),
        ),
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _row(a: Appraisal) -> list[dict[str, Any]]:
    return [
        cell(a.plan.title, href=reverse("console:appraisal", args=[a.pk])),
        cell(day(a.as_of, "full")),
        cell("", light=_state(a)),
    ]


def _state(a: Appraisal) -> dict[str, str]:
    if a.published_on:
        return {"status": "ok", "word": _("%s公布") % day(a.published_on, "full")}
    return {"status": "none", "word": _("测算稿")} if a.work is None else {"status": "cur", "word": _("审签中")}


def _one(request: HttpRequest, pk: UUID) -> Appraisal:
    return get_object_or_404(seeing.appraisals(request.actor), pk=pk)  # type: ignore[attr-defined]


@staff(who.APPRAISALS)
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The table of units with the parts of their scores."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    record = _one(request, pk)
    buttons = []
    if record.work is not None:
        buttons = steps.buttons(actor, record, STEPS, "console:appraisal_step")
    elif actor.may(act.PublishAppraisal.name):
        buttons = [button(_("送审公布"), reverse("console:appraisal_publish", args=[pk]), "pri")]
    scores = sorted(
        seeing.scores(actor).filter(appraisal=record),
        key=lambda s: (s.score is None, -(s.score or Decimal(0)), s.unit.rank),
    )
    context = {
        "title": _("年度考核（截至 %s）") % day(record.as_of, "full"),
        "sub": f"{record.plan.title} · {_state(record)['word']}",
        "buttons": buttons,
        "table": table(
            [_("单位"), *(_("%(part)s（%(weight)s 分）") % {"part": title, "weight": record.weights.get(code, "—")} for code, title in PARTS.items()), _("得分")],
            [_score_row(s) for s in scores],
            caption=_("各单位得分"), empty=_("没有您能看到的得分"),
        ),
        "trail": [(_("年度考核"), reverse("console:appraisals")), (day(record.as_of, "full"), "")],
    }  # fmt: skip
    return render(request, "console/planning/listing.html", context)


def _score_row(s: AppraisalScore) -> list[dict[str, Any]]:
    parts = {p["code"]: p for p in s.parts}
    href = reverse("console:appraisal_unit", args=[s.appraisal_id, s.pk])
    cells = [cell(s.unit.short_name, href=href)]
    for code in PARTS:
        p = parts.get(code)
        owed = p is not None and p["denominator"]
        cells.append(
            cell(
                f"{p['numerator']}/{p['denominator']}" if p and owed else "—",
                num=True,
                note=_("%s 分") % p["points"] if p and owed else "",
                href=f"{href}#{code}" if owed else "",
                figure=p["denominator"] if p and owed else None,
                behind=code,
            )
        )
    return [*cells, cell(_("%s 分") % number(s.score, 2) if s.score is not None else _("无应办事项"), num=True)]


@staff(who.APPRAISALS)
def unit(request: HttpRequest, pk: UUID, score: UUID) -> HttpResponse:
    """One unit's score: each part with its arithmetic and every record behind it."""
    record = _one(request, pk)
    found = get_object_or_404(seeing.scores(request.actor), appraisal=record, pk=score)  # type: ignore[attr-defined]
    ledger = [_ledger_row(p) for p in found.parts]
    total = _("%s 分") % number(found.score, 2) if found.score is not None else _("无应办事项，不打分")
    context = {
        "title": found.unit.name,
        "sub": _("年度考核，截至 %s") % day(record.as_of, "full"),
        "ledger": [*ledger, {"label": _("得分"), "amount": total, "sum": True, "figure": found.score}],
        "tables": [_lines(p) for p in found.parts if p["denominator"]],
        "trail": [
            (_("年度考核"), reverse("console:appraisals")),
            (day(record.as_of, "full"), reverse("console:appraisal", args=[pk])),
            (found.unit.short_name, ""),
        ],
    }
    return render(request, "console/planning/score.html", context)


def _ledger_row(p: dict[str, Any]) -> dict[str, Any]:
    title = str(PARTS[p["code"]])
    if not p["denominator"]:
        return {"label": title, "note": _("没有应办事项"), "amount": _("%s 分") % p["weight"], "off": True}
    note = _("%(n)d/%(d)d × 折算权重 %(w)s") % {"n": p["numerator"], "d": p["denominator"], "w": p["counted_weight"]}
    return {"label": title, "note": note, "amount": _("%s 分") % p["points"], "part": p["points"]}


def _lines(p: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [
            cell(line["title"], href=links.address(line["record"])),
            cell(day(parse_date(line["due"]), "full") if line["due"] else ""),
            cell(day(parse_date(line["done"]), "full") if line["done"] else ""),
            cell(
                "",
                light={"status": "ok", "word": _("计入")} if line["good"] else {"status": "late", "word": _("未计入")},
            ),
        ]
        for line in sorted(p["lines"], key=lambda line: line["good"])
    ]
    title = str(PARTS[p["code"]])
    heads = [_("事项"), _("期限"), _("完成"), _("计分")]
    return table(
        heads,
        rows,
        caption=title,
        title=f"{title} {p['numerator']}/{p['denominator']}",
        behind=p["code"],
        figure=p["denominator"],
    )


@staff(act.ReckonAppraisal.name)
def new(request: HttpRequest) -> HttpResponse:
    """Reckon."""
    return handle(
        request,
        act.ReckonAppraisal,
        forms.ReckonForm(request.POST or None, initial={"as_of": clock.business_day()}),
        to=lambda result: reverse("console:appraisal", args=[result["appraisal"]]),
        done=lambda result: _("已测算 %d 个单位。") % result["units"],
        verb=_("测算"),
        context={"back": reverse("console:appraisals")},
    )


@staff(act.PublishAppraisal.name)
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a reckoning for signing."""
    record = _one(request, pk)
    return handle(
        request,
        act.PublishAppraisal,
        forms.PlainForm(request.POST or None, record=record),
        to=reverse("console:appraisal", args=[pk]),
        done=_("已送审；最后一人签后公布。"),
        data={"appraisal": pk},
        verb=_("送审，签后公布"),
        context={"about": [(_("年度要点"), record.plan.title), (_("截至"), day(record.as_of, "full"))]},
    )


@staff(who.APPRAISALS)
def step(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One step of an appraisal."""
    record = get_object_or_404(seeing.appraisals(request.actor).exclude(work=None), pk=pk)  # type: ignore[attr-defined]
    about = [(_("年度要点"), record.plan.title), (_("截至"), day(record.as_of, "full"))]
    return steps.take(request, record, code, STEPS, back=reverse("console:appraisal", args=[pk]), about=about)
