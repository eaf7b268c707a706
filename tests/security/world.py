"""The world the walls are tried in: every role at every distance from the records of 农安县 and of 养老处.

A person is named `role@place`. The places: `own` holds or leads the record; `other` is another office of the same
house (another 处室, another 直属单位, another town of the county); `county` another county of the same 市;
`prefecture` another 市, or a county or town of it; `ended` was in the own unit until yesterday.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jimin.core.access import tokens
from jimin.core.access.models import Account, Appointment
from jimin.core.access.roles import Role
from jimin.core.access.scope import working_as
from jimin.core.audit.looks import KINDS, Sort
from jimin.core.audit.models import AuditRow
from jimin.core.divisions import api as divisions
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.core.parties.actions import RegisterHousehold
from jimin.core.parties.models import HouseholdMember
from jimin.core.sheets import services as sheets
from jimin.domains.assistance.tests.conftest import png
from jimin.domains.planning.actions import appraisal, bulletin, integrity, office, orders, rectification, reports, study
from jimin.domains.planning.actions import items as ledger
from jimin.domains.planning.actions import tasks as acts
from jimin.domains.planning.models import (
    AppraisalScore,
    OrderReply,
    Plan,
    Stage,
)
from jimin.domains.planning.tests.cast import DAY, SEPTEMBER, Cast
from jimin.engines.alerts.models import Alert
from jimin.engines.policy import programmes
from jimin.engines.policy.actions import ProposeParameter
from jimin.engines.simulation import population
from jimin.engines.simulation.actions import SaveScenario

MARK = "外人勿看"
BACKEND = "django.contrib.auth.backends.ModelBackend"
NOTHING = UUID(int=7)
PLACES = [
    ("220200000000", "吉林市", Level.PREFECTURE, Kind.PREFECTURE, "220000000000"),
    ("220221000000", "永吉县", Level.COUNTY, Kind.COUNTY, "220200000000"),
    ("220221100000", "口前镇", Level.TOWN, Kind.TOWN, "220221000000"),
    ("220182101201", "新庄村", Level.VILLAGE, Kind.VILLAGE, "220182101000"),
]
UNITS = [
    ("jz", "派驻组", UnitKind.OFFICE, "", "", ["inspection"]),
    ("d.home", "省福利院", UnitKind.DIRECT, "", "", []),
    ("d.other", "省救助站", UnitKind.DIRECT, "", "", []),
    ("2202", "吉林市", UnitKind.PREFECTURE, "", "220200000000", []),
    ("220221", "永吉县", UnitKind.COUNTY, "2202", "220221000000", []),
    ("220122101", "合隆镇", UnitKind.TOWN, "220122", "220122101000", []),
    ("220182101", "五棵树镇", UnitKind.TOWN, "220182", "220182101000", []),
    ("220221100", "口前镇", UnitKind.TOWN, "220221", "220221100000", []),
]
DEPT = {"own": "t.elder", "other": "t.relief"}
DIRECT = {"own": "d.home", "other": "d.other"}
CITY = {"own": "2201", "prefecture": "2202"}
COUNTY = {"own": "220122", "county": "220182", "prefecture": "220221"}
TOWN = {"own": "220122102", "other": "220122101", "county": "220182101", "prefecture": "220221100"}
#: Where each role is tried: place → the unit's code.
POSTS: dict[Role, dict[str, str]] = {
    Role.DEPT_CLERK: DEPT,
    Role.DEPT_CHIEF: DEPT,
    Role.DEPT_LEADER: {"own": "t.leaders", "other": "t.leaders"},
    Role.OFFICE_CLERK: {"own": "t.office"},
    Role.OFFICE_CHIEF: {"own": "t.office"},
    Role.DIRECT_CLERK: DIRECT,
    Role.DIRECT_CHIEF: DIRECT,
    Role.CITY_CLERK: CITY,
    Role.CITY_LEADER: CITY,
    Role.COUNTY_CLERK: COUNTY,
    Role.COUNTY_SECTION_CHIEF: COUNTY,
    Role.COUNTY_DEPUTY: COUNTY,
    Role.TOWN_CLERK: TOWN,
    Role.INSPECTOR: {"own": "jz"},
    Role.AUDITOR: {"own": "t.office"},
    Role.OPERATOR: {"own": "t.office"},
}
CHARGE = {"own": "t.elder", "other": "t.relief"}  # what the two leaders are in charge of


#: Rows of the audit trail that tell of no change: looking, taking out, signing in, and what was refused.
NO_CHANGE = (Sort.LOOK, Sort.REVEAL, Sort.EXPORT, Sort.REFUSED, Sort.SESSION)


def changes() -> int:
    """How many changes the audit trail tells of."""
    return AuditRow.objects.exclude(action__in=[k.name for k in KINDS.values() if k.sort in NO_CHANGE]).count()


class World(Cast):
    """The cast, everybody else, and one record of every kind with `MARK` in its texts."""

    def __init__(self) -> None:
        super().__init__()
        for code, name, level, kind, parent in PLACES:
            row = {"name": name, "level": level, "kind": kind, "parent_code": parent, "source": "测试"}
            Division.objects.get_or_create(code=code, valid_to=None, defaults=row)
        divisions.changed()
        for code, name, unit_kind, above, place, powers in UNITS:
            self.units[code] = ReportingUnit.objects.create(
                code=code, name=name, short_name=name, kind=unit_kind, superior=self.units.get(above),
                jurisdiction=place, powers=powers,
            )  # fmt: skip
        self.found()
        self.people: dict[str, Account | None] = {"nobody": None}
        self._clients: dict[str, Client] = {}
        self.records: dict[str, Any] = {}
        self._make_records()
        self._appoint_everybody()
        self._make_import()

    def _make_import(self) -> None:
        """A sheet that one clerk brought, waiting to be confirmed."""
        rows = f"名称,指标,所在地代码\n{MARK}二食堂,社区老年食堂,220122102000\n"
        upload = SimpleUploadedFile(f"{MARK}.csv", rows.encode())
        held = sheets.start(self.actor(f"{Role.COUNTY_CLERK}@own"), "planning.items", upload)
        self.keep(**{"import": held.pk})

    def _appoint_everybody(self) -> None:
        """After the records, so that none of them waits for one of these."""
        for role, places in POSTS.items():
            for place, code in [*places.items(), ("ended", places["own"])]:
                name = f"{role}@{place}"
                account = Account.objects.create(username=name, name=name, password="!")
                post = Appointment.objects.create(
                    account=account, unit=self.units[code], role=role, valid_from=date(2023, 1, 1),
                    valid_to=DAY if place == "ended" else None,
                )  # fmt: skip
                if role == Role.DEPT_LEADER and place in CHARGE:
                    post.charge.add(self.units[CHARGE[place]])
                self.people[name] = account

    def client(self, name: str) -> Client:
        """Somebody's browser; a failure is a response, not an exception."""
        if name not in self._clients:
            client = Client(raise_request_exception=False)
            account = self.people[name]
            if account is not None:
                client.force_login(account, backend=BACKEND)
            self._clients[name] = client
        return self._clients[name]

    # -- one record of every kind -------------------------------------------------------------------
    def _make_records(self) -> None:
        self._people()
        self._report_and_item()
        self._order()
        self._of_the_office()
        self._of_the_plan()
        self._of_access()
        self._scenario()
        self._of_the_law()

    def _of_the_law(self) -> None:
        """A standard that 长春市 proposes and has not confirmed; its paper is a picture."""
        clerk = self.actor("ma.li")
        scan = files.keep(f"{MARK}.png", png(), actor=clerk)
        asked = {
            "domain": "assistance", "path": "dibao.standard", "area": "农村", "value": "500",
            "valid_from": date(2023, 7, 1), "issuer": MARK, "document_no": MARK, "article": MARK, "scan": scan.pk,
        }  # fmt: skip
        self.keep(parameter_value=ProposeParameter.perform(clerk, asked)["record"])

    def _of_access(self) -> None:
        """张晓东's account and post, a token of it, and a row of the audit trail."""
        post = self.actor("zhang.xiaodong").appointment
        data = {"appointment": post.pk, "name": MARK, "permissions": ["planning.read"], "expires_on": DAY}
        made = tokens.CreateToken.perform(self.hand, data)["id"]
        asked = tokens.CreateToken.perform(self.actor("yunwei"), data)["proposal"]
        self.keep(account=post.account_id, post=post.pk, token=made, proposal=asked)
        self.records["audit_row"] = AuditRow.objects.order_by("id").values_list("id", flat=True)[0]

    def _scenario(self) -> None:
        """A scenario of the department that no worker has reckoned yet."""
        change = {"path": "dibao.standard", "how": "set", "value": 500, "area": "农村"}
        asked = {"programme": "assistance.dibao", "name": MARK, "day": DAY, "changes": [change]}
        (invented,) = (p.id for p in population.available(programmes.get("assistance.dibao").domain) if p.synthetic)
        made = SaveScenario.perform(self.actor("chen.yu"), {**asked, "population": invented})
        self.keep(scenario=made["scenario"])

    def _report_and_item(self) -> None:
        clerk = self.actor("liu.min")
        proof = files.keep(f"{MARK}.txt", MARK.encode(), actor=clerk)
        assignment = self.task("elder.nursing_beds").assignments.get(unit=clerk.unit)
        row = {"assignment": assignment.pk, "numerator": 239, "denominator": 456, "evidence": [proof.pk]}
        filed = reports.FileReports.perform(clerk, {"period": SEPTEMBER, "rows": [row]})
        canteen = {"name": f"{MARK}食堂", "division": "220122102201", "since": date(2023, 9, 5)}
        made = ledger.RegisterItems.perform(
            self.actor("zhang.xiaodong"), {"indicator": "elder.canteens", "rows": [canteen]}
        )
        self.keep(report=filed["reports"][0], item=made["items"][0], file=proof.pk, assignment=assignment.pk)
        self.keep(work=reports.Report.objects.get(pk=filed["reports"][0]).work_id)

    def _people(self) -> None:
        """王桂兰's household of 新兴村, whose address is the mark."""
        head = {"name": "王桂兰", "relation": "户主", "id_number": "220122195608149960"}
        home = {"division": "220122102201", "address": MARK, "members": [head]}
        household = RegisterHousehold.perform(self.actor("liu.min"), home)["household"]
        with working_as(self.actor("liu.min")):
            member = HouseholdMember.objects.get(household=household)
        self.keep(household=household, person=member.person_id, member=member.pk)

    def _order(self) -> None:
        asked = {
            "task": self.task("elder.canteens").pk, "units": ["220122"], "reason": f"{MARK}，进度落后较多。",
            "demand": f"{MARK}，请逐项列出清单。", "reply_due": date(2023, 10, 20),
        }  # fmt: skip
        order = orders.DraftOrder.perform(self.actor("chen.yu"), asked)["order"]
        for username in ("zhao.lixin", "zhou.ting"):
            orders.SignOrder.perform(self.actor(username), {"order": order})
        reply = OrderReply.objects.get(order=order)
        answer = {"cause": MARK, "measures": f"{MARK}，每周调度。", "promise_on": date(2023, 12, 20)}
        orders.AnswerOrder.perform(self.actor("liu.min"), {"reply": reply.pk, "version": reply.version, **answer})
        self.keep(order=order, reply=reply.pk)

    def _of_the_office(self) -> None:
        clerk = self.actor("li.jia")
        plan = Plan.objects.get()
        told = {
            "number": "批1", "leader": "省长", "on_paper": MARK, "text": f"{MARK}，请抓紧办理。",
            "written_on": date(2023, 10, 8), "received_on": date(2023, 10, 9), "unit": "220122",
        }  # fmt: skip
        self.keep(instruction=office.RecordInstruction.perform(clerk, told)["instruction"])
        wrong = {
            "inspection": MARK, "finding": f"{MARK}问题", "unit": "220122", "horizon": "当下改",
            "measure": f"{MARK}措施", "due_on": date(2023, 12, 1),
        }  # fmt: skip
        self.keep(rectification=rectification.OpenRectification.perform(clerk, wrong)["rectification"])
        source = {"plan": plan.pk, "kind": "意见", "source": "部工作要点", "text": "加强养老服务"}
        self.keep(requirement=office.AddRequirement.perform(clerk, source)["requirement"])
        topic = {"plan": plan.pk, "title": "专题学习", "due_on": date(2023, 12, 1)}
        topic_pk = study.PlanTopic.perform(clerk, topic)["topic"]
        held = {
            "topic": topic_pk, "form": "宣讲", "held_on": date(2023, 9, 8), "speaker": MARK, "due_count": 9,
            "present_count": 8,
        }  # fmt: skip
        session = study.RecordSession.perform(self.actor("liu.min"), held)["session"]
        self.keep(topic=topic_pk, session=session)
        self._of_the_inspection()
        made = appraisal.ReckonAppraisal.perform(clerk, {"plan": plan.pk, "as_of": DAY})["appraisal"]
        self.keep(appraisal=made, score=AppraisalScore.objects.get(appraisal=made, unit__code="220122").pk)

    def _of_the_inspection(self) -> None:
        inspector = Account.objects.create(username="he.lei", name="何磊", password="!")
        Appointment.objects.create(
            account=inspector, unit=self.units["jz"], role=Role.INSPECTOR, valid_from=date(2023, 1, 1)
        )
        found = {"unit": "t.elder", "source": "日常监督", "text": f"{MARK}问题", "found_on": date(2023, 10, 9)}
        self.keep(finding=integrity.RecordFinding.perform(self.actor("he.lei"), found)["finding"])
        risk = {
            "post": MARK, "step": "验收", "risk": f"{MARK}风险", "level": "高", "measure": f"{MARK}措施",
        }  # fmt: skip
        self.keep(risk=integrity.RegisterRisk.perform(self.actor("yu.haitao"), risk)["risk"])

    def _of_the_plan(self) -> None:
        plan = Plan.objects.get()
        point = plan.points.order_by("no").first()
        assert point is not None
        target, thing = point.targets.first(), plan.points.get(no=2).deliverables.first()
        task = self.task("elder.nursing_beds")
        planned = {"task": task.pk, "stages": [{"name": "启动", "due_on": date(2023, 11, 1)}]}
        acts.SetStages.perform(self.actor("chen.yu"), planned)
        alert = Alert.objects.create(
            signal="planning.report_missing", key=MARK, title=MARK, link="", unit=self.units["220122"],
            opened_on=DAY, graded_on=DAY, grade="reminder", due_on=DAY + timedelta(days=3),
            prefecture="220100000000", county="220122000000",
        )  # fmt: skip
        month = {"plan": plan.pk, "period": SEPTEMBER}
        issued = bulletin.IssueBulletin.perform(self.actor("wang.zhuren"), month)["document"]
        self.keep(
            plan=plan.pk, point=point.pk, target=target.pk if target else NOTHING, deliverable=thing.pk if thing else NOTHING,
            task=task.pk, stage=Stage.objects.get(task=task).pk, alert=alert.pk,
            bulletin=issued,
        )  # fmt: skip

    def keep(self, **records: Any) -> None:
        """Remember records by their kind."""
        self.records |= {kind: pk if isinstance(pk, UUID) else UUID(str(pk)) for kind, pk in records.items()}
