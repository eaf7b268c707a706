"""From a text to its article, its rule, its parameter; a value proposed, confirmed beside its scan, and shown with its mark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.domains.assistance.tests.conftest import DAY, Offices, png
from jimin.engines.policy.models import ParameterRecord, RecordState

STANDARD = "/console/law/parameters/assistance/dibao.standard/"
PROPOSAL = {
    "key": "018f0000-0000-7000-8000-000000000001", "area": "农村", "value": "500", "valid_from": "2023-07-01",
    "issuer": "甲市人民政府", "document_no": "甲政发〔2023〕1号", "article": "第一条",
}  # fmt: skip


@pytest.fixture
def offices(db: None) -> Iterator[Offices]:
    with clock.on_day(DAY):
        yield Offices()


def page(actor: Any, address: str, **data: Any) -> str:
    """A page as somebody sees it."""
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(address, data)
    assert response.status_code == 200, response
    return str(response.content.decode())


def send(actor: Any, address: str, data: dict[str, Any], status: int = 302) -> str:
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(address, data)
    assert response.status_code == status, response.content.decode()
    return str(response.headers.get("Location", response.content.decode()))


def test_words_lead_to_an_article_and_the_article_to_rules_parameters_and_tests(offices: Offices) -> None:
    article = f"/console/law/texts/DB57/{quote('第十三条')}/"
    found = page(offices.county, "/console/law/", q="基础养老金")
    assert article in found and "<mark>基础养老金</mark>" in found
    shown = page(offices.county, article)
    assert "/console/law/rules/assistance/own_income/" in shown
    assert "/console/law/parameters/assistance/income.rigid_limit/" in shown
    assert "农村二人户" in shown


def test_an_empty_slot_says_what_is_missing(offices: Offices) -> None:
    shown = page(offices.county, "/console/law/texts/PROVINCE_DIBAO/")
    assert "没有找到文本" in shown and "没有收入全文" in shown
    assert "/console/law/rules/assistance/living_subsidy/" in page(offices.county, "/console/law/texts/GF52/")


def test_a_rule_is_shown_as_it_is_written_with_its_articles_parameters_and_tests(offices: Offices) -> None:
    shown = page(offices.county, "/console/law/rules/assistance/income_line/")
    assert "return law.dibao.standard * h.family_size" in shown
    assert STANDARD in shown and f"/console/law/texts/SA649/{quote('第十条')}/" in shown and "dibao.yaml:" in shown
    jobless = page(offices.county, "/console/law/rules/assistance/alone_as_jobless/")
    assert "到 2022年10月19日 为止" in jobless and "自 2022年10月20日 起" in jobless


def test_a_city_proposes_and_another_person_confirms_with_the_scan_beside(offices: Offices) -> None:
    scan = SimpleUploadedFile("标准.png", png())
    record = send(offices.city, f"{STANDARD}propose/", {**PROPOSAL, "scan": scan})
    assert "与扫描件相符" not in page(offices.city, record)
    assert "与扫描件相符" in page(offices.leader, record)
    shown = page(offices.leader, f"{record}sign/")
    client = Client()
    client.force_login(offices.leader.account, backend="django.contrib.auth.backends.ModelBackend")
    picture = client.get(f"{record}scan/1/")
    assert (picture.status_code, picture["Content-Type"], picture.content) == (200, "image/png", png())
    assert 'class="scan"' in shown and "自 2023年7月1日 起按 500.00 元 计算" in shown
    send(offices.leader, f"{record}sign/", {"key": PROPOSAL["key"], "version": "1"})
    assert ParameterRecord.objects.get().state == RecordState.CONFIRMED
    everybody = page(offices.county, STANDARD)
    assert "500.00 元" in everybody and "甲政发〔2023〕1号" in everybody and "参数未核实" not in everybody
    assert record in page(offices.city, "/console/r/policy.parameters/", q="甲政发")


def test_without_a_scan_the_form_comes_back_and_says_so_at_its_field(offices: Offices) -> None:
    shown = send(offices.city, f"{STANDARD}propose/", PROPOSAL, 422)
    assert "没有附文件扫描件" in shown


def test_an_unverified_number_wears_its_mark_and_a_demonstrations_too(offices: Offices) -> None:
    listed = page(offices.city, "/console/law/parameters/", state="unverified")
    assert "成年年龄" in listed and "参数未核实" in listed and "渐退期最长月数" not in listed
    with override_settings(JIMIN_DEMO=True):
        offices.sign(offices.leader, offices.propose(offices.city))
        shown = page(offices.city, "/console/law/parameters/", state="demo", place="990100000000")
        assert "500.00 元" in shown and '<span class="tag mark"' in shown
    later = page(offices.city, "/console/law/parameters/", q="低保金")
    assert "有已确认的数值没有在用" in later and "演示时确认的" in later


def test_a_refused_proposal_can_be_made_again_without_typing_it_all(offices: Offices) -> None:
    record = offices.propose(offices.city, valid_from=date(2023, 9, 1))
    address = f"/console/law/records/{record.pk}/"
    send(offices.leader, f"{address}refuse/", {"key": PROPOSAL["key"], "version": "1", "opinion": "文号不对"})
    shown = page(offices.city, address)
    assert "文号不对" in shown and f"like={record.pk}" in shown
    assert 'value="甲政发〔2023〕1号"' in page(offices.city, f"{STANDARD}propose/", like=str(record.pk))


def test_a_neighbouring_county_does_not_see_what_is_only_proposed(offices: Offices) -> None:
    record = offices.propose(offices.city)
    neighbour = offices.people.actor("孙丽", "990183", Role.COUNTY_CLERK)
    client = Client()
    client.force_login(neighbour.account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/console/law/records/{record.pk}/").status_code == 404
