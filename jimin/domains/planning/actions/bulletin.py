"""月度通报: issued with a number and a code that anyone can check."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.calendar.api import Month
from jimin.core.files import api as files
from jimin.domains.planning import board_bulletin
from jimin.domains.planning.models import Plan, PlanState
from jimin.engines.documents import numbers, verification
from jimin.engines.documents.models import IssuedDocument

SORT = "月度通报"  # what the public summary calls it, and by which it is found again


class IssueBulletin(Action):
    """Issue the bulletin of a month as it stands now: number, code, Word and PDF kept."""

    name = "planning.bulletin.issue"
    title = lazy("发出月度通报")
    allowed = (Role.OFFICE_CHIEF,)
    risk = lazy("通报各地进度")

    class Input(base.Input):
        plan: UUID
        period: date

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))
        self.period = self.data.period.replace(day=1)

    def check(self) -> None:
        if self.plan.state != PlanState.IN_FORCE:
            raise self.refuse(_("《%s》不在执行中，不能通报。") % self.plan.title, "plan")
        if self.period > clock.business_day():
            raise self.refuse(_("%s 还没有到，不能通报。") % Month.of(self.period).label, "period")
        if self.period.year != self.plan.year:
            raise self.refuse(
                _("《%(plan)s》没有 %(month)s。") % {"plan": self.plan.title, "month": Month.of(self.period).label},
                "period",
            )

    def change(self) -> Result:
        day = clock.business_day()
        number = numbers.allot(issuer=self.plan.issuer or self.plan.title, word="通报", year=day.year)
        document = board_bulletin.compose(self.plan, self.period, number, day)
        issued = verification.issue(
            document,
            unit=self.actor.unit,
            account=self.actor.account,
            public_summary={"类别": SORT, "月份": Month.of(self.period).chinese},
        )
        record = issued.record
        for name, content in ((f"{number}.docx", issued.docx), (f"{number}.pdf", issued.pdf)):
            files.keep(name, content, actor=self.actor, owner=record)
        self.log(record, {}, {"number": number, "code": record.code, "period": self.period, "title": record.title})
        self.emit("planning.bulletin.issued", record, period=f"{self.period:%Y-%m}")
        return {"document": str(record.id), "number": number, "code": record.code}


def issued(plan: Plan) -> list[IssuedDocument]:
    """The bulletins issued in a plan's year, the newest first."""
    found = IssuedDocument.objects.filter(public_summary__contains={"类别": SORT}, business_day__year__gte=plan.year)
    return list(found.order_by("-created")[:24])
