"""Correct what is known about a person; look at a number."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import BaseModel, Field

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.access.roles import COUNTY, Role
from jimin.core.access.scope import Actor
from jimin.core.actions.base import Action, Input, Result
from jimin.core.audit.api import AuditRow, Sort
from jimin.core.parties.actions import persons
from jimin.core.parties.actions.inputs import BankCard, Day, IdNumber, Phone, Reason, Words, agree
from jimin.core.parties.limits import limits
from jimin.core.parties.models import CLEAR, SEALED, Person, PersonVersion, Sex

TITLES = {
    "name": "姓名",
    "sex": "性别",
    "birth": "出生日期",
    "died_on": "死亡日期",
    "disability": "残疾类别和等级",
    "address": "住址",
    "description": "特征",
    "id_number": "身份证号",
    "phone": "电话",
    "bank_card": "银行卡号",
}


def people(actor: Actor) -> Any:
    """The people inside the scope, without merged records."""
    return actor.visible(Person.objects.filter(party__merged_into=None))


class CorrectPerson(Action):
    """Correct a person's record: the old content stays as a version, with who corrected it and why."""

    name = "parties.correct_person"
    title = lazy("更正个人信息")
    allowed = persons.REGISTRARS
    risk = lazy("改身份证号、银行卡号会改变领取待遇的人")

    class Input(Input):
        """Only the fields that are given are corrected; an empty text clears."""

        person: UUID
        version: int
        reason: Reason
        name: Annotated[str, Field(max_length=60), Words] = ""
        sex: Sex = Sex.UNKNOWN
        birth: Day = None
        died_on: Day = None
        disability: Annotated[str, Field(max_length=20), Words] = ""
        address: Annotated[str, Field(max_length=200), Words] = ""
        description: Annotated[str, Field(max_length=500), Words] = ""
        id_number: IdNumber = Field(default="", repr=False)
        phone: Phone = Field(default="", repr=False)
        bank_card: BankCard = Field(default="", repr=False)

    def load(self) -> None:
        self.person = self.get(people(self.actor), self.data.person)

    def check(self) -> None:
        self.fresh(self.person, self.data.version, TITLES)
        self.given = {
            name: getattr(self.data, name) for name in (*CLEAR, *SEALED) if name in self.data.model_fields_set
        }
        self.corrected = [name for name, value in self.given.items() if value != self._now(name)]
        if not self.corrected:
            raise self.refuse(_("填写的内容与现有记录相同，没有需要更正的。"))
        if not (self._then("name") or self._then("description")):
            raise self.refuse(_("姓名不能为空；身份不明的人要写明特征。"), "name")
        self._agree()
        died, birth = self._then("died_on"), self._then("birth")
        if died and (died > clock.business_day() or (birth and died < birth)):
            raise self.refuse(_("死亡日期应在出生日期与今天之间。"), "died_on")
        if birth and birth > clock.business_day():
            raise self.refuse(_("出生日期在今天之后，请核对。"), "birth")

    def _now(self, name: str) -> Any:
        value = getattr(self.person, name)
        return (value.reveal() if value else "") if name in SEALED else value

    def _then(self, name: str) -> Any:
        return self.given[name] if name in self.given else self._now(name)

    def _agree(self) -> None:
        """Birth and sex follow a corrected id number; typed against the id number they are refused."""
        birth = self.given.get("birth") if "id_number" in self.corrected else self._then("birth")
        sex = self.given.get("sex", Sex.UNKNOWN) if "id_number" in self.corrected else self._then("sex")
        number = self._then("id_number")
        if not number:
            return
        try:
            self.given["birth"], self.given["sex"] = agree(number, birth, str(sex))
        except ValueError as error:
            raise self.refuse(str(error), "id_number" if "id_number" in self.corrected else "birth") from None
        self.corrected = [name for name, value in self.given.items() if value != self._now(name)]

    def change(self) -> Result:
        before = persons.trace(self.person)
        self._keep_version()
        for name in self.corrected:
            setattr(self.person, name, self.given[name])
        self.person.version += 1
        persons.insert(self.person, "")
        self.log(self.person, before, persons.trace(self.person), self.data.reason)
        self.emit("parties.person_corrected", self.person, fields=sorted(self.corrected), version=self.person.version)
        return {"person": str(self.person.pk), "version": self.person.version, "corrected": sorted(self.corrected)}

    def _keep_version(self) -> None:
        old = PersonVersion(
            person=self.person,
            version=self.person.version,
            corrected=sorted(self.corrected),
            reason=self.data.reason,
            by=self.actor.label,
            day=clock.business_day(),
            at=clock.now(),
            **{name: getattr(self.person, name) for name in (*CLEAR, "prefecture", "county", "town", "village")},
        )
        for name in SEALED:
            setattr(old, name, getattr(self.person, name))
        old.save(force_insert=True)


def revealed_today(actor: Actor) -> int:
    """How many numbers this account has seen in clear today (by the real clock: the limit is about people, not about law)."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return AuditRow.objects.filter(account=actor.account.pk, action=RevealNumber.name, at__gte=midnight).count()


class RevealNumber(Action):
    """Show one number in clear, for a reason that is written down."""

    name = "parties.reveal_number"
    title = lazy("查看完整号码")
    allowed = (*sorted(COUNTY), Role.TOWN_CLERK)
    risk = lazy("可能泄露个人信息；每次查看都记录原因")
    sort = Sort.REVEAL
    watched = True

    class Input(Input):
        person: UUID
        field: Literal["id_number", "phone", "bank_card"]
        reason: Reason

    @classmethod
    def perform(cls, actor: Actor, data: dict[str, Any] | BaseModel | None = None, *, key: str = "") -> Result:
        """As every action, but `key` is not used: it would keep the answer, a clear number, in the database."""
        return super().perform(actor, data)

    def load(self) -> None:
        self.person = self.get(people(self.actor), self.data.person, lock=False)

    def check(self) -> None:
        if getattr(self.person, self.data.field) is None:
            raise self.refuse(_("没有登记这个号码。"), "field", _("如已取得号码，请办理“更正个人信息”。"))
        # Two at once by the same account stand in line here, so that none slips past the limit.
        Account.objects.select_for_update(no_key=True).get(pk=self.actor.account.pk)
        most = limits()["reveals_a_day"]
        if revealed_today(self.actor) >= most:
            raise self.refuse(
                _("您今天已查看 %d 次完整号码，到了上限，没有显示。") % most,
                next_step=_("明天再看；确需成批核对的，请由本单位负责人联系系统运维。"),
            )

    def change(self) -> Result:
        self.log(self.person, {}, {"revealed": self.data.field}, self.data.reason)
        return {"number": getattr(self.person, self.data.field).reveal()}
