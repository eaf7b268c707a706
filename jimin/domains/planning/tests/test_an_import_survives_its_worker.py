"""A worker that is killed while it reads or writes an import loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from jimin.core.actions.errors import Refused
from jimin.core.audit.models import AuditRow
from jimin.core.sheets import carrying, comparing, marking, services, steps
from jimin.core.sheets.actions import ConfirmImport
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import ImportState, SheetImport
from jimin.domains.planning.models import LedgerItem
from jimin.domains.planning.tests.cast import Cast

ROWS = 60
PATIENCE = 60  # seconds


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five rows a chunk, and nothing is small enough to be done in the request."""
    monkeypatch.setitem(limits(), "chunk_rows", 5)
    monkeypatch.setitem(limits(), "at_once_kb", 0)


def content(rows: int = ROWS, wrong: int = 0) -> bytes:
    lines = ["名称,指标,所在地代码,数量"]
    lines += [f"第{n}食堂,社区老年食堂,220122102000,{'一' if n <= wrong else 1}" for n in range(1, rows + 1)]
    return "\n".join(lines).encode()


def brought(cast: Cast, rows: int = ROWS, wrong: int = 0) -> SheetImport:
    upload = SimpleUploadedFile("台账.csv", content(rows, wrong))
    return services.start(cast.actor("liu.min"), "planning.items", upload)


def killed(held: SheetImport, reached: Any) -> None:
    """Work on an import in a process of its own, and kill -9 it once `reached` says so."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        connections["default"].connection = None  # the parent's; a close would end it there
        try:
            steps.work(held.pk)
        finally:
            os._exit(0)
    until = time.monotonic() + PATIENCE
    while not reached(SheetImport.objects.get(pk=held.pk)):
        assert time.monotonic() < until, "the worker came nowhere"
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it had ended before it was killed"


def slowly(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    whole = getattr(module, name)

    def slow(*args: Any) -> Any:
        result = whole(*args)
        time.sleep(0.15)
        return result

    monkeypatch.setattr(module, name, slow)


@pytest.mark.django_db(transaction=True)
def test_a_killed_reader_is_followed_by_one_that_goes_on_from_there(given: Cast, monkeypatch: pytest.MonkeyPatch):
    held = brought(given, wrong=2)
    with monkeypatch.context() as patch:
        slowly(patch, comparing, "compare")
        killed(held, lambda now: now.read >= 15)
    assert SheetImport.objects.get(pk=held.pk).state == ImportState.READING
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.read) == (ImportState.READY, ROWS)
    assert held.counts == {"add": ROWS - 2, "change": 0, "same": 0, "wrong": 2}
    assert [c.number for c in held.chunks.all()] == list(range(ROWS // 5))


@pytest.mark.django_db(transaction=True)
def test_a_killed_writer_is_followed_by_one_that_writes_the_rest_once(given: Cast, monkeypatch: pytest.MonkeyPatch):
    held = brought(given)
    steps.work(held.pk)
    services.confirm(given.actor("liu.min"), held.pk)
    with monkeypatch.context() as patch:
        slowly(patch, carrying, "perform")
        killed(held, lambda now: now.written >= 15)
    half = SheetImport.objects.get(pk=held.pk)
    assert 15 <= half.written < ROWS
    assert LedgerItem.objects.count() == half.written, "rows and the place reached are one transaction"
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.written, held.refused) == (ImportState.DONE, ROWS, 0)
    assert sorted(LedgerItem.objects.values_list("name", flat=True)) == sorted(f"第{n}食堂" for n in range(1, ROWS + 1))
    assert AuditRow.objects.filter(action="planning.item.register").count() == ROWS
    steps.work(held.pk)
    assert LedgerItem.objects.count() == ROWS


def test_a_large_file_is_handed_to_the_worker_in_the_same_transaction(given: Cast):
    held = brought(given)
    assert held.state == ImportState.READING
    job = ProcrastinateJob.objects.get(task_name="sheets.work")
    assert (job.args, job.lock) == ({"sheet_import": str(held.pk)}, f"sheets:{held.pk}")


def test_a_chunk_that_meets_a_deadlock_is_tried_again(given: Cast, monkeypatch: pytest.MonkeyPatch):
    held = brought(given, rows=5)
    steps.work(held.pk)
    ConfirmImport.perform(given.actor("liu.min"), {"sheet_import": held.pk})
    whole, tries = carrying.perform, []

    def first_fails(*args: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("deadlock detected")
        whole(*args)

    monkeypatch.setattr(carrying, "perform", first_fails)
    steps.work(held.pk)
    held.refresh_from_db()
    assert (len(tries), held.state, held.written) == (2, ImportState.DONE, 5)


def test_an_import_that_is_given_up_stops_at_the_next_chunk(given: Cast):
    actor = given.actor("liu.min")
    held = brought(given)
    steps.work(held.pk)
    services.confirm(actor, held.pk)
    assert steps.work(held.pk, most=3)
    services.abandon(actor, held.pk)
    assert not steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.written, LedgerItem.objects.count()) == (ImportState.ABANDONED, 15, 15)


def test_an_import_of_somebody_whose_appointment_ended_stops_and_says_so(given: Cast):
    actor = given.actor("liu.min")
    held = brought(given)
    steps.work(held.pk)
    services.confirm(actor, held.pk)
    steps.work(held.pk, most=1)
    actor.appointment.valid_to = actor.appointment.valid_from
    actor.appointment.save()
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.written) == (ImportState.DONE, 5)
    assert held.problems[0] == "导入人的任职已经结束，没有继续。"


def test_more_rows_than_one_import_may_have_are_refused_before_anything_is_written(given, monkeypatch):
    monkeypatch.setitem(limits(), "import_rows", 20)
    held = brought(given, rows=21)
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.problems[0]) == (ImportState.UNREAD, "超过 20 行，没有读。")
    fits = brought(given, rows=20)
    steps.work(fits.pk)
    fits.refresh_from_db()
    assert fits.state == ImportState.READY


@pytest.mark.parametrize("fault", [Refused("磁盘已满"), KeyError("styles")])
def test_an_import_whose_marked_file_cannot_be_made_ends_all_the_same_and_says_so(given: Cast, monkeypatch, fault):
    def broken(*_args: Any) -> None:
        raise fault

    held = brought(given, rows=10, wrong=1)
    monkeypatch.setattr(marking, "mark", broken)
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.marked) == (ImportState.READY, None)
    assert any("没有做成" in note for note in held.notes)
    SheetImport.objects.filter(pk=held.pk).update(notes=[])
    services.confirm(given.actor("liu.min"), held.pk)
    SheetImport.objects.filter(pk=held.pk).update(refused=1)  # as if the action had refused one row
    steps.work(held.pk)
    held.refresh_from_db()
    assert (held.state, held.written) == (ImportState.DONE, 9)
    assert any("没有做成" in note for note in held.notes)


def test_an_import_that_is_given_up_while_its_marked_file_is_made_stays_given_up(given: Cast, monkeypatch):
    held = brought(given, rows=5, wrong=1)

    def given_up(*_args: Any) -> tuple[str, bytes, bool]:
        services.abandon(given.actor("liu.min"), held.pk)
        return "x.csv", b"x", False

    monkeypatch.setattr(marking, "mark", given_up)
    steps.work(held.pk)
    held.refresh_from_db()
    assert held.state == ImportState.ABANDONED
