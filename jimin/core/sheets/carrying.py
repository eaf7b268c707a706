"""Hand lines to their actions, and hand each refusal back to the line and column it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.actions.errors import ActionError, Problem, Refused, Stale
from jimin.core.sheets import joining
from jimin.core.sheets.base import Call, Fault, Line, Sheet

Make = Callable[[Actor, Sequence[Line]], Iterable[Call]]
Do = Callable[[Call], object]


def rehearse(sheet: Sheet, actor: Actor, lines: Sequence[Line]) -> None:
    """Let the actions load and check what they would be given; what they refuse becomes a line's fault."""
    _each(sheet, actor, lines, lambda call: call.action.rehearse(actor, dict(call.data)))


def perform(sheet: Sheet, actor: Actor, lines: Sequence[Line], key: str) -> None:
    """Carry the lines out. Each becomes done, or refused with its faults; the rest goes in all the same.

    `key` is the import and its chunk: the same lines under it are carried out once, however often this runs. What
    somebody (or another file) registered since the preview is not registered again.
    """
    _not_there_yet(sheet, actor, [line for line in lines if line.kind == "add"])
    due = [line for line in lines if not line.is_wrong]
    _each(sheet, actor, due, lambda call: call.action.perform(actor, dict(call.data), key=_key(key, call)))
    for line in lines:
        line.outcome = "refused" if line.is_wrong else "done"


def _not_there_yet(sheet: Sheet, actor: Actor, lines: Sequence[Line]) -> None:
    """Look for the keys of new lines once more; one import of a register at a time, so that two do not both miss them."""
    if not sheet.key or not lines:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sheets:{sheet.register}"])
    known = sheet.standing(actor, lines)
    for line in lines:
        if sheet.key_of(line.values) in known:
            line.faults.append(Fault("", "", _("这一条已经登记过。")))


def _key(key: str, call: Call) -> str:
    numbers = ",".join(str(line.number) for line in call.lines)
    return f"{key}:{hashlib.sha256(numbers.encode()).hexdigest()[:24]}"


def _each(sheet: Sheet, actor: Actor, lines: Sequence[Line], do: Do) -> None:
    for kind, make in (("add", sheet.add), ("change", sheet.change)):
        _carry(make, actor, [line for line in lines if line.kind == kind], do)


def _carry(make: Make, actor: Actor, lines: Sequence[Line], do: Do) -> None:
    """Do the calls of these lines; of a refused call the lines that are not to blame are tried again without the others."""
    if not lines:
        return
    for call in make(actor, lines):
        try:
            do(call)
        except ActionError as error:
            blamed = _blame(call, error)
            rest = [line for line in call.lines if not any(line is b for b in blamed)]
            if blamed:
                _carry(make, actor, rest, do)
            else:  # the action does not say which: look for them by halves
                half = len(rest) // 2
                _carry(make, actor, rest[:half], do)
                _carry(make, actor, rest[half:], do)


def _blame(call: Call, error: ActionError) -> list[Line]:
    """Give the error's problems to their lines; returns those. A call of one line is to blame itself."""
    blamed: list[Line] = []
    for problem in error.problems if isinstance(error, Refused) else ():
        line, column = _place(call, problem)
        if line is not None:
            line.faults.append(_fault(line, column, problem.message, error.next_step))
            blamed.append(line)
    if not blamed and len(call.lines) == 1:
        call.lines[0].faults.append(Fault("", "", _said(error)))
        return [call.lines[0]]
    return blamed


def _place(call: Call, problem: Problem) -> tuple[Line | None, str]:
    parts = problem.field.split(".")
    if parts[0] == call.at and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(call.lines):
        return call.lines[int(parts[1])], parts[2] if len(parts) > 2 else ""
    return (call.lines[0], parts[0]) if len(call.lines) == 1 else (None, "")


def _fault(line: Line, column: str, message: str, next_step: str) -> Fault:
    said = joining.sentences(message, next_step)
    return Fault(column if column in line.values else "", line.values.get(column, ""), said)


def _said(error: ActionError) -> str:
    """A refusal as one text; of a stale record also what changed and by whom."""
    parts = [error.message]
    if isinstance(error, Stale):
        parts = [_("预览之后，这一行又被修改过，没有写入")]
        parts += [
            _("%(title)s：%(opened)s → %(now)s（%(by)s）")
            % {"title": d.title, "opened": d.opened, "now": d.now, "by": d.by}
            for d in error.differences
        ]
        return joining.sentences(joining.clauses(*parts), _("请重新导出这一行，核对后再导入。"))
    return joining.sentences(error.message, error.next_step)
