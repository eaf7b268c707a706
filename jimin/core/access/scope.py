"""Who acts, where, and how that is told to queries and to the database.

Queries are scoped before a view sees them (`Actor.visible`), and the same scope is set in the
transaction so that row-level security is the second wall (findings: settings must be local to
the transaction, an unset one must see nothing).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import translation

from jimin.core import clock
from jimin.core.access import permissions
from jimin.core.access.models import Account, Appointment
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Level, ReportingUnit, UnitKind

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """A division subtree (level and 12-digit codes). `none` sees nothing."""

    level: str  # a Level value, or "none"
    codes: tuple[str, ...] = ()

    def q(self) -> Q:
        """The filter on a record's own division columns."""
        if self.level == Level.PROVINCE:
            return Q()
        if self.level == "none" or not self.codes:
            return Q(pk__in=[])
        return Q(**{f"{self.level}__in": self.codes})

    def covers(self, record: models.Model) -> bool:
        """Whether a record with division columns lies inside."""
        return self.level == Level.PROVINCE or getattr(record, self.level, None) in self.codes


NOWHERE = Scope("none")


def scope_of(unit: ReportingUnit) -> Scope:
    """The subtree a unit answers for: its jurisdiction, or the table of a zone's areas."""
    if unit.is_provincial:
        return Scope(Level.PROVINCE, (divisions.province().code,))
    if unit.jurisdiction:
        place = divisions.place(unit.jurisdiction)
        return Scope(place.level, (place.code,))
    codes = tuple(unit.areas.order_by("division_code").values_list("division_code", flat=True))
    if not codes:
        return NOWHERE
    levels = {divisions.place(code).level for code in codes}
    if len(levels) > 1:
        raise ValueError(f"报送单位“{unit.name}”的管辖表混用了不同层级的区划；请只登记同一层级。")
    return Scope(levels.pop(), codes)


@dataclass(frozen=True)
class Actor:
    """An account at work in one of its appointments, or the system itself in a dated run."""

    account: Account
    appointment: Appointment
    unit: ReportingUnit
    limit: frozenset[str] | None = field(default=None)  # a token's permissions; None: all of the role's

    @classmethod
    def of(cls, appointment: Appointment, limit: frozenset[str] | None = None) -> Actor:
        """The actor of an appointment (fetch it with select_related("account", "unit"))."""
        return cls(appointment.account, appointment, appointment.unit, limit)

    @property
    def role(self) -> str:
        return self.appointment.role

    @cached_property
    def label(self) -> str:
        """Name, office and role as they are written into history and audit: always in Chinese, whatever the page shows."""
        with translation.override("zh-hans"):
            return f"{self.account.name}（{self.unit.short_name}·{self.appointment.get_role_display()}）"

    @cached_property
    def scope(self) -> Scope:
        return scope_of(self.unit)

    @cached_property
    def charges(self) -> frozenset[UUID]:
        """The units a 分管 leader is in charge of; for others their own unit."""
        return frozenset(self.appointment.charge.values_list("id", flat=True)) or frozenset({self.unit.id})

    def may(self, permission: str) -> bool:
        """Whether role (and token) hold a permission."""
        return permissions.holds(self.role, permission) and (self.limit is None or permission in self.limit)

    def visible(self, rows: models.QuerySet[M]) -> models.QuerySet[M]:
        """The rows with division columns inside the scope."""
        return rows.filter(self.scope.q())

    def units(self) -> models.QuerySet[ReportingUnit]:
        """Reporting units inside the scope: all for the department, else the own one and those below it."""
        if self.unit.is_provincial:
            return ReportingUnit.objects.filter(valid_to=None)
        return ReportingUnit.objects.filter(
            Q(id=self.unit.id) | Q(superior=self.unit) | Q(superior__superior=self.unit), valid_to=None
        )

    def oversees(self, unit: ReportingUnit) -> bool:
        """Whether a unit is the own one or below it."""
        return (
            self.unit.is_provincial
            or unit.id == self.unit.id
            or unit.superior_id == self.unit.id
            or (unit.superior is not None and unit.superior.superior_id == self.unit.id)
        )

    @property
    def is_county_level(self) -> bool:
        return self.unit.kind in (UnitKind.COUNTY, UnitKind.ZONE)


def appointments_of(account: Account) -> models.QuerySet[Appointment]:
    """The appointments an account holds on the business day."""
    day = clock.business_day()
    return (
        Appointment.objects.filter(account=account, valid_from__lte=day)
        .filter(Q(valid_to=None) | Q(valid_to__gt=day))
        .select_related("account", "unit", "unit__superior")
    )


def set_scope(scope: Scope) -> Scope:
    """Tell the database the scope, for this transaction only; returns the one before. Raises outside a transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a scope is set inside a transaction, never for a session")
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('jimin.scope_level', true), current_setting('jimin.scope_codes', true),"
            " set_config('jimin.scope_level', %s, true), set_config('jimin.scope_codes', %s, true)",
            [scope.level, ",".join(scope.codes)],
        )
        level, codes = cursor.fetchone()[:2]
    return Scope(level or NOWHERE.level, tuple(codes.split(",")) if codes else ())


@contextmanager
def working_as(actor: Actor | None) -> Iterator[None]:
    """The block runs in a transaction under the actor's scope; nobody sees nothing.

    Inside another transaction the scope of before comes back at the end (a setting outlives its savepoint;
    an exception rolls it back by itself).
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = set_scope(actor.scope if actor else NOWHERE)
        yield
        if nested:
            set_scope(before)
