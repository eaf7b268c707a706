"""How staff list, filter and export the boards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.roles import CITY, COUNTY, DEPARTMENT, Role
from jimin.core.registers.api import Column, DateRange, Division, Register
from tests.example_domain.models import NoticeBoard


class NoticeBoards(Register):
    """公示栏 inside the scope."""

    name = "noticeboards.boards"
    title = lazy("村级公示栏")
    model = NoticeBoard
    allowed = DEPARTMENT | CITY | COUNTY | {Role.TOWN_CLERK}
    columns = (
        Column("village", lazy("村"), kind="division", sort="village"),
        Column("place", lazy("位置"), width=40),
        Column("opened_on", lazy("启用日期"), kind="date", sort="opened_on"),
        Column("checked_on", lazy("最近检查"), kind="date", sort="checked_on"),
    )
    filters = (Division("area", lazy("地区")), DateRange("opened_on", lazy("启用日期")))
    search = ("place",)
    order = ("village", "id")
