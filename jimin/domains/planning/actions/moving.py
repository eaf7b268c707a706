"""What the actions on a record with a work have in common: find both, look whether it is here, move it on."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from pydantic import Field

from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions.models import ReportingUnit
from jimin.core.files.models import StoredFile
from jimin.engines.cases import kernel
from jimin.engines.cases.flows import station_title
from jimin.engines.cases.models import Work

#: How the fields of a work are called where somebody else was faster.
TITLES = {"station": noop("环节"), "closed_on": noop("办结日期"), "opinion": noop("意见")}


MOST_PEOPLE = 2**31 - 1  # what a column of PostgreSQL holds; more is a slip of the finger


class MoveInput(base.Input):
    """A record, the version of its work on the page, and a word about it."""

    record: UUID
    version: int
    opinion: str = Field("", max_length=500)


class MoveWork(Action, abstract=True):
    """Subclass it: `rows` (what the actor may see), `stations` (where the step is possible); `move` sends it on."""

    stations: ClassVar[tuple[str, ...]] = ()
    what: ClassVar[Any] = ""
    Input = MoveInput

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError(self.name)

    def load(self) -> None:
        self.record = self.get(self.rows(), self.data.record, what=str(self.what))
        self.work = self.get(Work.objects.select_related("holder_unit"), self.record.work_id)

    def check(self) -> None:
        self.fresh(self.work, self.data.version, TITLES)
        kernel.must_hold([self.work], self.actor)
        if self.work.station not in self.stations:
            raise self.refuse(
                _("现在是“%(station)s”环节，不能办理“%(what)s”。")
                % {"station": station_title(self.work), "what": self.title},
                next_step=_("请刷新页面，按当前环节办理。"),
            )

    def change(self) -> Result:
        station = self.work.station
        self.move()
        self.log_move(station)
        return {"record": str(self.record.id), "closed": self.work.closed_on is not None}

    def move(self) -> None:
        kernel.forward([self.work], self.actor, self.data.opinion)

    def log_move(self, before: str) -> None:
        """Remember where the work went, and tell the others."""
        after = {"station": self.work.station, "closed_on": self.work.closed_on, "version": self.work.version}
        self.log(self.work, {"station": before, "closed_on": None}, after, self.data.opinion)
        self.emit(self.name, self.record)


def own_file(action: Action, pk: UUID | None, what: str, record: Model | None = None) -> StoredFile | None:
    """A file that the actor handed in and that is still free, or already this record's; None when none was named."""
    if pk is None:
        return None
    usable = Q(account=action.actor.account, owner_type="")
    if record is not None:
        usable |= Q(owner_type=record._meta.label_lower, owner_id=str(record.pk))
    return action.get(StoredFile.objects.filter(usable), pk, what=what)


def unit_of(action: Action, code: str, field: str = "unit") -> ReportingUnit:
    """The standing unit of a code. Refuses an unknown one at its field."""
    found = ReportingUnit.objects.filter(code=code, valid_to=None).first()
    if found is None:
        raise action.refuse(_("没有报送单位“%s”。") % code, field, _("请从单位名单中选择。"))
    return found
