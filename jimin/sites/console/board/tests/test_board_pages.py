"""The board's pages: what each role sees, and that what is shown equals the records."""

from __future__ import annotations

import re
import time
from datetime import date
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jimin.core import clock
from jimin.domains.planning.models import Plan, Point, StageName
from jimin.domains.planning.tests import board_factory as factory


@pytest.fixture
def world(db, settings):
    settings.JIMIN_BUSINESS_DAY = date(2023, 10, 10)
    with clock.on_day(date(2023, 10, 10)):
        made = factory.build()
        for month, total in zip(range(2, 10), (0, 40, 90, 140, 190, 240, 290, 340), strict=True):
            made.report("beds", "220122", date(2023, month, 1), str(total))
        made.centres("220122", 2, date(2023, 3, 1))
        made.centres("220821", 1, date(2023, 5, 1))
        made.refresh()
        yield made


def signed_in(world, name):
    client = Client()
    client.force_login(world.accounts[name].account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_the_board_says_the_conclusion_and_shows_every_point(world):
    page = signed_in(world, "office").get("/console/plan/")
    text = text_of(page)
    assert page.status_code == 200
    assert "照现在的速度，年底有 2 点完不成" in text
    assert page.content.decode().count('class="tile ') == 6
    assert "差 126 张" in text, "340 and 50 a month until the year's end are 474 of 600"
    assert "养老处 · 赵立新" in text


def test_the_points_own_sentence_stands_whole_on_its_page(world):
    page = signed_in(world, "clerk").get("/console/plan/2/?month=2023-09&unit=all")
    quoted = re.search(r"<blockquote.*?</blockquote>", page.content.decode(), re.S).group()
    quoted = re.sub(r"<sup>.*?</sup>|<cite>.*?</cite>", "", quoted, flags=re.S)
    assert re.sub(r"<[^>]+>", "", quoted).strip() == factory.TEXTS[2]
    assert "分管领导 周明远" in text_of(page)


def test_going_down_from_the_province_ends_at_the_rows_that_sum_to_the_figure(world):
    client = signed_in(world, "office")
    for unit in ("all", "2201", "220122"):
        page = client.get(f"/console/plan/i/elder.centres/?month=2023-09&unit={unit}")
        assert "与上面的数一致" in text_of(page), unit
    assert "合成这个数的 2 行" in text_of(page)


def test_a_county_sees_the_provinces_totals_and_not_another_countys_rows(world):
    client = signed_in(world, "county")
    assert "全省" in text_of(client.get("/console/plan/?unit=all"))
    other = client.get("/console/plan/i/elder.centres/?month=2023-09&unit=220821")
    assert "不在您的管辖范围内" in text_of(other)
    assert "镇赉第1镇" not in text_of(other)
    own = client.get("/console/plan/i/elder.centres/?month=2023-09&unit=220122")
    assert "农安第1镇" in text_of(own)


def test_a_county_opens_its_own_board_and_cannot_choose_another(world):
    client = signed_in(world, "county")
    page = client.get("/console/plan/")
    assert "<small>农安县</small>" in page.content.decode()
    assert 'value="220821"' not in page.content.decode()
    assert "<small>镇赉县</small>" not in client.get("/console/plan/?unit=220821").content.decode()


def test_before_there_is_a_plan_the_page_says_what_to_do(world):
    client = signed_in(world, "office")
    Plan.objects.update(state="read")
    assert "还没有定稿" in text_of(client.get("/console/plan/"))
    assert client.get("/console/plan/2/").status_code == 404


def settled():
    """The stamp, once the transactions of other databases on the test server are over."""
    from jimin.core.audit.stamp import stamp

    until = time.monotonic() + 240
    while (found := stamp()) is None and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_a_kept_page_is_made_anew_after_an_action_and_not_before(transactional_db, monkeypatch):
    from jimin.core.audit import api as audit
    from jimin.core.audit.api import Change
    from jimin.core.audit.models import AuditRow
    from jimin.sites import kept as room
    from jimin.sites.kept import forget, kept

    # Other tests' transactions on the same server would hold the stamp back: here only this test's rows count.
    monkeypatch.setattr(room, "stamp", lambda: str(AuditRow.objects.latest("id").id))

    made = []

    def make():
        made.append(1)
        return len(made)

    def act():
        with transaction.atomic():
            audit.write(None, "test", [Change("test.thing", "1", {}, {"a": 1})])

    forget()
    act()
    assert [kept("page", make), kept("page", make)] == [1, 1]
    act()
    assert kept("page", make) == 2
    assert kept("another", make) == 3


def test_nothing_is_kept_while_an_older_transaction_is_still_running(as_owner, settings):
    from jimin.core.audit import api as audit
    from jimin.core.audit.api import Change
    from jimin.core.audit.stamp import stamp

    as_owner.execute("BEGIN")
    as_owner.execute("SELECT pg_current_xact_id()")
    with transaction.atomic():
        audit.write(None, "test", [Change("test.thing", "1", {}, {"a": 1})])
    assert stamp() is None, "the older one may still commit below the newest"
    as_owner.execute("COMMIT")
    assert settled() is not None


def test_the_newest_transaction_is_the_one_with_the_largest_number(as_owner):
    from jimin.core.audit.stamp import stamp

    for xid in (9, 10):
        as_owner.execute(
            "INSERT INTO audit_auditrow (xid, day, actor, unit, action, object_type, object_id, body)"
            " VALUES (%s::text::xid8, '2023-01-01', 'a', 'u', 't', 'o', '1', '{}')",
            [xid],
        )
    assert stamp() == "10"


def test_one_who_only_looks_or_signs_in_does_not_move_the_stamp(as_owner):
    from jimin.core.audit.stamp import stamp

    for xid, action in ((9, "planning.report.file"), (10, "access.signed_in"), (11, "access.refused")):
        as_owner.execute(
            "INSERT INTO audit_auditrow (xid, day, actor, unit, action, object_type, object_id, body)"
            " VALUES (%s::text::xid8, '2023-01-01', 'a', 'u', %s, 'o', '1', '{}')",
            [xid, action],
        )
    assert stamp() == "9"


def test_nobody_and_strangers_are_sent_to_the_sign_in(world):
    assert Client().get("/console/plan/").status_code == 302


def test_nonsense_in_the_address_falls_back_to_the_default(world):
    page = signed_in(world, "office").get("/console/plan/?month=2023-99&unit=nowhere&light=pink")
    assert page.status_code == 200
    assert signed_in(world, "office").get("/console/plan/99/").status_code == 404


def test_the_page_needs_the_same_number_of_queries_for_a_larger_plan(world):
    client = signed_in(world, "office")

    def queries():
        client.get("/console/plan/")
        with CaptureQueriesContext(connection) as context:
            client.get("/console/plan/")
        return len(context)

    small = queries()
    for no in range(7, 47):
        Point.objects.create(plan=world.plan, chapter=world.points[2].chapter, no=no, title="点", text="文")
    for month in (8, 9):
        for county in ("220182", "220821", "220621"):
            world.report("beds", county, date(2023, month, 1), "5")
    world.refresh()
    assert queries() == small


def test_the_workbook_keeps_numbers_as_numbers(world):
    factory.stage(world, "居家养老服务条例", 0, StageName.DRAFT, date(2023, 4, 30), date(2023, 4, 20))
    page = signed_in(world, "office").get("/console/plan/export/xlsx/?month=2023-09&unit=all")
    book = load_workbook(BytesIO(page.content))
    assert book.sheetnames == ["盘面", "指标", "成果", "分单位"]
    (beds,) = [r for r in book["指标"].iter_rows(values_only=True) if r[1] == "elder.beds"]
    assert beds[3:6] == (340, 490, 600)
    rows = [r for r in book["分单位"].iter_rows(values_only=True) if r[1] == "新增失智照护床位"]
    assert sum(r[5] for r in rows if r[3] in factory.COUNTIES) == 340


def test_the_bulletin_is_issued_once_by_the_office_chief_and_can_be_checked(world):
    from jimin.core.access.roles import Role

    world.accounts["office"].role = Role.OFFICE_CHIEF
    world.accounts["office"].save()
    client = signed_in(world, "office")
    form = client.get("/console/plan/bulletin/?month=2023-09&unit=all")
    key = re.search(r'name="key" value="([^"]+)"', form.content.decode()).group(1)
    for _again in range(2):
        done = client.post("/console/plan/bulletin/?month=2023-09&unit=all", {"key": key}, follow=True)
    text = text_of(done)
    assert "通报〔2023〕1号" in text and "通报〔2023〕2号" not in text
    word = client.get(re.search(r'href="(/console/plan/bulletin/[^"]+/docx/)"', done.content.decode()).group(1))
    assert word.content[:2] == b"PK"
    from jimin.engines.documents import verification

    assert verification.check_file(word.content).status == verification.Status.FOUND


def test_others_may_take_the_draft_and_not_issue(world):
    client = signed_in(world, "county")
    assert client.get("/console/plan/export/docx/").status_code == 200
    assert client.post("/console/plan/bulletin/?month=2023-09", {"key": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("leader", "您分管的要点共 6 点，照现在的速度 2 点完不成"),
        ("office", "全部要点共 6 点"),
        ("clerk", "本处室牵头的要点共 6 点"),
        ("city", "1 个单位 2023年9月未报"),
        ("county", "2023年9月报告还差 1 项，10月11日前报出"),
        ("auditor", "全部要点共 6 点"),
    ],
)
def test_each_role_lands_on_what_it_has_to_deal_with(world, name, said):
    world.report("beds", "220182", date(2023, 8, 1), "1")
    if name == "county":
        world.tasks["own"].assignments.create(
            unit=world.units["220122"], due_on=factory.YEAR_END, given_on=date(2023, 2, 1)
        )
    page = signed_in(world, name).get("/console/")
    assert page.status_code == 200
    assert said in text_of(page)
