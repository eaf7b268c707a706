"""The law is public: texts, articles and a search, without a sign-in and without an amount of any place."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def page(address: str, **data: str) -> str:
    response = Client().get(address, data)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_visitor_finds_an_article_by_its_words_and_reads_what_it_is_for():
    article = f"/law/DB57/{quote('第十三条')}/"
    assert article in page("/law/", q="基础养老金")
    shown = page(article)
    assert "优待抚恤金" in shown and "未与公报核对" in shown and "这一条用来算什么" in shown
    assert f"/law/DB57/{quote('第十四条')}/" in shown
    assert "要找的字和原文一样才找得到" in page("/law/", q="<script>")


def test_a_text_that_nobody_has_says_so_and_one_that_was_repealed_too():
    assert "没有读到原文" in page("/law/GF52/")
    assert "已经废止" in page("/law/DB12/")


@pytest.mark.parametrize("address", ["/law/NICHTS/", f"/law/DB57/{quote('第一百条')}/"])
def test_what_is_not_there_is_not_found(address: str):
    assert Client().get(address).status_code == 404
