"""What is exported is what is listed; nothing in it calculates; who took it is on record."""

import csv
import io
from datetime import date, datetime
from urllib.parse import parse_qsl

import openpyxl
import pytest

from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.audit.models import AuditRow
from jimin.core.events.models import OutboxEvent
from jimin.core.registers.api import export
from jimin.core.registers.models import Export
from jimin.core.registers.tests.conftest import NONGAN
from jimin.core.sheets import book as written


def book(exported):
    return openpyxl.load_workbook(io.BytesIO(exported.file.read()))


def test_the_sheet_holds_the_rows_of_the_list_in_its_order_with_real_dates_and_text_codes(register, cast, events):
    made = export(register, cast.department, {"kind": "a:1", "sort": "-id"}, "xlsx")
    assert made.name == "事件_20231010.xlsx"
    sheet = book(made)["事件"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("编号", "名称", "对象", "日期", "送达", "县", "县代码", "状态")
    assert [r[0] for r in rows[1:]] == sorted((e.pk for e in events if e.subject == "a:1"), reverse=True)
    assert made.rows == len(rows) - 1 == 20
    row = sheet[2]
    assert isinstance(row[3].value, datetime)
    assert row[3].number_format == "yyyy-mm-dd"
    assert row[0].number_format == "#,##0"
    assert (row[5].value, row[6].value, row[6].data_type, row[7].value) == ("农安县", NONGAN, "s", "已送")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H21"


def test_the_second_sheet_says_who_when_which_filters_and_which_scope(register, cast, events):
    notes = dict(book(export(register, cast.county, {"kind": "a:1"}, "xlsx"))["说明"].iter_rows(values_only=True))
    assert notes["导出人"].startswith("刘敏（农安县局")
    assert notes["数据范围"] == "农安县"
    assert notes["条件：类别"] == "甲"
    assert notes["业务日期"] == "2023-10-10"
    assert notes["行数"] == "20"


HOSTILE = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']


def test_a_value_that_looks_like_a_formula_stays_text_in_excel(register, cast):
    OutboxEvent.objects.bulk_create([OutboxEvent(name=n, subject="a:1", day=date(2023, 9, 1)) for n in HOSTILE])
    sheet = book(export(register, cast.department, {"sort": "id"}, "xlsx"))["事件"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert [c.value for c in cells] == HOSTILE
    assert {c.data_type for c in cells} == {"s"}


def test_a_value_that_looks_like_a_formula_is_made_inert_in_csv(register, cast):
    OutboxEvent.objects.bulk_create([OutboxEvent(name=n, subject="a:1", day=date(2023, 9, 1)) for n in HOSTILE])
    raw = export(register, cast.department, {"sort": "id"}, "csv").file.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [r[1] for r in rows[1:]] == ["'" + n for n in HOSTILE]
    assert rows[1][3] == "2023-09-01"


def test_characters_a_sheet_cannot_hold_and_overlong_texts_do_not_break_it(register, cast):
    assert written.printable("a\x00b\x0bc") == "abc"
    long = written.printable("长" * 40_000)
    assert len(long) == written.LONGEST
    assert long.endswith("已截断）")


def test_an_export_is_on_record_with_its_filters_rows_and_checksum(register, cast, events):
    export(register, cast.county, {"kind": "a:1", "after": "ignored"}, "csv")
    record = Export.objects.get()
    assert (record.register, record.query, record.rows, record.account) == (
        "tests.events", "kind=a%3A1", 20, cast.county.account,
    )  # fmt: skip
    row = AuditRow.objects.get(action="registers.export")
    assert record.sha256 in row.body
    assert row.actor.startswith("刘敏")


def test_wrong_conditions_and_too_many_rows_are_refused_and_nothing_is_on_record(register, cast, events, monkeypatch):
    with pytest.raises(Refused, match="没有导出"):
        export(register, cast.department, {"kind": "c"}, "xlsx")
    with pytest.raises(Refused, match="不能导出"):
        export(register, cast.department, {}, "pdf")
    monkeypatch.setattr("jimin.core.registers.export.limit", lambda: 30)
    with pytest.raises(Refused, match="超过 30 行"):
        export(register, cast.department, {}, "xlsx")
    with pytest.raises(Forbidden):
        export(register, cast.auditor, {}, "xlsx")
    assert not Export.objects.exists()
    assert not AuditRow.objects.filter(action="registers.export").exists()


def test_an_empty_list_is_a_sheet_with_its_heading(register, cast):
    sheet = book(export(register, cast.department, {}, "xlsx"))["事件"]
    assert sheet.max_row == 1


def test_a_number_or_a_persons_name_typed_as_a_condition_is_masked_on_record(
    register, cast, events, monkeypatch, settings
):
    for query, personal, clear in (
        ("q=220122195608149960&kind=a:1", False, "220122195608149960"),
        ("q=王桂兰", True, "王桂兰"),
        ("q=王桂兰", False, ""),
    ):
        monkeypatch.setattr(type(register), "personal", personal)
        kept = dict(parse_qsl(register.query_on_record(query)))
        assert not clear or clear not in kept["q"]
        assert kept["q"] == "王桂兰" or "*" in kept["q"]
        assert kept.get("kind", "a:1") == "a:1"
