"""指标台账 as a sheet: new rows are registered, known ones corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from jimin.core.access.scope import Actor
from jimin.core.sheets.api import Call, Key, Line, Sheet, SheetColumn
from jimin.domains.planning.actions.items import RegisterItems, ReviseItems
from jimin.domains.planning.models import ItemState
from jimin.domains.planning.sources import ON_LEDGER
from jimin.domains.planning.visibility import items
from jimin.engines.indicators.models import Indicator, Method

CHANGING = ("name", "address", "quantity", "stage", "since")


def _counted(actor: Actor) -> list[tuple[str, str]]:
    """The indicators that count rows of the ledger, registered for themselves."""
    found = Indicator.objects.filter(method=Method.COMPUTED, rows_of=None, computation__in=ON_LEDGER)
    return list(found.values_list("code", "title"))


class Items(Sheet):
    """A row is known by its id, or by indicator, place and name."""

    register = "planning.items"
    adds, changes = RegisterItems, ReviseItems
    note = lazy(
        "一处一行。投用了才填投用日期，填了才计数；没有投用的填进度。县局登记的行当天计入，乡镇登记的行经县局核实后计入。"
    )
    columns = (
        SheetColumn("name", required=True, longest=120),
        SheetColumn("indicator", kind="choice", choices=_counted, required=True, fixed=True, value="indicator.code"),
        SheetColumn("division", kind="division", required=True, fixed=True, help=lazy("这一处所在的乡镇、村，填代码")),
        SheetColumn("quantity", kind="decimal", places=2, least=Decimal("0.01"), default="1", help=lazy("空着按 1 计")),
        SheetColumn("stage", longest=20, help=lazy("如：立项、施工、消防验收、投用")),
        SheetColumn("since", kind="date", help=lazy("投用了才填，不晚于今天")),
        SheetColumn("address", longest=200),
    )  # fmt: skip
    key = ("indicator", "division", "name")

    def find(self, actor: Actor, lines: Sequence[Line]) -> Mapping[Key, Any]:
        wanted = {n: {line.values.get(n, "") for line in lines} for n in self.key}
        # All three, in the order of the unique index: by name alone each chunk would read the whole ledger.
        found = items(actor).filter(
            indicator__code__in=wanted["indicator"], division__in=wanted["division"], name__in=wanted["name"]
        )
        found = found.exclude(state=ItemState.VOID)
        return {(i.indicator.code, i.division, i.name): i for i in found}

    def add(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        def code(line: Line) -> str:
            return line.values["indicator"]

        for indicator, group in groupby(sorted(lines, key=code), key=code):
            part = list(group)
            rows = [line.filled("name", "division", *CHANGING) for line in part]
            yield Call(RegisterItems, {"indicator": indicator, "rows": rows}, part)

    def change(self, actor: Actor, lines: Sequence[Line]) -> Iterable[Call]:
        rows = [{"item": line.record, "version": line.version, **self.given(line)} for line in lines]
        yield Call(ReviseItems, {"rows": rows}, lines)
