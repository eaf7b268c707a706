"""Each register that has a sheet: a row goes in from the template, and the export comes back with nothing to write."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from jimin.core.access.roles import Role
from jimin.core.registers.api import REGISTERS, export
from jimin.core.sheets import services
from jimin.core.sheets.api import SHEETS
from jimin.core.sheets.models import ImportState, SheetImport
from jimin.core.sheets.template import template
from jimin.domains.planning.actions.study import RecordSession
from jimin.domains.planning.models import IntegrityRisk, Report, Requirement, StudySession
from jimin.domains.planning.tests.cast import SEPTEMBER, Cast
from jimin.domains.planning.tests.office_cast import OfficeCast

#: register → who brings it, a good row by headings
ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "planning.study_sessions": (
        lambda o: o.person(o.elder, Role.DEPT_CLERK),
        {"日期": "2023年9月5日", "专题": "二十大精神", "形式": "培训", "主讲": "王丽华", "应到": "３0", "实到": 28},
    ),
    "planning.requirements": (
        lambda o: o.person(o.office, Role.OFFICE_CLERK),
        {
            "年度要点": "2023年全省民政工作要点", "类别": "规划", "来源文件": "“十四五”规划", "条目": "第三章",
            "要求": "健全基本养老服务体系。", "日期": date(2022, 2, 1),
        },
    ),
    "planning.instructions": (
        lambda o: o.person(o.office, Role.OFFICE_CLERK),
        {
            "编号": "吉民批〔2023〕7号", "批示人": "周明远", "原件": "关于某事的报告", "批示内容": "请认真研究落实。",
            "批示日期": "2023-09-01", "收到日期": "2023/9/4", "承办单位": "养老服务处",
        },
    ),
    "planning.risks": (
        lambda o: o.person(o.inspection, Role.INSPECTOR),
        {
            "单位": "养老服务处", "岗位": "经办", "环节": "验收报告", "风险表现": "不看佐证就验收。", "等级": "中",
            "防控措施": "处长抽查，留痕。", "系统权限": "planning.report.accept",
        },
    ),
    "planning.warnings": (
        lambda o: o.person(o.inspection, Role.INSPECTOR),
        {"日期": "20230905", "主题": "以案为鉴", "组织单位": "农安县局", "人数": 35},
    ),
    "planning.rectifications": (
        lambda o: o.person(o.office, Role.OFFICE_CLERK),
        {
            "反馈问题": "台账更新不及时。", "巡视轮次": "省委第三轮", "责任单位": "社会救助处", "类型": "当下改",
            "整改措施": "每月核对一次。", "期限": "2023-12-01",
        },
    ),
}  # fmt: skip


def brought(actor: Any, register: str, content: bytes) -> SheetImport:
    return services.start(actor, register, SimpleUploadedFile("表.xlsx", content))


def faults(held: SheetImport) -> list[str]:
    return [f.text for chunk in held.chunks.all() for line in chunk.lines for f in line.faults]


def filled(actor: Any, register: str, row: dict[str, Any]) -> bytes:
    """The template with one row."""
    book = openpyxl.load_workbook(io.BytesIO(template(SHEETS[register], actor)))
    sheet = book.worksheets[0]
    at = {c.value: c.column for c in sheet[1]}
    for title, value in row.items():
        sheet.cell(2, at[title]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def exported(actor: Any, register: str) -> bytes:
    return export(REGISTERS[register], actor, {}, "xlsx").file.read()


def edited(content: bytes, **cells: Any) -> bytes:
    """A workbook with other values in its second row, by heading."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    at = {c.value: c.column for c in sheet[1]}
    for title, value in cells.items():
        sheet.cell(2, at[title]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def saved_again(content: bytes) -> bytes:
    """Another file with the same rows."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.properties.title = "另存"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("register", ROWS)
def test_a_row_of_the_template_goes_in_and_the_export_comes_back_unchanged(office_cast: OfficeCast, register: str):
    who, row = ROWS[register]
    actor = who(office_cast)
    content = filled(actor, register, row)
    held = brought(actor, register, content)
    assert (held.counts["add"], faults(held)) == (1, [])
    assert services.confirm(actor, held.pk).written == 1, faults(held)
    assert brought(actor, register, content).counts["same"] == 1, "the same file twice changes nothing"
    for language in ("zh-hans", "en"):
        with translation.override(language):
            back = brought(actor, register, exported(actor, register))
        assert (back.state, back.counts["same"], faults(back)) == (ImportState.READY, 1, [])


@pytest.mark.parametrize("register", ROWS)
def test_two_previews_of_the_same_row_register_it_once(office_cast: OfficeCast, register: str):
    who, row = ROWS[register]
    actor = who(office_cast)
    content = filled(actor, register, row)
    first, second = brought(actor, register, content), brought(actor, register, saved_again(content))
    assert (first.counts["add"], second.counts["add"]) == (1, 1)
    assert services.confirm(actor, first.pk).written == 1
    late = services.confirm(actor, second.pk)
    assert (late.written, late.refused) == (0, 1)
    assert "已经登记过" in faults(late)[0]
    assert REGISTERS[register].rows(actor).count() == 1


@pytest.mark.parametrize(
    ("register", "cells", "model", "expected"),
    [
        ("planning.study_sessions", {"实到": 25, "主讲": None}, StudySession, {"present_count": 25, "speaker": ""}),
        ("planning.requirements", {"条目": None, "日期": None}, Requirement, {"clause": "", "given_on": None}),
        ("planning.risks", {"等级": "高"}, IntegrityRisk, {"level": "高"}),
    ],
)
def test_an_edit_of_the_export_changes_exactly_that(office_cast, register, cells, model, expected):
    who, row = ROWS[register]
    actor = who(office_cast)
    services.confirm(actor, brought(actor, register, filled(actor, register, row)).pk)
    held = brought(actor, register, edited(exported(actor, register), **cells))
    assert (held.counts["change"], faults(held)) == (1, [])
    assert services.confirm(actor, held.pk).written == 1
    record = model.objects.get()
    assert {name: getattr(record, name) for name in expected} == expected
    assert record.version == 2


def test_a_register_whose_rows_go_their_way_is_not_changed_by_a_sheet(office_cast):
    who, row = ROWS["planning.warnings"]
    actor = who(office_cast)
    services.confirm(actor, brought(actor, "planning.warnings", filled(actor, "planning.warnings", row)).pk)
    held = brought(actor, "planning.warnings", edited(exported(actor, "planning.warnings"), 人数=40))
    assert faults(held) == ["这份登记册的行登记后不能用表格更正；请改回去，或到页面上按办理环节办"]


def test_what_the_action_would_refuse_is_known_before_the_confirmation(office_cast):
    who, row = ROWS["planning.study_sessions"]
    actor = who(office_cast)
    held = brought(actor, "planning.study_sessions", filled(actor, "planning.study_sessions", {**row, "实到": 99}))
    assert faults(held) == ["F2“实到”：填的是“99”；实到 99 人多于应到 30 人。"]
    assert not StudySession.objects.exists()


def test_another_units_session_cannot_be_corrected(office_cast):
    o = office_cast
    other = o.person(o.relief, Role.DEPT_CLERK)
    data = {"topic": o.topic.pk, "form": "培训", "held_on": "2023-09-05", "due_count": 9, "present_count": 9}
    RecordSession.perform(other, data)
    chief = o.person(o.elder, Role.DEPT_CLERK)
    held = brought(chief, "planning.study_sessions", edited(exported(chief, "planning.study_sessions"), 实到=8))
    assert held.counts["wrong"] == 1
    assert faults(held)[0].startswith("没有找到这份学习记录，或不在您的管辖范围内")


@pytest.mark.parametrize("register", ["planning.instructions", "planning.risks", "planning.rectifications"])
def test_a_row_of_another_unit_is_not_found_by_its_key(office_cast: OfficeCast, register: str):
    who, row = ROWS[register]
    actor = who(office_cast)
    held = services.confirm(actor, brought(actor, register, filled(actor, register, row)).pk)
    lines = held.chunks.get().lines
    sheet = SHEETS[register]
    assert len(sheet.find(actor, lines)) == len(sheet.standing(actor, lines)) == 1
    stranger = office_cast.person(office_cast.city, Role.CITY_CLERK)
    assert sheet.find(stranger, lines) == {}


def test_a_record_out_of_sight_is_neither_shown_nor_changed(office_cast: OfficeCast, monkeypatch: pytest.MonkeyPatch):
    """Even with a `find` that looks further than the actor sees."""
    o = office_cast
    register, (who, row) = "planning.requirements", ROWS["planning.requirements"]
    actor, sheet = who(o), SHEETS[register]
    content = filled(actor, register, row)
    services.confirm(actor, brought(actor, register, content).pk)
    found = {sheet.key_of(sheet.held(record)): record for record in Requirement.objects.all()}
    monkeypatch.setattr(sheet, "find", lambda actor, lines: found)
    monkeypatch.setattr(sheet.its, "rows", lambda actor: Requirement.objects.none())
    by_key = brought(actor, register, filled(actor, register, {**row, "类别": "会议"}))
    assert by_key.counts["change"] == by_key.counts["same"] == 0
    assert not any(line.before for chunk in by_key.chunks.all() for line in chunk.lines)


@pytest.fixture
def clerk(given: Cast) -> Any:
    return given.actor("liu.min")


def test_a_report_without_a_number_is_filed_and_one_with_a_number_asks_for_its_evidence(given, clerk):
    row = {"任务": "护理型床位占比", "月份": "2023年9月", "数值": 10, "分母": 20}
    title = given.task("elder.nursing_beds").title
    held = brought(clerk, "planning.reports", filled(clerk, "planning.reports", {**row, "任务": title}))
    assert "请附佐证" in faults(held)[0]
    assert not Report.objects.exists()


def test_a_filed_report_comes_back_unchanged_and_cannot_be_changed_while_it_is_on_its_way(given, clerk):
    given.filed()
    assert brought(clerk, "planning.reports", exported(clerk, "planning.reports")).counts["same"] == 1
    held = brought(clerk, "planning.reports", edited(exported(clerk, "planning.reports"), 数值=240))
    assert "本月已经报出，不能再改" in faults(held)[0]
    assert Report.objects.get(period=SEPTEMBER).numerator == 239
