"""The pages of an import: from the list to the upload, the preview, the confirmation and the result."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jimin.core.sheets.api import SHEETS
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import SheetImport
from jimin.domains.planning.models import LedgerItem
from jimin.domains.planning.tests.cast import Cast

UPLOAD = reverse("console:sheet_upload", args=["planning.items"])
HEAD = "名称,指标,所在地代码,数量\n"
GOOD, BAD = "甲食堂,社区老年食堂,220122102000,1\n", "乙食堂,社区老年食堂,220122102000,三\n"
KEY = "0190aaaa-0000-7000-8000-000000000001"


@pytest.fixture
def clerk(by: Callable[[str], Client]) -> Client:
    return by("liu.min")


def bring(client: Client, text: str, name: str = "台账.csv", key: str = KEY) -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(UPLOAD, {"file": file, "key": key}, follow=True)


def test_the_list_has_an_import_for_who_may_and_for_nobody_else(by: Callable[[str], Client], clerk: Client):
    button = f'href="{UPLOAD}"'
    assert button in clerk.get(reverse("console:items")).content.decode()
    assert button not in by("wang.lihua").get(reverse("console:items")).content.decode()
    assert by("wang.lihua").get(UPLOAD).status_code == 403


def test_a_derived_register_has_no_import(clerk: Client):
    assert "planning.tasks" not in SHEETS
    assert clerk.get(reverse("console:sheet_upload", args=["planning.tasks"])).status_code == 404
    assert "/import/" not in clerk.get(reverse("console:tasks")).content.decode()


def test_the_template_is_a_workbook_to_fill(clerk: Client):
    response = clerk.get(reverse("console:sheet_template", args=["planning.items"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert [c.value for c in book["指标台账"][1]] == ["名称", "指标", "所在地代码", "数量", "进度", "投用日期", "地址"]
    assert book["指标台账"].freeze_panes == "A2"
    assert book["选项"].sheet_state == "hidden"
    assert book["指标台账"].data_validations.dataValidation[0].formula1 == "'选项'!$A$1:$A$1"
    assert ("220122102201", "农安县 哈拉海镇 新兴村") in list(book["区划代码"].iter_rows(values_only=True))
    assert {"列", "名称", "数量"} <= {r[0] for r in book["填写说明"].iter_rows(values_only=True)}


def test_a_file_goes_from_upload_to_preview_to_result(clerk: Client):
    page = bring(clerk, HEAD + GOOD + BAD).content.decode()
    assert "核对了 2 行：能写入 1 行，1 行有错。" in page
    assert "D3“数量”：填的是“三”" in page
    assert "写入这 1 行" in page
    held = SheetImport.objects.get()
    added = clerk.get(reverse("console:sheet_import", args=[held.pk]), {"kind": "add"}).content.decode()
    assert "哈拉海镇 220122102000" in added
    done = clerk.post(reverse("console:sheet_confirm", args=[held.pk]), {"key": KEY}, follow=True).content.decode()
    assert "已写入 1 行，1 行有错没有写入。" in done
    assert "下载标好的原表" in done
    assert LedgerItem.objects.get().name == "甲食堂"
    assert "台账.csv" in clerk.get(UPLOAD).content.decode()


def test_a_change_is_shown_field_by_field(cast: Cast, clerk: Client):
    cast.registered("liu.min", "甲食堂", "220122102000")
    page = bring(clerk, HEAD + "甲食堂,社区老年食堂,220122102000,12\n").content.decode()
    assert "<del>1</del> → <ins>12</ins>" in page


def test_a_file_that_is_no_sheet_is_refused_at_its_field(clerk: Client):
    response = bring(clerk, "%PDF-1.4", "台账.pdf")
    assert response.status_code == 422
    assert "不是能导入的表格" in response.content.decode()
    macro = bring(clerk, "x", "台账.xlsm", KEY[:-1] + "2")
    assert "xlsm" in macro.content.decode()
    assert not SheetImport.objects.exists()


def test_a_file_with_wrong_headings_says_so_and_writes_nothing(clerk: Client):
    page = bring(clerk, "机构名称,指标,所在地代码\n甲,乙,丙\n").content.decode()
    assert "这份文件没有读成，什么也没有写入。" in page
    assert "缺少必填的列“名称”" in page


def test_the_same_form_twice_is_one_import(clerk: Client):
    bring(clerk, HEAD + GOOD)
    bring(clerk, HEAD + GOOD)
    assert SheetImport.objects.count() == 1


def test_a_file_that_changes_nothing_offers_no_confirmation(cast: Cast, clerk: Client):
    cast.registered("liu.min", "甲食堂", "220122102000")
    page = bring(clerk, HEAD + GOOD).content.decode()
    assert "这份文件和系统里一样，没有要写入的。" in page
    assert "待确认" not in clerk.get(UPLOAD).content.decode()
    assert "写入这" not in page


def test_progress_is_shown_with_a_way_on_without_script(clerk: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(limits(), "at_once_kb", 0)
    page = bring(clerk, HEAD + GOOD).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "刷新看进展" in page
    assert "接着办" not in page
    monkeypatch.setitem(limits(), "stalled_seconds", -1)
    held = SheetImport.objects.get()
    assert "接着办" in clerk.get(reverse("console:sheet_import", args=[held.pk])).content.decode()
    clerk.post(reverse("console:sheet_go_on", args=[held.pk]))
    clerk.post(reverse("console:sheet_abandon", args=[held.pk]), {"key": KEY})
    held.refresh_from_db()
    assert held.get_state_display() == "已放弃"


def test_anothers_import_is_not_found(by: Callable[[str], Client], clerk: Client):
    bring(clerk, HEAD + GOOD)
    held = SheetImport.objects.get()
    for name in ("sheet_import", "sheet_confirm", "sheet_abandon", "sheet_go_on"):
        address = reverse(f"console:{name}", args=[held.pk])
        stranger = by("sun.li")
        response = stranger.get(address) if name == "sheet_import" else stranger.post(address, {"key": KEY})
        assert response.status_code == 404, name
