"""A row of the trail in words: what was done, to what, which field from what to what. For the auditor's pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core.access import permissions
from jimin.core.access.models import Account
from jimin.core.audit.looks import KINDS, Sort
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.models import ReportingUnit
from jimin.core.secrets.fields import SealedField

Text = str | Promise

#: Keys that are no field of a model, or whose field has no word of its own.
WORDS: dict[str, Text] = {
    "version": lazy("版本"),
    "found": lazy("找到"),
    "sought": lazy("查找的内容"),
    "conditions": lazy("其他条件"),
    "shown": lazy("显示的记录"),
    "revealed": lazy("查看的号码"),
    "refused": lazy("拒绝的原因"),
    "from": lazy("来自"),
    "since": lazy("从区块"),
    "owner": lazy("所属编号"),
    "owner_type": lazy("所属对象"),
    "owner_id": lazy("所属编号"),
    "account": lazy("账号"),
    "unit": lazy("单位"),
    "role": lazy("岗位"),
    "name": lazy("名称"),
    "id": lazy("身份证号"),
    "phone": lazy("电话"),
    "bank": lazy("银行卡号"),
    "id_number": lazy("身份证号"),
    "bank_card": lazy("银行卡号"),
    "state": lazy("状态"),
    "title": lazy("标题"),
    "value": lazy("值"),
    "text": lazy("内容"),
    "reason": lazy("原因"),
    "register": lazy("登记册"),
    "rows": lazy("行数"),
    "blocks": lazy("区块"),
    "divisions": lazy("行政区划"),
    "units": lazy("报送单位"),
    "household": lazy("家庭"),
    "person": lazy("人员"),
    "relative": lazy("亲属"),
    "task": lazy("任务"),
    "due_on": lazy("期限"),
    "points": lazy("要点"),
    "evidence": lazy("依据材料"),
}
#: Kinds of records that have no word of their own.
SUBJECTS: dict[str, Text] = {
    "access.account": lazy("账号"),
    "access.appointment": lazy("任职"),
    "audit.block": lazy("封存区块"),
    "divisions.division": lazy("行政区划"),
    "indicators.goal": lazy("指标目标"),
    "parties.kinship": lazy("亲属关系"),
    "planning.chapter": lazy("要点的章"),
}
REFUSALS: dict[str, Text] = {
    "forbidden": lazy("岗位没有这项权限"),
    "notfound": lazy("不存在，或不在管辖范围内"),
    "refused": lazy("填写不符合要求"),
}
#: Records whose name anybody in the office may read, and the other key by which rows name them.
NAMED: dict[type[models.Model], str] = {ReportingUnit: "code", Account: "username"}


@dataclass(frozen=True, slots=True)
class Value:
    """One field of a row: its word, before and after."""

    label: str
    before: str
    after: str


def action(row: AuditRow) -> str:
    """What was done."""
    kind = KINDS.get(row.action)
    return str(kind.title) if kind else row.action


def sort(row: AuditRow) -> str:
    """The sort of row, by its word."""
    kind = KINDS.get(row.action)
    return str(Sort(kind.sort if kind else Sort.CHANGE).label)


def subject(row: AuditRow) -> str:
    """The kind of thing it was done to; of a refusal, what was tried."""
    if row.object_type in SUBJECTS:
        return str(SUBJECTS[row.object_type])
    model = _model(row.object_type)
    if model is not None:
        return str(model._meta.verbose_name)
    tried = KINDS.get(row.object_type)
    if tried:
        return str(tried.title)
    permission = next((p for p in permissions.table() if p.name == row.object_type), None)
    return _(permission.title) if permission else row.object_type


def unit(row: AuditRow) -> str:
    """The unit it was done in."""
    return _named(ReportingUnit, row.unit) if row.unit else ""


def body(row: AuditRow) -> tuple[list[Value], str]:
    """The fields before and after, and the note. A row that is no longer readable says so."""
    try:
        content = json.loads(row.body)
        before, after = dict(content["before"]), dict(content["after"])
        note = str(content.get("note", ""))
    except (ValueError, KeyError, TypeError):
        return [], _("这条记录的内容读不出来：%s") % row.body[:500]
    model = _model(row.object_type)
    names = [n for n in {**before, **after} if n != "version"] + ["version"] * ("version" in {**before, **after})
    return [Value(label(model, n), value(model, n, before.get(n)), value(model, n, after.get(n))) for n in names], note


def label(model: type[models.Model] | None, name: str) -> str:
    """The word of a field; its key where there is none."""
    field = _field(model, name)
    if field is not None and str(field.verbose_name) != name.replace("_", " "):
        return str(field.verbose_name)
    if isinstance(getattr(model, name, None), SealedField):
        return str(getattr(model, name).title)
    return str(WORDS.get(name, name))


def value(model: type[models.Model] | None, name: str, found: Any) -> str:
    """A kept value as people know it."""
    if found is None or found == "":
        return ""
    if isinstance(found, bool):
        return _("是") if found else _("否")
    if isinstance(found, dict):
        return "；".join(f"{label(model, k)}：{value(model, k, v)}" for k, v in found.items())
    if isinstance(found, list):
        return "、".join(value(model, name, v) for v in found)
    if name == "refused":
        return str(REFUSALS.get(str(found), found))
    field = _field(model, name)
    if field is None:
        return str(WORDS.get(str(found), found)) if name == "revealed" else str(found)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(found, found))
    if field.is_relation and field.related_model in NAMED:
        return _named(field.related_model, str(found))
    return str(found)


def _named(model: type[models.Model], key: str) -> str:
    """A unit or an account by its name; the key stays beside it."""
    try:
        condition: dict[str, Any] = {"pk": UUID(key)}
    except ValueError:
        condition = {NAMED[model]: key}
    record = model._default_manager.filter(**condition).first()
    return f"{record}（{getattr(record, NAMED[model])}）" if record else key


def _model(name: str) -> type[models.Model] | None:
    try:
        return apps.get_model(name)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    """A field of the model's own; nothing for the other end of somebody else's."""
    try:
        found = model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None
