"""What is to become of lines: new, changed field by field, unchanged, or wrong. Set statements, a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from jimin.core.access.scope import Actor
from jimin.core.audit.models import AuditRow
from jimin.core.sheets import carrying
from jimin.core.sheets.base import Fault, Line, Sheet, version_of
from jimin.core.sheets.columns import Options


def compare(sheet: Sheet, actor: Actor, lines: Sequence[Line], options: Mapping[str, Options]) -> None:
    """Find each line's record, say what differs, and let the actions check what they would be given."""
    standing = [line for line in lines if not line.is_wrong]
    known = _by_id(sheet, actor, [line for line in standing if line.record])
    same_key = sheet.standing(actor, [line for line in standing if not line.record]) if sheet.key else {}
    for line in standing:
        if line.record:
            _compare(sheet, line, known.get(line.record), options)
        elif (record := same_key.get(sheet.key_of(line.values))) is not None:
            line.record, line.version = str(record.pk), version_of(record)
            _compare(sheet, line, record, options)
        else:
            line.kind = "add"
            _may(sheet, actor, line, sheet.adds, _("这一行系统里没有；您的岗位不能登记新的，只能更正已有的"))
        if line.kind == "change":
            _may(sheet, actor, line, sheet.changes, _("这一行系统里已有，内容不同；您的岗位不能更正，只能登记新的"))
    _not_stale(sheet, actor, standing, known)
    carrying.rehearse(sheet, actor, [line for line in standing if not line.is_wrong])
    for line in lines:
        if line.is_wrong:
            line.kind, line.before = "wrong", {}


def _by_id(sheet: Sheet, actor: Actor, lines: Sequence[Line]) -> dict[str, Any]:
    rows = sheet.its.rows(actor).filter(pk__in=[line.record for line in lines])
    return {str(record.pk): record for record in rows} if lines else {}


def _may(sheet: Sheet, actor: Actor, line: Line, action: Any, said: str) -> None:
    if action is None:
        never = _("这份登记册的行登记后不能用表格更正；请改回去，或到页面上按办理环节办")
        line.faults.append(Fault("", "", never if action is sheet.changes else _("这份登记册不能用表格登记新的行")))
    elif not actor.may(action.name):
        line.faults.append(Fault("", "", said))


def _compare(sheet: Sheet, line: Line, record: Any, options: Mapping[str, Options]) -> None:
    """The columns in which a line differs from its record."""
    if record is None:
        said = _("没有这个编号的记录，或不在您的管辖范围内；请重新导出。要登记新的一行，把编号清空")
        line.faults.append(Fault("", "", said))
        return
    held = sheet.held(record)
    once = {c.name for c in sheet.columns if c.once}
    line.before = {n: held[n] for n, value in line.values.items() if n not in once and value != held[n]}
    for name in line.before:
        column = sheet.column(name)
        if column is not None and column.fixed:
            now = column.show(held[name], options[name]) or _("空")
            said = _("不能在表格里改这一列，系统里是“%s”；请改回去。如果是另一件事，清空编号作为新的一行") % now
            line.faults.append(Fault(name, column.show(line.values[name], options[name]), said, "", sheet.title(column)))  # fmt: skip
    line.kind = "change" if line.before else "same"


def _not_stale(sheet: Sheet, actor: Actor, lines: Sequence[Line], known: Mapping[str, Any]) -> None:
    """A line that was exported in an older version and differs now: somebody else's change would be undone."""
    old = {
        line.record: line
        for line in lines
        if line.kind == "change" and line.version and line.record in known
        and version_of(known[line.record]) != line.version
    }  # fmt: skip
    if not old:
        return
    label = sheet.its.model._meta.label_lower
    others: dict[str, AuditRow] = {}
    for row in AuditRow.objects.filter(object_type=label, object_id__in=list(old)).order_by("id"):
        newer = json.loads(row.body)["after"].get("version", 0) > old[row.object_id].version
        if newer and row.account != actor.account.id:
            others[row.object_id] = row
    for pk, line in old.items():
        if pk in others:
            said = _("导出之后，这一行已被%s修改；按这一行写会盖掉那次修改。请重新导出这一行，再改") % others[pk].actor
            line.faults.append(Fault("", "", said))
        else:
            line.version = version_of(known[pk])  # only the importer's own changes lie between


def differences(sheet: Sheet, line: Line, options: Mapping[str, Options]) -> list[tuple[str, str, str]]:
    """The changes of a line in words: (title, before, now)."""
    found = []
    for name, before in line.before.items():
        column = sheet.column(name)
        if column is not None:
            now = line.values.get(name, "")
            found.append((sheet.title(column), column.show(before, options[name]), column.show(now, options[name])))
    return found
