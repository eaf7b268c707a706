"""A place's value of a parameter: proposed with its paper, signed by another person, refused or withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field, model_validator

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level
from jimin.core.files import api as files
from jimin.core.files.models import StoredFile
from jimin.engines.cases import kernel
from jimin.engines.cases.models import Work
from jimin.engines.policy import programmes, register, seeing, units
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.flows import ParameterFlow
from jimin.engines.policy.models import Area, ParameterRecord, RecordState
from jimin.engines.policy.parameters import Parameter
from jimin.engines.policy.periods import Slot

PROPOSERS = frozenset({Role.DEPT_CLERK, Role.CITY_CLERK, Role.COUNTY_CLERK})
SIGNERS = frozenset({Role.DEPT_CHIEF, Role.CITY_LEADER, Role.COUNTY_SECTION_CHIEF, Role.COUNTY_DEPUTY})
SCANS = ("pdf", "jpg", "png")
#: The levels that may set a value, as the declarations call them.
SETTERS = {Level.PROVINCE: "province", Level.PREFECTURE: "prefecture", Level.COUNTY: "county"}


class ProposeParameter(Action):
    """Propose what the own place has set, with the paper and its scan; it goes to the office's own signers."""

    name = "policy.parameter.propose"
    title = lazy("拟报参数")
    allowed = PROPOSERS

    class Input(base.Input):
        domain: str = Field(max_length=40)
        path: str = Field(max_length=80)
        area: str = Field("", max_length=2)
        value: Decimal
        valid_from: date
        valid_to: date | None = None
        issuer: str = Field(min_length=2, max_length=120)
        document_no: str = Field(min_length=2, max_length=80)
        article: str = Field(min_length=1, max_length=300)
        scan: UUID | None = None

        @model_validator(mode="after")
        def _known(self) -> Any:
            if self.domain not in programmes.DOMAINS:
                raise ValueError(_("没有这个领域，请从参数登记册重新打开。"))
            return self

    def load(self) -> None:
        self.parameter = self._declared()
        self.scan = None
        if self.data.scan is not None:
            mine = StoredFile.objects.filter(account=self.actor.account, owner_type="")
            self.scan = self.get(mine, self.data.scan, what=_("扫描件"))

    def _declared(self) -> Parameter:
        found = programmes.national(self.data.domain).find(self.data.path)
        if found is None:
            raise self.refuse(
                _("规则里没有参数“%s”。") % self.data.path[:80], "path", _("请从参数登记册里选要拟报的参数。")
            )
        return found

    def check(self) -> None:
        self.division = self._place()
        if self.data.area not in (("", *Area.values) if self.parameter.by_area else ("",)):
            allowed = "、".join(Area.values) if self.parameter.by_area else _("不填（这个参数不分城乡）")
            raise self.refuse(_("城乡填的是“%(a)s”；可用：%(b)s。") % {"a": self.data.area, "b": allowed}, "area")
        try:
            self.value = units.number(self.parameter.unit, self.data.value)
        except RuleError as error:
            raise self.refuse(_("数值不对：%s。") % error.found, "value", error.allowed) from None
        if self.data.value < 0:
            raise self.refuse(_("数值不能小于 0。"), "value")
        if self.data.valid_to is not None and self.data.valid_to <= self.data.valid_from:
            raise self.refuse(_("停止日期要晚于施行日期。"), "valid_to", _("没有写停止日期的文件，请留空。"))
        if self.scan is None:
            raise self.refuse(_("没有附文件扫描件，不能拟报。"), "scan", _("请上传正式文件的扫描件（PDF 或照片）。"))
        if self.scan.kind not in SCANS:
            raise self.refuse(
                _("扫描件是 %s 文件。") % self.scan.kind, "scan", _("请上传正式文件的扫描件（PDF 或照片）。")
            )
        slot = Slot(self.data.domain, self.data.path, self.division, self.data.area)
        self.former = slot.on(self.data.valid_from)
        room(self, slot, self.former, self.data.valid_from, self.data.valid_to)

    def _place(self) -> str:
        """The actor's own place, when its level may set this parameter. Fails closed."""
        office = self.actor.unit
        code = divisions.province().code if office.is_provincial else office.jurisdiction
        level = SETTERS.get(Level(divisions.place(code).level)) if code else None
        if level not in self.parameter.set_by:
            names = {"province": _("省"), "prefecture": _("设区的市（州）"), "county": _("县（市、区）")}
            allowed = "、".join(names[s] for s in self.parameter.set_by if s in names)
            raise self.refuse(
                _("“%(title)s”由%(allowed)s规定，您单位不能拟报。")
                % {"title": self.parameter.title, "allowed": allowed or _("国家")},
                "path",
                _("请按上级公布的数值办理；已公布而系统里没有的，请告知有权的一级。"),
            )
        duties = programmes.DOMAINS[self.data.domain].duties
        if office.is_provincial and not set(duties) & set(office.duties):
            raise self.refuse(
                _("“%s”没有这项职责，不能替省里拟报。") % office.short_name,
                "path",
                _("请由负责%s的处室拟报。") % "、".join(duties),
            )
        return code

    def change(self) -> Result:
        assert self.scan is not None  # noqa: S101  (check has refused)
        place = divisions.columns(self.division)
        opening = kernel.Opening(
            title=f"参数确认：{self.parameter.title}（{divisions.name(self.division)}{self.data.area}）",
            route=ParameterFlow.route(self.actor.unit),
            place=place,
        )
        (work,) = kernel.open_works(ParameterFlow.kind, [opening], self.actor)
        kernel.forward([work], self.actor)
        given = self.data.model_dump(exclude={"scan", "value"})
        record = ParameterRecord.objects.create(
            **given, **place, unit=self.parameter.unit, division=self.division, value=self.value, scan=self.scan,
            replaces=self.former, office=self.actor.unit, work=work, proposed_by=self.actor.account,
            proposed_on=clock.business_day(), demo=clock.is_demo(),
        )  # fmt: skip
        files.attach(self.scan, record)
        self.log(record, {}, {**given, "value": self.value, "division": self.division, "scan": self.scan.pk})
        self.emit(self.name, record)
        return {"record": str(record.id)}


def room(action: Action, slot: Slot, ended: ParameterRecord | None, start: date, end: date | None) -> None:
    """Refuse a period in which another confirmed value of the same place begins."""
    later = slot.after(start, end, ended)
    if later is not None:
        raise action.refuse(
            _("自 %(day)s 起这里已有确认的数值（%(value)s），时间重叠。")
            % {"day": later.valid_from, "value": later.said},
            "valid_to",
            _("请把停止日期填到 %s，或从那一天起另报一个。") % later.valid_from,
        )


class Decide(base.Input):
    """A record, the version on the page, and a word about it."""

    record: UUID
    version: int
    opinion: str = Field("", max_length=500)


class _OfRecord(Action, abstract=True):
    Input = Decide

    def load(self) -> None:
        self.record = self.get(seeing.records(self.actor), self.data.record)
        self.work = self.get(Work.objects.select_related("holder_unit"), self.record.work_id)

    def check(self) -> None:
        self.fresh(self.record, self.data.version)
        if self.record.state != RecordState.PROPOSED:
            raise self.refuse(
                _("这一项已经“%s”，不能再办理。") % self.record.get_state_display(), next_step=_("请刷新页面。")
            )

    def end(self, state: RecordState, outcome: str) -> Result:
        kernel.close([self.work], self.actor, outcome, self.data.opinion)
        result = self.set(self.record, {"state": state}, self.data.opinion)
        self.emit(self.name, self.record)
        return {"record": result["id"], "state": str(state)}


class SignParameter(_OfRecord):
    """Sign a proposed value. The last signature of the office's chain makes it the law of the place."""

    name = "policy.parameter.sign"
    title = lazy("确认参数")
    allowed = SIGNERS
    risk = lazy("确认以后按这个数值发钱")

    def load(self) -> None:
        super().load()
        self.edition = register.lock(self.record.domain)

    def check(self) -> None:
        super().check()
        kernel.must_hold([self.work], self.actor)
        slot = Slot.of(self.record)
        now = slot.on(self.record.valid_from)
        if (now and now.pk) != self.record.replaces_id:
            raise self.refuse(
                _("拟报以后，这个地方的现行数值变了，不能照原样确认。"), next_step=_("请不予确认，由经办重新拟报。")
            )
        room(self, slot, now, self.record.valid_from, self.record.valid_to)
        self.former = now

    def change(self) -> Result:
        closed = kernel.forward([self.work], self.actor, self.data.opinion)
        if not closed:
            self.set(self.record, {}, self.data.opinion)
            return {"record": str(self.record.pk), "state": self.record.state}
        if self.former is not None:
            self.set(self.former, {"valid_to": self.record.valid_from})
        after = {
            "state": RecordState.CONFIRMED,
            "confirmed_by": self.actor.account,
            "confirmed_on": clock.business_day(),
        }
        self.set(self.record, after, self.data.opinion)
        register.renew(self.edition)
        self.emit("policy.parameter.confirmed", self.record)
        return {"record": str(self.record.pk), "state": str(RecordState.CONFIRMED)}


class RefuseParameter(_OfRecord):
    """Do not confirm a proposed value, with the reason; whoever proposed it may propose another."""

    name = "policy.parameter.refuse"
    title = lazy("不予确认参数")
    allowed = SIGNERS

    def check(self) -> None:
        super().check()
        kernel.must_hold([self.work], self.actor)
        if not self.data.opinion:
            raise self.refuse(_("不予确认要写明原因，拟报人会看到。"), "opinion", _("请写清哪里不对、怎样改。"))

    def change(self) -> Result:
        return self.end(RecordState.REFUSED, "refused")


class WithdrawParameter(_OfRecord):
    """Take an own proposal back before it is confirmed."""

    name = "policy.parameter.withdraw"
    title = lazy("撤回参数")
    allowed = PROPOSERS

    def check(self) -> None:
        super().check()
        if self.record.proposed_by_id != self.actor.account.id:
            raise self.refuse(_("只有拟报人能撤回。"), next_step=_("请联系拟报人，或由签核人不予确认。"))

    def change(self) -> Result:
        return self.end(RecordState.WITHDRAWN, "withdrawn")
