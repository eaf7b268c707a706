"""The audit trail: what others may use. `looked` is for pages about people; its module says how."""

from jimin.core.audit.looks import KINDS, Kind, Sort, declare, keeping_refusals, looked, refused, trace_of
from jimin.core.audit.models import AuditRow
from jimin.core.audit.trail import Change, Who, canonical, history, write

__all__ = [
    "KINDS", "AuditRow", "Change", "Kind", "Sort", "Who", "canonical", "declare", "history", "keeping_refusals", "looked",
    "refused", "trace_of", "write",
]  # fmt: skip
