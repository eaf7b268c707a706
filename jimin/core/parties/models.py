"""People, households and organisations. Others hold foreign keys to `Party`.

The tables about people stand behind row-level security from their first migration (access.rls). Numbers
are sealed (core.secrets); a name is clear inside the scope and masked on screen and in the audit trail.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jimin.core.parties.names import TextArray
from jimin.core.records import Record, Scoped
from jimin.core.secrets.fields import SealedField


class PartyKind(models.TextChoices):
    PERSON = "person", _("个人")
    HOUSEHOLD = "household", _("户")
    ORGANISATION = "organisation", _("单位")
    FACILITY = "facility", _("机构场所")


class Party(Record):
    """Whoever can apply, receive, live somewhere or be written to. A merged record points at the one that stays."""

    kind = models.CharField(_("类别"), max_length=12, choices=PartyKind)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="aliases")


class OfParty(Scoped):
    """What each sort of party shares: the party's key as its own, a version, and a place."""

    party = models.OneToOneField(Party, models.PROTECT, primary_key=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Sex(models.TextChoices):
    MALE = "男", _("男")
    FEMALE = "女", _("女")
    UNKNOWN = "未知", _("未知")


class Particulars(models.Model):
    """What is known about a person: in the current record and in each superseded version."""

    name = models.CharField(_("姓名"), max_length=60, blank=True)
    sex = models.CharField(_("性别"), max_length=2, choices=Sex, default=Sex.UNKNOWN)
    birth = models.DateField(_("出生日期"), null=True, blank=True)
    died_on = models.DateField(_("死亡日期"), null=True, blank=True)
    disability = models.CharField(_("残疾类别和等级"), max_length=20, blank=True)
    address = models.CharField(_("住址"), max_length=200, blank=True)
    description = models.CharField(_("特征"), max_length=500, blank=True)  # of an unknown person
    id_number = SealedField(kind="id", title=_("身份证号"))
    phone = SealedField(kind="phone", title=_("电话"))
    bank_card = SealedField(kind="bank", title=_("银行卡号"))

    class Meta:
        abstract = True


SEALED = ("id_number", "phone", "bank_card")
CLEAR = ("name", "sex", "birth", "died_on", "disability", "address", "description")


class Person(Particulars, OfParty):
    """One person, one record. An unknown person has no name and no number, but a description."""

    id_number = SealedField(kind="id", title=_("身份证号"), once=True)

    class Meta:
        verbose_name = _("人员")
        constraints = [
            # Unique over the whole province, beyond what one scope can see; under several keys by secrets.once.
            models.UniqueConstraint(
                fields=["id_number_token"], condition=~Q(id_number_token=""), name="person_id_once"
            ),
            models.CheckConstraint(condition=~Q(name="") | ~Q(description=""), name="person_named_or_described"),
        ]
        indexes = [
            models.Index(fields=["county", "town", "name"]),
            models.Index(fields=["prefecture", "name"]),
            models.Index(fields=["village"]),
            models.Index(fields=["phone_token"], condition=~Q(phone_token=""), name="person_phone"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("身份不明人员"))

    @property
    def is_unknown(self) -> bool:
        """Nobody knows yet who this is."""
        return not self.name


class PersonVersion(Particulars, Record, Scoped):
    """What a person's record said before a correction, and why it was corrected. `version` is the superseded one."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="versions")
    corrected = models.JSONField(_("更正的栏目"), default=list)
    reason = models.CharField(_("更正原因"), max_length=500)
    by = models.CharField(_("更正人"), max_length=200)
    day = models.DateField(_("更正日期"))
    at = models.DateTimeField(_("更正时间"))

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="person_version_once")]


class PersonName(Scoped):
    """The pieces of a name for searching; outside row-level security, so every search filters by scope itself."""

    deletable = True  # rebuilt from the people at any time

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="search")
    pieces = TextArray()  # GIN index: see the migration

    class Meta:
        indexes = [models.Index(fields=["county"]), models.Index(fields=["prefecture"])]


class Relation(models.TextChoices):
    """To the head of the household (GB/T 4761's main classes)."""

    HEAD = "户主", _("户主")
    SPOUSE = "配偶", _("配偶")
    SON = "子", _("子")
    DAUGHTER = "女", _("女")
    GRANDCHILD = "孙子女", _("孙子、孙女或外孙子、外孙女")
    PARENT = "父母", _("父母")
    GRANDPARENT = "祖父母", _("祖父母或外祖父母")
    SIBLING = "兄弟姐妹", _("兄弟姐妹")
    OTHER = "其他", _("其他")


class Household(OfParty):
    """People who live together. Who belongs to it, from when until when, is in its members."""

    address = models.CharField(_("住址"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("家庭")
        indexes = [models.Index(fields=["county", "town", "party"]), models.Index(fields=["village"])]

    @property
    def head(self) -> Person | None:
        """The present head."""
        found = self.members.filter(valid_to=None, relation=Relation.HEAD).select_related("person").first()
        return found.person if found else None

    def __str__(self) -> str:
        return str(_("%s户") % (self.head or ""))


def dates_in_order(name: str) -> models.CheckConstraint:
    """valid_to is empty or not before valid_from."""
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name=name)


class HouseholdMember(Record, Scoped):
    """A person belongs to a household, in a relation to its head, between two dates (the last is not included)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField(_("与户主关系"), max_length=8, choices=Relation)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("家庭成员")
        ordering = ["valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(valid_to=None), name="member_of_one_household"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(valid_to=None, relation=Relation.HEAD), name="household_one_head"
            ),
            dates_in_order("member_dates"),
        ]


class Kinship(Record, Scoped):
    """A relative outside the household (who may owe support). `relation` is what `relative` is to `person`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="relative_of")
    relation = models.CharField(_("关系"), max_length=8, choices=Relation)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "relative"], condition=Q(valid_to=None), name="kinship_once"),
            models.CheckConstraint(condition=~Q(person=F("relative")), name="kinship_of_two"),
            dates_in_order("kinship_dates"),
        ]


class Merge(Record, Scoped):
    """Two records turned out to be one person. Keeps what has to be put back when it turns out otherwise."""

    loser = models.ForeignKey(Person, models.PROTECT, related_name="merged_away")
    winner = models.ForeignKey(Person, models.PROTECT, related_name="merged_in")
    reason = models.CharField(_("合并依据"), max_length=500)
    ended = models.ForeignKey(HouseholdMember, models.PROTECT, null=True, related_name="+")
    opened = models.ForeignKey(HouseholdMember, models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("合并日期"))
    undone_on = models.DateField(_("撤销日期"), null=True, blank=True)
    undone_because = models.CharField(_("撤销原因"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loser"], condition=Q(undone_on=None), name="merged_once"),
            models.CheckConstraint(condition=~Q(loser=F("winner")), name="merge_of_two"),
        ]


class Organisation(OfParty):
    """A legal body. Its credit code is public and stays clear."""

    name = models.CharField(_("名称"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("单位")
        constraints = [models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="organisation_uscc_once")]
        indexes = [models.Index(fields=["county", "name"])]

    def __str__(self) -> str:
        return self.name


class Facility(OfParty):
    """A place where an organisation serves people (a home, a canteen, a station)."""

    name = models.CharField(_("名称"), max_length=120)
    run_by = models.ForeignKey(Organisation, models.PROTECT, related_name="facilities", verbose_name=_("运营单位"))
    address = models.CharField(_("地址"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("机构场所")
        indexes = [models.Index(fields=["county", "name"])]

    def __str__(self) -> str:
        return self.name


#: Tables behind row-level security.
WALLED: tuple[type[models.Model], ...] = (Person, PersonVersion, Household, HouseholdMember, Kinship, Merge)
