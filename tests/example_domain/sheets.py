"""The boards as a sheet: new ones come in from Excel; what is registered is not changed by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Key, Line, Sheet, SheetColumn
from tests.example_domain.actions import RegisterBoard
from tests.example_domain.models import NoticeBoard


class NoticeBoards(Sheet):
    """A board is known by its village."""

    register = "noticeboards.boards"
    adds = RegisterBoard
    note = lazy("一村一行。")
    columns = (
        SheetColumn("village", kind="division", required=True),
        SheetColumn("place", required=True, longest=120),
        SheetColumn("opened_on", kind="date", required=True, help=lazy("不晚于今天")),
    )
    key = ("village",)

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        villages = {line.values.get("village", "") for line in lines}
        return {(b.village,): b for b in actor.visible(NoticeBoard.objects.filter(village__in=villages))}
