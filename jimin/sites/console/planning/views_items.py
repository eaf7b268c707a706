"""指标台账: register rows where they are, confirm, update, void."""

from __future__ import annotations

import json
import uuid
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from jimin.core.access.scope import Actor
from jimin.core.actions.base import REGISTRY
from jimin.core.actions.errors import Refused
from jimin.core.audit import api as audit
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.core.files.models import StoredFile
from jimin.core.registers.columns import name_of
from jimin.domains.planning.actions import items as acts
from jimin.domains.planning.models import ItemState, LedgerItem
from jimin.domains.planning.visibility import items
from jimin.engines.indicators.models import Indicator, Method
from jimin.sites.console.forms import ActionForm, DateInput, handle
from jimin.sites.console.guard import staff
from jimin.sites.console.planning import kept
from jimin.sites.console.planning.common import actor_of, keep, one
from jimin.sites.console.planning.sheet import plain, tidy
from jimin.sites.templatetags.jimin_ui import day

FIELD_TITLES = {f.name: f.verbose_name for f in LedgerItem._meta.fields if f.name != "state"}
DATES = {f.name for f in LedgerItem._meta.fields if f.get_internal_type() == "DateField"}
FIELDS = ("name", "place", "address", "quantity", "stage", "since")


@require_GET
@staff("planning.items.list")
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One row with its history and what can be done with it."""
    actor = actor_of(request)
    found = one(items(actor), pk)
    mine = found.state != ItemState.VOID and acts.keeps(actor, found.indicator)
    context = {
        "item": found,
        "where": path_of(found.division),
        "history": changes(found),
        "may_confirm": found.state == ItemState.REGISTERED and actor.may(acts.ConfirmItems.name),
        "may_update": mine and actor.may(acts.UpdateItem.name),
        "may_void": mine and actor.may(acts.VoidItem.name),
        "key": uuid.uuid4(),
        "trail": _trail(found.name),
    }
    return render(request, "console/planning/item.html", context)


def _said(name: str, kept: Any) -> Any:
    """A kept value as people know it: a place by its name, not by its code; a date as dates are said."""
    if name == "division" and kept:
        return path_of(str(kept))
    kept_on = parse_date(kept) if isinstance(kept, str) and name in DATES else None
    return day(kept_on, "full") if kept_on else kept


def changes(item: LedgerItem) -> list[dict[str, Any]]:
    """What happened to a row, from the audit trail: the act, who, when, and each value before and after."""
    found = []
    for row in audit.history(item):
        body = json.loads(row.body)
        act = REGISTRY.get(row.action)
        values = [
            (FIELD_TITLES[name], _said(name, body["before"].get(name)), _said(name, now))
            for name, now in body["after"].items()
            if name != "version" and body["before"].get(name) != now and name in FIELD_TITLES
        ]
        found.append(
            {"row": row, "title": act.title if act else row.action, "note": body.get("note", ""), "values": values}
        )
    return found


def _trail(title: Any) -> list[tuple[Any, str]]:
    return [(_("指标台账"), reverse("console:items")), (title, "")]


def path_of(code: str) -> str:
    """A place by its names below the province; a code that is no longer current stands for itself."""
    try:
        return "".join(p.name for p in divisions.lineage(code)[1:]) or name_of(code)
    except divisions.UnknownDivision:
        return code


def places(actor: Actor, within: str) -> dict[str, str]:
    """The places a row can stand at, by their names from the county down: towns and villages inside the scope."""
    codes = [within] if within else list(actor.scope.codes)
    found: dict[str, str] = {}

    def add(place: divisions.Place, said: str) -> None:
        name = f"{said} {place.name}".strip() if place.level in (Level.TOWN, Level.VILLAGE) else place.name
        if place.level in (Level.TOWN, Level.VILLAGE, Level.COUNTY):
            found[place.code] = name
        for child in divisions.children(place.code):
            add(child, name if place.level == Level.TOWN else "")

    for code in codes:
        add(divisions.place(code), "")
    return found


def counties(actor: Actor) -> list[divisions.Place]:
    """The counties inside the scope, where there is more than one."""
    found = [p for p in divisions.all_of(Level.COUNTY) if covers(actor, p.code)]
    return found if len(found) > 1 else []


def covers(actor: Actor, code: str) -> bool:
    """Whether a place lies inside the scope."""
    chain = {p.code for p in divisions.lineage(code)}
    return actor.scope.level == Level.PROVINCE or bool(chain & set(actor.scope.codes))


@staff(acts.RegisterItems.name)
def register(request: HttpRequest) -> HttpResponse:
    """Register several rows of one indicator at a time."""
    actor = actor_of(request)
    above = counties(actor)
    within = request.GET.get("county", "")
    within = within if within in {p.code for p in above} else ""
    known = {} if above and not within else places(actor, within)
    indicators = Indicator.objects.filter(method=Method.COMPUTED, rows_of=None)
    code = request.POST.get("indicator") or request.GET.get("indicator", "")
    blank = dict.fromkeys(FIELDS, "") | {"quantity": "1"}
    rows, grows = [blank], "more" in request.POST
    problems: list[str] = []
    if request.method == "POST":
        rows = _typed(request)
        sent = [r for r in rows if r["name"] or r["place"]]
        try:
            _take_files(request, rows)
            if grows:
                rows.append(blank)
            else:
                data = _input(actor, request, code, sent, known)
                n = len(acts.RegisterItems.perform(actor, data, key=request.POST.get("key", ""))["items"])
                messages.success(request, ngettext("已登记 %d 行。", "已登记 %d 行。", n) % n)
                return HttpResponseRedirect(f"{reverse('console:items')}?indicator={code}")
        except Refused as refusal:
            problems = _told(refusal, sent)
    context = {
        "indicators": indicators, "code": code, "rows": rows, "known": known, "counties": above, "within": within,
        "problems": problems, "key": request.POST.get("key") or uuid.uuid4(), "trail": _trail(_("登记台账")),
        "counted": actor.role != "town_clerk", "grows": grows,
    }  # fmt: skip
    return render(request, "console/planning/item_register.html", context, status=422 if problems else 200)


def _typed(request: HttpRequest) -> list[dict[str, Any]]:
    columns = {name: request.POST.getlist(name) for name in FIELDS}
    return [
        {name: values[n].strip() if n < len(values) else "" for name, values in columns.items()}
        for n in range(max((len(v) for v in columns.values()), default=0))
    ]


def _take_files(request: HttpRequest, rows: list[dict[str, Any]]) -> None:
    """Store what was uploaded beside each row, or take back what an earlier try had stored. Raises Refused."""
    account = str(actor_of(request).account.pk)
    for n, row in enumerate(rows):
        found, _wrong = kept.files(account, request.POST.getlist(f"kept-{n}"))
        upload = request.FILES.get(f"file-{n}")
        file = StoredFile.objects.get(pk=keep(request, upload)) if upload else found[0] if found else None
        row["file"] = file
        row["token"] = kept.token(account, file) if file else ""


def _input(
    actor: Actor, request: HttpRequest, code: str, sent: list[dict[str, Any]], known: dict[str, str]
) -> dict[str, Any]:
    """The action's input. Raises Refused when a place is not one of the list."""
    if not code:
        raise Refused(_("请先选指标。"))
    if not sent:
        raise Refused(_("一行也没有填，没有登记。"), next_step=_("请至少填一行的名称和所在地。"))
    by_name = {name: code for code, name in known.items()}
    rows, wrong = [], []
    for n, row in enumerate(sent):
        place = by_name.get(row["place"]) or (row["place"] if row["place"] in known else "")
        if not place:
            wrong.append(
                _("第 %(n)d 行：没有“%(place)s”这个地方，或不在您的管辖范围内；请从列表中选。")
                % {"n": n + 1, "place": row["place"]}
            )
        entry: dict[str, Any] = {"name": row["name"], "division": place, "quantity": plain(row["quantity"]) or "1"}
        entry |= {k: row[k] for k in ("address", "stage", "since") if row[k]}
        if row.get("file"):
            entry["evidence"] = row["file"].pk
        rows.append(entry)
    if wrong:
        raise Refused("；".join(wrong))
    return {"indicator": code, "rows": rows}


def _told(refusal: Refused, sent: list[dict[str, Any]]) -> list[str]:
    found = []
    for problem in refusal.problems:
        parts = problem.field.split(".")
        where = _("第 %d 行：") % (int(parts[1]) + 1) if len(parts) > 1 and parts[1].isdigit() else ""
        found.append(where + problem.message)
    return (found or [refusal.message]) + ([refusal.next_step] if refusal.next_step else [])


@require_POST
@staff(acts.ConfirmItems.name)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm one row."""
    actor = actor_of(request)
    found = one(items(actor), pk)
    acts.ConfirmItems.perform(actor, {"items": [found.pk]}, key=request.POST.get("key", ""))
    messages.success(request, _("已核实“%s”，计入看板。") % found.name)
    return HttpResponseRedirect(reverse("console:item", args=[found.pk]))


class UpdateForm(ActionForm):
    """How far a row has come."""

    stage = forms.CharField(
        label=gettext_lazy("进度"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("如：立项、施工、消防验收、投用"),
    )
    since = forms.DateField(
        label=gettext_lazy("投用日期"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("投用了才填；填了才计数。"),
    )
    quantity = forms.DecimalField(label=gettext_lazy("数量"), required=False, max_digits=12, decimal_places=2)


@staff(acts.UpdateItem.name)
def update(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move a row on."""
    found = one(items(actor_of(request)), pk)
    initial = {"stage": found.stage, "since": found.since, "quantity": tidy(found.quantity)}
    form = UpdateForm(request.POST or None, record=found, initial=initial)
    return handle(
        request, acts.UpdateItem, form, to=reverse("console:item", args=[found.pk]), done=_("已更新。"),
        data={"item": found.pk}, verb=_("保存进度"),
        context={"about": [(_("名称"), found.name), (_("所在地"), path_of(found.division))], "trail": _trail(found.name)},
    )  # fmt: skip


class VoidForm(ActionForm):
    """Why a row is void."""

    reason = forms.CharField(
        label=gettext_lazy("作废原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("至少 4 个字。作废的行仍可查看，不再计数。"),
    )  # fmt: skip


@staff(acts.VoidItem.name)
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Void a row with its reason."""
    found = one(items(actor_of(request)), pk)
    return handle(
        request, acts.VoidItem, VoidForm(request.POST or None, record=found),
        to=reverse("console:item", args=[found.pk]), done=_("已作废。"), data={"item": found.pk}, verb=_("作废这一行"),
        context={"about": [(_("名称"), found.name), (_("所在地"), path_of(found.division))], "trail": _trail(found.name)},
    )  # fmt: skip
