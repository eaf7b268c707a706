"""Plans of other years, departments and ministries, in other numbering and in every file format."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jimin.domains.planning.reading import PlanText, read_plan
from jimin.domains.planning.reading.tests.plans import (
    NAMES,
    as_docx,
    as_pdf,
    load,
    raw_text,
    seed_bytes,
    seed_plan,
    wrap,
)


def _check(plan: PlanText, expected: dict[str, Any]) -> None:
    assert (plan.year, len(plan.chapters)) == (expected["year"], expected["chapters"])
    assert [point.no for point in plan.points] == expected["points"]
    if "labels" in expected:
        assert [point.label for point in plan.points] == expected["labels"]
    found = {(t.point, t.quote, t.comparator, str(t.value), t.unit, t.deadline) for t in plan.targets}
    assert found == {tuple(target) for target in expected["targets"]}
    made = {(d.point, d.quote, d.kind) for d in plan.deliverables}
    assert {tuple(item) for item in expected["deliverables"]} <= made
    surplus = [
        d for d in plan.deliverables if (d.point, d.quote, d.kind) not in {tuple(i) for i in expected["deliverables"]}
    ]
    assert [d.quote for d in surplus if d.confidence == "sure"] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_in_plain_text_is_read_as_a_person_reads_it(name: str) -> None:
    text, expected = load(name)
    _check(read_plan(text.encode("utf-8"), "要点.txt"), expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_encoding_makes_no_difference(name: str, encoding: str) -> None:
    text, expected = load(name)
    _check(read_plan(text.encode(encoding), "要点.dat"), expected)


@pytest.mark.parametrize("name", NAMES)
def test_word_gives_the_same_with_its_automatic_numbers(name: str) -> None:
    _, expected = load(name)
    _check(read_plan(as_docx(raw_text(name)), "要点.docx"), expected)


@pytest.mark.parametrize("name", ["employment_2023", "ministry_2024", "insurance_2024"])
def test_a_pdf_gives_the_same_without_its_page_numbers_and_heads(name: str) -> None:
    text, expected = load(name)
    plan = read_plan(as_pdf(text, "内部资料 注意保存"), "要点.pdf")
    _check(plan, expected)
    assert any("页码" in warning for warning in plan.warnings)


@pytest.mark.parametrize("cells", [18, 25, 36])
@pytest.mark.parametrize("blank", [False, True])
def test_broken_lines_are_joined_to_the_same_points(cells: int, blank: bool) -> None:
    broken = wrap("\n".join(_lines(seed_plan())), cells, blank=blank)
    plan = read_plan(broken.encode("utf-8"), "x")
    assert [(p.no, p.text) for p in plan.points] == [(p.no, p.text) for p in seed_plan().points]


def test_broken_lines_without_indent_are_joined_too() -> None:
    plan = read_plan(wrap("\n".join(_lines(seed_plan())), 36, indent="").encode("utf-8"), "x")
    assert [p.text for p in plan.points] == [p.text for p in seed_plan().points]


def _lines(plan: PlanText) -> list[str]:
    out = [plan.title, plan.preamble]
    for chapter in plan.chapters:
        out.append(chapter.label + chapter.title)
        out += [point.label + point.text for point in plan.points if point.chapter == chapter.no]
    return out


def test_page_numbers_form_feeds_and_running_heads_are_left_out() -> None:
    rows = seed_bytes().decode("utf-8").splitlines()
    pages = [rows[at : at + 60] for at in range(0, len(rows), 60)]
    text = "\f".join("全省民政工作要点\n" + "\n".join(page) + f"\n— {no} —\n" for no, page in enumerate(pages, 1))
    plan = read_plan(text.encode("utf-8"), "x")
    assert [p.text for p in plan.points] == [p.text for p in seed_plan().points]
    assert any("页眉" in warning for warning in plan.warnings)


def test_the_issuer_and_number_come_from_the_notice() -> None:
    text, expected = load("education_2022")
    plan = read_plan(text.encode("utf-8"), "x")
    assert (plan.document_no, plan.issuer) == (expected["document_no"], expected["issuer"])
    assert plan.issued_on == date(2022, 2, 15)
    assert "附件" not in plan.points[-1].text
