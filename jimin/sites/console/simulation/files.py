"""A scenario on paper and in files: the table of the counties, and the draft of a 请示."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET
from openpyxl import Workbook

from jimin.core import clock
from jimin.core.registers.actions import ExportRegister
from jimin.core.sheets import book as written
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.word import to_docx
from jimin.engines.policy.units import SCALE, Unit
from jimin.engines.simulation.limits import least
from jimin.engines.simulation.models import Scenario, State
from jimin.engines.simulation.registers import Scenarios
from jimin.sites.console.board.exports import sent
from jimin.sites.console.guard import staff
from jimin.sites.console.simulation.present import Result
from jimin.sites.console.simulation.proposal import draft
from jimin.sites.console.simulation.views import seen
from jimin.sites.console.simulation.who import READ

COUNTS = ("paid0", "paid1", "entrants", "leavers", "gain", "loss", "undecided0", "undecided1")
MONEY = ("cost0", "cost1", "more")


def _done(request: HttpRequest, pk: UUID) -> Scenario:
    found = get_object_or_404(seen(request), pk=pk)
    if found.state != State.DONE:
        raise Http404
    return found


@require_GET
@staff(READ)
def export(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """Counties and household types as Excel or CSV; who took it is on record before it is handed out."""
    if form not in written.TYPES:
        raise Http404
    scenario = _done(request, pk)
    result = Result(scenario)
    rows = _rows(result)
    content = _excel(result, rows, request) if form == "xlsx" else _csv(result, rows)
    ExportRegister.perform(
        request.actor,  # type: ignore[attr-defined]
        {
            "register_name": Scenarios.name,
            "query": "",
            "format": form,
            "rows": len(rows),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    header = content_disposition_header(True, f"{scenario.name}_{clock.business_day():%Y%m%d}.{form}") or "attachment"
    return HttpResponse(content, content_type=written.TYPES[form], headers={"Content-Disposition": header})


def _heads(result: Result) -> list[str]:
    unit = result.unit
    counts = [
        _("现行在领"),
        _("方案在领"),
        _("新纳入"),
        _("不再符合"),
        _("金额增加"),
        _("金额减少"),
        _("现行资料不足"),
        _("方案资料不足"),
    ]
    amounts = [_("一年现行（元）"), _("一年按方案（元）"), _("一年多花（元）")] if result.programme.amount else []
    return [_("分组"), _("名称"), _("代码"), *(f"{c}（{unit}）" for c in counts), *amounts]


def _rows(result: Result) -> list[list[Any]]:
    """Numbers as numbers; what is too small to show is words."""
    groups = [(_("县（市、区）"), r) for r in result.counties] + [(_("家庭情况"), r) for r in result.kinds]
    few = _("少于 %d") % least()
    names = MONEY if result.programme.amount else ()

    def yuan(row: dict[str, Any], name: str) -> Any:
        fen = row[f"{name}_year"]
        return _("不显示") if fen is None else fen / SCALE[Unit.MONEY]

    return [
        [group, row["title"], str(row["key"]) if len(str(row["key"])) == 6 else "",  # noqa: PLR2004 - a county's code
         *(few if row[c] is None else row[c] for c in COUNTS), *(yuan(row, name) for name in names)]
        for group, row in groups
    ]  # fmt: skip


def _excel(result: Result, rows: list[list[Any]], request: HttpRequest) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(written.sheet_name(result.scenario.name))
    written.head(sheet, [(h, 14) for h in _heads(result)])
    for row in rows:
        sheet.append([written.value(sheet, v) for v in row])
    written.notes(book, _("说明"), [*_about(result), (_("导出人"), request.actor.label)], (22, 80))  # type: ignore[attr-defined]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _csv(result: Result, rows: list[list[Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_heads(result))
    for row in rows:
        writer.writerow([written.inert(v) if isinstance(v, str) else v for v in row])
    return file.getvalue().encode("utf-8-sig")


def _about(result: Result) -> list[tuple[str, str]]:
    scenario, outcome = result.scenario, result.scenario.outcome
    data = _("合成数据：家庭是编造的，不是任何地方的数") if scenario.synthetic else scenario.population
    return [
        (_("测算方案"), scenario.name),
        (_("事项"), result.programme.title),
        *((_("改动"), words) for words in result.changes),
        (_("结论"), result.sentence),
        (_("依据哪一天的法"), f"{scenario.day}"),
        (_("测算数据"), data),
        (_("规则版本"), outcome.rules),
        (_("参数版本"), outcome.numbers),
        (_("保存人"), scenario.by),
        (_("提示"), _("测算不改动任何在办业务，也不是法规；少于 %d 的数不显示。") % least()),
    ]


@require_GET
@staff(READ)
def proposal(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    """The draft of a 请示, in Word or PDF. Printed text is Chinese whatever the reader's language."""
    makers = {"docx": to_docx, "pdf": to_pdf}
    if form not in makers:
        raise Http404
    scenario = _done(request, pk)
    with override("zh-hans"):
        document = draft(Result(scenario), request.actor.unit)  # type: ignore[attr-defined]
        content = makers[form](document)
    return sent(content, f"{scenario.name}_请示稿", form)
