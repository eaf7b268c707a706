"""Anyone can check a document by its code or by the file; nothing is kept and nobody is named."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jimin.core import clock
from jimin.engines.documents import verification
from jimin.engines.documents.codes import new_code, normalise
from jimin.sites.portal.tests.conftest import DAY
from jimin.sites.portal.tests.test_the_plan_in_plain_words import text_of


def upload(content: bytes, name: str = "a.pdf"):
    return Client(enforce_csrf_checks=True).post("/verify", {"file": SimpleUploadedFile(name, content)})


def test_a_typed_code_goes_to_the_address_that_the_printed_mark_opens(issued):
    typed = issued.record.code.lower().replace("-", " ")
    page = Client().get("/verify", {"code": typed}, follow=True)
    assert page.redirect_chain[-1][0] == f"/verify/{issued.record.code}"
    text = text_of(page)
    assert page.status_code == 200
    assert "是真的，现在有效" in text and issued.record.title in text and "任务数" in text


def test_the_answer_names_no_person(issued):
    text = text_of(Client().get(f"/verify/{issued.record.code}"))
    assert issued.record.account.name not in text


def test_a_revoked_document_says_why_and_when(issued, world):
    with clock.on_day(DAY):
        verification.revoke(
            issued.record, reason="数字有误，已重新印发", unit=issued.record.unit, account=issued.record.account
        )
    text = text_of(Client().get(f"/verify/{issued.record.code}"))
    assert "已经撤销，不能再用" in text and "数字有误，已重新印发" in text
    assert "是真的" not in text


def test_an_unknown_code_is_not_called_a_forgery(world):
    page = Client().get(f"/verify/{new_code()}")
    assert page.status_code == 404
    assert "没查到不一定是假的" in text_of(page)


def swapped(code: str) -> str:
    """The code with two different neighbours exchanged."""
    plain = code.replace("-", "")
    i = next(i for i in range(11) if plain[i] != plain[i + 1])
    return plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :]


def test_a_mistyped_code_is_told_apart_and_the_right_one_is_proposed(issued):
    wrong = swapped(issued.record.code)
    assert normalise(wrong) is None
    page = Client().get("/verify", {"code": wrong})
    assert page.status_code == 422
    assert f'href="/verify/{issued.record.code}"' in page.content.decode()
    assert Client().get(f"/verify/{wrong}").status_code == 422, "the same at the mark's own address"


def test_a_mistyped_code_of_nothing_proposes_nothing(world):
    page = Client().get("/verify", {"code": swapped(new_code())})
    assert "您是不是要输" not in text_of(page)


@pytest.mark.parametrize("typed", ["", "x", "王桂兰", "7" * 400, "<script>alert(1)</script>"])
def test_whatever_is_typed_is_answered_with_what_to_do(world, typed):
    page = Client().get("/verify", {"code": typed})
    assert page.status_code == 422
    assert "核验码" in text_of(page)
    assert "<script>alert" not in page.content.decode()


def test_both_files_are_recognised_and_a_changed_one_is_not(issued):
    assert "一字不差" in text_of(upload(issued.pdf))
    assert "一字不差" in text_of(upload(issued.docx, "文书.DOCX"))
    changed = upload(issued.pdf + b"\n")
    assert changed.status_code == 404
    assert "可能被改动或另存过" in text_of(changed)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"", "a.pdf", "是空的"), (b"x", "photo.jpg", "只能比对 PDF 或 Word"), (b"x", "old.doc", "只能比对 PDF 或 Word")],
)
def test_a_file_that_cannot_be_ours_is_refused_with_what_to_do(world, content, name, said):
    page = upload(content, name)
    assert page.status_code == 422
    assert said in text_of(page)


def test_no_file_at_all_is_asked_for(world):
    assert "请先选一个文件" in text_of(Client().post("/verify", {}))


def test_a_file_that_is_too_big_is_refused_before_it_is_read(world, monkeypatch):
    monkeypatch.setattr("jimin.sites.portal.verify.limits", lambda: {"size_mb": 0})
    monkeypatch.setattr("jimin.sites.portal.verify.OUTER", 0)
    page = upload(b"x" * 2000)
    assert page.status_code == 413
    assert "没有收下" in text_of(page)


def test_the_answer_is_not_kept_by_proxies_and_needs_no_session(issued):
    client = Client()
    page = client.get(f"/verify/{issued.record.code}")
    assert "no-store" in page["Cache-Control"]
    assert "sessionid" not in client.cookies
