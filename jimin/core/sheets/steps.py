"""Read an import chunk by chunk, and write it chunk by chunk. Each chunk is one transaction with the place reached.

A worker that is killed loses at most the chunk it was at; the next one goes on from there. A chunk's rows, what the
actions wrote for them, and the import's counts commit together, so nothing is done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from uuid import UUID

from django.db import OperationalError, models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access.scope import Actor, appointments_of, working_as
from jimin.core.actions.base import Action
from jimin.core.actions.errors import ActionError, Refused
from jimin.core.files import api as files
from jimin.core.sheets import base, carrying, comparing, headings, marking, reading
from jimin.core.sheets.actions import FinishImport, ReadImport
from jimin.core.sheets.base import Fault, Line, Sheet
from jimin.core.sheets.headings import Heading
from jimin.core.sheets.judging import Judge
from jimin.core.sheets.limits import limits
from jimin.core.sheets.models import KINDS, ImportState, SheetChunk, SheetImport

TRIES = 3  # of a chunk that meets a deadlock or a lost connection
Marking = Callable[[], tuple[str, bytes, bool]]
log = logging.getLogger("jimin.sheets")


def work(pk: UUID, most: int | None = None) -> bool:
    """Go on with an import: read it, or write it, `most` chunks or to the end. Returns whether more is to do."""
    held = SheetImport.objects.select_related("file", "account").get(pk=pk)
    with translation.override(held.language):
        if held.state == ImportState.READING:
            return _read(held, most)
        if held.state == ImportState.WRITING:
            return _write(held, most)
    return False


def actor_of(held: SheetImport) -> Actor:
    """Who imports, in the appointment of then. Raises Refused when that has ended."""
    found = appointments_of(held.account).filter(pk=held.appointment_id).select_related("unit__superior").first()
    if found is None or not held.account.is_active:
        raise Refused(_("导入人的任职已经结束，没有继续。"), next_step=_("请由在任的人重新上传。"))
    return Actor.of(found)


# -- reading -----------------------------------------------------------------------------------
def opened(held: SheetImport, sheet: Sheet) -> Heading:
    """The heading of the file's rows. Raises Refused."""
    return headings.find(sheet, reading.open_grids(held.file.name, files.read(held.file)))


def _read(held: SheetImport, most: int | None) -> bool:
    try:
        actor, sheet = actor_of(held), base.get(held.register)
        sheet.check(actor)
        heading = opened(held, sheet)
        letters = {name: heading.letter(name) for name in heading.at}
        SheetImport.objects.filter(pk=held.pk).update(grid=heading.grid.name, heading=letters, notes=heading.notes)
        more = _read_chunks(held, actor, sheet, heading, most)
    except ActionError as error:
        problems = [p.message for p in getattr(error, "problems", ())] or [error.message]
        said = [*problems, error.next_step] if error.next_step else problems
        ReadImport.perform(owner(held), {"sheet_import": held.pk, "problems": said})
        return False
    if more:
        return True
    held.refresh_from_db()
    if held.state == ImportState.READING:
        _end(ReadImport, held, [], (lambda: mark(held, heading)) if held.counts.get("wrong") else None)
    return False


def _end(action: type[Action], held: SheetImport, problems: list[str], marked: Marking | None) -> None:
    """Write down that the import ended. When the marked file cannot be made or kept it ends without, and says so."""
    data = {"sheet_import": held.pk, "problems": problems}
    try:
        action.perform(owner(held), {**data, "marked": marked() if marked else None})
    except OperationalError:
        raise  # the worker tries again, and another person may press "go on"
    except Exception as fault:
        held.refresh_from_db()
        if not held.is_at_work:
            return  # given up in the meantime
        if marked is None:
            raise
        log.exception("import %s: no marked file", held.pk)
        why = fault.message if isinstance(fault, ActionError) else type(fault).__name__
        note = _("标好的文件没有做成（%s）；有错的行在本页逐行列出，可照着改原表再传。") % why
        action.perform(owner(held), {**data, "note": note})


def owner(held: SheetImport) -> Actor:
    """The importer also after the appointment has ended: to write down that the import ended."""
    appointment = held.appointment
    return Actor(held.account, appointment, appointment.unit)


def _read_chunks(held: SheetImport, actor: Actor, sheet: Sheet, heading: Heading, most: int | None) -> bool:
    """Chunk after chunk; those that are there already are only judged again, for the keys that they hold."""
    options = sheet.options(actor)
    judge = Judge(sheet, actor, heading, options)
    done = held.chunks.count()
    for number, lines in enumerate(_chunks(judge.lines())):
        if most is not None and number >= most:
            return True
        if (number + 1) * limits()["chunk_rows"] >= limits()["import_rows"] + limits()["chunk_rows"]:
            raise Refused(
                _("超过 %s 行，没有读。") % f"{limits()['import_rows']:,}", next_step=_("请分成几份，分别导入。")
            )
        if number < done:
            continue
        with transaction.atomic(), working_as(actor):
            locked = SheetImport.objects.select_for_update(of=("self",)).get(pk=held.pk)
            if locked.state != ImportState.READING or locked.chunks.filter(number=number).exists():
                return False  # given up, or another worker is at it
            comparing.compare(sheet, actor, lines, options)
            _place(sheet, locked.heading, lines)
            _keep(locked, SheetChunk(sheet_import=locked, number=number), lines)
    SheetImport.objects.filter(pk=held.pk, state=ImportState.READING).update(whole=True)
    return False


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    size = limits()["chunk_rows"]
    while chunk := list(islice(lines, size)):
        yield chunk


def _place(sheet: Sheet, letters: dict[str, str], lines: Sequence[Line]) -> None:
    """Give the faults that came from the actions their cell and title."""
    for line in lines:
        for i, fault in enumerate(line.faults):
            column = sheet.column(fault.column)
            if column is not None and not fault.cell and fault.column in letters:
                cell = f"{letters[fault.column]}{line.number}"
                line.faults[i] = replace(fault, cell=cell, title=fault.title or sheet.title(column))


def _keep(locked: SheetImport, chunk: SheetChunk, lines: Sequence[Line]) -> None:
    chunk.keep(lines)
    chunk.save(force_insert=True)
    for kind in KINDS:
        locked.counts[kind] = locked.counts.get(kind, 0) + chunk.counts.get(kind, 0)
    locked.read += len(lines)
    locked.moved_at = clock.now()
    locked.save(update_fields=["counts", "read", "moved_at"])


# -- writing -----------------------------------------------------------------------------------
def _write(held: SheetImport, most: int | None) -> bool:
    problems: list[str] = []
    try:
        actor, sheet = actor_of(held), base.get(held.register)
        sheet.check(actor)
        done = 0
        while _write_next(held.pk, sheet, actor):
            done += 1
            if most is not None and done >= most and _waiting(held).exists():
                return True
    except ActionError as error:
        problems = [p for p in (error.message, error.next_step) if p]
    held.refresh_from_db()
    if held.state == ImportState.WRITING:
        again = (lambda: mark(held, opened(held, base.get(held.register)))) if held.refused else None
        _end(FinishImport, held, problems, again)
    return False


def _waiting(held: SheetImport) -> models.QuerySet[SheetChunk]:
    return held.chunks.filter(written_at=None).order_by("number")


def _write_next(pk: UUID, sheet: Sheet, actor: Actor) -> bool:
    """Write the next chunk; False when there is none, or the import was given up."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(), working_as(actor):
                return _write_one(pk, sheet, actor)
        except OperationalError:
            if attempt == TRIES:
                raise
            log.warning("import %s: a chunk is tried again", pk)
    return False


def _write_one(pk: UUID, sheet: Sheet, actor: Actor) -> bool:
    locked = SheetImport.objects.select_for_update(of=("self",)).get(pk=pk)
    chunk = _waiting(locked).first()
    if locked.state != ImportState.WRITING or chunk is None:
        return False
    lines = chunk.lines
    due = [line for line in lines if line.kind in ("add", "change")]
    carrying.perform(sheet, actor, due, f"sheet:{pk}:{chunk.number}")
    _place(sheet, locked.heading, due)
    counts = chunk.counts
    chunk.keep(lines)
    chunk.counts = {**counts, "refused": sum(1 for line in due if line.is_wrong)}
    chunk.written_at = clock.now()
    chunk.save(update_fields=["sealed", "counts", "written_at"])
    locked.refused += chunk.counts["refused"]
    locked.written += len(due) - chunk.counts["refused"]
    locked.moved_at = clock.now()
    locked.save(update_fields=["refused", "written", "moved_at"])
    return True


# -- the file that goes back ---------------------------------------------------------------------
def mark(held: SheetImport, heading: Heading) -> tuple[str, bytes, bool]:
    """The marked file of all that is wrong so far."""
    faults: dict[int, Sequence[Fault]] = {}
    for chunk in held.chunks.order_by("number").iterator(chunk_size=20):
        if chunk.counts.get("wrong") or chunk.counts.get("refused"):
            faults |= marking.faults_of(chunk.lines)
    return marking.mark(held.file.name, files.read(held.file), heading, faults)
