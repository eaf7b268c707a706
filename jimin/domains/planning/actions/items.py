"""The rows that are counted (台账): registered once where they are, verified by the county, never typed as a sum."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import CITY, COUNTY, OFFICE, Role
from jimin.core.access.scope import Actor
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import Forbidden, Problem, Refused
from jimin.core.divisions import api as divisions
from jimin.core.divisions import offices
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.files.models import StoredFile
from jimin.core.sets import update_rows
from jimin.domains.planning.models import ItemState, LedgerItem, Task
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Indicator, Method

KEEPERS = {Role.TOWN_CLERK, Role.COUNTY_CLERK, Role.CITY_CLERK, Role.DEPT_CLERK}


class ItemRow(base.Input):
    """One row: what it is, where, how many it counts for, and since when it is in use (empty: not yet)."""

    name: str = Field(min_length=2, max_length=120)
    division: str = Field(pattern=r"^\d{12}$")
    address: str = Field("", max_length=200)
    quantity: Decimal = Field(Decimal(1), gt=0, max_digits=12, decimal_places=2)
    stage: str = Field("", max_length=20)
    since: date | None = None
    evidence: UUID | None = None


def counting(registered: Iterable[Indicator]) -> list[Indicator]:
    """The indicators whose figures count rows registered for these: themselves, and those that share their rows."""
    own = list(registered)
    return [*own, *Indicator.objects.filter(rows_of__in=own)]


def keeps(actor: Actor, indicator: Indicator) -> bool:
    """Whether somebody may keep an indicator's rows: a place its own; in the department the office that leads the task."""
    if not actor.unit.is_provincial or actor.role in OFFICE:
        return True
    return Task.objects.filter(lead=actor.unit, indicator__in=counting([indicator])).exists()


def must_keep(actor: Actor, indicator: Indicator) -> None:
    """Refuse a clerk of the department whose office does not lead what the rows measure."""
    if not keeps(actor, indicator):
        raise Forbidden(
            _("“%(indicator)s”由别的处室牵头，%(who)s不能登记或改动它的台账。")
            % {"indicator": indicator.title, "who": actor.unit.short_name},
            next_step=_("请联系牵头处室，或由办公室办理。"),
        )


class RegisterItems(Action):
    """Register rows of an indicator that is counted. The county's own rows count at once, a town's after the county's check."""

    name = "planning.item.register"
    title = lazy("登记台账")
    allowed = KEEPERS

    class Input(base.Input):
        indicator: str
        rows: list[ItemRow] = Field(min_length=1, max_length=2000)

    def load(self) -> None:
        self.indicator = self.get(Indicator.objects.filter(method=Method.COMPUTED), self._indicator_id(), lock=False)
        must_keep(self.actor, self.indicator)
        self.units = {u.id: u for u in ReportingUnit.objects.filter(valid_to=None).exclude(kind=UnitKind.TOWN)}
        self.files = set(
            StoredFile.objects.filter(
                id__in=[r.evidence for r in self.data.rows if r.evidence], account=self.actor.account, owner_type=""
            ).values_list("id", flat=True)
        )

    def _indicator_id(self) -> Any:
        found = Indicator.objects.filter(code=self.data.indicator).values_list("id", flat=True).first()
        if found is None:
            raise self.refuse(_("没有代码为“%s”的指标。") % self.data.indicator, "indicator")
        return found

    def check(self) -> None:
        problems = []
        self.places: dict[str, tuple[dict[str, str], ReportingUnit]] = {}
        for i, row in enumerate(self.data.rows):
            problems += self._look(i, row)
        if problems:
            raise Refused(_("有 %d 处需要改正，没有登记。") % len(problems), *problems)

    def _look(self, i: int, row: ItemRow) -> list[Problem]:
        try:
            place = divisions.columns(row.division)
        except divisions.UnknownDivision as error:
            return [Problem(str(error), f"rows.{i}.division")]
        found = []
        if not self.actor.unit.is_provincial and not any(c in self.actor.scope.codes for c in place.values()):
            found.append(Problem(_("“%s”不在您的管辖范围内。") % divisions.name(row.division), f"rows.{i}.division"))
        office = offices.of_division(row.division)
        unit = self.units[office] if office is not None else None
        if unit is None:
            found.append(Problem(_("“%s”没有对应的报送单位。") % divisions.name(row.division), f"rows.{i}.division"))
        else:
            self.places[row.division] = (place, unit)
        if row.since is not None and row.since > clock.business_day():
            found.append(Problem(_("投用日期不能晚于今天；未投用请留空，填写进度。"), f"rows.{i}.since"))
        if row.evidence is not None and row.evidence not in self.files:
            found.append(Problem(_("佐证没有上传成功，请重新上传。"), f"rows.{i}.evidence"))
        return found

    def change(self) -> Result:
        counted = self.actor.role != Role.TOWN_CLERK
        day = clock.business_day()
        made = []
        for row in self.data.rows:
            place, unit = self.places[row.division]
            made.append(
                LedgerItem(
                    indicator=self.indicator,
                    unit=unit,
                    name=row.name,
                    division=row.division,
                    address=row.address,
                    quantity=row.quantity,
                    stage=row.stage,
                    since=row.since,
                    evidence_id=row.evidence,
                    state=ItemState.CONFIRMED if counted else ItemState.REGISTERED,
                    confirmed_on=day if counted else None,
                    **place,
                )
            )
        try:
            with transaction.atomic():
                LedgerItem.objects.bulk_create(made, batch_size=1000)
        except IntegrityError:
            raise self._repeated(made) from None
        for item in made:
            self.log(
                item, {}, {"name": item.name, "division": item.division, "quantity": item.quantity, "since": item.since}
            )
            self.emit("planning.item.registered", item, unit=str(item.unit_id))
        if counted:
            indicators.refresh(counting([self.indicator]), {i.unit_id for i in made})
        return {"items": [str(i.id) for i in made]}

    def _repeated(self, made: list[LedgerItem]) -> Refused:
        known = set(
            LedgerItem.objects.filter(indicator=self.indicator, division__in={i.division for i in made})
            .exclude(state=ItemState.VOID)
            .values_list("division", "name")
        )
        seen: set[tuple[str, str]] = set()
        problems = []
        for n, item in enumerate(made):
            key = (item.division, item.name)
            if key in known or key in seen:
                problems.append(Problem(_("“%s”在这个区划已经登记过。") % item.name, f"rows.{n}.name"))
            seen.add(key)
        return Refused(
            _("有 %d 行重复，没有登记。") % max(len(problems), 1),
            *problems,
            next_step=_("请删去重复的行，或改为更新原来那一行。"),
        )


class _ItemAction(Action, abstract=True):
    def load_items(self, pks: list[UUID]) -> list[LedgerItem]:
        rows = self.actor.visible(LedgerItem.objects.select_related("indicator", "unit"))
        found = self.get_all(rows, pks)
        for indicator in {i.indicator_id: i.indicator for i in found}.values():
            must_keep(self.actor, indicator)
        return found

    def save(self, items: list[LedgerItem], after: dict[str, Any], note: str = "") -> Result:
        for item in items:
            before = {k: getattr(item, k) for k in after}
            for name, value in after.items():
                setattr(item, name, value)
            item.version += 1
            self.log(item, before, {**after, "version": item.version}, note)
            self.emit(self.name, item, unit=str(item.unit_id))
        update_rows(items, [*after, "version"])
        units = {i.unit_id for i in items}
        indicators.refresh(counting({i.indicator_id: i.indicator for i in items}.values()), units)
        return {"items": [str(i.id) for i in items]}


class ConfirmItems(_ItemAction):
    """The county has checked rows that its towns registered: they count from now on."""

    name = "planning.item.confirm"
    title = lazy("核实台账")
    allowed = (Role.COUNTY_CLERK, Role.CITY_CLERK)  # 管委会 has towns and no county below it
    risk = lazy("核实后计入看板")

    class Input(base.Input):
        items: list[UUID] = Field(min_length=1)

    def load(self) -> None:
        self.items = self.load_items(self.data.items)

    def check(self) -> None:
        elsewhere = [i for i in self.items if i.unit_id != self.actor.unit.id]
        if elsewhere:
            raise self.refuse(
                _("“%(name)s”由%(unit)s核实。") % {"name": elsewhere[0].name, "unit": elsewhere[0].unit},
                next_step=_("请联系该单位经办核实。"),
            )
        other = [i for i in self.items if i.state != ItemState.REGISTERED]
        if other:
            raise self.refuse(
                _("“%(name)s”的状态是“%(state)s”，不用核实。")
                % {"name": other[0].name, "state": other[0].get_state_display()}
            )

    def change(self) -> Result:
        return self.save(self.items, {"state": ItemState.CONFIRMED, "confirmed_on": clock.business_day()})


class UpdateItem(_ItemAction):
    """Move a row on: its stage, or the day it came into use."""

    name = "planning.item.update"
    title = lazy("更新台账进度")
    allowed = KEEPERS

    class Input(base.Input):
        item: UUID
        version: int
        stage: str = Field("", max_length=20)
        since: date | None = None
        quantity: Decimal | None = Field(None, gt=0, max_digits=12, decimal_places=2)

    def load(self) -> None:
        (self.item,) = self.load_items([self.data.item])

    def check(self) -> None:
        self.fresh(self.item, self.data.version)
        if self.item.state == ItemState.VOID:
            raise self.refuse(_("“%s”已作废，不能更新。") % self.item.name)
        if self.data.since is not None and self.data.since > clock.business_day():
            raise self.refuse(_("投用日期不能晚于今天。"), "since")

    def change(self) -> Result:
        after: dict[str, Any] = {
            "stage": self.data.stage or self.item.stage,
            "since": self.data.since or self.item.since,
            "quantity": self.item.quantity if self.data.quantity is None else self.data.quantity,
        }
        counts = (after["since"], after["quantity"]) != (self.item.since, self.item.quantity)
        if counts and self.actor.role == Role.TOWN_CLERK:
            # What a town says counts after the county's check, also when it says it of a row already checked.
            after |= {"state": ItemState.REGISTERED, "confirmed_on": None}
        return self.save([self.item], after)


class ItemRevision(base.Input):
    """What a row shall say from now on; what is not given stays as it is."""

    item: UUID
    version: int
    name: str = Field("", min_length=2, max_length=120)
    address: str = Field("", max_length=200)
    quantity: Decimal = Field(Decimal(1), gt=0, max_digits=12, decimal_places=2)
    stage: str = Field("", max_length=20)
    since: date | None = None

    @property
    def after(self) -> dict[str, Any]:
        """The fields that were given."""
        return self.model_dump(include=self.model_fields_set - {"item", "version"})


class ReviseItems(_ItemAction):
    """Correct many rows at a time, field by field, as a sheet that comes back does. Place and indicator stay."""

    name = "planning.item.revise"
    title = lazy("更正台账")
    allowed = KEEPERS

    class Input(base.Input):
        rows: list[ItemRevision] = Field(min_length=1, max_length=2000)

    def load(self) -> None:
        self.items = {i.id: i for i in self.load_items([r.item for r in self.data.rows])}

    def check(self) -> None:
        problems = []
        taken = self._names()
        for n, row in enumerate(self.data.rows):
            item = self.items[row.item]
            self.fresh(item, row.version, {f.name: str(f.verbose_name) for f in LedgerItem._meta.fields})
            if item.state == ItemState.VOID:
                problems.append(Problem(_("“%s”已作废，不能更新。") % item.name, f"rows.{n}"))
            if row.since is not None and row.since > clock.business_day():
                problems.append(Problem(_("投用日期不能晚于今天；未投用请留空，填写进度。"), f"rows.{n}.since"))
            if taken.get((item.indicator_id, item.division, row.name), item.id) != item.id:
                problems.append(Problem(_("“%s”在这个区划已经登记过。") % row.name, f"rows.{n}.name"))
        if problems:
            raise Refused(_("有 %d 处需要改正，没有更正。") % len(problems), *problems)

    def _names(self) -> dict[tuple[UUID, str, str], UUID]:
        """Who holds the names that rows shall get: (indicator, place, name) → row."""
        names = {row.name for row in self.data.rows if row.name}
        found = LedgerItem.objects.filter(
            name__in=names, indicator__in={i.indicator_id for i in self.items.values()}
        ).exclude(state=ItemState.VOID)
        return {(i, d, n): pk for i, d, n, pk in found.values_list("indicator_id", "division", "name", "id")}

    def change(self) -> Result:
        by_town = self.actor.role == Role.TOWN_CLERK
        for row in self.data.rows:
            item, after = self.items[row.item], row.after
            before = {name: getattr(item, name) for name in after}
            if by_town and any(
                after.get(n, getattr(item, n)) != getattr(item, n) for n in ("name", "quantity", "since")
            ):
                # What a town says counts after the county's check, also when it says it of a row already checked.
                before |= {"state": item.state, "confirmed_on": item.confirmed_on}
                after |= {"state": ItemState.REGISTERED, "confirmed_on": None}
            item.version += 1
            for name, value in after.items():
                setattr(item, name, value)
            self.log(item, before, {**after, "version": item.version})
            self.emit(self.name, item, unit=str(item.unit_id))
        items = list(self.items.values())
        try:
            with transaction.atomic():
                update_rows(
                    items, ["name", "address", "quantity", "stage", "since", "state", "confirmed_on", "version"]
                )
        except IntegrityError:
            raise self.refuse(_("有一行的名称刚刚被别人登记了，没有更正。")) from None
        units = {i.unit_id for i in items}
        indicators.refresh(counting({i.indicator_id: i.indicator for i in items}.values()), units)
        return {"items": [str(i.id) for i in items]}


class VoidItem(_ItemAction):
    """Void a row that was registered by mistake, with the reason; it stays readable and counts no more."""

    name = "planning.item.void"
    title = lazy("作废台账")
    allowed = COUNTY | CITY | OFFICE | {Role.DEPT_CLERK}

    class Input(base.Input):
        item: UUID
        version: int
        reason: str = Field(min_length=4, max_length=200)

    def load(self) -> None:
        (self.item,) = self.load_items([self.data.item])

    def check(self) -> None:
        self.fresh(self.item, self.data.version)
        if self.item.state == ItemState.VOID:
            raise self.refuse(_("“%s”已经作废。") % self.item.name)

    def change(self) -> Result:
        return self.save([self.item], {"state": ItemState.VOID, "void_reason": self.data.reason}, self.data.reason)
