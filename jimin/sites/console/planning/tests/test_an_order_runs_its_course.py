"""督办: drafted, signed up to the leader, issued, answered by each unit, closed."""

import pytest

from jimin.domains.planning.models import OrderReply, SupervisionOrder
from jimin.domains.planning.tests.cast import version

pytestmark = pytest.mark.django_db
KEY = "8a6e0804-2bd0-4672-b79d-d97027f9071a"


def text(response):
    return response.content.decode()


def drafted(cast, by, units=("220122",)):
    task = cast.task("elder.canteens")
    data = {
        "key": KEY, "units": list(units), "reason": "食堂建设进度落后于全省平均。", "demand": "请逐月报送建设进度和措施。",
        "reply_due": "2023-10-24",
    }  # fmt: skip
    response = by("chen.yu").post(f"/console/orders/draft/?task={task.pk}", data)
    assert response.status_code == 302, text(response)
    return SupervisionOrder.objects.get()


def signed(order, by, who):
    data = {"key": KEY, "seen": version(order), "opinion": "同意"}
    response = by(who).post(f"/console/orders/{order.pk}/sign/", data)
    assert response.status_code == 302, text(response)
    order.refresh_from_db()


def issued(cast, by):
    order = drafted(cast, by)
    signed(order, by, "zhao.lixin")
    signed(order, by, "zhou.ting")
    return order


def test_the_draft_has_the_units_that_are_behind_and_the_usual_reply_date(cast, by):
    cast.registered("liu.min")
    task = cast.task("elder.canteens")
    page = text(by("chen.yu").get(f"/console/orders/draft/?task={task.pk}"))
    assert "现在 1个，目标 50个" in page and 'value="220122"' in page and 'value="2023-10-24"' in page
    assert 'name="units" value="220122"' in page and "（没有数）" in page
    assert page.count("checked") == 2  # one is behind, one has no figure at all
    assert "先选要督办的任务" in text(by("chen.yu").get("/console/orders/draft/"))


def test_a_draft_is_unknown_to_the_unit_until_it_is_issued(cast, by):
    order = drafted(cast, by)
    assert by("liu.min").get(f"/console/orders/{order.pk}/").status_code == 404
    assert by("liu.min").get(f"/console/orders/{order.pk}/preview/").status_code == 404
    assert by("song.jie").get(f"/console/orders/{order.pk}/").status_code == 404
    assert "待签发" in text(by("chen.yu").get(f"/console/orders/{order.pk}/"))
    assert by("chen.yu").get(f"/console/orders/{order.pk}/preview/").content.startswith(b"%PDF")


def test_it_is_returned_redrafted_signed_and_issued_with_number_and_document(cast, by):
    order = drafted(cast, by)
    data = {"key": KEY, "seen": version(order), "opinion": "事由太笼统"}
    assert by("zhao.lixin").post(f"/console/orders/{order.pk}/return/", data).status_code == 302
    data = {
        "key": KEY, "seen": version(order), "reason": "至九月底仅建成一处，低于目标。", "demand": "请逐月报送建设进度和措施。",
        "reply_due": "2023-10-24",
    }  # fmt: skip
    assert by("chen.yu").post(f"/console/orders/{order.pk}/redraft/", data).status_code == 302
    data = {"key": "9a6e0804-2bd0-4672-b79d-d97027f9071a", "seen": version(order)}
    assert by("zhao.lixin").post(f"/console/orders/{order.pk}/sign/", data).status_code == 302
    assert by("zhou.ting").post(f"/console/orders/{order.pk}/sign/", data | {"seen": version(order)}).status_code == 302
    order.refresh_from_db()
    page = text(by("liu.min").get(f"/console/orders/{order.pk}/"))
    assert order.number and ".pdf" in page and ".docx" in page and "待回复" in page
    assert by("liu.min").get(f"/console/orders/{order.pk}/preview/")["Content-Type"] == "application/pdf"


def test_a_unit_answers_its_chain_signs_and_the_order_is_closed(cast, by):
    order = issued(cast, by)
    reply = OrderReply.objects.get(order=order)
    url = f"/console/replies/{reply.pk}/"
    assert "送本单位签复" in text(by("liu.min").get(url))
    data = {"key": KEY, "version": order.version, "opinion": "差距已补上"}
    response = by("chen.yu").post(f"/console/orders/{order.pk}/close/", data)
    assert response.status_code == 422 and "没有签复" in text(response)
    data = {
        "key": KEY,
        "version": reply.version,
        "cause": "选址困难",
        "measures": "倒排工期",
        "promise_on": "2023-12-01",
    }
    assert by("liu.min").post(url, data).status_code == 302
    for who in ("wang.lihua", "yu.haitao"):
        response = by(who).post(f"{url}sign/", {"key": KEY, "seen": version(OrderReply.objects.get(pk=reply.pk))})
        assert response.status_code == 302
    reply.refresh_from_db()
    assert reply.replied_on is not None
    data = {"key": KEY, "version": order.version, "opinion": "差距已补上"}
    assert by("chen.yu").post(f"/console/orders/{order.pk}/close/", data).status_code == 302
    assert "已销号" in text(by("li.jia").get(f"/console/orders/{order.pk}/"))


def test_the_second_signer_of_two_is_told(cast, by):
    order = drafted(cast, by)
    seen = version(order)
    signed(order, by, "zhao.lixin")
    response = by("zhao.lixin").post(f"/console/orders/{order.pk}/sign/", {"key": KEY, "seen": seen, "opinion": "再签"})
    assert response.status_code == 409 and "赵立新" in text(response)


def test_who_may_not_draft_gets_the_page_of_refusal(cast, by):
    assert by("liu.min").get("/console/orders/draft/").status_code == 403
    task = cast.task("elder.canteens")
    assert by("song.jie").get(f"/console/orders/draft/?task={task.pk}").status_code == 404
    assert by("chen.yu").get("/console/orders/draft/?task=x").status_code == 404
