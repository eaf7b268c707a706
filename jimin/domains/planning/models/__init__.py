"""The records of the planning domain, by subject."""

from jimin.domains.planning.models.appraisal import Appraisal, AppraisalScore
from jimin.domains.planning.models.integrity import (
    FindingSource,
    Horizon,
    IntegrityFinding,
    IntegrityRisk,
    Rectification,
    RiskLevel,
    WarningSession,
)
from jimin.domains.planning.models.office import Instruction, Requirement, SourceKind
from jimin.domains.planning.models.orders import OrderReply, SupervisionOrder
from jimin.domains.planning.models.plan import (
    STANDING,
    Chapter,
    Deliverable,
    DeliverableKind,
    Finality,
    Found,
    Plan,
    PlanState,
    Point,
    Target,
)
from jimin.domains.planning.models.study import StudyForm, StudySession, StudyTopic
from jimin.domains.planning.models.work import (
    Assignment,
    ItemState,
    LedgerItem,
    Report,
    ReportEvidence,
    Stage,
    StageName,
    Task,
)

__all__ = [
    "STANDING", "Appraisal", "AppraisalScore", "Assignment", "Chapter", "Deliverable", "DeliverableKind", "Finality",
    "FindingSource", "Found", "Horizon", "Instruction", "IntegrityFinding", "IntegrityRisk", "ItemState", "LedgerItem",
    "OrderReply", "Plan", "PlanState", "Point", "Rectification", "Report", "ReportEvidence", "Requirement",
    "RiskLevel", "SourceKind", "Stage", "StageName", "StudyForm", "StudySession", "StudyTopic", "SupervisionOrder",
    "Target", "Task", "WarningSession",
]  # fmt: skip
