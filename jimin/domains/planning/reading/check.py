"""Is the document whole? Numbers in order, no empty point, no cut end: each fault is named with its place."""

from __future__ import annotations

from jimin.domains.planning.reading.characters import fold
from jimin.domains.planning.reading.markers import shown
from jimin.domains.planning.reading.model import Doubt, Problem
from jimin.domains.planning.reading.outline import Outline, Part, full_text, title_of

_WHOLE_ENDS = "。！？；…”’》）!?;.)"
_GET_WHOLE = "核对原件，取得完整的文件后重新导入"
_NEARLY_ALL = 0.8


def problems(found: Outline) -> list[Problem]:
    """Every reason for refusing this outline, in the order of the text; empty when it is whole."""
    if not found.points:
        if found.chapters:
            return [_no_points(found.chapters[0])]
        return [
            Problem(
                "全文",
                "没有找到一级或二级序号（一、（一）1. 第一条等）",
                "按序号分条的工作要点",
                "检查是否选错文件，或序号在转换时丢失",
            )
        ]
    out = _sequence(found.chapters, "章")
    out += _points_in_order(found)
    bodies = [point for point in found.points if _has_body(point)]
    usually_bodies = len(bodies) >= 0.9 * (len(found.points) - 1) and len(bodies) >= 3
    for point in found.points:
        if not point.head or (usually_bodies and not _has_body(point) and point not in bodies):
            out.append(_empty(point))
    out += _cut_end(found)
    return out


def odd_ends(found: Outline) -> list[Doubt]:
    """Points before the last that end without a mark: a person looks whether words are missing."""
    if not _ends_are_marked(found):
        return []
    return [
        Doubt(None, f"{point.marker.label}…{full_text(point)[-20:]}", "这一条末尾没有句号，请核对是否缺字")
        for point in found.points[:-1]
        if not _ends_well(point) and full_text(point)
    ]


def _points_in_order(found: Outline) -> list[Problem]:
    if not found.chapters:
        return _sequence(found.points, "条")
    out: list[Problem] = []
    if found.runs_through:
        out += _sequence(found.points, "条")
    else:
        for chapter in found.chapters:
            out += _sequence(chapter.parts, f"{chapter.marker.label}{chapter.head[:12]}中的条")
    for chapter in found.chapters:
        if not chapter.parts and not (_has_text(chapter) and not found.runs_through):
            out.append(_no_points(chapter))
    return out


def _sequence(parts: tuple[Part, ...] | list[Part], what: str) -> list[Problem]:
    """Missing, repeated and jumping numbers; after a fault, counting goes on from the number found."""
    out: list[Problem] = []
    expected = 1
    before: Part | None = None
    for part in parts:
        number, style = part.marker.number, part.marker.style
        if number != expected:
            out.append(_wrong_number(part, before, expected, what))
        expected = number + 1 if number >= expected or number == 1 else expected
        before = part
        del style
    return out


def _wrong_number(part: Part, before: Part | None, expected: int, what: str) -> Problem:
    marker = part.marker
    place = f"第 {part.line} 行，{marker.label}“{part.head[:16]}”"
    after = f"{before.marker.label}“{before.head[:12]}”之后" if before else "开头"
    want = shown(marker.style, expected)
    if marker.number == expected - 1:
        fault = f"{what}号 {marker.label} 重复"
    elif marker.number == expected + 1:
        fault = f"缺{what}号 {want}"
    elif marker.number > expected:
        fault = f"{what}号从 {shown(marker.style, expected - 1) if expected > 1 else '开头'} 跳到 {marker.label}，缺 {want} 至 {shown(marker.style, marker.number - 1)}"
    else:
        fault = f"{what}号 {marker.label} 倒退"
    return Problem(place, f"{after}{fault}", f"此处是 {want}", "对照原件补上缺失的内容或改正序号后重新导入")


def _empty(point: Part) -> Problem:
    return Problem(
        f"第 {point.line} 行，{point.marker.label}{point.head[:20]}",
        "这一条没有内容",
        "序号后有标题和正文",
        "对照原件补上这一条的正文后重新导入",
    )


def _no_points(chapter: Part) -> Problem:
    return Problem(
        f"第 {chapter.line} 行，{chapter.marker.label}{chapter.head[:20]}",
        "这一章下面没有要点",
        "章下至少有一条要点",
        _GET_WHOLE,
    )


def _cut_end(found: Outline) -> list[Problem]:
    last = found.points[-1]
    if found.chapters and found.chapters[-1].line > last.line:
        return []  # an announced chapter without points is already named
    out = []
    if full_text(last) and not _ends_well(last) and _ends_are_marked(found):
        out.append(_cut(last))
    for point in found.points[:-1]:
        text = full_text(point)
        if text and fold(text)[-1] in "，、" and _ends_are_marked(found):
            out.append(_cut(point))
    return out


def _cut(point: Part) -> Problem:
    return Problem(
        f"第 {point.paragraphs[-1].line} 行起，{point.marker.label}末尾“…{full_text(point)[-20:]}”",
        "到这里断了，没有句末标点，文件像是被截断",
        "以句号等结束的完整一句",
        _GET_WHOLE,
    )


def _ends_are_marked(found: Outline) -> bool:
    """Whether this document ends its points with marks at all (a list of headings may not)."""
    others = [point for point in found.points[:-1] if full_text(point)]
    return not others or sum(_ends_well(point) for point in others) >= _NEARLY_ALL * len(others)


def _ends_well(point: Part) -> bool:
    text = full_text(point).rstrip()
    return bool(text) and text[-1] in _WHOLE_ENDS


def _has_body(point: Part) -> bool:
    text = full_text(point)
    return bool(text) and (len(text) > title_of(point)[1] + 1 or title_of(point)[1] == 0)


def _has_text(chapter: Part) -> bool:
    return len(full_text(chapter)) > len(chapter.head) or len(chapter.head) > 45
