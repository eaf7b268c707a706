"""Build the demo's history: `jimin demo build` calls this, once; a second time changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.parties.cast import load_cast
from jimin.domains.planning.actions import items, orders
from jimin.domains.planning.demo.cast import Cast, chance
from jimin.domains.planning.demo.founding import OFFICE_CLERK, Founding, complete_stages, found
from jimin.domains.planning.demo.matters import Matters
from jimin.domains.planning.demo.months import Months
from jimin.domains.planning.models import LedgerItem, OrderReply, Plan, SupervisionOrder, Task
from jimin.engines.alerts.actions import RunAlerts
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Indicator

Say = Callable[[str], None]


def build(pack: Path, document: Path, installer: Actor, say: Say) -> None:
    """The whole history from the pack's demo folder, through actions only."""
    setting = yaml.safe_load((pack / "demo" / "demo.yaml").read_text("utf-8"))
    until: date = setting["business_day"]
    cast = Cast(pack / "demo", date(until.year, 1, 1), installer)
    say("任命")
    cast.appoint()
    people = setting["households"]
    say("演示人物与家庭")
    load_cast(pack / "demo" / people["file"], cast.named(people["by"]))
    founding = Founding(pack, document, installer.unit.code, setting["plan_on"], setting["given_on"])
    say("导入要点、定稿、分解")
    plan = found(founding, cast)
    say("逐月登记、填报、签核、验收")
    Months(plan, cast, setting, until).run()
    say("成果环节、在建项目、督办")
    complete_stages(plan, cast, until, setting.get("paper_word", "演示"))
    _projects(setting, cast, until)
    for number, entry in enumerate(setting.get("orders", ())):
        _order(plan, entry, cast, number)
    say("对照、批示、学习、整改、风险、考核")
    Matters(plan, cast, setting, founding.office, until).run()
    with clock.on_day(until):
        # The steps above do not run in the order of their days: an earlier day's refresh knows no later month.
        indicators.refresh(Indicator.objects.all())
        RunAlerts.perform(cast.at(founding.office, OFFICE_CLERK), {}, key=f"demo:alerts:{until}")


def _projects(setting: dict[str, Any], cast: Cast, until: date) -> None:
    """Projects that are not in use yet and wait at a stage."""
    for code, entry in setting.get("stuck", {}).items():
        indicator = Indicator.objects.get(code=code)
        covered = set(LedgerItem.objects.filter(indicator=indicator).values_list("town", flat=True))
        offices = list(
            indicator.tasks.get().assignments.filter(withdrawn_on=None).select_related("unit").order_by("unit__code")
        )
        offices.sort(key=lambda a: chance("在建", a.unit.code))
        for assignment in offices[: entry["count"]]:
            towns = [
                t
                for t in divisions.children(assignment.unit.jurisdiction)
                if t.code not in covered and t.kind in divisions.TOWNS
            ]
            if not towns:
                continue
            with clock.on_day(
                until - timedelta(days=int(entry["since_days"] * (0.6 + 0.8 * chance(assignment.unit.code))))
            ):
                row = {
                    "name": f"{towns[0].name}区域养老服务中心（在建）",
                    "division": towns[0].code,
                    "stage": entry["stage"],
                }
                data = {"indicator": code, "rows": [row]}
                items.RegisterItems.perform(
                    cast.chain(assignment.unit)[0], data, key=f"demo:stuck:{code}:{assignment.unit.code}"
                )


def _order(plan: Plan, entry: dict[str, Any], cast: Cast, number: int) -> None:
    """One order: drafted by the lead's clerk, signed up to the leader, answered by all but the silent."""
    task = Task.objects.select_related("lead", "indicator").get(point__plan=plan, indicator__code=entry["measure"])
    with clock.on_day(entry["day"]):
        chain = cast.chain(task.lead)
        data = {k: entry[k] for k in ("units", "reason", "demand", "reply_due")}
        result = orders.DraftOrder.perform(chain[0], {"task": task.id, **data}, key=f"demo:order:{number}")
        order = SupervisionOrder.objects.select_related("work__holder_unit", "work__holder").get(pk=result["order"])
        while order.work.is_open:
            signer = _holder(order, cast)
            orders.SignOrder.perform(signer, {"order": order.id}, key=f"demo:order:{number}:{order.work.position}")
            order.work.refresh_from_db()
    replies = OrderReply.objects.filter(order=order).exclude(unit__code__in=entry["silent"]).select_related("unit")
    for reply in replies.order_by("unit__code"):
        with clock.on_day(entry["day"] + timedelta(days=7 + int(chance(reply.unit.code, number) * 8))):
            writer, *signers = cast.chain(reply.unit)
            orders.AnswerOrder.perform(
                writer,
                {
                    "reply": reply.id,
                    "version": reply.version,
                    "cause": "项目前期手续办理较慢，消防验收排队时间长。",
                    "measures": "逐个项目挂图作战，每周调度；协调住建、消防部门集中验收。",
                    "promise_on": entry["day"] + timedelta(days=90),
                },
                key=f"demo:answer:{number}:{reply.unit.code}",
            )
            for signer in signers:
                key = f"demo:answer:{number}:{reply.unit.code}:{signer.role}"
                orders.SignReply.perform(signer, {"reply": reply.id, "opinion": "同意。"}, key=key)


def _holder(order: SupervisionOrder, cast: Cast) -> Actor:
    """Who has the order now: the named holder where the route names one, else who holds the role."""
    if order.work.holder is not None:
        return cast.named(order.work.holder.username)
    return cast.at(order.work.holder_unit, order.work.holder_role)
