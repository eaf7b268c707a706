"""The menu holds what works for the one who is signed in; a look is kept without JavaScript."""

from types import SimpleNamespace

import pytest

from jimin.sites.console import menu
from jimin.sites.console.menu import Entry


class Clerk:
    """Somebody who may do only what is named."""

    def __init__(self, *may):
        self.granted = may

    def may(self, permission):
        return permission in self.granted


@pytest.fixture
def entries(monkeypatch):
    monkeypatch.setattr(menu, "ENTRIES", [])
    menu.add(
        Entry(menu.WORK, "修改密码", "console:password", "planning.board"),
        Entry(menu.WORK, "换岗位", "console:appointments", count=lambda actor: 3),
        Entry(menu.DATA, "没有这一页", "console:no_such_page"),
    )


def built(path, *may):
    return menu.build(SimpleNamespace(path=path), Clerk(*may))


def test_a_line_without_a_page_or_without_permission_is_left_out_and_so_is_its_heading(entries):
    groups = built("/console/")
    assert [(g["title"], [i["label"] for i in g["items"]]) for g in groups] == [("工作", ["换岗位"])]


def test_a_permission_brings_its_line(entries):
    assert [i["label"] for i in built("/console/", "planning.board")[0]["items"]] == ["修改密码", "换岗位"]


def test_the_line_of_the_page_and_of_the_pages_below_it_is_current(entries):
    lines = built("/console/appointments/7/", "planning.board")[0]["items"]
    assert [i["current"] for i in lines] == [False, True]
    assert lines[1]["count"] == 3


def test_nobody_has_no_menu(entries):
    assert menu.build(SimpleNamespace(path="/"), None) == []


def test_the_same_page_cannot_be_declared_twice(entries):
    with pytest.raises(ValueError, match="twice"):
        menu.add(Entry(menu.DATA, "又一个", "console:password"))


@pytest.fixture
def gallery(settings):
    settings.ROOT_URLCONF = "jimin.sites.tests.gallery"


def test_the_elder_edition_is_kept_in_a_cookie_and_can_be_left_again(client, db, gallery):
    response = client.post("/preferences/", {"look": "elder", "next": "/kit/"})
    assert response["Location"] == "/kit/"
    assert 'class="phone elder ' in client.get("/kit/").content.decode()
    client.post("/preferences/", {"look": "xl"})
    assert 'class="phone elder xl ' in client.get("/kit/").content.decode()
    client.post("/preferences/", {"look": "standard"})
    assert 'class="phone  ' in client.get("/kit/").content.decode()


def test_an_unknown_look_or_a_foreign_address_changes_nothing(client, db, gallery):
    response = client.post("/preferences/", {"look": "<script>", "next": "//evil.example/"})
    assert response["Location"] == "/"
    assert "jimin_look" not in response.cookies


def test_the_demo_says_so_on_every_page_and_an_office_does_not(client, db, gallery, settings):
    for address in ("/kit/", "/console/kit/", "/kit/404/", "/console/signin/", "/kit/paper/"):
        settings.JIMIN_DEMO = True
        assert (
            "演示"
            in client.get(address).content.decode().split("<main")[0] + client.get(address).content.decode()[-900:]
        )
        settings.JIMIN_DEMO = False
        assert "演示：" not in client.get(address).content.decode()


def test_the_language_is_switched_without_javascript_and_each_is_called_by_its_own_name(client, db, gallery):
    assert 'lang="en">English</button>' in client.get("/kit/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/kit/"})
    page = client.get("/kit/").content.decode()
    assert '<html lang="en"' in page
    assert "Fri 13 Oct" in page
    assert 'lang="zh-hans">简体中文</button>' in page
