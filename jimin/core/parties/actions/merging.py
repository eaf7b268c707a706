"""Two records of one person become one, and can be parted again."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions.api import COLUMNS
from jimin.core.parties.actions.corrections import people
from jimin.core.parties.actions.households import open_membership
from jimin.core.parties.actions.inputs import Reason
from jimin.core.parties.models import HouseholdMember, Merge, Party, PersonName
from jimin.core.parties.names import pieces


class MergePersons(Action):
    """Merge a duplicate: its key stays as an alias of the record that remains."""

    name = "parties.merge_persons"
    title = lazy("合并重复人员")
    allowed = (Role.COUNTY_CLERK,)
    risk = lazy("误并会把两个人的待遇并成一份")

    class Input(base.Input):
        loser: UUID
        winner: UUID
        reason: Reason

    def load(self) -> None:
        both = self.get_all(people(self.actor), [self.data.loser, self.data.winner])
        if len(both) != 2:
            raise self.refuse(_("请选择两个不同的人。"), "loser")
        self.loser = next(p for p in both if p.pk == self.data.loser)
        self.winner = next(p for p in both if p.pk == self.data.winner)

    def check(self) -> None:
        self.mine, self.other = open_membership(self.loser), open_membership(self.winner)
        if self.mine and self.other and self.mine.household_id != self.other.household_id:
            raise self.refuse(
                _("两份记录在两个不同的户里，合并前要先确定这个人属于哪一户。"),
                "loser",
                _("请先在其中一户办理“成员迁出”。"),
            )

    def change(self) -> Result:
        merge = Merge(
            loser=self.loser, winner=self.winner, reason=self.data.reason, day=clock.business_day(), **self._place()
        )
        if self.mine:
            self._move(merge, self.mine)
        merge.save(force_insert=True)
        Party.objects.filter(pk=self.loser.pk).update(merged_into=self.winner.pk)
        PersonName.objects.filter(person=self.loser).delete()
        told = {"loser": str(self.loser.pk), "winner": str(self.winner.pk), "version": merge.version}
        self.log(merge, {}, told, self.data.reason)
        self.emit("parties.persons_merged", self.winner, loser=str(self.loser.pk))
        return {"merge": str(merge.pk)}

    def _place(self) -> dict[str, str]:
        return {name: getattr(self.loser, name) for name in COLUMNS}

    def _move(self, merge: Merge, mine: HouseholdMember) -> None:
        # Ended first: one household has one head, and one person one household.
        mine.valid_to = max(clock.business_day(), mine.valid_from)
        mine.version += 1
        mine.save(update_fields=["valid_to", "version"])
        merge.ended = mine
        if self.other is None:
            place = {name: getattr(mine, name) for name in COLUMNS}
            merge.opened = HouseholdMember.objects.create(
                household=mine.household,
                person=self.winner,
                relation=mine.relation,
                valid_from=mine.valid_from,
                **place,
            )


class UndoMerge(Action):
    """The merged records are two people after all: part them again."""

    name = "parties.undo_merge"
    title = lazy("撤销人员合并")
    allowed = (Role.COUNTY_CLERK,)

    class Input(base.Input):
        merge: UUID
        reason: Reason

    def load(self) -> None:
        rows = Merge.objects.filter(undone_on=None).select_related("loser")
        self.merge = self.get(self.actor.visible(rows), self.data.merge)

    def check(self) -> None:
        opened = self.merge.opened
        if opened and opened.valid_to is not None:
            raise self.refuse(
                _("合并之后，这个人的家庭成员关系又变动过，不能原样撤销。"), "merge", _("请先恢复其家庭成员关系。")
            )

    def change(self) -> Result:
        merge, loser = self.merge, self.merge.loser
        if merge.opened:
            merge.opened.valid_to = max(clock.business_day(), merge.opened.valid_from)
            merge.opened.version += 1
            merge.opened.save(update_fields=["valid_to", "version"])
        if merge.ended:
            merge.ended.valid_to = None
            merge.ended.version += 1
            merge.ended.save(update_fields=["valid_to", "version"])
        Party.objects.filter(pk=loser.pk).update(merged_into=None)
        place = {name: getattr(loser, name) for name in COLUMNS}
        PersonName.objects.create(person=loser, pieces=pieces(loser.name), **place)
        merge.undone_on, merge.undone_because = clock.business_day(), self.data.reason
        merge.version += 1
        merge.save(update_fields=["undone_on", "undone_because", "version"])
        told = {"undone_on": str(merge.undone_on), "version": merge.version}
        self.log(merge, {"version": merge.version - 1}, told, self.data.reason)
        self.emit("parties.merge_undone", merge, loser=str(loser.pk))
        return {"person": str(loser.pk)}
