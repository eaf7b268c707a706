"""指标台账 goes out as Excel and comes back: unchanged, or with exactly the changes that were made in it."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jimin.core import clock
from jimin.core.actions.errors import Forbidden, Refused
from jimin.core.audit.models import AuditRow
from jimin.core.files import api as files
from jimin.core.registers.api import REGISTERS, export
from jimin.core.sheets import services, tasks
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import ImportState, SheetImport
from jimin.domains.planning import sources
from jimin.domains.planning.actions import items
from jimin.domains.planning.models import ItemState, LedgerItem
from jimin.domains.planning.tests.cast import Cast
from jimin.engines.indicators.models import Indicator

ITEMS = "planning.items"
HEAD = ["名称", "指标", "所在地代码", "数量", "进度", "投用日期", "地址"]
GOOD = ["幸福食堂", "社区老年食堂", "220122102000", 1, "投用", date(2023, 9, 5), "中心街 1 号"]


def exported(actor: Any, format: str = "xlsx") -> bytes:
    return export(REGISTERS[ITEMS], actor, {}, format).file.read()


def made(*rows: list[Any], head: list[str] = HEAD, name: str = "台账") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in (head, *rows):
        sheet.append(row)
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought(actor: Any, content: bytes, name: str = "台账.xlsx") -> SheetImport:
    return services.start(actor, ITEMS, SimpleUploadedFile(name, content))


def said(held: SheetImport) -> list[str]:
    return [f.text for chunk in held.chunks.all() for line in chunk.lines for f in line.faults]


def marked(held: SheetImport) -> Any:
    return openpyxl.load_workbook(io.BytesIO(files.read(held.marked)))


@pytest.fixture
def clerk(given: Cast) -> Any:
    return given.actor("liu.min")


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_an_exported_ledger_comes_back_with_nothing_to_write(given, clerk, format):
    given.registered("liu.min", "=1+1食堂")
    given.registered("liu.min", "𠮷祥食堂", "220122101000")
    held = brought(clerk, exported(clerk, format), f"台账.{format}")
    assert held.state == ImportState.READY
    assert held.counts == {"add": 0, "change": 0, "same": 2, "wrong": 0}
    with pytest.raises(Refused, match="没有要写入的行"):
        services.confirm(clerk, held.pk)


@pytest.mark.parametrize("computation", sources.ON_LEDGER)
def test_a_row_comes_back_whether_each_row_or_each_town_that_has_one_is_counted(given, clerk, computation):
    Indicator.objects.filter(title="社区老年食堂").update(computation=computation)
    given.registered("liu.min", "甲食堂")
    assert brought(clerk, exported(clerk)).counts == {"add": 0, "change": 0, "same": 1, "wrong": 0}


def test_an_edit_in_the_exported_ledger_changes_exactly_that(given, clerk):
    given.registered("liu.min", "甲食堂")
    other = given.registered("liu.min", "乙食堂", "220122101000")
    book = openpyxl.load_workbook(io.BytesIO(exported(clerk)))
    sheet = book.worksheets[0]
    at = {c.value: c.column for c in sheet[1]}
    row = next(r for r in range(2, 4) if sheet.cell(r, at["名称"]).value == "甲食堂")
    sheet.cell(row, at["名称"]).value = "甲社区食堂"
    sheet.cell(row, at["投用日期"]).value = None
    held = brought(clerk, saved(book))
    assert held.counts == {"add": 0, "change": 1, "same": 1, "wrong": 0}
    before = AuditRow.objects.count()
    done = services.confirm(clerk, held.pk)
    assert (done.state, done.written, done.refused) == (ImportState.DONE, 1, 0)
    assert AuditRow.objects.filter(action="planning.item.revise").count() == 1
    assert AuditRow.objects.count() == before + 3  # the row, the confirmation, the end
    changed = LedgerItem.objects.get(name="甲社区食堂")
    assert (changed.since, changed.version) == (None, 2)
    assert LedgerItem.objects.get(pk=other.pk).version == 1


def test_new_rows_are_registered_by_the_action_of_the_page_and_counted(clerk):
    held = brought(clerk, made(GOOD))
    assert held.counts["add"] == 1
    assert LedgerItem.objects.count() == 0, "nothing is written before the confirmation"
    services.confirm(clerk, held.pk)
    item = LedgerItem.objects.get()
    assert (item.name, item.division, item.since, item.state) == (
        "幸福食堂", "220122102000", date(2023, 9, 5), ItemState.CONFIRMED,
    )  # fmt: skip
    assert AuditRow.objects.filter(action="planning.item.register").count() == 1


def test_the_same_file_twice_changes_nothing(clerk):
    services.confirm(clerk, brought(clerk, made(GOOD)).pk)
    again = brought(clerk, made(GOOD))
    assert again.counts == {"add": 0, "change": 0, "same": 1, "wrong": 0}
    assert LedgerItem.objects.count() == 1


def test_good_rows_go_in_while_bad_ones_come_back_marked_and_corrected(clerk):
    bad = ["坏食堂", "社区老年食堂", "220122102000", "三处", "投用", "2023-13-05", ""]
    held = brought(clerk, made(GOOD, bad))
    assert held.counts == {"add": 1, "change": 0, "same": 0, "wrong": 1}
    first, second = said(held)
    assert first.startswith("D3“数量”：填的是“三处”；不是数")
    assert "可以填：数，最多 2 位小数" in first
    assert second.startswith("F3“投用日期”：填的是“2023-13-05”；日历上没有这一天")
    done = services.confirm(clerk, held.pk)
    assert (done.written, LedgerItem.objects.count()) == (1, 1)
    book = marked(held)
    sheet = book["台账"]
    assert sheet["H1"].value == "错误说明"
    assert "不是数" in sheet["H3"].value
    assert sheet["H2"].value is None
    assert sheet["D3"].comment is not None
    assert sheet["D3"].fill.fgColor.rgb == sheet["F3"].fill.fgColor.rgb != sheet["E3"].fill.fgColor.rgb
    sheet["D3"].value, sheet["F3"].value = 3, "2023年9月5日"
    fixed = brought(clerk, saved(book))
    assert fixed.counts == {"add": 1, "change": 0, "same": 1, "wrong": 0}
    services.confirm(clerk, fixed.pk)
    assert LedgerItem.objects.get(name="坏食堂").quantity == 3


def test_a_row_outside_the_scope_is_a_wrong_row_at_its_cell(clerk):
    held = brought(clerk, made(GOOD, [*GOOD[:2], "220182101000", *GOOD[3:]]))
    assert held.counts == {"add": 1, "change": 0, "same": 0, "wrong": 1}
    assert said(held)[0].startswith("C3“所在地代码”：填的是“220182101000”；“五棵树镇”不在您的管辖范围内")


def test_a_record_that_was_changed_after_the_export_is_not_written_over(given, clerk):
    item = given.registered("liu.min")
    content = exported(clerk)
    data = {"item": item.pk, "version": 1, "stage": "停业整顿"}
    items.UpdateItem.perform(given.actor("ma.li"), data)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    sheet.cell(2, [c.value for c in sheet[1]].index("数量") + 1).value = 2
    held = brought(clerk, saved(book))
    assert held.counts["wrong"] == 1
    assert "已被马丽" in said(held)[0]


def test_a_record_that_is_changed_between_preview_and_confirmation_is_named_and_left(given, clerk):
    item = given.registered("liu.min")
    held = brought(clerk, made([item.name, "社区老年食堂", item.division, 5, "", None, ""]))
    assert held.counts["change"] == 1
    items.UpdateItem.perform(given.actor("ma.li"), {"item": item.pk, "version": 1, "stage": "施工"})
    done = services.confirm(clerk, held.pk)
    assert (done.state, done.written, done.refused) == (ImportState.DONE, 0, 1)
    assert "预览之后，这一行又被修改过" in said(done)[0]
    assert "进度： → 施工（马丽" in said(done)[0]
    assert LedgerItem.objects.get().quantity == 1
    assert "预览之后" in marked(done)["台账"]["H2"].value


def test_two_people_bring_the_same_new_row_and_it_is_registered_once(given, clerk):
    city = given.actor("ma.li")
    mine, theirs = brought(clerk, made(GOOD)), brought(city, made(GOOD))
    assert services.confirm(clerk, mine.pk).written == 1
    late = services.confirm(city, theirs.pk)
    assert (late.written, late.refused) == (0, 1)
    assert "已经登记过" in said(late)[0]
    assert LedgerItem.objects.count() == 1


def test_a_second_confirmation_is_refused_and_the_same_request_twice_is_one(clerk):
    held = brought(clerk, made(GOOD))
    services.confirm(clerk, held.pk, key="k")
    assert services.confirm(clerk, held.pk, key="k").written == 1
    with pytest.raises(Refused, match="完成"):
        services.confirm(clerk, held.pk, key="another")
    assert LedgerItem.objects.count() == 1


def test_a_row_of_a_file_may_be_there_once(clerk):
    held = brought(clerk, made(GOOD, GOOD))
    assert held.counts == {"add": 1, "change": 0, "same": 0, "wrong": 1}
    assert said(held) == ["与第 2 行重复；请只留一行"]


def test_place_and_indicator_of_a_registered_row_cannot_be_changed_by_a_sheet(given, clerk):
    given.registered("liu.min")
    book = openpyxl.load_workbook(io.BytesIO(exported(clerk)))
    sheet = book.worksheets[0]
    sheet.cell(2, [c.value for c in sheet[1]].index("所在地代码") + 1).value = "220122101000"
    held = brought(clerk, saved(book))
    assert held.counts["wrong"] == 1
    assert "不能在表格里改这一列，系统里是“新兴村 220122102201”" in said(held)[0]


def test_what_a_town_corrects_waits_for_the_county_again(given):
    item = given.registered("liu.min")
    town = given.actor("zhang.xiaodong")
    held = brought(town, made([item.name, "社区老年食堂", item.division, 4, "", date(2023, 9, 5), ""]))
    services.confirm(town, held.pk)
    assert LedgerItem.objects.get().state == ItemState.REGISTERED


def test_who_may_neither_add_nor_correct_cannot_import(given):
    with pytest.raises(Forbidden):
        brought(given.actor("wang.lihua"), made(GOOD))
    assert not SheetImport.objects.exists()


def test_an_import_is_its_owners_alone(given, clerk):
    held = brought(clerk, made(GOOD))
    with pytest.raises(Exception, match="没有找到"):
        services.own(given.actor("sun.li"), held.pk)
    assert files.may_open(held.file, clerk)
    assert not files.may_open(held.file, given.actor("sun.li"))


def test_a_missing_column_is_named_with_the_one_that_looks_like_it(clerk):
    head = ["机构名称", *HEAD[1:]]
    held = brought(clerk, made(GOOD, head=head))
    assert held.state == ImportState.UNREAD
    assert held.problems[0] == "缺少必填的列“名称”。是不是“机构名称”这一列？是就把标题改成“名称”。"


def test_the_same_file_again_replaces_the_preview_that_waits(clerk):
    content = made(GOOD)
    first, second = brought(clerk, content), brought(clerk, content)
    first.refresh_from_db()
    assert (first.state, second.state) == (ImportState.ABANDONED, ImportState.READY)


def test_a_preview_nobody_confirms_is_given_up_and_its_rows_are_swept(clerk):
    held = brought(clerk, made(GOOD))
    long_ago = clock.now() - timedelta(days=limits()["kept_days"] + 1)
    assert (tasks.sweep(), held.chunks.count()) == (0, 1)
    SheetImport.objects.filter(pk=held.pk).update(moved_at=long_ago)
    tasks.sweep()
    held.refresh_from_db()
    assert held.state == ImportState.ABANDONED and held.chunks.count() == 1
    SheetImport.objects.filter(pk=held.pk).update(ended_at=long_ago)
    tasks.sweep()
    assert held.chunks.count() == 0 and SheetImport.objects.filter(pk=held.pk).exists()
