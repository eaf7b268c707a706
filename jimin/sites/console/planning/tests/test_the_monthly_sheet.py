"""月报: one page, sent in one go, and nothing typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jimin.core.files.models import StoredFile
from jimin.domains.planning.actions import reports as acts
from jimin.domains.planning.models import Report
from jimin.sites.console.planning import kept

pytestmark = pytest.mark.django_db
URL = "/console/sheet/2023-09/"


def row_of(cast, username="liu.min"):
    return cast.task("elder.nursing_beds").assignments.get(unit=cast.actor(username).unit)


def text(response):
    return response.content.decode()


def test_a_clerk_sees_what_is_asked_why_and_what_the_ledger_gives(cast, by):
    cast.registered("liu.min")
    page = text(by("liu.min").get(URL))
    assert "护理型床位占比" in page and "特困人员供养机构护理型床位占比不低于50%" in page
    assert "由台账自动计算，不用填" in page and "1\u00a0个" in page
    assert "10月11日" in page  # the last day to send it


def test_filled_rows_are_sent_for_signing(cast, by):
    row = row_of(cast)
    data = {
        f"{row.pk}-numerator": "１，２39", f"{row.pk}-denominator": "2,456", f"{row.pk}-narrative": "已建成",
        f"{row.pk}-files": [SimpleUploadedFile("名册.txt", "名册".encode()), SimpleUploadedFile("二.txt", "二".encode())],
    }  # fmt: skip
    response = by("liu.min").post(URL, {"key": "k1", **data}, follow=True)
    assert "已报出 1 项" in text(response)
    report = Report.objects.get()
    assert (report.numerator, report.denominator, report.work.station) == (1239, 2456, "sign")
    assert report.evidence.count() == 2


def test_an_error_stands_at_its_row_and_files_and_typing_are_kept(cast, by):
    row, client = row_of(cast), by("liu.min")
    data = {
        f"{row.pk}-numerator": "500", f"{row.pk}-denominator": "456", f"{row.pk}-narrative": "写了很久的话",
        f"{row.pk}-files": SimpleUploadedFile("名册.txt", "名册".encode()),
    }  # fmt: skip
    response = client.post(URL, {"key": "k1", **data})
    page = text(response)
    assert response.status_code == 422 and "不能大于" in page
    assert "写了很久的话" in page and 'value="500"' in page and "已收下" in page
    assert not Report.objects.exists()
    token = re.search(rf'name="{row.pk}-kept" value="([^"]+)"', page).group(1)
    data = {f"{row.pk}-numerator": "239", f"{row.pk}-denominator": "456", f"{row.pk}-kept": token}
    client.post(URL, {"key": "k1", **data})
    assert Report.objects.get().evidence.get().file.name == "名册.txt"


def test_a_kept_file_of_somebody_else_is_not_taken(cast, by):
    row, other = row_of(cast), row_of(cast, "sun.li")
    page = text(by("sun.li").post(URL, {"key": "k", f"{other.pk}-files": SimpleUploadedFile("密.txt", "密".encode())}))
    token = re.search(rf'name="{other.pk}-kept" value="([^"]+)"', page).group(1)
    data = {f"{row.pk}-numerator": "1", f"{row.pk}-denominator": "2", f"{row.pk}-kept": token}
    response = by("liu.min").post(URL, {"key": "k", **data})
    assert response.status_code == 422 and "没有带上" in text(response)
    assert not Report.objects.exists()


def test_an_empty_sheet_says_that_nothing_was_sent(cast, by):
    response = by("liu.min").post(URL, {"key": "k1"})
    assert response.status_code == 422 and "一项也没有填" in text(response)


def test_a_returned_row_comes_first_with_its_reason(cast, by):
    report = cast.filed()
    acts.ReturnReports.perform(cast.actor("wang.lihua"), {"reports": [report.pk], "opinion": "名册不全，请补"})
    page = text(by("liu.min").get(URL))
    assert "名册不全，请补" in page and 'value="239"' in page and "佐证.txt" in page


def test_the_same_sheet_sent_twice_is_filed_once(cast, by):
    row = row_of(cast)
    proof = cast.proof()
    data = {"key": "k1", f"{row.pk}-numerator": "1", f"{row.pk}-denominator": "2"}
    data[f"{row.pk}-kept"] = kept.token(str(cast.account("liu.min").pk), StoredFile.objects.get(pk=proof))
    client = by("liu.min")
    assert client.post(URL, data).status_code == 302
    client.post(URL, data)
    assert Report.objects.count() == 1


def test_who_does_not_fill_reports_cannot_send_one(cast, by):
    assert by("wang.lihua").post(URL, {"key": "k"}).status_code == 403
    assert by("zhang.xiaodong").post(URL, {"key": "k"}).status_code == 403
    assert "乡镇（街道）不填月报" in text(by("zhang.xiaodong").get(URL))


def test_a_month_that_is_no_month_or_not_yet_is_no_page(cast, by):
    assert by("liu.min").get("/console/sheet/2023-13/").status_code == 404
    assert by("liu.min").get("/console/sheet/2024-01/").status_code == 404
