"""Every change of a notice board."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.divisions import api as divisions
from jimin.core.divisions import offices
from jimin.core.divisions.models import Level
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Indicator
from tests.example_domain.models import NoticeBoard

COMPUTATION = "noticeboards.villages"


class RegisterBoard(Action):
    """Register the board of a village inside the clerk's own town."""

    name = "noticeboards.register"
    title = lazy("登记公示栏")
    allowed = (Role.TOWN_CLERK,)

    class Input(base.Input):
        village: str = Field(pattern=r"^\d{12}$")
        place: str = Field(min_length=2, max_length=120)
        opened_on: date

    def check(self) -> None:
        try:
            place = divisions.place(self.data.village)
        except divisions.UnknownDivision as error:
            raise self.refuse(str(error), "village") from None
        self.columns = divisions.columns(place.code)
        if place.level != Level.VILLAGE or self.columns["town"] not in self.actor.scope.codes:
            raise self.refuse(_("“%s”不是您乡镇的村。") % place.name, "village", _("请从村名单中选择。"))
        if self.data.opened_on > clock.business_day():
            raise self.refuse(_("启用日期不能晚于今天。"), "opened_on")
        if NoticeBoard.objects.filter(village=place.code).exists():
            raise self.refuse(_("“%s”已经登记过公示栏。") % place.name, "village", _("如有变动，请记录检查。"))

    def change(self) -> Result:
        board = NoticeBoard.objects.create(
            unit_id=offices.of_division(self.data.village),
            place=self.data.place,
            opened_on=self.data.opened_on,
            **self.columns,
        )
        self.log(board, {}, {"village": board.village, "place": board.place, "opened_on": board.opened_on})
        self.emit(self.name, board)
        indicators.refresh(Indicator.objects.filter(computation=COMPUTATION), {board.unit_id})
        return {"board": str(board.id)}


class RecordCheck(Action):
    """Record that a board was looked at today."""

    name = "noticeboards.check"
    title = lazy("记录公示栏检查")
    allowed = (Role.TOWN_CLERK,)

    class Input(base.Input):
        board: UUID
        version: int

    def load(self) -> None:
        self.board = self.get(self.actor.visible(NoticeBoard.objects.all()), self.data.board)

    def check(self) -> None:
        self.fresh(self.board, self.data.version)

    def change(self) -> Result:
        before = {"checked_on": self.board.checked_on}
        self.board.checked_on = clock.business_day()
        self.board.version += 1
        self.board.save(update_fields=["checked_on", "version"])
        self.log(self.board, before, {"checked_on": self.board.checked_on, "version": self.board.version})
        return {"board": str(self.board.id)}
