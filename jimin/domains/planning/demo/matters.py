"""The office's other matters in the demo: requirements, instructions, study, rectification, integrity, appraisal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from jimin.core import clock
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.domains.planning.actions import appraisal, integrity, office, own, rectification, study
from jimin.domains.planning.demo.cast import Cast, chance
from jimin.domains.planning.demo.founding import OFFICE_CLERK
from jimin.domains.planning.models import Instruction, Plan, Rectification, Task
from jimin.engines.cases.models import Work


class Matters:
    """Carries the entries of demo.yaml through their actions, each on its day."""

    def __init__(self, plan: Plan, cast: Cast, setting: dict[str, Any], unit: str, until: date) -> None:
        self.plan, self.cast, self.setting, self.until = plan, cast, setting, until
        self.clerk = cast.at(unit, OFFICE_CLERK)
        self.inspector = cast.named(setting["inspector"])
        self.points = dict(plan.points.values_list("no", "id"))

    def run(self) -> None:
        """Everything, in the order of the file."""
        own.ensure_own_indicators(self.clerk, self.plan.year)
        for n, entry in enumerate(self.setting.get("requirements", ())):
            self._requirement(n, entry)
        for entry in self.setting.get("instructions", ()):
            self._instruction(entry)
        for n, entry in enumerate(self.setting.get("study", ())):
            self._topic(n, entry)
        for n, entry in enumerate(self.setting.get("rectifications", ())):
            self._rectification(n, entry)
        for n, entry in enumerate(self.setting.get("risks", ())):
            actor = self.cast.at(entry["unit"], entry["by"])
            data = {k: entry[k] for k in ("post", "step", "permission", "risk", "level", "measure") if k in entry}
            integrity.RegisterRisk.perform(actor, data, key=f"demo:risk:{n}")
        for n, entry in enumerate(self.setting.get("findings", ())):
            with clock.on_day(entry["found_on"]):
                integrity.RecordFinding.perform(self.inspector, entry, key=f"demo:finding:{n}")
        for n, entry in enumerate(self.setting.get("warnings", ())):
            with clock.on_day(entry["held_on"]):
                integrity.RecordWarningSession.perform(self.inspector, entry, key=f"demo:warning:{n}")
        with clock.on_day(self.until):
            data = {"plan": self.plan.id, "as_of": self.until}
            appraisal.ReckonAppraisal.perform(self.clerk, data, key="demo:appraisal")

    def _requirement(self, n: int, entry: dict[str, Any]) -> None:
        fields = ("kind", "source", "clause", "text", "given_on")
        data = {"plan": self.plan.id, **{k: entry[k] for k in fields if k in entry}}
        result = office.AddRequirement.perform(self.clerk, data, key=f"demo:requirement:{n}")
        points = [self.points[no] for no in entry.get("points", ())]
        if points:
            tasks = list(Task.objects.filter(point__in=points).exclude(indicator=None).values_list("id", flat=True))
            link = {"requirement": result["requirement"], "version": 1, "points": points, "tasks": tasks}
            office.LinkRequirement.perform(self.clerk, link, key=f"demo:link:{n}")

    def _holder(self, work: Work) -> Actor:
        if work.holder is not None:
            return self.cast.named(work.holder.username)
        return self.cast.at(work.holder_unit, work.holder_role)

    def _instruction(self, entry: dict[str, Any]) -> None:
        """Recorded, answered by the unit's chain, closed by the office; an entry without `reply` is still open."""
        key = f"demo:instruction:{entry['number']}"
        given = {
            k: entry[k]
            for k in ("number", "leader", "on_paper", "text", "written_on", "received_on", "unit", "reply_due")
        }
        points = [self.points[no] for no in entry.get("points", ())]
        with clock.on_day(entry["received_on"]):
            office.RecordInstruction.perform(self.clerk, {**given, "points": points}, key=key)
        if "reply" not in entry:
            return
        record = Instruction.objects.select_related("work__holder_unit", "work__holder").get(number=entry["number"])
        day = entry["received_on"] + timedelta(days=6)
        while record.work.is_open:
            actor, station = self._holder(record.work), record.work.station
            version = {"record": record.id, "version": record.work.version}
            with clock.on_day(day):
                step = f"{key}:{record.work.position}"
                if station == "reply":
                    office.ReplyInstruction.perform(actor, {**version, "reply": entry["reply"]}, key=step)
                elif station == "close":
                    office.CloseInstruction.perform(actor, {**version, "opinion": "已办结。"}, key=step)
                else:
                    office.SignInstruction.perform(actor, {**version, "opinion": "同意。"}, key=step)
            record.refresh_from_db()
            record.work.refresh_from_db()

    def _topic(self, n: int, entry: dict[str, Any]) -> None:
        """A topic, and the sessions of the offices and prefectures that held one."""
        topic = {"plan": self.plan.id, **{k: entry[k] for k in ("title", "reading", "due_on")}}
        with clock.on_day(self.setting["given_on"]):
            result = study.PlanTopic.perform(self.clerk, topic, key=f"demo:topic:{n}")
        kinds = (UnitKind.OFFICE, UnitKind.DIRECT, UnitKind.PREFECTURE)
        units = ReportingUnit.objects.filter(kind__in=kinds, valid_to=None).exclude(code="t.leaders")
        for unit in units:
            if "inspection" in unit.powers or chance("学习", unit.code, n) > entry["share"]:
                continue
            held = entry["due_on"] - timedelta(days=int(chance(unit.code, n, "日") * 40))
            if held > self.until:
                continue
            due = 6 + int(chance(unit.code, "人数") * 22)
            data = {
                "topic": result["topic"],
                "form": entry["form"],
                "held_on": held,
                "due_count": due,
                "present_count": due - int(chance(unit.code, n, "缺") * 3),
            }
            with clock.on_day(held):
                study.RecordSession.perform(self.cast.chain(unit)[0], data, key=f"demo:session:{n}:{unit.code}")

    def _rectification(self, n: int, entry: dict[str, Any]) -> None:
        """Opened by the office; those with a `result` are reported with evidence, signed, and verified."""
        key = f"demo:rectification:{n}"
        fields = ("inspection", "finding", "unit", "horizon", "measure", "due_on")
        with clock.on_day(entry["opened_on"]):
            opened = rectification.OpenRectification.perform(self.clerk, {k: entry[k] for k in fields}, key=key)
        if "result" not in entry:
            return
        record = Rectification.objects.select_related("work__holder_unit", "work__holder").get(
            pk=opened["rectification"]
        )
        day = entry["due_on"] - timedelta(days=5)
        while record.work.is_open:
            actor, station = self._holder(record.work), record.work.station
            version = {"record": record.id, "version": record.work.version}
            with clock.on_day(min(day, self.until)):
                step = f"{key}:{record.work.position}"
                if station == "rectify":
                    proof = files.keep("整改佐证（演示）.txt", f"{entry['result']}".encode(), actor=actor)
                    data = {
                        **version,
                        "result": entry["result"],
                        "evidence": proof.id,
                        "mechanism": entry.get("mechanism", ""),
                    }
                    rectification.ReportRectification.perform(actor, data, key=step)
                elif station == "verify":
                    data = {**version, "opinion": "现场核验，整改到位。"}
                    rectification.VerifyRectification.perform(actor, data, key=step)
                else:
                    rectification.SignRectification.perform(actor, {**version, "opinion": "同意。"}, key=step)
            record.refresh_from_db()
            record.work.refresh_from_db()
