"""督办单: chain, number, document, replies, close."""

from datetime import date

import pytest

from jimin.core import clock
from jimin.core.actions.errors import Forbidden, NotFound, Refused
from jimin.core.files.models import StoredFile
from jimin.domains.planning.actions import orders
from jimin.domains.planning.models import OrderReply, SupervisionOrder
from jimin.domains.planning.ordering import document
from jimin.engines.documents.models import NumberSeries

ASK = {
    "units": ["220122", "220182"],
    "reason": "九月底进度低于序时进度较多。",
    "demand": "请逐项列出清单，明确责任人和完成时限。",
    "reply_due": date(2023, 10, 20),
}


def draft(cast, **more):
    data = {"task": cast.task("elder.canteens").pk, **ASK, **more}
    return SupervisionOrder.objects.get(pk=orders.DraftOrder.perform(cast.actor("chen.yu"), data)["order"])


def sign(cast, order, *usernames):
    for username in usernames:
        orders.SignOrder.perform(cast.actor(username), {"order": order.pk})
    order.refresh_from_db()
    return order


def issued(cast, **more):
    return sign(cast, draft(cast, **more), "zhao.lixin", "zhou.ting")


def answer(cast, order, username="liu.min"):
    reply = order.replies.get(unit=cast.actor(username).unit)
    text = {"cause": "消防验收排队。", "measures": "每周调度一次。", "promise_on": date(2023, 12, 20)}
    orders.AnswerOrder.perform(cast.actor(username), {"reply": reply.pk, "version": reply.version, **text})
    return reply


def test_it_passes_the_chief_and_the_leader_in_charge_who_alone_may_sign_last(given):
    order = draft(given)
    with pytest.raises(Forbidden):
        sign(given, order, "zhou.ting")
    sign(given, order, "zhao.lixin")
    assert order.work.holder.username == "zhou.ting" and order.number == ""
    with pytest.raises(Forbidden):
        sign(given, order, "wang.zhuren")
    assert sign(given, order, "zhou.ting").issued_on == date(2023, 10, 10)


def test_the_last_signature_gives_number_document_files_and_a_reply_for_each_unit(given):
    order = issued(given)
    assert order.number == "督〔2023〕1号"
    assert order.document is not None and order.document.code
    owned = StoredFile.objects.filter(owner_type="planning.supervisionorder", owner_id=str(order.pk))
    assert sorted(f.kind for f in owned) == ["docx", "pdf"]
    assert {r.work.holder_unit.code for r in order.replies.select_related("work__holder_unit")} == {"220122", "220182"}
    assert {r.work.due_on for r in order.replies.all()} == {ASK["reply_due"]}


def test_numbers_have_no_gap_when_a_signature_fails(given, monkeypatch):
    first = issued(given, units=["220122"])
    second = sign(given, draft(given, units=["220182"]), "zhao.lixin")

    def fail(*args, **more):
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("jimin.domains.planning.ordering.files.keep", fail)
        sign(given, second, "zhou.ting")
    second.refresh_from_db()
    assert (second.number, second.work.is_open, NumberSeries.objects.get().last) == ("", True, 1)
    sign(given, second, "zhou.ting")
    assert (first.number, second.number) == ("督〔2023〕1号", "督〔2023〕2号")


def test_a_second_order_to_the_same_unit_is_refused_while_one_is_open(given):
    draft(given, units=["220122"])
    with pytest.raises(Refused, match="未销号"):
        draft(given)
    draft(given, units=["220182"])


def test_a_unit_without_the_task_and_a_day_that_is_not_ahead_are_refused(given):
    with pytest.raises(Refused, match="没有承担这项任务"):
        draft(given, units=["2201"])
    with pytest.raises(Refused, match="必须晚于今天"):
        draft(given, reply_due=date(2023, 10, 10))


def test_another_department_cannot_draft_about_it(given):
    with pytest.raises(NotFound):
        data = {"task": given.task("elder.canteens").pk, **ASK}
        orders.DraftOrder.perform(given.actor("song.jie"), data)


def test_it_cannot_be_issued_after_its_own_limit_and_goes_on_once_that_is_changed(given):
    order = sign(given, draft(given), "zhao.lixin")
    with clock.on_day(date(2023, 10, 20)):
        with pytest.raises(Refused, match="来不及回复"):
            sign(given, order, "zhou.ting")
        orders.ReturnOrder.perform(given.actor("zhou.ting"), {"order": order.pk, "opinion": "请改期限。"})
        again = {k: ASK[k] for k in ("reason", "demand")} | {"reply_due": date(2023, 11, 3)}
        orders.RedraftOrder.perform(given.actor("chen.yu"), {"order": order.pk, **again})
        assert SupervisionOrder.objects.get(pk=order.pk).work.due_on == date(2023, 11, 3)
        assert sign(given, order, "zhao.lixin", "zhou.ting").reply_due == date(2023, 11, 3)


def test_a_reply_is_signed_up_to_the_deputy_director(given):
    order = issued(given)
    reply = answer(given, order)
    with pytest.raises(Forbidden):
        orders.SignReply.perform(given.actor("yu.haitao"), {"reply": reply.pk})
    orders.SignReply.perform(given.actor("wang.lihua"), {"reply": reply.pk})
    assert OrderReply.objects.get(pk=reply.pk).replied_on is None
    done = orders.SignReply.perform(given.actor("yu.haitao"), {"reply": reply.pk})
    assert done["signed"] and OrderReply.objects.get(pk=reply.pk).replied_on == date(2023, 10, 10)


def test_a_reply_in_signing_cannot_be_changed_until_it_is_returned(given):
    reply = answer(given, order := issued(given))
    with pytest.raises(Refused, match="已经送签"):
        reply.refresh_from_db()
        answer(given, order)
    orders.ReturnReply.perform(given.actor("wang.lihua"), {"reply": reply.pk, "opinion": "措施太空。"})
    answer(given, order)


def test_another_county_does_not_see_the_reply(given):
    order = issued(given)
    reply = order.replies.get(unit__code="220122")
    with pytest.raises(NotFound):
        orders.SignReply.perform(given.actor("sun.li"), {"reply": reply.pk})


def test_it_closes_only_when_every_unit_has_answered_and_names_the_silent(given):
    order = issued(given, units=["220122"])
    close = {"order": order.pk, "version": order.version, "opinion": "已追上进度。"}
    with pytest.raises(Refused, match="1 个单位没有签复：农安县"):
        orders.CloseOrder.perform(given.actor("chen.yu"), close)
    reply = answer(given, order)
    for signer in ("wang.lihua", "yu.haitao"):
        orders.SignReply.perform(given.actor(signer), {"reply": reply.pk})
    orders.CloseOrder.perform(given.actor("chen.yu"), close)
    order.refresh_from_db()
    assert order.closed_on == date(2023, 10, 10)
    draft(given, units=["220122"])


def test_numbers_in_the_order_are_written_out(given):
    order = issued(given)
    assert order.gap["goal"] == "100"
    texts = str(document(order, list(order.replies.select_related("unit", "assignment"))))
    assert "Decimal('50')" in texts and "E+" not in texts and "50.0000" not in texts
