"""An action: the only way anything in the system changes.

One class a change: who may, what is checked, the change, the audit rows, the events. The web,
the API, the command line and batch call `perform` on the same class. It is safe to repeat: a
request carries its own key, and the same key twice is carried out once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from jimin.core.access import permissions
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor, working_as
from jimin.core.actions.errors import ActionError, Difference, Forbidden, NotFound, Problem, Refused, Stale
from jimin.core.actions.models import ActionKey
from jimin.core.audit import api as audit
from jimin.core.audit.api import Change
from jimin.core.events.api import Event, emit

M = TypeVar("M", bound=models.Model)
Result = dict[str, Any]
KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
LONGEST_KEY = 100  # the column's length: cut keys could be taken for one another


class Input(BaseModel):
    """The input of an action. Unknown fields are refused; text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, values: Any) -> Any:
        """PostgreSQL stores no NUL character: refuse it at its field instead of failing in the statement."""
        if isinstance(values, dict):
            for name, value in values.items():
                texts = value if isinstance(value, (list, tuple)) else (value,)
                if any(isinstance(text, str) and "\0" in text for text in texts):
                    raise PydanticCustomError("nul", "NUL character in {name}", {"name": name})
        return values


REGISTRY: dict[str, type[Action]] = {}


class Action:
    """Subclass it: set `name`, `title`, `allowed`; write `Input`, `load`, `check`, `change`."""

    name: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    allowed: ClassVar[Iterable[Role]] = ()
    risk: ClassVar[Any] = ""  # why this step is an integrity risk, for the permission table of point 7
    sort: ClassVar[str] = audit.Sort.CHANGE  # under which an auditor finds its rows
    watched: ClassVar[bool] = False  # an attempt that is refused for its content is on record too
    abstract: ClassVar[bool] = True

    Input: ClassVar[type[BaseModel]] = Input

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.abstract = abstract
        if not abstract:
            if cls.name in REGISTRY:
                raise ValueError(f"action {cls.name!r} is declared twice")
            REGISTRY[cls.name] = cls
            permissions.declare(cls.name, cls.title, "action", cls.allowed, str(cls.risk))
            audit.declare(cls.name, cls.title, cls.sort)

    def __init__(self, actor: Actor, data: Any) -> None:
        self.actor = actor
        self.data = data
        self._changes: list[Change] = []
        self._events: list[Event] = []

    # -- what a subclass writes ------------------------------------------------------------
    def load(self) -> None:
        """Fetch and lock the records, inside the scope, in the order of their ids."""

    def check(self) -> None:
        """Raise Refused or Stale when the change is not allowed now."""

    def change(self) -> Result:
        """Make the change; call `log` for each changed record. Returns what the caller needs (ids as text)."""
        raise NotImplementedError(self.name)

    # -- what it uses ----------------------------------------------------------------------
    def get(self, rows: models.QuerySet[M], pk: Any, *, lock: bool = True, what: str = "") -> M:
        """One record out of an already scoped queryset, locked; NotFound says nothing about other scopes."""
        found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=pk).first()
        if found is None:
            raise NotFound(
                _("没有找到这份%(what)s，或不在您的管辖范围内。") % {"what": what or rows.model._meta.verbose_name},
                next_step=_("请从列表重新打开；如认为应由您办理，请联系上级单位的办公室。"),
            )
        return found

    def get_all(self, rows: models.QuerySet[M], pks: Iterable[Any]) -> list[M]:
        """Several records, locked in the order of their ids; one missing refuses the whole."""
        wanted = sorted(set(pks))
        found = list(rows.select_for_update(of=("self",)).filter(Q(pk__in=wanted)).order_by("pk"))
        if len(found) != len(wanted):
            raise NotFound(
                _("所选 %(n)d 件中有 %(k)d 件不存在或不在您的管辖范围内，已全部停办。")
                % {"n": len(wanted), "k": len(wanted) - len(found)},
                next_step=_("请刷新列表后重新选择。"),
            )
        return found

    def fresh(self, record: Any, version: int, titles: dict[str, str] | None = None) -> None:
        """Refuse a form that was opened on an older version, with what changed since."""
        if record.version != version:
            raise Stale(
                _("您打开之后，这份记录已被他人修改；您的内容没有保存，也没有丢失。"),
                changed_since(record, version, titles or {}),
                _("请核对下面的差异，再决定是否按您的内容重新提交。"),
            )

    def log(self, record: models.Model, before: dict[str, Any], after: dict[str, Any], note: str = "") -> None:
        """Remember one changed record for the audit trail."""
        self._changes.append(Change.to(record, before, after, note))

    def set(self, record: Any, after: dict[str, Any], note: str = "") -> Result:
        """Set fields of a record with its next version, and log them. Returns its id and version."""
        before = {name: _shown(getattr(record, name)) for name in [*after, "version"]}
        record.version += 1
        for name, value in after.items():
            setattr(record, name, value)
        record.save(update_fields=[*after, "version"])
        self.log(record, before, {**{k: _shown(v) for k, v in after.items()}, "version": record.version}, note)
        return {"id": str(record.pk), "version": record.version}

    def emit(self, name: str, subject: models.Model, **payload: Any) -> None:
        """Remember an event for the outbox."""
        self._events.append(Event(name, subject, payload))

    def refuse(self, message: str, field: str = "", next_step: str = "") -> Refused:
        """A Refused to raise, with one problem at a field."""
        return Refused(message, Problem(message, field), next_step=next_step)

    # -- how it runs -----------------------------------------------------------------------
    @classmethod
    def perform(cls, actor: Actor, data: dict[str, Any] | BaseModel | None = None, *, key: str = "") -> Result:
        """Carry the action out in one transaction and return its result.

        `data` is the input as plain values or as `cls.Input`; `key` makes the request repeatable.
        Raises Forbidden, NotFound, Refused or Stale, and then nothing was changed. An attempt at what is not the
        actor's (Forbidden, NotFound) is on record all the same.
        """
        try:
            return cls._perform(actor, data, key)
        except ActionError as refusal:
            if isinstance(refusal, (Forbidden, NotFound)) or (cls.watched and isinstance(refusal, Refused)):
                audit.refused(actor, cls.name, refusal, keys_in(data))
            raise

    @classmethod
    def _perform(cls, actor: Actor, data: dict[str, Any] | BaseModel | None, key: str) -> Result:
        cls._may(actor)
        parsed = cls.parse(data)
        with working_as(actor):
            taken = cls._take(actor, parsed, key)
            if taken is not None and taken.result is not None:
                return {**taken.result, "replayed": True}
            action = cls(actor, parsed)
            action.load()
            action.check()
            result = action.change()
            audit.write(actor, cls.name, action._changes)
            emit(action._events)
            if taken is not None:
                taken.result = result
                taken.save(update_fields=["result"])
            return result

    @classmethod
    def rehearse(cls, actor: Actor, data: dict[str, Any] | BaseModel | None = None) -> None:
        """Load and check as `perform` would, and change nothing. Raises what `perform` would raise up to its change."""
        cls._may(actor)
        parsed = cls.parse(data)
        with working_as(actor):
            action = cls(actor, parsed)
            action.load()
            action.check()

    @classmethod
    def _may(cls, actor: Actor) -> None:
        if not actor.may(cls.name):
            if permissions.holds(actor.role, cls.name):  # the role may, this token may not
                raise Forbidden(
                    _("这个令牌没有“%s”这项准许。") % cls.title, next_step=_("需要时请系统运维另发一个令牌。")
                )
            raise Forbidden(
                _("“%(role)s”不能办理“%(title)s”。")
                % {"role": actor.appointment.get_role_display(), "title": cls.title},
                next_step=_("此事项由其他岗位办理，见“岗位权限表”。"),
            )

    @classmethod
    def parse(cls, data: dict[str, Any] | BaseModel | None) -> BaseModel:
        """The input, checked by its types. Raises Refused with a problem at each field."""
        if isinstance(data, cls.Input):
            return data
        try:
            return cls.Input.model_validate(data or {})
        except ValidationError as error:
            problems = [Problem(say(e), ".".join(map(str, e["loc"]))) for e in error.errors()]
            raise Refused(_("有 %d 处填写需要改正，内容没有保存。") % len(problems), *problems) from None

    @classmethod
    def _take(cls, actor: Actor, data: BaseModel, key: str) -> ActionKey | None:
        if not key:
            return None
        # Keyed: an input may hold an id number, and a plain hash of one can be guessed.
        digest = salted_hmac("jimin.actions", data.model_dump_json(), algorithm="sha256").hexdigest()
        if len(key) > LONGEST_KEY or "\0" in key:
            raise Refused(
                _("提交编号不能超过 %d 个字符，没有办理。") % LONGEST_KEY, next_step=_("请换一个较短的编号。")
            )
        mine = ActionKey(action=cls.name, account=actor.account.id, key=key, digest=digest)
        # A second request with the same key waits here for the first one's end.
        ActionKey.objects.bulk_create([mine], ignore_conflicts=True)
        taken = ActionKey.objects.select_for_update().get(action=cls.name, account=actor.account.id, key=key)
        if taken.digest != digest:
            raise Refused(_("同一次提交的内容前后不同，没有再次办理。"), next_step=_("请重新打开页面后再提交。"))
        return taken


def keys_in(data: dict[str, Any] | BaseModel | None) -> set[UUID]:
    """The records an input names by their keys; nothing else of an input is fit for the trail."""
    found = set()
    for value in (data if isinstance(data, dict) else dict(data or {})).values():
        for text in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, UUID) or (isinstance(text, str) and KEY.fullmatch(text)):
                found.add(UUID(str(text)))
    return found


def _shown(value: Any) -> Any:
    """A value as it stands in the audit trail: another record by its key."""
    return value.pk if isinstance(value, models.Model) else value


def changed_since(record: models.Model, version: int, titles: dict[str, str]) -> list[Difference]:
    """What the audit trail says happened to a record after a version (newest value of each field)."""
    found: dict[str, Difference] = {}
    for row in audit.history(record):
        body = json.loads(row.body)
        if body["after"].get("version", 0) <= version:
            continue
        for name, value in body["after"].items():
            if name != "version":
                opened = found[name].opened if name in found else body["before"].get(name)
                found[name] = Difference(name, _(titles[name]) if name in titles else name, opened, value, row.actor)
    return list(found.values())


SAY = {
    "missing": noop("此项必填。"),
    "string_too_short": noop("此项必填，至少 {min_length} 个字。"),
    "string_too_long": noop("最多 {max_length} 个字，请删减。"),
    "decimal_parsing": noop("请只填数字，如 7200。"),
    "int_parsing": noop("请只填整数，如 12。"),
    "greater_than_equal": noop("不能小于 {ge}。"),
    "greater_than": noop("必须大于 {gt}。"),
    "less_than_equal": noop("不能大于 {le}。"),
    "less_than": noop("必须小于 {lt}。"),
    "date_from_datetime_parsing": noop("请填日期，如 2023-06-30。"),
    "date_parsing": noop("请填日期，如 2023-06-30。"),
    "uuid_parsing": noop("编号不完整，请从列表重新打开。"),
    "extra_forbidden": noop("不认识的栏目，请刷新页面后重试。"),
    "enum": noop("请从列出的选项中选择。"),
    "literal_error": noop("请从列出的选项中选择。"),
    "too_short": noop("至少选择 {min_length} 项。"),
    "decimal_max_places": noop("最多 {decimal_places} 位小数。"),
    "decimal_max_digits": noop("数太大，最多 {max_digits} 位（含小数）。"),
    "decimal_whole_digits": noop("数太大，小数点前最多 {whole_digits} 位。"),
    "decimal_type": noop("请只填数字，如 7200。"),
    "finite_number": noop("请只填数字，如 7200。"),
    "int_type": noop("请只填整数，如 12。"),
    "int_from_float": noop("请只填整数，如 12。"),
    "bool_parsing": noop("请选择“是”或“否”。"),
    "bool_type": noop("请选择“是”或“否”。"),
    "string_type": noop("请填文字。"),
    "string_unicode": noop("含有不能识别的字符，请重新输入。"),
    "string_pattern_mismatch": noop("格式不对，应符合 {pattern}。"),
    "list_type": noop("请按列表填写。"),
    "dict_type": noop("内容应是一组“栏目: 值”。"),
    "model_type": noop("内容应是一组“栏目: 值”。"),
    "model_attributes_type": noop("内容应是一组“栏目: 值”。"),
    "uuid_type": noop("编号不完整，请从列表重新打开。"),
    "date_type": noop("请填日期，如 2023-06-30。"),
    "date_from_datetime_inexact": noop("请填日期，如 2023-06-30。"),
    "too_long": noop("最多 {max_length} 项，请分次办理。"),
    "nul": noop("“{name}”里有不能保存的空字符，请删去。"),
}


def say(error: Any) -> str:
    """A type error in the user's language."""
    template = SAY.get(error["type"])
    if template is None:
        return str(error.get("ctx", {}).get("error") or _("填写不正确：%s") % error["msg"])
    return _(template).format(**error.get("ctx", {}))
