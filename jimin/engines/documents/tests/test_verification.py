from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.engines.documents.model import Document, DocumentError
from jimin.engines.documents.models import IssuedDocument
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.verification import Status, check, check_file, issue, revoke, sm3, with_imprint
from jimin.engines.documents.word import to_docx

from . import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> dict[str, Any]:
    unit = ReportingUnit.objects.create(code="T-BGS", name="省厅办公室", short_name="办公室", kind=UnitKind.values[0])
    return {"unit": unit, "account": Account.objects.create_user("wang", name="王主任")}


SUMMARY: dict[str, str | int] = {"任务数": 46, "按期": 32, "偏慢": 9, "落后": 5}


def test_an_issued_document_is_found_by_its_code_and_by_both_files(who: dict[str, Any]) -> None:
    with clock.on_day(date(2023, 10, 10)):
        issued = issue(samples.notice(), **who, public_summary=SUMMARY)
    found = check(issued.record.code.lower().replace("-", " "))
    assert (found.status, found.record) == (Status.FOUND, issued.record)
    assert (check_file(issued.pdf).status, check_file(issued.pdf).form) == (Status.FOUND, "PDF")
    assert (check_file(issued.docx).status, check_file(issued.docx).form) == (Status.FOUND, "Word")
    assert issued.record.public_summary == SUMMARY
    assert issued.record.business_day == date(2023, 10, 10)


def test_the_code_and_where_to_check_it_are_printed_in_both_files(who: dict[str, Any], settings: Any) -> None:
    settings.JIMIN_PUBLIC_URL = "https://jimin.example.cn/"
    issued = issue(samples.notice(), **who, public_summary={})
    line = f"可在jimin.example.cn/verify输入{issued.record.code}核对"
    assert line in samples.pdf_text(issued.pdf)
    assert f"核验码{issued.record.code}" in samples.pdf_pages(issued.pdf)[0]
    assert line in samples.docx_text(issued.docx).replace(" ", "")


def test_a_report_is_signed_once_beside_its_code(who: dict[str, Any]) -> None:
    report = samples.notice(kind="报告", copies_to=(), printed_by="", recipients=(), attachments=())
    for changes in ({}, {"issuer": "长白山保护开发区管理委员会民政局"}):
        issued = issue(replace(report, **changes), **who, public_summary={})
        signed = f"{replace(report, **changes).issuer}2023年10月10日"
        assert samples.pdf_text(issued.pdf).count(signed) == 1
        assert samples.docx_text(issued.docx).count(signed) == 1


def test_printing_the_issued_document_again_gives_the_registered_digests(who: dict[str, Any], settings: Any) -> None:
    record = issue(samples.notice(), **who, public_summary={}).record
    again = with_imprint(samples.notice(), record.code, base_url=settings.JIMIN_PUBLIC_URL)
    assert check_file(to_pdf(again)).record == record
    assert check_file(to_docx(again)).record == record


def test_a_file_changed_by_one_byte_does_not_match(who: dict[str, Any]) -> None:
    pdf = issue(samples.notice(), **who, public_summary={}).pdf
    assert check_file(pdf[:-1] + b"x").status is Status.NOT_FOUND
    assert check_file(b"").status is Status.NOT_FOUND


def test_a_wrong_code_is_told_apart_from_an_unknown_one(who: dict[str, Any]) -> None:
    code = issue(samples.notice(), **who, public_summary={}).record.code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert check(wrong).status is Status.MISTYPED
    assert check("0000-0000-0000").status is Status.NOT_FOUND


def test_a_revoked_document_says_so_with_the_day_and_the_reason(who: dict[str, Any]) -> None:
    issued = issue(samples.notice(), **who, public_summary={})
    with clock.on_day(date(2023, 10, 12)):
        revoke(issued.record, reason="附表数字有误，另行印发", **who)
    for answer in (check(issued.record.code), check_file(issued.pdf)):
        assert answer.status is Status.REVOKED
        assert "2023-10-12" in answer.message
        assert "附表数字有误" in answer.message
    with pytest.raises(DocumentError, match="已经撤销"):
        revoke(issued.record, reason="再撤一次", **who)


def test_a_revocation_without_a_reason_is_refused(who: dict[str, Any]) -> None:
    record = issue(samples.notice(), **who, public_summary={}).record
    with pytest.raises(DocumentError, match="原因"):
        revoke(record, reason=" ", **who)


@pytest.mark.parametrize(
    "summary",
    [{"申请人": "220122195003070028"}, {"电话": "13800000000"}, {"x": True}, {"身份证号 22012219500307002X": 1}],
)
def test_a_public_summary_with_personal_numbers_or_other_types_is_refused(
    who: dict[str, Any], summary: dict[str, Any]
) -> None:
    with pytest.raises(DocumentError, match="公开摘要"):
        issue(samples.notice(), **who, public_summary=summary)
    assert not IssuedDocument.objects.exists()


@pytest.mark.parametrize("changes", [{"date": None}, {"title": "长" * 301}, {"kind": "报告", "issuer": ""}])
def test_a_document_that_cannot_be_registered_is_refused_before_it_is_printed(
    who: dict[str, Any], changes: dict[str, Any]
) -> None:
    document: Document = samples.notice(**changes)
    with pytest.raises(DocumentError, match="不能登记"):
        issue(document, **who, public_summary={})


def test_the_demo_prints_its_mark_on_what_it_issues(who: dict[str, Any], settings: Any) -> None:
    settings.JIMIN_DEMO = True
    assert "演示数据" in samples.pdf_pages(issue(samples.notice(), **who, public_summary={}).pdf)[0]
    settings.JIMIN_DEMO = False
    assert "演示数据" not in samples.pdf_text(issue(samples.notice(), **who, public_summary={}).pdf)


def test_the_application_cannot_change_or_delete_what_was_issued(who: dict[str, Any]) -> None:
    record = issue(samples.notice(), **who, public_summary={}).record
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedDocument.objects.filter(pk=record.pk).update(title="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        record.delete()


def test_sm3_is_the_standards_own_example() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
