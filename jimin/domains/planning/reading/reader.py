"""read_plan: from the bytes of a file to a PlanText, or a refusal."""

from __future__ import annotations

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.check import odd_ends, problems
from jimin.domains.planning.reading.deliverables import find_deliverables
from jimin.domains.planning.reading.extract import extract
from jimin.domains.planning.reading.front import read_front
from jimin.domains.planning.reading.layout import paragraphs
from jimin.domains.planning.reading.model import Chapter, Doubt, PlanText, Point, Problem, Refused
from jimin.domains.planning.reading.outline import Outline, Part, full_text, outline, title_of
from jimin.domains.planning.reading.sentences import sentences
from jimin.domains.planning.reading.targets import find_targets


def read_plan(data: bytes, filename: str) -> PlanText:
    """Read a plan document.

    data: the whole file; filename: for messages only, the format is told from the content.
    Raises Refused when the file is damaged, incomplete or of another kind.
    """
    source = extract(data)
    parts, dropped = paragraphs(source)
    found = outline(parts)
    faults = problems(found)
    if faults:
        raise Refused(faults)
    chapters, points, notes = _build(found)
    front = read_front(found.front, found.closing, "".join(fold(point.text) for point in points))
    if front.year is None:
        raise Refused(
            [Problem(f"文件“{filename}”", "没有写明年份", "标题或落款中有年份", "在标题中写明年份后重新导入")]
        )
    targets, doubts = find_targets(points, front.year)
    deliverables = find_deliverables(points, front.year)
    return PlanText(
        front.document_no,
        front.title,
        front.issuer,
        front.issued_on,
        front.year,
        front.preamble,
        chapters,
        points,
        targets,
        deliverables,
        source.warnings + dropped,
        (*notes, *odd_ends(found), *doubts),
    )


def _build(found: Outline) -> tuple[tuple[Chapter, ...], tuple[Point, ...], list[Doubt]]:
    """Chapters and points; points are counted through when each chapter starts its own count."""
    chapters: list[Chapter] = []
    points: list[Point] = []
    notes: list[Doubt] = []
    if not found.chapters:
        return (), tuple(_point(part, part.marker.number, None) for part in found.points), notes
    for part in found.chapters:
        number = part.marker.number
        intro = "".join(paragraph.text for paragraph in part.paragraphs[1:])
        chapters.append(Chapter(number, part.head.rstrip("。"), part.marker.label, intro))
        if not part.parts:
            notes.append(
                Doubt(len(points) + 1, part.head[:40], f"{part.marker.label}下没有分条，已把全章作为一条，请确认")
            )
            points.append(_point(part, len(points) + 1, number))
        elif intro:
            notes.append(
                Doubt(None, intro[:60], f"{part.marker.label}的标题与第一条之间有一段文字，不属于任何一条，请确认")
            )
        for child in part.parts:
            own = child.marker.number if found.runs_through else len(points) + 1
            points.append(_point(child, own, number))
    return tuple(chapters), tuple(points), notes


def _point(part: Part, number: int, chapter: int | None) -> Point:
    text = full_text(part)
    title, length = title_of(part)
    return Point(number, chapter, title, text, sentences(text, length), part.marker.label)
