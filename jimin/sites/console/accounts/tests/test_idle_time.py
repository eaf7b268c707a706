"""A sign-in ends when it is not used, after its longest time, and from elsewhere; what was typed is not lost."""

import re
import time
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from jimin.core.access import limits, sign_ins
from jimin.core.access.models import Appointment, SignIn
from jimin.core.secrets import keys
from jimin.sites.console import kept_form
from jimin.sites.tests.conftest import PASSWORD

IDLE = limits.seconds("idle")


@pytest.fixture
def moved(monkeypatch):
    """Move the real clock of the sign-ins and of kept forms."""
    ahead = [0]
    real = time.time

    class Time:
        @staticmethod
        def time():
            return real() + ahead[0]

    for module in (sign_ins, kept_form):
        monkeypatch.setattr(module, "time", Time)

    def move(seconds):
        ahead[0] += seconds

    return move


@pytest.fixture
def at_work(client, staff, enter):
    enter("liumin")
    return client


def test_it_goes_on_while_it_is_used(at_work, moved):
    for _n in range(4):
        moved(IDLE - 60)
        assert at_work.get("/console/").status_code == 200


def test_it_ends_after_the_idle_time_and_the_page_says_so_and_leads_back(at_work, moved):
    moved(IDLE + 1)
    answer = at_work.get("/console/account/")
    assert answer["Location"] == "/console/signin/?next=%2Fconsole%2Faccount%2F&expired=idle"
    assert "30 分钟没有操作" in at_work.get(answer["Location"]).content.decode()
    assert SignIn.objects.get().end == SignIn.End.IDLE and not SignIn.objects.get().session_key


def test_it_ends_after_its_longest_time_even_when_used(at_work, moved):
    for _n in range(limits.seconds("longest") // (IDLE - 60)):
        moved(IDLE - 60)
        assert at_work.get("/console/").status_code == 200
    moved(IDLE - 60)
    assert at_work.get("/console/")["Location"].endswith("expired=longest")


def test_news_that_the_page_fetches_itself_do_not_keep_it_alive(at_work, moved):
    moved(IDLE - 60)
    assert at_work.get("/console/live-token/", headers={sign_ins.UNASKED: "1"}).status_code == 200
    moved(61)
    assert at_work.get("/console/").status_code == 302


def test_saying_that_one_is_still_here_keeps_it_alive(at_work, moved):
    moved(IDLE - 60)
    assert at_work.get("/console/account/here/").json() == {"left": IDLE}
    moved(IDLE - 60)
    assert at_work.get("/console/").status_code == 200


def test_a_clock_that_is_set_back_ends_nothing(at_work, moved):
    moved(-3600)
    assert at_work.get("/console/").status_code == 200
    moved(IDLE - 60)
    assert at_work.get("/console/").status_code == 200


def test_the_page_carries_what_the_warning_needs(at_work):
    page = at_work.get("/console/").content.decode()
    assert f'data-left="{IDLE}"' in page and 'data-warn="120"' in page and "再过 2 分钟" in page


def test_a_form_sent_too_late_is_kept_sealed_and_can_be_sent_on_after_signing_in(at_work, moved, enter):
    typed = {"old": PASSWORD, "new": "xin-mi-ma-77", "again": "xin-mi-ma-77"}
    moved(IDLE + 1)
    late = at_work.post("/console/password/", typed)
    assert late.status_code == 302
    stored = Session.objects.get(session_key=at_work.session.session_key)
    assert "xin-mi-ma-77" not in str(stored.get_decoded())
    assert "已经保留" in at_work.get(late["Location"]).content.decode()
    assert enter("liumin")["Location"] == "/console/account/resume/"
    page = at_work.get("/console/account/resume/").content.decode()
    assert 'action="/console/password/"' in page and "保留了 3 处" in page
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.split('action="/console/password/"')[1])
    )
    assert at_work.post("/console/password/", fields)["Location"] == "/console/"
    assert at_work.get("/console/account/resume/")["Location"] == "/console/"


def test_a_kept_form_is_not_shown_to_somebody_else(at_work, moved, enter):
    moved(IDLE + 1)
    at_work.post("/console/password/", {"old": "x", "new": "xin-mi-ma-77", "again": "y"})
    assert enter("wanglihua")["Location"] != "/console/account/resume/"
    assert kept_form.KEY not in at_work.session


def test_a_kept_form_whose_key_was_dropped_is_gone_and_breaks_nothing(at_work, moved, enter, settings, tmp_path):
    ring = tmp_path / "ring.json"
    ring.write_bytes(Path(settings.JIMIN_KEYS).read_bytes())
    ring.chmod(0o600)
    settings.JIMIN_KEYS = str(ring)
    moved(IDLE + 1)
    at_work.post("/console/password/", {"old": "x", "new": "xin-mi-ma-77", "again": "y"})
    enter("liumin")
    keys.drop_key(keys.add_key() - 1)
    assert at_work.get("/console/account/resume/")["Location"] == "/console/"


def test_a_stranger_keeps_nothing(client, staff):
    client.post("/console/password/", {"old": "x"})
    assert kept_form.KEY not in client.session


def test_other_devices_are_listed_and_can_be_left(at_work, staff):
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0"})
    other.post("/console/signin/", {"username": "liumin", "password": PASSWORD})
    page = at_work.get("/console/account/").content.decode()
    assert "Firefox · Windows" in page and page.count("这台") == 1
    at_work.post("/console/account/elsewhere/", {"key": "k"})
    assert other.get("/console/").status_code == 302
    assert at_work.get("/console/").status_code == 200
    assert "没有别的设备" in at_work.get("/console/account/").content.decode()


def test_a_changed_password_ends_the_others_and_keeps_this_one(at_work, staff):
    other = Client()
    other.post("/console/signin/", {"username": "liumin", "password": PASSWORD})
    at_work.post("/console/password/", {"old": PASSWORD, "new": "xin-mi-ma-77", "again": "xin-mi-ma-77"})
    assert at_work.get("/console/").status_code == 200 and other.get("/console/").status_code == 302
    assert SignIn.objects.filter(ended_at=None).count() == 1


def test_when_the_post_ends_the_next_request_is_refused(at_work, staff):
    Appointment.objects.filter(account=staff["liumin"]).update(valid_to="2023-10-10")
    assert at_work.get("/console/account/")["Location"] == "/console/appointments/"
    assert at_work.get("/console/live-token/").status_code == 403
    assert at_work.post("/console/account/code/begin/").status_code == 302


def test_signing_in_changes_the_session_key(client, staff, enter):
    client.get("/console/signin/")
    client.session["x"] = 1
    client.session.save()
    before = client.session.session_key
    enter("liumin")
    assert client.session.session_key != before


def test_signing_out_closes_the_row(at_work):
    at_work.post("/console/signout/")
    assert SignIn.objects.get().end == SignIn.End.OUT and SignIn.objects.get().ended_at
