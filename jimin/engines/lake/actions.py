"""Take a snapshot, drop one: what leaves the database for batch work is on record like everything else.

`snapshot` is imported where it is used: no page needs Arrow, and every process loads the actions.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access import system
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.audit.api import Change, Sort
from jimin.core.divisions.models import Level
from jimin.engines.lake.limits import limits


class _OfLake(Action, abstract=True):
    """A snapshot holds the whole installation's records: who takes or drops one must see them all."""

    def load(self) -> None:
        if self.actor.scope.level != Level.PROVINCE:
            raise self.refuse(_("快照是全省的，只能由厅机关的系统运维办理。"))

    def tell(self, name: str, after: dict[str, object]) -> None:
        """One audit row about a snapshot; it has no row of its own in the database."""
        self._changes.append(Change("lake.snapshot", name, {}, after))


class TakeSnapshot(_OfLake):
    """Write the declared tables, pseudonymised, into a new folder of the lake."""

    name = "lake.take_snapshot"
    title = lazy("做数据湖快照")
    allowed = (Role.OPERATOR,)
    sort = Sort.EXPORT
    risk = lazy("快照去掉了姓名和号码，但仍是每个人一行")

    def change(self) -> Result:
        from jimin.engines.lake import snapshot

        day = clock.business_day()
        with snapshot.draft(day.isoformat()) as folder:
            made = snapshot.write(folder, day, self.actor.scope)
            # Last, and before the commit: a snapshot without its audit row can be seen in the list.
            where = snapshot.place(folder, day.isoformat())
        hashes = {name: part.sm3 for name, part in made.tables.items()}
        self.tell(where.name, {"rows": made.rows, "day": day.isoformat(), "key": made.key, **hashes})
        return {"name": where.name, "rows": made.rows}


class DropSnapshot(_OfLake):
    """Delete a snapshot and the results beside it."""

    name = "lake.drop_snapshot"
    title = lazy("删除数据湖快照")
    allowed = (Role.OPERATOR,)

    class Input(base.Input):
        name: str

    def load(self) -> None:
        from jimin.engines.lake import snapshot

        super().load()
        try:
            self.found = snapshot.find(self.data.name)
        except snapshot.LakeFault as fault:
            raise self.refuse(str(fault), "name") from None

    def change(self) -> Result:
        from jimin.engines.lake import snapshot

        self.tell(self.found.name, {"dropped": True, "rows": self.found.rows})
        snapshot.drop(self.found)
        return {"name": self.found.name}


def drop_old() -> None:
    """The daily job: drop what is past its days, and what a killed run left behind."""
    from jimin.engines.lake import snapshot

    snapshot.sweep(clock.now() - timedelta(hours=limits()["draft_hours"]))
    for each in snapshot.outdated(clock.business_day()):
        DropSnapshot.perform(system.actor(), {"name": each.name})
