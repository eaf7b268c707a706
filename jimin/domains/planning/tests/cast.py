"""The named cast of the plan's work: a province with one 市, two counties, a town, and a plan of two points.

Everything after the first operator is carried out through actions, so what the tests find is what the product makes.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from jimin.core.access.actions import Appoint
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.access.tests.people import hand
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.domains.planning.actions import items, judging, plan, reports, tasks
from jimin.domains.planning.models import Found, Plan, Report, Task
from jimin.engines.cases.models import Work

DAY = date(2023, 10, 10)
SEPTEMBER = date(2023, 9, 1)

TEXT = """2023年全省民政工作要点

一、推进养老服务高质量发展
1.提升社区养老服务水平。2023年建设不少于100个社区老年食堂，特困人员供养机构护理型床位占比不低于50%。
2.完善养老服务制度。制定养老机构服务清单。
"""

PLACES = [
    ("220000000000", "吉林省", Level.PROVINCE, Kind.PROVINCE, ""),
    ("220100000000", "长春市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220122000000", "农安县", Level.COUNTY, Kind.COUNTY, "220100000000"),
    ("220182000000", "榆树市", Level.COUNTY, Kind.COUNTY, "220100000000"),
    ("220122102000", "哈拉海镇", Level.TOWN, Kind.TOWN, "220122000000"),
    ("220122101000", "合隆镇", Level.TOWN, Kind.TOWN, "220122000000"),
    ("220122102201", "新兴村", Level.VILLAGE, Kind.VILLAGE, "220122102000"),
    ("220182101000", "五棵树镇", Level.TOWN, Kind.TOWN, "220182000000"),
]

#: code, name, kind, superior, jurisdiction, duties, powers
UNITS: list[tuple[str, str, str, str, str, list[str], list[str]]] = [
    ("t.leaders", "厅领导", UnitKind.OFFICE, "", "", [], []),
    ("t.office", "办公室", UnitKind.OFFICE, "", "", ["公文"], ["plan_office"]),
    ("t.elder", "养老处", UnitKind.OFFICE, "", "", ["养老"], []),
    ("t.relief", "救助处", UnitKind.OFFICE, "", "", ["社会救助"], []),
    ("2201", "长春市", UnitKind.PREFECTURE, "", "220100000000", [], []),
    ("220122", "农安县", UnitKind.COUNTY, "2201", "220122000000", [], []),
    ("220182", "榆树市", UnitKind.COUNTY, "2201", "220182000000", [], []),
    ("220122102", "哈拉海镇", UnitKind.TOWN, "220122", "220122102000", [], []),
]

#: username, name, unit, role, units in charge of
PEOPLE: list[tuple[str, str, str, Role, list[str]]] = [
    ("li.jia", "李嘉", "t.office", Role.OFFICE_CLERK, []),
    ("wang.zhuren", "王建国", "t.office", Role.OFFICE_CHIEF, []),
    ("zhou.ting", "周明远", "t.leaders", Role.DEPT_LEADER, ["t.elder"]),
    ("chen.yu", "陈宇", "t.elder", Role.DEPT_CLERK, []),
    ("zhao.lixin", "赵立新", "t.elder", Role.DEPT_CHIEF, []),
    ("song.jie", "宋洁", "t.relief", Role.DEPT_CLERK, []),
    ("ma.li", "马丽", "2201", Role.CITY_CLERK, []),
    ("liu.min", "刘敏", "220122", Role.COUNTY_CLERK, []),
    ("wang.lihua", "王丽华", "220122", Role.COUNTY_SECTION_CHIEF, []),
    ("yu.haitao", "于海涛", "220122", Role.COUNTY_DEPUTY, []),
    ("sun.li", "孙丽", "220182", Role.COUNTY_CLERK, []),
    ("zhang.xiaodong", "张晓东", "220122102", Role.TOWN_CLERK, []),
]


class Cast:
    """The offices and people; `found()` carries the plan through to the counties' assignments."""

    def __init__(self) -> None:
        for code, name, level, kind, parent in PLACES:
            defaults = {"name": name, "level": level, "kind": kind, "parent_code": parent, "source": "测试"}
            Division.objects.get_or_create(code=code, valid_to=None, defaults=defaults)
        divisions.changed()
        self.units: dict[str, ReportingUnit] = {}
        for rank, (code, name, kind, above, place, duties, powers) in enumerate(UNITS):
            self.units[code] = ReportingUnit.objects.create(
                code=code, name=f"{name}（全称）", short_name=name, kind=kind, superior=self.units.get(above),
                jurisdiction=place, duties=duties, powers=powers, rank=rank,
            )  # fmt: skip
        self._appoint()

    def _appoint(self) -> None:
        first = Account.objects.create(username="yunwei", name="冯涛", password="!")
        Appointment.objects.create(
            account=first, unit=self.units["t.office"], role=Role.OPERATOR, valid_from=date(2023, 1, 1)
        )
        posts = [
            {"username": u, "name": n, "unit": unit, "role": role, "charge": charge, "valid_from": date(2023, 1, 1)}
            for u, n, unit, role, charge in PEOPLE
        ]
        self.hand = hand(self.units["t.office"])
        Appoint.perform(self.hand, {"posts": posts})

    def actor(self, username: str) -> Actor:
        """Somebody at work."""
        rows = Appointment.objects.select_related("account", "unit__superior", "acting_for")
        return Actor.of(rows.get(account__username=username))

    def account(self, username: str) -> Account:
        """Somebody's account, to sign in with."""
        return Account.objects.get(username=username)

    # -- the plan -----------------------------------------------------------------------------
    def imported(self, text: str = TEXT) -> Plan:
        """The plan as it was read."""
        clerk = self.actor("li.jia")
        stored = files.keep("要点.txt", text.encode(), actor=clerk)
        return Plan.objects.get(pk=plan.ImportPlan.perform(clerk, {"file": stored.pk})["plan"])

    def found(self) -> Plan:
        """The plan in force, measured, with its tasks given to both counties."""
        made = self.imported()
        clerk = self.actor("li.jia")
        for point in made.points.all():
            for target in point.targets.filter(found=Found.DOUBT):
                judging.JudgeTarget.perform(clerk, {"target": target.pk, "version": target.version, "standing": True})
            for thing in point.deliverables.filter(found=Found.DOUBT):
                data = {"deliverable": thing.pk, "version": thing.version, "standing": True}
                judging.JudgeDeliverable.perform(clerk, data)
        leads = [{"point": p.pk, "lead": "t.elder"} for p in made.points.all()]
        plan.NamePoints.perform(clerk, {"points": leads})
        self._measure(made, clerk)
        made.refresh_from_db()
        plan.PutInForce.perform(self.actor("wang.zhuren"), {"plan": made.pk, "version": made.version})
        tasks.OpenTasks.perform(clerk, {"plan": made.pk})
        for code, goal in (("elder.canteens", "50"), ("elder.nursing_beds", None)):
            shares = [{"unit": "220122", "goal": goal}, {"unit": "220182", "goal": goal}]
            monthly = code == "elder.nursing_beds"
            data = {"task": self.task(code).pk, "shares": shares, "reports_monthly": monthly}
            tasks.Allocate.perform(self.actor("chen.yu"), data)
        # Given in February, so that the months until now are asked for.
        self.task("elder.canteens").assignments.update(given_on=date(2023, 2, 10))
        self.task("elder.nursing_beds").assignments.update(given_on=date(2023, 2, 10))
        made.refresh_from_db()
        return made

    def _measure(self, made: Plan, clerk: Actor) -> None:
        rows = plan.standing_targets(made)
        canteens, beds = rows.get(value=100), rows.get(value=50)
        tasks.MeasureTarget.perform(
            clerk,
            {
                "target": canteens.pk, "code": "elder.canteens", "title": "社区老年食堂", "shape": "count",
                "unit": "个", "numerator_title": "食堂", "method": "computed", "computation": "planning.items",
            },
        )  # fmt: skip
        tasks.MeasureTarget.perform(
            clerk,
            {
                "target": beds.pk, "code": "elder.nursing_beds", "title": "护理型床位占比", "shape": "share",
                "unit": "%", "numerator_title": "护理型床位", "denominator_title": "床位", "method": "reported",
            },
        )  # fmt: skip

    def task(self, code: str) -> Task:
        """The task of an indicator."""
        return Task.objects.get(indicator__code=code)

    # -- the month --------------------------------------------------------------------------------
    def proof(self, username: str = "liu.min") -> UUID:
        """An evidence file that somebody handed in."""
        pk: UUID = files.keep("佐证.txt", "名册".encode(), actor=self.actor(username)).pk
        return pk

    def filed(self, username: str = "liu.min", period: date = SEPTEMBER, n: int = 239, d: int = 456) -> Report:
        """A county's report on nursing beds, sent for signing."""
        actor = self.actor(username)
        row = {
            "assignment": self.task("elder.nursing_beds").assignments.get(unit=actor.unit).pk,
            "numerator": n, "denominator": d, "evidence": [self.proof(username)],
        }  # fmt: skip
        result = reports.FileReports.perform(actor, {"period": period, "rows": [row]})
        return Report.objects.get(pk=result["reports"][0])

    def registered(
        self, username: str = "zhang.xiaodong", name: str = "新兴村食堂", place: str = "220122102201"
    ) -> Any:
        """A canteen in the ledger; a town's waits for the county."""
        row = {"name": name, "division": place, "since": date(2023, 9, 5)}
        result = items.RegisterItems.perform(self.actor(username), {"indicator": "elder.canteens", "rows": [row]})
        return items.LedgerItem.objects.get(pk=result["items"][0])


def version(record: Any) -> int:
    """The version of a record's work as it stands now."""
    return int(Work.objects.values_list("version", flat=True).get(pk=record.work_id))
