"""A small province with a small plan, written straight into the records, for the tests of the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.domains.planning.models import (
    Assignment,
    Chapter,
    Deliverable,
    Found,
    ItemState,
    LedgerItem,
    Plan,
    Point,
    Report,
    Stage,
    StageName,
    Target,
    Task,
)
from jimin.engines.cases.models import Work
from jimin.engines.indicators import api as indicators
from jimin.engines.indicators.models import Comparator, Goal, Indicator, Method, Over, Shape

#: county code → (name, 市（州） code, how many towns)
COUNTIES = {
    "220122": ("农安县", "2201", 10),
    "220182": ("榆树市", "2201", 5),
    "220821": ("镇赉县", "2208", 6),
    "220881": ("洮南市", "2208", 2),
    "220621": ("抚松县", "2206", 7),
}
PREFECTURES = {"2201": "长春市", "2206": "白山市", "2208": "白城市"}
TEXTS = {
    1: "坚持和加强党的全面领导，推动全面从严治党向纵深发展。",
    2: "健全农村养老服务网络，区域养老服务中心在乡镇的覆盖率达到20%，2025年覆盖率达到60%。",
    3: "新增失智照护床位600张，推进养老机构等级评定。",
    4: "出台居家养老服务条例，编制养老机构服务清单。",
    5: "加强机关作风建设，提升服务效能。",
    6: "到2025年志愿服务队伍覆盖率达到100%。",
}
SHORT = {1: "政治建设", 2: "农村养老", 3: "机构养老", 4: "制度政策", 5: "机关作风", 6: "志愿服务"}
YEAR_END = date(2023, 12, 31)


@dataclass
class World:
    """What the tests take hold of."""

    plan: Plan
    units: dict[str, ReportingUnit]
    points: dict[int, Point] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    accounts: dict[str, Appointment] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return Actor.of(Appointment.objects.select_related("account", "unit__superior").get(pk=self.accounts[name].pk))

    def refresh(self) -> None:
        with transaction.atomic():
            indicators.refresh(self.indicators.values())

    def centres(self, county: str, count: int, since: date, first: int = 0) -> None:
        """Centres in use in so many towns of a county, one a town."""
        for town in divisions.children(f"{county}000000")[first : first + count]:
            self.item(county, f"{town.name}区域养老服务中心", town.code, since=since, confirmed_on=since)

    def item(self, county: str, name: str, division: str, **more: object) -> LedgerItem:
        return LedgerItem.objects.create(
            indicator=self.indicators["centres"],
            unit=self.units[county],
            name=name,
            division=division,
            **{"state": ItemState.CONFIRMED, "confirmed_on": date(2023, 3, 1), **divisions.columns(division), **more},
        )

    def report(
        self, code: str, unit: str, period: date, numerator: str, denominator: str | None = None, *, accept: bool = True
    ) -> Report:
        """A unit's report of a month, accepted unless told otherwise."""
        task, office = self.tasks[code], self.units[unit]
        assignment, _ = Assignment.objects.get_or_create(
            task=task, unit=office, withdrawn_on=None,
            defaults={"due_on": YEAR_END, "given_on": date(2023, 2, 1)},
        )  # fmt: skip
        return Report.objects.create(
            assignment=assignment,
            unit=office,
            period=period,
            numerator=Decimal(numerator),
            denominator=Decimal(denominator) if denominator else None,
            accepted_on=period if accept else None,
            work=work(office, "planning.report", closed=accept),
        )


def work(unit: ReportingUnit, kind: str, *, closed: bool = False, due_on: date | None = None) -> Work:
    """A work that lies at a unit, or is done."""
    day = date(2023, 2, 1)
    return Work.objects.create(
        kind=kind, title=kind, route=[], station="accept" if closed else "fill", opened_by=unit, holder_unit=unit, holder_role=Role.DEPT_CLERK,
        opened_on=day, since=day, clock_from=day, due_on=due_on, closed_on=day if closed else None,
    )  # fmt: skip


def build() -> World:
    """Divisions, offices, people, plan, points, measures and tasks; no figures yet."""
    units = _units()
    plan = Plan.objects.create(
        year=2023, title="2023年全省民政工作要点", document_no="民发〔2023〕5号", issuer="省民政厅", state="in_force",
        issued_on=date(2023, 2, 1), digest="0" * 64,
    )  # fmt: skip
    world = World(plan, units)
    chapters = [
        Chapter.objects.create(plan=plan, no=1, title="党的建设", short_title="党的建设"),
        Chapter.objects.create(plan=plan, no=2, title="养老服务", short_title="养老服务"),
    ]
    for no, text in TEXTS.items():
        world.points[no] = Point.objects.create(
            plan=plan, chapter=chapters[no not in (1, 5)], no=no, title=SHORT[no], short_title=SHORT[no], text=text,
            sentences=[[0, len(text)]], lead=units["t.elder"],
        )  # fmt: skip
    _measures(world)
    _deliverables(world)
    _people(world)
    return world


def _units() -> dict[str, ReportingUnit]:
    def division(code: str, name: str, level: str, kind: str, parent: str = "") -> None:
        Division.objects.create(code=code, name=name, level=level, kind=kind, parent_code=parent, source="测试")

    def unit(code: str, name: str, kind: str, superior: str = "", jurisdiction: str = "", **more: object) -> None:
        units[code] = ReportingUnit.objects.create(
            code=code, name=f"{name}民政局", short_name=name, kind=kind, rank=len(units),
            superior=units.get(superior), jurisdiction=jurisdiction, **more,
        )  # fmt: skip

    units: dict[str, ReportingUnit] = {}
    division("220000000000", "吉林省", Level.PROVINCE, Kind.PROVINCE)
    unit("t.leaders", "厅领导", UnitKind.OFFICE)
    unit("t.office", "办公室", UnitKind.OFFICE, powers=["plan_office"])
    unit("t.elder", "养老处", UnitKind.OFFICE)
    for code, name in PREFECTURES.items():
        division(f"{code}00000000", name, Level.PREFECTURE, Kind.PREFECTURE, "220000000000")
        unit(code, name, UnitKind.PREFECTURE, "", f"{code}00000000")
    for code, (name, above, towns) in COUNTIES.items():
        division(f"{code}000000", name, Level.COUNTY, Kind.COUNTY, f"{above}00000000")
        unit(code, name, UnitKind.COUNTY, above, f"{code}000000")
        for n in range(towns):
            division(f"{code}{100 + n}000", f"{name[:2]}第{n + 1}镇", Level.TOWN, Kind.TOWN, f"{code}000000")
    divisions.changed()
    return units


def indicator(world: World, name: str, code: str, point: int, **fields: object) -> Indicator:
    """An indicator with its task."""
    made = Indicator.objects.create(code=code, **fields)
    world.indicators[name] = made
    world.tasks[name] = Task.objects.create(
        point=world.points[point], title=made.title, lead=world.units["t.elder"], indicator=made, due_on=YEAR_END
    )
    return made


def target(world: World, no: int, quote: str, of: Indicator, value: str, deadline: date = YEAR_END) -> Target:
    """A number of the plan's own sentence with its goal."""
    goal = Goal.objects.create(
        indicator=of, comparator=Comparator.AT_LEAST, value=Decimal(value), deadline=deadline, from_plan=True,
        source=f"要点第{no}点",
    )  # fmt: skip
    start = TEXTS[no].index(quote)
    return Target.objects.create(
        point=world.points[no], sentence=0, quote=quote, start=start, end=start + len(quote), subject=quote,
        comparator=Comparator.AT_LEAST, value=Decimal(value), unit=of.unit, deadline=deadline, found=Found.SURE,
        indicator=of, goal=goal,
    )  # fmt: skip


def _measures(world: World) -> None:
    centres = indicator(
        world, "centres", "elder.centres", 2, title="区域养老服务中心乡镇覆盖率", shape=Shape.SHARE, unit="%",
        numerator_title="有区域养老服务中心的乡镇", denominator_title="乡镇", denominator_list="towns",
        method=Method.COMPUTED, computation="planning.towns",
    )  # fmt: skip
    target(world, 2, "区域养老服务中心在乡镇的覆盖率达到20%", centres, "20")
    target(world, 2, "2025年覆盖率达到60%", centres, "60", date(2025, 12, 31))
    beds = indicator(
        world, "beds", "elder.beds", 3, title="新增失智照护床位", shape=Shape.COUNT, unit="张",
        numerator_title="新增床位", method=Method.REPORTED,
    )  # fmt: skip
    target(world, 3, "新增失智照护床位600张", beds, "600")
    own = indicator(
        world, "own", "office.days", 5, title="公文平均办理天数", shape=Shape.COUNT, unit="天",
        numerator_title="天数", method=Method.REPORTED,
    )  # fmt: skip
    Goal.objects.create(
        indicator=own, comparator=Comparator.AT_LEAST, value=5, deadline=YEAR_END, from_plan=False, source="本厅自定"
    )
    teams = indicator(
        world, "teams", "charity.teams", 6, title="志愿服务队伍覆盖率", shape=Shape.SHARE, unit="%",
        numerator_title="有队伍的社区", denominator_title="社区", method=Method.REPORTED, over=Over.STOCK,
    )  # fmt: skip
    target(world, 6, "2025年志愿服务队伍覆盖率达到100%", teams, "100", date(2025, 12, 31))


def _deliverables(world: World) -> None:
    for quote, title, kind in (
        ("出台居家养老服务条例", "居家养老服务条例", "制度文件"),
        ("编制养老机构服务清单", "养老机构服务清单", "标准/清单"),
    ):
        start = TEXTS[4].index(quote)
        made = Deliverable.objects.create(
            point=world.points[4], sentence=0, quote=quote, start=start, end=start + len(quote), title=title, kind=kind,
            deadline=YEAR_END, found=Found.SURE,
        )  # fmt: skip
        world.tasks[title] = Task.objects.create(
            point=world.points[4], title=title, lead=world.units["t.elder"], deliverable=made, due_on=YEAR_END
        )


def stage(world: World, title: str, order: int, name: StageName, due: date, done: date | None = None) -> Stage:
    """One stage of a deliverable."""
    return Stage.objects.create(task=world.tasks[title], order=order, name=name, due_on=due, done_on=done)


def _people(world: World) -> None:
    for username, name, unit, role in (
        ("chief", "赵立新", "t.elder", Role.DEPT_CHIEF),
        ("clerk", "陈宇", "t.elder", Role.DEPT_CLERK),
        ("leader", "周明远", "t.leaders", Role.DEPT_LEADER),
        ("office", "李嘉", "t.office", Role.OFFICE_CLERK),
        ("city", "马丽", "2201", Role.CITY_CLERK),
        ("county", "刘敏", "220122", Role.COUNTY_CLERK),
        ("auditor", "邹岩", "t.office", Role.AUDITOR),
    ):
        account = Account.objects.create_user(username, "jimin-test", name=name)
        world.accounts[username] = Appointment.objects.create(
            account=account, unit=world.units[unit], role=role, valid_from=date(2023, 1, 1)
        )
    world.accounts["leader"].charge.add(world.units["t.elder"])
