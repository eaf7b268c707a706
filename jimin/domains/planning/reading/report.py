"""A plan as plain data for JSON, and a refusal as lines for a person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from jimin.domains.planning.reading.model import PlanText, Refused


def as_json(plan: PlanText) -> dict[str, Any]:
    """The form of `jimin plan import --json`, with more keys than the four it promises."""
    return {
        "document_no": plan.document_no,
        "title": plan.title,
        "issuer": plan.issuer,
        "issued_on": _plain(plan.issued_on),
        "year": plan.year,
        "chapters": [{"no": chapter.no, "title": chapter.title} for chapter in plan.chapters],
        "points": [
            {
                "point": point.no,
                "label": point.label,
                "chapter": point.chapter,
                "title": point.title,
                "text": point.text,
                "sentences": [asdict(sentence) for sentence in point.sentences],
            }
            for point in plan.points
        ],
        "targets": [_record(target) for target in plan.targets],
        "deliverables": [_record(deliverable) for deliverable in plan.deliverables],
        "warnings": list(plan.warnings),
        "doubts": [_record(doubt) for doubt in plan.doubts],
    }


def refusal_lines(refused: Refused) -> list[str]:
    """One line a problem, first a line that says how many."""
    count = len(refused.problems)
    return [f"文件未导入，发现 {count} 处问题：", *(f"{i}. {problem}" for i, problem in enumerate(refused.problems, 1))]


def _record(record: Any) -> dict[str, Any]:
    return {key: _plain(value) for key, value in asdict(record).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
