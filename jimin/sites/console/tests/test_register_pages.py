"""A register on the web: pages, filters, export and views work without JavaScript."""

import io
import re
from urllib.parse import unquote

import openpyxl
import pytest

from jimin.core.access.roles import STAFF
from jimin.core.actions.base import Action
from jimin.core.actions.base import Input as ActionInput
from jimin.core.events.models import OutboxEvent
from jimin.core.registers.api import Bulk
from jimin.core.registers.models import Export, SavedView

PATH = "/console/r/tests.events/"


def links(html, rel):
    return [m.replace("&amp;", "&") for m in re.findall(rf'<a href="([^"]+)" rel="{rel}"', html)]


def test_a_list_can_be_walked_to_its_end_by_plain_links(sign_in, cast, events):
    client, address, seen = sign_in(cast.county), "", []
    while True:
        html = client.get(PATH + address).content.decode()
        seen += re.findall(r'href="/e/(\d+)"', html)
        following = links(html, "next")
        if not following:
            break
        address = following[0]
    assert seen == [str(e.pk) for e in events if e.county == "220122000000"]
    assert links(html, "prev")


def test_a_heading_sorts_and_then_the_other_way_round(sign_in, cast, events):
    client = sign_in(cast.department)
    html = client.get(PATH + "?sort=day&kind=a%3A1").content.decode()
    assert 'aria-sort="ascending"' in html
    assert 'href="?kind=a%3A1&amp;sort=-day"' in html


def test_a_wrong_condition_is_said_at_the_top_and_at_its_field(sign_in, cast, events):
    answer = sign_in(cast.department).get(PATH + "?day_from=gestern")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-day_from"' in html
    assert 'id="f-day_from"' in html
    assert "2023-09-27" in html
    assert "条件有误" in html


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_export_of_the_list_comes_as_a_file_with_its_chinese_name(sign_in, cast, events, form):
    answer = sign_in(cast.county).get(f"{PATH}export.{form}?kind=a%3A1")
    assert f"事件_20231010.{form}" in unquote(answer["Content-Disposition"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    body = b"".join(answer.streaming_content)
    if form == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(body))["事件"].max_row == 21
    assert Export.objects.get().rows == 20


def test_an_export_with_wrong_conditions_is_a_page_of_refusal(sign_in, cast, events):
    answer = sign_in(cast.county).get(f"{PATH}export.xlsx?kind=zzz")
    assert answer.status_code == 422
    assert "没有导出" in answer.content.decode()


def test_a_view_is_saved_shown_and_dropped(sign_in, cast, events):
    client = sign_in(cast.county)
    answer = client.post(f"{PATH}views/", {"title": "甲类", "query": "?kind=a%3A1", "key": "k1"})
    assert answer["Location"] == f"{PATH}?kind=a%3A1"
    html = client.get(answer["Location"]).content.decode()
    assert f'href="{PATH}?kind=a%3A1" aria-current="true">甲类' in html
    client.post(f"{PATH}views/drop/", {"view": str(SavedView.objects.get().id), "query": ""})
    assert not SavedView.objects.exists()


def test_strangers_and_other_roles_and_unknown_lists_are_turned_away(client, sign_in, cast, events):
    assert client.get(PATH).status_code == 302
    client = sign_in(cast.auditor)
    assert client.get(PATH).status_code == 403
    assert client.get(f"{PATH}export.xlsx").status_code == 403
    assert client.get("/console/r/no.such/").status_code == 404


def test_an_unknown_bulk_action_is_refused_in_words(sign_in, cast, events):
    answer = sign_in(cast.county).post(f"{PATH}do/7/", {"row": ["1"]})
    assert answer.status_code == 404
    assert "批量操作" in answer.content.decode()


class Close(Action):
    name = "tests.events.close"
    title = "办结事件"
    allowed = STAFF

    class Input(ActionInput):
        ids: list[int]

    def load(self):
        self.events = self.get_all(self.actor.visible(OutboxEvent.objects.all()), self.data.ids)

    def change(self):
        for event in self.events:
            event.payload = {"closed": True}
            event.save(update_fields=["payload"])
        return {}


def test_chosen_rows_are_dealt_with_all_or_none(sign_in, cast, events, register, monkeypatch):
    monkeypatch.setattr(type(register), "bulk", [Bulk(Close, "办结")])
    client = sign_in(cast.county)
    html = client.get(PATH).content.decode()
    mine = re.findall(r'name="row" value="(\d+)"', html)[:2]
    assert len(mine) == 2
    other = next(str(e.pk) for e in events if e.county != "220122000000")
    refused = client.post(f"{PATH}do/0/", {"row": [*mine, other], "key": "k1"})
    assert refused.status_code == 404
    assert not OutboxEvent.objects.filter(payload__closed=True).exists()
    done = client.post(f"{PATH}do/0/", {"row": mine, "key": "k2", "query": "?kind=a%3A1&after=x"})
    assert done["Location"] == f"{PATH}?kind=a%3A1"
    assert OutboxEvent.objects.filter(payload__closed=True).count() == 2
    nothing = client.post(f"{PATH}do/0/", {"key": "k3"})
    assert "没有选中" in nothing.content.decode()
