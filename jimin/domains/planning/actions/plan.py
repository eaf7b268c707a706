"""From the document to a plan in force: read, judge what was unsure, say who leads, put in force."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pydantic import Field

from jimin.core import clock
from jimin.core.access.roles import OFFICE, Role
from jimin.core.actions import base
from jimin.core.actions.base import Action, Result
from jimin.core.actions.errors import NotFound, Problem, Refused
from jimin.core.divisions.models import ReportingUnit, UnitKind
from jimin.core.files import api as files
from jimin.core.files.models import StoredFile
from jimin.domains.planning import reading
from jimin.domains.planning.models import (
    STANDING,
    Chapter,
    Deliverable,
    Found,
    Plan,
    PlanState,
    Point,
    Target,
)
from jimin.engines.indicators.models import Comparator


class ImportPlan(Action):
    """Read a plan document into a draft. The same file again gives the same plan and changes nothing."""

    name = "planning.plan.import"
    title = lazy("导入年度要点")
    allowed = OFFICE

    class Input(base.Input):
        file: UUID

    def load(self) -> None:
        self.file = self.get(StoredFile.objects.all(), self.data.file, lock=False, what=_("文件"))
        if not files.may_open(self.file, self.actor):
            raise NotFound(_("没有找到这份文件，或不在您的管辖范围内。"), next_step=_("请重新上传要点文件。"))
        self.bytes = files.read(self.file)
        self.digest = hashlib.sha256(self.bytes).hexdigest()
        self.known = Plan.objects.filter(digest=self.digest).first()

    def check(self) -> None:
        if self.known is not None:
            return
        try:
            self.text = reading.read_plan(self.bytes, self.file.name)
        except reading.Refused as refused:
            said = _("%(place)s：%(found)s。应当是：%(expected)s。")
            problems = [
                Problem(said % {"place": p.place, "found": p.found, "expected": p.expected}) for p in refused.problems
            ]
            raise Refused(
                _("没有导入“%(file)s”：%(first)s") % {"file": self.file.name, "first": problems[0].message},
                *problems,
                next_step=_("下一步：%s。") % "；".join(dict.fromkeys(p.next_step for p in refused.problems)),
            ) from None

    def change(self) -> Result:
        if self.known is not None:
            return {"plan": str(self.known.id), "known": True}
        text = self.text
        end_of_year = date(text.year, 12, 31)
        plan = Plan.objects.create(
            year=text.year,
            title=text.title[:200],
            document_no=text.document_no,
            issuer=text.issuer,
            issued_on=text.issued_on,
            preamble=text.preamble,
            file=self.file,
            digest=self.digest,
            warnings=[str(w) for w in text.warnings],
            doubts=[{"point": d.point, "quote": d.quote, "question": d.question} for d in text.doubts],
        )
        # A plan without chapters is kept as one chapter that bears the plan's title.
        headings: dict[int | None, str] = {c.no: c.title for c in text.chapters} or {None: text.title}
        chapters = {no: Chapter(plan=plan, no=no or 1, title=title[:200]) for no, title in headings.items()}
        Chapter.objects.bulk_create(chapters.values())
        points = {
            p.no: Point(
                plan=plan,
                chapter=chapters[p.chapter],
                no=p.no,
                title=p.title,
                text=p.text,
                sentences=[[s.start, s.end] for s in p.sentences],
            )
            for p in text.points
        }
        Point.objects.bulk_create(points.values())
        Target.objects.bulk_create(
            [
                Target(
                    point=points[t.point],
                    sentence=t.sentence,
                    quote=t.quote,
                    start=t.start,
                    end=t.end,
                    subject=t.subject[:120],
                    comparator=COMPARATORS.get(t.comparator, Comparator.AT_LEAST),
                    value=t.value,
                    unit=t.unit,
                    deadline=t.deadline or end_of_year,
                    found=Found.SURE if t.confidence == "sure" else Found.DOUBT,
                    why=t.why[:300],
                )
                for t in text.targets
            ]
        )
        Deliverable.objects.bulk_create(
            [
                Deliverable(
                    point=points[d.point],
                    sentence=d.sentence,
                    quote=d.quote,
                    start=d.start,
                    end=d.end,
                    title=d.title[:120],
                    kind=d.kind,
                    verb=d.verb,
                    finality=d.finality,
                    deadline=d.deadline or end_of_year,
                    found=Found.SURE if d.confidence == "sure" else Found.DOUBT,
                    why=d.why[:300],
                )
                for d in text.deliverables
            ]
        )
        self.log(plan, {}, {"title": plan.title, "document_no": plan.document_no, "points": len(points)})
        self.emit("planning.plan.read", plan)
        return {"plan": str(plan.id), "known": False}


#: The reader's comparators in the words of the indicators engine; an open interval is kept as the closed one.
COMPARATORS = {
    ">=": Comparator.AT_LEAST,
    ">": Comparator.AT_LEAST,
    "<=": Comparator.AT_MOST,
    "<": Comparator.AT_MOST,
    "==": Comparator.EQUAL,
    "between": Comparator.AT_LEAST,  # the lower end binds; the quote shows both
    "double": Comparator.AT_LEAST,  # 翻一番: twice last year's figure
}


class NamePoints(Action):
    """Give points their leading 处室, a short title, and everyday words for the public."""

    name = "planning.point.lead"
    title = lazy("明确要点牵头处室")
    allowed = OFFICE

    class Naming(base.Input):
        point: UUID
        lead: str = ""  # the unit's code
        short_title: str = Field("", max_length=20)
        plain: str = ""

    class ChapterNaming(base.Input):
        chapter: UUID
        short_title: str = Field(max_length=20)

    class Input(base.Input):
        points: list[NamePoints.Naming] = []
        chapters: list[NamePoints.ChapterNaming] = []

    def load(self) -> None:
        self.chapters = {c.id: c for c in self.get_all(Chapter.objects.all(), [n.chapter for n in self.data.chapters])}
        self.points = {p.id: p for p in self.get_all(Point.objects.all(), [n.point for n in self.data.points])}
        leading = (UnitKind.OFFICE, UnitKind.DIRECT)
        self.units = {u.code: u for u in ReportingUnit.objects.filter(kind__in=leading, valid_to=None)}

    def check(self) -> None:
        unknown = sorted({n.lead for n in self.data.points if n.lead and n.lead not in self.units})
        if unknown:
            raise self.refuse(_("“%s”不是厅内处室或直属单位。") % "、".join(unknown), "lead", _("请从处室名单中选择。"))

    def change(self) -> Result:
        for naming in self.data.points:
            after: dict[str, Any] = {}
            if naming.lead:
                after["lead_id"] = self.units[naming.lead].id
            if naming.short_title:
                after["short_title"] = naming.short_title
            if naming.plain:
                after["plain"] = naming.plain
            self.set(self.points[naming.point], after)
        for chapter in self.data.chapters:
            self.set(self.chapters[chapter.chapter], {"short_title": chapter.short_title})
        return {"points": len(self.points), "chapters": len(self.chapters)}


class PutInForce(Action):
    """Put a read plan in force: nothing is left in doubt, every point has its leading 处室."""

    name = "planning.plan.confirm"
    title = lazy("要点定稿执行")
    allowed = (Role.OFFICE_CHIEF,)
    risk = lazy("定稿决定全年考核依据")

    class Input(base.Input):
        plan: UUID
        version: int
        replaces: Literal["", "same_year"] = ""

    def load(self) -> None:
        self.plan = self.get(Plan.objects.all(), self.data.plan, what=_("年度要点"))
        self.older = Plan.objects.filter(year=self.plan.year, state=PlanState.IN_FORCE).first()

    def check(self) -> None:
        self.fresh(self.plan, self.data.version)
        if self.plan.state != PlanState.READ:
            raise self.refuse(_("《%s》不在待确认状态。") % self.plan.title)
        doubts = [
            *Target.objects.filter(point__plan=self.plan, found=Found.DOUBT).values_list("point__no", flat=True),
            *Deliverable.objects.filter(point__plan=self.plan, found=Found.DOUBT).values_list("point__no", flat=True),
        ]
        if doubts:
            where = "、".join(str(n) for n in sorted(set(doubts)))
            raise self.refuse(
                _("还有 %(n)d 处待确认（第 %(where)s 点）。") % {"n": len(doubts), "where": where},
                next_step=_("请逐处选择“是”或“不是”，再定稿。"),
            )
        leaderless = list(self.plan.points.filter(lead=None).values_list("no", flat=True))
        if leaderless:
            raise self.refuse(
                _("第 %s 点还没有牵头处室。") % "、".join(map(str, leaderless)), next_step=_("请先明确牵头处室。")
            )
        if self.older is not None and not self.data.replaces:
            raise self.refuse(
                _("%(year)d 年已有执行中的要点《%(title)s》。") % {"year": self.plan.year, "title": self.older.title},
                next_step=_("如要以新文件替换，请勾选“替换同年度要点”。"),
            )

    def change(self) -> Result:
        if self.older is not None:
            self.set(self.older, {"state": PlanState.REPLACED})
        self.set(self.plan, {"state": PlanState.IN_FORCE, "confirmed_on": clock.business_day()})
        self.emit("planning.plan.in_force", self.plan)
        return {"plan": str(self.plan.id)}


def standing_targets(plan: Plan) -> Any:
    """The plan's numbers that count."""
    return Target.objects.filter(point__plan=plan, found__in=STANDING).select_related("point", "indicator", "goal")
