"""The auditor's pages: who sees them, how the trail is picked from, what one row says, the checks and the bundle."""

import hashlib
import io
import json
import re
import uuid
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.urls import reverse

from jimin.core import clock
from jimin.core.audit import state, tasks
from jimin.core.audit.anchor import anchor
from jimin.core.audit.api import Change, Sort, declare, looked, write
from jimin.core.audit.models import AuditRow, Block, Verification
from jimin.core.audit.registers import Trail
from jimin.core.audit.tests.conftest import seal_all
from jimin.core.registers.models import Export, SavedView

SEARCH = declare("test.page.search", "查找人员", Sort.LOOK)
PATH = "/console/audit/"


def ids(html: str) -> list[int]:
    return [int(n) for n in re.findall(rf'href="{PATH}(\d+)/"', html)]


@pytest.fixture
def rows(people) -> list[AuditRow]:
    """What happened so far: a change, a look, an export."""
    county, auditor = people["county"], people["auditor"]
    view = SavedView.objects.create(account=county.account, register="tests.events", title="常看", query="a=1")
    write(county, "registers.save_view", [Change.to(view, {"title": "旧名"}, {"title": "常看"}, "改个名字")])
    looked(county, SEARCH, sought={"name": "王桂兰"}, shown=[view, SavedView(id=uuid.uuid4())], reason="核对")
    record = Export.objects.create(
        account=auditor.account, register="tests.events", format="csv", rows=3, sha256="0" * 64
    )
    write(auditor, "registers.export", [Change.to(record, {}, {"register": "tests.events", "rows": 3})])
    return list(AuditRow.objects.order_by("id"))


@pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("inspector", 200), ("operator", 403), ("county", 403)])
def test_the_trail_is_for_the_auditor_and_the_inspector(people, rows, sign_in, who, status):
    client = sign_in(people[who])
    newest = rows[-1].pk
    assert client.get(PATH).status_code == status
    assert client.get(f"{PATH}{newest}/").status_code == status
    assert client.get(f"{PATH}checks/").status_code == status
    assert client.post(f"{PATH}bundle/").status_code == status
    in_menu = f'href="{PATH}"' in client.get("/console/").content.decode()
    assert in_menu == (status == 200)


@pytest.mark.django_db(transaction=True)
def test_an_attempt_to_open_it_is_itself_on_record(people, rows, sign_in):
    sign_in(people["county"]).get(PATH)
    row = AuditRow.objects.get(action="access.refused")
    assert (row.account, row.object_type) == (people["county"].account.id, "audit.trail.list")


def test_the_newest_row_stands_first_and_every_row_can_be_walked_to(people, rows, sign_in, monkeypatch):
    monkeypatch.setattr(Trail, "page_size", 2)
    write(None, "test.many", [Change("test.thing", str(n)) for n in range(5)])
    client, address, seen = sign_in(people["auditor"]), "", []
    while True:
        html = client.get(PATH + address).content.decode()
        seen += ids(html)
        following = re.findall(r'<a href="([^"]+)" rel="next"', html)
        if not following:
            break
        address = following[0].replace("&amp;", "&")
    assert seen == sorted(AuditRow.objects.values_list("id", flat=True), reverse=True)


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("kind=look", {"test.page.search"}),
        ("kind=export", {"registers.export"}),
        ("kind=reveal", set()),
        ("kind=change", {"registers.save_view"}),
        ("action=registers.export", {"registers.export"}),
        ("who=shenji", {"registers.export"}),
        ("who=刘", {"registers.save_view", "test.page.search"}),
        ("unit=农安", {"registers.save_view", "test.page.search"}),
        ("day_from=2023-10-10&day_to=2023-10-10", {"registers.save_view", "test.page.search", "registers.export"}),
        ("day_from=2023-10-11", set()),
    ],
)
def test_the_trail_is_picked_by_kind_action_person_unit_and_day(people, rows, sign_in, query, actions):
    html = sign_in(people["auditor"]).get(f"{PATH}?{query}").content.decode()
    found = set(AuditRow.objects.filter(pk__in=ids(html)).values_list("action", flat=True))
    assert found - {"access.signed_in"} == actions


def test_days_of_the_real_time_are_those_of_shanghai(people, rows, sign_in):
    client = sign_in(people["auditor"])
    today = clock.now().date()
    assert ids(client.get(f"{PATH}?at_from={today}&at_to={today}").content.decode())
    assert not ids(client.get(f"{PATH}?at_to={today - timedelta(days=1)}").content.decode())


def test_the_rows_of_a_record_hold_the_looks_that_showed_it(people, rows, sign_in):
    view = SavedView.objects.get()
    html = sign_in(people["auditor"]).get(f"{PATH}?record={view.pk}").content.decode()
    assert set(AuditRow.objects.filter(pk__in=ids(html)).values_list("action", flat=True)) == {
        "registers.save_view", "test.page.search",
    }  # fmt: skip


@pytest.mark.parametrize("query", ["who=没有这个人", "unit=没有", "kind=x", "at_from=gestern"])
def test_a_wrong_condition_shows_no_row_and_says_why(people, rows, sign_in, query):
    answer = sign_in(people["auditor"]).get(f"{PATH}?{query}")
    assert answer.status_code == 422 and not ids(answer.content.decode())


def test_one_row_says_what_changed_in_words_and_where_it_is_sealed(people, rows, sign_in):
    client = sign_in(people["auditor"])
    html = client.get(f"{PATH}{rows[0].pk}/").content.decode()
    for words in ("保存常用筛选", "名称", "旧名", "常看", "改个名字", "农安县", "还没有封存", "查找人员"):
        assert words in html, words
    html = client.get(f"{PATH}{rows[1].pk}/").content.decode()
    assert "查找的内容" in html and "王*兰" in html and "王桂兰" not in html
    assert client.get(f"{PATH}99999999/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_sealed_and_anchored_row_says_so(people, rows, sign_in):
    client = sign_in(people["auditor"])
    seal_all(AuditRow.objects.count())
    assert "还没有写到库外" in client.get(f"{PATH}{rows[0].pk}/").content.decode()
    anchor()
    html = client.get(f"{PATH}{rows[0].pk}/").content.decode()
    assert "已写到库外" in html and "第 1 块" in html
    assert "第 1 块" in client.get(PATH).content.decode()


def test_a_row_whose_content_cannot_be_read_is_shown_as_it_is(people, sign_in):
    row = AuditRow.objects.create(
        day="2023-10-10", actor="a", unit="", action="x", object_type="t", object_id="1", body="no json <b>"
    )
    html = sign_in(people["auditor"]).get(f"{PATH}{row.pk}/").content.decode()
    assert "读不出来" in html and "no json &lt;b&gt;" in html


@pytest.mark.django_db(transaction=True)
def test_a_check_is_started_once_done_by_the_worker_and_kept(people, rows, sign_in, as_owner):
    client = sign_in(people["auditor"])
    seal_all(AuditRow.objects.count())
    where = client.post(f"{PATH}checks/new/", {"key": "k1"})["Location"]
    assert "后台正在核验" in client.get(where).content.decode()
    assert client.post(f"{PATH}checks/new/", {"key": "k2"}).status_code == 422  # one at a time
    job = as_owner.execute("SELECT task_name, args FROM procrastinate_jobs").fetchone()
    assert job[0] == "audit.verify"
    as_owner.execute("SET session_replication_role = replica")
    as_owner.execute("UPDATE audit_auditrow SET actor = '张三' WHERE id = %s", [rows[0].pk])
    tasks.verify_trail(**job[1])
    html = client.get(where).content.decode()
    assert "发现改动" in html and f"第 {rows[0].pk} 条" in html and "张三" in html
    kept = Verification.objects.get()
    assert (kept.state, kept.first_bad, json.loads(kept.report)["exit_code"]) == ("changed", rows[0].pk, 1)
    assert "发现改动" in client.get(PATH).content.decode()
    assert "发现改动" in client.get(f"{PATH}checks/").content.decode()
    assert client.post(f"{PATH}checks/new/", {"key": "k3"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_check_that_fails_says_so_and_stands_in_nobodys_way(people, rows, sign_in, monkeypatch):
    client = sign_in(people["auditor"])
    where = client.post(f"{PATH}checks/new/", {"key": "k1"})["Location"]
    monkeypatch.setattr(tasks, "verify", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.verify_trail(str(Verification.objects.get().pk))
    assert "没有核验成" in client.get(where).content.decode()
    assert client.post(f"{PATH}checks/new/", {"key": "k2"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_regular_check_is_asked_for_once(people, rows):
    tasks.verify_regularly(timestamp=0)
    tasks.verify_regularly(timestamp=0)
    assert Verification.objects.get().by == people["system"].label


@pytest.mark.django_db(transaction=True)
def test_the_bundle_comes_whole_and_is_on_record_with_its_digest(people, rows, sign_in):
    client = sign_in(people["inspector"])
    seal_all(AuditRow.objects.count())
    anchor()
    answer = client.post(f"{PATH}bundle/")
    content = b"".join(answer.streaming_content)
    assert "审计核验包_" in unquote(answer["Content-Disposition"])
    names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert {"rows.jsonl", "blocks.jsonl", "check.py", "说明.txt"} < names
    row = AuditRow.objects.get(action="audit.bundle")
    assert json.loads(row.body)["after"]["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_a_missed_interval_is_on_the_page_and_in_the_status(people, rows, sign_in, monkeypatch):
    client = sign_in(people["auditor"])
    assert "没有按时做" not in client.get(PATH).content.decode()
    seal_all(AuditRow.objects.count())
    real = state.parameters()
    monkeypatch.setattr(state, "parameters", lambda: {**real, "anchor_late_minutes": -1, "seal_late_minutes": -1})
    assert "没有按时做" in client.get(PATH).content.decode()
    assert any("漏了锚定" in line for line in state.lines(state.state()))
    anchor()
    assert not any("漏了锚定" in line for line in state.lines(state.state()))
    write(None, "test.late", [Change("t", "1")])
    assert any("起等待封存" in line for line in state.lines(state.state()))


@pytest.mark.django_db(transaction=True)
def test_a_place_that_is_away_is_said(people, rows, sign_in, settings, monkeypatch, tmp_path):
    settings.JIMIN_ANCHORS = [str(tmp_path / "unmounted")]
    seal_all(AuditRow.objects.count())
    real = state.parameters()
    monkeypatch.setattr(state, "parameters", lambda: {**real, "anchor_late_minutes": -1})
    assert "锚定目录读不出来" in sign_in(people["auditor"]).get(PATH).content.decode()


def test_an_empty_trail_says_so(people, sign_in, as_owner):
    as_owner.execute("SET session_replication_role = replica")
    client = sign_in(people["auditor"])
    as_owner.execute("DELETE FROM audit_auditrow")
    html = client.get(PATH).content.decode()
    assert "还没有审计记录" in html and "还没有封存过" in html and "还没有核验过" in html
    assert not Block.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_nothing_runs_over_the_edge_and_every_control_is_reached_by_the_keyboard(
    people, rows, site, request, client, width
):
    page = request.getfixturevalue(width)
    client.force_login(people["auditor"].account, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    for path in (PATH, f"{PATH}{rows[0].pk}/", reverse("console:audit_checks")):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path
    page.goto(site + PATH)
    page.focus("text=现在核验")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checks/**")
    assert Verification.objects.count() == 1
