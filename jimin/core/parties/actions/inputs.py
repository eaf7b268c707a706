"""What the forms about people ask, and what each answer has to look like."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from jimin.core import clock
from jimin.core.actions.base import Input
from jimin.core.parties.models import Relation, Sex
from jimin.core.secrets import numbers


def _checked(kind: str) -> Any:
    def check(text: str) -> str:
        return numbers.KINDS[kind].normalise(text) if text else ""

    return AfterValidator(check)


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _no_number(text: str) -> str:
    """Words stand in clear, in the record and in the audit trail: a whole number has no place among them."""
    if re.search(r"\d{11}", numbers.plain(text)):
        raise ValueError(_("这里不要写身份证号、电话或银行卡号：文字是原样保存的。请删去号码，填到号码的栏目里。"))
    return text


Words = AfterValidator(_no_number)
IdNumber = Annotated[str, _checked("id")]
Phone = Annotated[str, _checked("phone")]
BankCard = Annotated[str, _checked("bank")]
Day = Annotated[date | None, BeforeValidator(_empty_is_none)]
Reason = Annotated[str, Field(min_length=4, max_length=500), Words]


def agree(id_number: str, birth: date | None, sex: str) -> tuple[date | None, str]:
    """Birth and sex as the id number says; refused where they were typed otherwise. Raises ValueError."""
    if not id_number:
        return birth, sex
    said = numbers.citizen(id_number, today=clock.business_day())
    female = Sex.FEMALE if said.female else Sex.MALE
    if birth and birth != said.birth:
        raise ValueError(_("出生日期与身份证号第 7 至 14 位不一致，请对照证件核对。"))
    if sex not in (Sex.UNKNOWN, female):
        raise ValueError(_("性别与身份证号第 17 位不一致，请对照证件核对。"))
    return said.birth, female


class PersonInput(Input):
    """A person with a name. Birth and sex follow from the id number."""

    name: Annotated[str, Field(min_length=1, max_length=60), Words]
    sex: Sex = Sex.UNKNOWN
    birth: Day = None
    id_number: IdNumber = Field(default="", repr=False)
    phone: Phone = Field(default="", repr=False)
    bank_card: BankCard = Field(default="", repr=False)
    disability: Annotated[str, Field(max_length=20), Words] = ""
    address: Annotated[str, Field(max_length=200), Words] = ""

    @model_validator(mode="after")
    def _agree(self) -> PersonInput:
        self.birth, sex = agree(self.id_number, self.birth, self.sex)
        self.sex = Sex(sex)
        if self.birth and self.birth > clock.business_day():
            raise ValueError(_("出生日期在今天之后，请核对。"))
        return self


class MemberInput(PersonInput):
    """A member and the relation to the head."""

    relation: Relation


class RelativeInput(PersonInput):
    """A relative outside the household; `relation` is to the head."""

    relation: Relation

    @model_validator(mode="after")
    def _not_the_head(self) -> RelativeInput:
        if self.relation == Relation.HEAD:
            raise ValueError(_("户主应填在家庭成员里，不是户外亲属。"))
        return self


class HouseholdInput(Input):
    """A whole household at once. `division` is a village or community (12 digits), or a town where the village is unknown."""

    division: str = Field(pattern=r"^\d{12}$")
    address: Annotated[str, Field(max_length=200), Words] = ""
    since: Day = None  # when they began to live together here; empty: the business day
    members: list[MemberInput] = Field(min_length=1)
    relatives: list[RelativeInput] = Field(default_factory=list)


class NewMemberInput(MemberInput):
    """One more member of a household that is there."""

    household: UUID
    version: int
    since: Day = None
