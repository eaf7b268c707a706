"""What was found in a plan: yes or no, other values, something that was missed, and how a number is measured."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from jimin.core.access.scope import Actor
from jimin.domains.planning.actions import judging
from jimin.domains.planning.actions.tasks import MeasureTarget
from jimin.domains.planning.models import Deliverable, DeliverableKind, Finality, Plan, Point, Target
from jimin.domains.planning.visibility import plans
from jimin.engines.indicators.models import Comparator, Indicator, Method, Over, Shape
from jimin.engines.indicators.sources import LISTS, SOURCES
from jimin.sites.console.forms import ActionForm, DateInput, handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning.common import actor_of, one
from jimin.sites.console.planning.views_plan import next_address, plan_trail

Choices = list[tuple[str, str | Promise]]


def targets(actor: Actor) -> QuerySet[Target]:
    """Numbers of the plans the actor sees."""
    return Target.objects.filter(point__plan__in=plans(actor)).select_related("point__plan")


def deliverables(actor: Actor) -> QuerySet[Deliverable]:
    """Deliverables of the plans the actor sees, also of a draft."""
    return Deliverable.objects.filter(point__plan__in=plans(actor)).select_related("point__plan")


@require_POST
@staff(judging.JudgeTarget.name)
def judge_target(request: HttpRequest, pk: UUID) -> HttpResponse:
    """是 or 不是: one press."""
    actor = actor_of(request)
    found = one(targets(actor), pk)
    data = {
        "target": found.pk,
        "version": request.POST.get("version", ""),
        "standing": request.POST.get("standing") == "1",
    }
    judging.JudgeTarget.perform(actor, data, key=request.POST.get("key", ""))
    return _judged(request, found.point.plan, found.quote)


@require_POST
@staff(judging.JudgeDeliverable.name)
def judge_deliverable(request: HttpRequest, pk: UUID) -> HttpResponse:
    """是 or 不是: one press."""
    actor = actor_of(request)
    found = one(deliverables(actor), pk)
    data = {
        "deliverable": found.pk,
        "version": request.POST.get("version", ""),
        "standing": request.POST.get("standing") == "1",
    }
    judging.JudgeDeliverable.perform(actor, data, key=request.POST.get("key", ""))
    return _judged(request, found.point.plan, found.quote)


@require_POST
@staff(judging.ConfirmFound.name)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that was ticked is what the reader read."""
    actor = actor_of(request)
    plan = one(plans(actor), pk)
    data: dict[str, list[dict[str, str]]] = {"targets": [], "deliverables": []}
    for value in request.POST.getlist("found"):
        kind, _colon, rest = value.partition(":")
        known, _colon, version = rest.partition(":")
        data["targets" if kind == "target" else "deliverables"].append({"id": known, "version": version})
    n = len(judging.ConfirmFound.perform(actor, data, key=request.POST.get("key", ""))["found"])
    messages.success(request, ngettext("已确认 %d 处。", "已确认 %d 处。", n) % n)
    return HttpResponseRedirect(reverse("console:plan_draft", args=[plan.pk]) + "#doubts")


def _judged(request: HttpRequest, plan: Plan, quote: str) -> HttpResponse:
    word = _("是") if request.POST.get("standing") == "1" else _("不是")
    messages.success(request, _("“%(quote)s”：已记为“%(word)s”。") % {"quote": quote[:40], "word": word})
    return HttpResponseRedirect(next_address(request, plan))


def _at(found: Point) -> str:
    return reverse("console:plan_point_draft", args=[found.plan_id, found.no])


class TargetForm(ActionForm):
    """The values of a number of the plan."""

    subject = forms.CharField(label=gettext_lazy("对象"), max_length=120)
    comparator = forms.ChoiceField(label=gettext_lazy("比较"), choices=Comparator.choices)
    value = forms.DecimalField(label=gettext_lazy("数值"), max_digits=16, decimal_places=4)
    unit = forms.CharField(label=gettext_lazy("单位"), max_length=12)
    deadline = forms.DateField(label=gettext_lazy("期限"), widget=DateInput)


class DeliverableForm(ActionForm):
    """The values of a deliverable."""

    title = forms.CharField(label=gettext_lazy("成果"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=DeliverableKind.choices)
    finality = forms.ChoiceField(label=gettext_lazy("办结标准"), choices=Finality.choices)
    deadline = forms.DateField(label=gettext_lazy("期限"), widget=DateInput)


@staff(judging.JudgeTarget.name)
def edit_target(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is a target, with these values."""
    found = one(targets(actor_of(request)), pk)
    initial = {k: getattr(found, k) for k in ("subject", "comparator", "unit", "deadline")}
    form = TargetForm(request.POST or None, record=found, initial={**initial, "value": _plain(found.value)})
    return _edit(request, judging.JudgeTarget, form, found.point, found.quote, {"target": found.pk, "standing": True})


@staff(judging.JudgeDeliverable.name)
def edit_deliverable(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It is a deliverable, with these values."""
    found = one(deliverables(actor_of(request)), pk)
    initial = {k: getattr(found, k) for k in ("title", "kind", "finality", "deadline")}
    form = DeliverableForm(request.POST or None, record=found, initial=initial)
    return _edit(
        request, judging.JudgeDeliverable, form, found.point, found.quote, {"deliverable": found.pk, "standing": True}
    )


def _edit(
    request: HttpRequest, action: Any, form: ActionForm, point: Point, quote: str, data: dict[str, Any]
) -> HttpResponse:
    return handle(
        request, action, form, data=data, to=_at(point), done=_("已确认。"), verb=_("是，按这些值确认"),
        template="console/planning/found.html",
        context={"quote": quote, "point": point, "trail": plan_trail(_("第 %d 点") % point.no, point.plan)},
    )  # fmt: skip


class AddTargetForm(TargetForm):
    """A number that was missed; its quote word for word."""

    field_order = ["quote"]
    quote = forms.CharField(
        label=gettext_lazy("原文"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("从原文逐字复制，不要改动标点。"),
    )  # fmt: skip


class AddDeliverableForm(DeliverableForm):
    """A deliverable that was missed; its quote word for word."""

    field_order = ["quote"]
    quote = forms.CharField(
        label=gettext_lazy("原文"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("从原文逐字复制，不要改动标点。"),
    )  # fmt: skip


@staff(judging.AddTarget.name)
def add_target(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a number of a point."""
    return _add(request, pk, judging.AddTarget, AddTargetForm)


@staff(judging.AddDeliverable.name)
def add_deliverable(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a deliverable of a point."""
    return _add(request, pk, judging.AddDeliverable, AddDeliverableForm)


def _add(request: HttpRequest, pk: UUID, action: Any, form_class: type[ActionForm]) -> HttpResponse:
    point = one(Point.objects.filter(plan__in=plans(actor_of(request))).select_related("plan"), pk)
    form = form_class(request.POST or None, initial={"deadline": f"{point.plan.year}-12-31"})
    return handle(
        request, action, form, data={"point": point.pk}, to=_at(point), done=_("已补充。"), verb=_("补充"),
        template="console/planning/found.html",
        context={"quote": point.text, "point": point, "trail": plan_trail(_("第 %d 点") % point.no, point.plan)},
    )  # fmt: skip


# -- how a number is measured ------------------------------------------------------------------------
class MeasureForm(ActionForm):
    """The indicator of a number of the plan."""

    code = forms.CharField(
        label=gettext_lazy("代码"), max_length=60,
        help_text=gettext_lazy("小写字母、数字、点和下划线，如 elder.canteens；与已有指标同码，就用那个指标。"),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("指标"), max_length=120)
    definition = forms.CharField(label=gettext_lazy("口径"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    shape = forms.ChoiceField(label=gettext_lazy("形式"), choices=Shape.choices)
    unit = forms.CharField(label=gettext_lazy("计量单位"), max_length=12)
    numerator_title = forms.CharField(
        label=gettext_lazy("填报或计数的是什么"), max_length=120, help_text=gettext_lazy("占比填分子，如：有食堂的乡镇")
    )
    denominator_title = forms.CharField(
        label=gettext_lazy("分母是什么"), required=False, max_length=120, help_text=gettext_lazy("占比、倍数必填")
    )
    denominator_list = forms.ChoiceField(label=gettext_lazy("分母取自名单"), required=False)
    method = forms.ChoiceField(label=gettext_lazy("来源方式"), choices=Method.choices)
    computation = forms.ChoiceField(label=gettext_lazy("怎样计算（系统计算时选）"), required=False)
    rows_of = forms.ChoiceField(label=gettext_lazy("共用哪个指标的台账"), required=False)
    over = forms.ChoiceField(label=gettext_lazy("时间口径"), choices=Over.choices, initial=Over.STOCK)
    note = forms.CharField(label=gettext_lazy("说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none: Choices = [("", _("（不用）"))]
        shared = Indicator.objects.filter(method=Method.COMPUTED, rows_of=None).values_list("code", "title")
        for name, pairs in (
            ("denominator_list", [(n, entry.title) for n, entry in LISTS.items()]),
            ("computation", [(n, n) for n in SOURCES if n != Method.REPORTED]),
            ("rows_of", list(shared)),
        ):
            self.fields[name].choices = [*none, *pairs]  # type: ignore[attr-defined]


@staff(MeasureTarget.name)
def measure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say how a number of the plan is measured."""
    found = one(targets(actor_of(request)).filter(goal=None), pk)
    share = found.unit in ("%", "％")
    initial = {
        "title": found.subject, "unit": found.unit, "shape": Shape.SHARE if share else Shape.COUNT,
        "numerator_title": found.subject, "method": Method.REPORTED,
    }  # fmt: skip
    goal = f"{found.get_comparator_display()} {_plain(found.value)}{found.unit}"
    return handle(
        request, MeasureTarget, MeasureForm(request.POST or None, initial=initial), data={"target": found.pk},
        to=_at(found.point), done=_("口径已设定，要点目标：%s。") % goal, verb=_("设定口径"),
        template="console/planning/found.html",
        context={
            "quote": found.quote, "point": found.point, "goal": goal, "trail": plan_trail(_("设定口径"), found.point.plan)
        },
    )  # fmt: skip


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
