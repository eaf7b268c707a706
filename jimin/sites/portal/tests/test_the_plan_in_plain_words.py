"""What the public sees of the plan: the published totals in everyday words, and nothing else."""

from __future__ import annotations

import re
from datetime import date

from django.test import Client

from jimin.core.access.models import Account
from jimin.domains.planning.models import StageName
from jimin.domains.planning.tests import board_factory as factory
from jimin.sites.kept import forget
from jimin.sites.portal.tests.conftest import WORDS, no_plan

PAGES = ("/", "/plan/", "/plan/for/elder/", "/plan/2/", "/plan/3/", "/plan/4/", "/about/", "/verify")


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_every_page_opens_without_an_account(world):
    for page in PAGES:
        assert Client().get(page).status_code == 200, page


def test_the_first_page_says_what_was_promised_and_how_far_it_is(world):
    text = text_of(Client().get("/"))
    assert "家里有老人" in text
    assert "340 张" in text and "2023年底前不少于 600 张" in text
    assert "到2023年9月，各单位报上来的" in text, "a reported figure is called reported"
    assert "系统按台账一个一个数的" in text, "a counted figure is called counted"
    assert text.index("新增失智照护床位") < text.index("区域养老服务中心乡镇覆盖率"), "in the pack's order"


def test_a_situation_without_a_point_in_the_plan_is_not_offered(world):
    assert "结婚、离婚" not in text_of(Client().get("/"))
    assert Client().get("/plan/for/marriage/").status_code == 404
    assert Client().get("/plan/for/nothing/").status_code == 404


def test_another_plan_than_the_packs_is_shown_by_chapter_alone(world):
    world.plan.document_no = "民发〔2024〕1号"
    world.plan.save()
    forget()
    text = text_of(Client().get("/plan/"))
    assert "按情况找" not in text and "养老服务" in text
    assert Client().get("/plan/for/elder/").status_code == 404


def test_a_point_has_plain_words_its_original_whole_and_who_is_responsible(world):
    page = Client().get("/plan/2/")
    quoted = re.search(r"<blockquote.*?</blockquote>", page.content.decode(), re.S).group()
    quoted = re.sub(r"<cite>.*?</cite>", "", quoted, flags=re.S)
    assert re.sub(r"<[^>]+>", "", quoted).strip() == factory.TEXTS[2]
    text = text_of(page)
    assert WORDS in text and "谁负责：养老处" in text
    assert "2025年底前不少于 60%" in text, "a later goal is said too"
    assert "农安县" in text and "2 / 10" in text, "the counties' totals"


def test_a_point_without_plain_words_shows_its_original_opened(world):
    assert "<details open><summary>原文怎么写的" in Client().get("/plan/4/").content.decode()


def test_a_measure_of_our_own_is_no_promise(world):
    assert "公文平均办理天数" not in text_of(Client().get("/plan/5/"))


def test_no_page_names_a_person_or_a_row_behind_a_figure(world):
    names = [a.name for a in Account.objects.all() if a.name]
    assert names
    for page in PAGES:
        text = text_of(Client().get(page))
        assert not [n for n in names if n in text], page
        assert "农安第1镇" not in text, page


def test_a_plan_that_is_not_in_force_is_not_there(world):
    no_plan()
    assert "今年的要点还没有公布" in text_of(Client().get("/"))
    assert "今年的要点还没有公布" in text_of(Client().get("/plan/"))
    assert Client().get("/plan/2/").status_code == 404
    assert factory.TEXTS[2] not in text_of(Client().get("/plan/"))


def test_a_point_that_does_not_exist_is_not_found(world):
    assert Client().get("/plan/99/").status_code == 404


def test_a_visit_leaves_no_session_and_few_queries(world, django_assert_max_num_queries):
    client = Client()
    for page, most in (("/", 25), ("/plan/", 25), ("/plan/2/", 50), ("/about/", 6), ("/verify", 6)):
        forget()
        with django_assert_max_num_queries(most):
            client.get(page)
    assert set(client.cookies) <= {"csrftoken"}


def test_search_engines_are_kept_to_the_public_pages(client, db):
    page = client.get("/robots.txt")
    assert page["Content-Type"].startswith("text/plain")
    assert "Disallow: /console/" in page.content.decode()


def test_the_bottom_tabs_lead_only_to_pages_that_exist(world):
    page = Client().get("/").content.decode()
    tabs = re.findall(r'<a href="([^"]+)"', re.search(r'<nav class="tabs".*?</nav>', page, re.S).group())
    assert tabs == ["/", "/estimate/", "/plan/", "/verify"]
    assert all(Client().get(t).status_code == 200 for t in tabs)


def test_a_point_held_back_by_something_overdue_alone_says_so(world):
    factory.stage(world, "居家养老服务条例", 1, StageName.DRAFT, date(2023, 4, 1))
    forget()
    text = text_of(Client().get("/plan/4/"))
    assert "有 1 件要办的事过了时间" in text and "晚了" in text
    assert "过了时间" not in text_of(Client().get("/plan/3/"))
