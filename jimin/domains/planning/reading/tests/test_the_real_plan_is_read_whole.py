"""The real plan against what a person found in it."""

from __future__ import annotations

from datetime import date

from jimin.domains.planning.reading import Deliverable
from jimin.domains.planning.reading.tests.plans import expected_seed, seed_plan


def test_its_head_chapters_and_points_are_found() -> None:
    plan = seed_plan()
    assert (plan.document_no, plan.title, plan.issuer) == (
        "吉民发〔2023〕5号",
        "2023年全省民政工作要点",
        "吉林省民政厅",
    )
    assert (plan.issued_on, plan.year) == (date(2023, 2, 1), 2023)
    assert [chapter.no for chapter in plan.chapters] == list(range(1, 11))
    assert plan.chapters[1].title == "健全社会救助体系，增强基本民生保障能力"
    assert [point.no for point in plan.points] == list(range(1, 47))
    sizes = [sum(point.chapter == no for point in plan.points) for no in range(1, 11)]
    assert sizes == [7, 3, 5, 3, 5, 6, 3, 4, 5, 5]
    assert plan.point(18).title == "组织实施“儿童福利机构精准化管理、精细化服务质量提升年行动”"
    assert plan.preamble.startswith("2023年是全面落实") and plan.preamble.endswith("取得新进展。")
    assert plan.warnings == ()


def test_every_quote_stands_in_its_sentence_and_every_sentence_in_its_point() -> None:
    plan = seed_plan()
    for point in plan.points:
        for sentence in point.sentences:
            assert point.text[sentence.start : sentence.end] == sentence.text
        assert "\n" not in point.text and "  " not in point.text
    for item in (*plan.targets, *plan.deliverables):
        point = plan.point(item.point)
        assert point.text[item.start : item.end] == item.quote
        assert item.quote in point.sentences[item.sentence].text


def test_exactly_its_own_numbers_are_targets() -> None:
    found = {(t.point, t.quote, t.comparator, str(t.value), t.unit, t.deadline) for t in seed_plan().targets}
    wanted = {
        (t["point"], t["quote"], t["comparator"], t["value"], t["unit"], t["deadline"])
        for t in expected_seed()["targets"]
    }
    assert found == wanted
    assert sorted({point for point, *_ in found}) == [8, 10, 11, 12, 13, 14, 17, 19, 22, 36, 38, 39, 40]


def test_a_later_number_of_a_sentence_keeps_the_subject_of_the_first() -> None:
    by_quote = {target.quote: target for target in seed_plan().targets}
    assert by_quote["到2025年新增不少于1800张"].subject == "失智照护床位"
    assert by_quote["到2025年不低于60%"].subject == "乡镇（街道）覆盖率"
    assert by_quote["力争年底前达到全覆盖"].deadline_text == "年底前"
    assert by_quote["按照不低于缺额总数15%比例加大面向应届高校毕业生招录力度"].base == "缺额总数"


def test_what_is_no_number_is_asked_of_a_person() -> None:
    asked = {(doubt.point, doubt.quote) for doubt in seed_plan().doubts}
    assert asked == {(8, "不低于省定最低指导标准"), (34, "应救尽救")}
    (scope,) = [target for target in seed_plan().targets if target.point == 17]
    assert (scope.kind, scope.confidence) == ("scope", "doubt")


def _overlap(found: Deliverable, start: int, end: int) -> bool:
    common = min(found.end, end) - max(found.start, start)
    return common >= 0.6 * min(end - start, found.end - found.start)


def _matches(point: int, quote: str) -> list[Deliverable]:
    start = seed_plan().point(point).text.index(quote)
    return [d for d in seed_plan().deliverables if d.point == point and _overlap(d, start, start + len(quote))]


def test_every_sure_deliverable_of_the_hand_list_is_found_with_its_kind() -> None:
    missed = [
        (item["point"], item["quote"])
        for item in expected_seed()["deliverables"]
        if item["confidence"] == "sure"
        and item["kind"] not in {found.kind for found in _matches(item["point"], item["quote"])}
    ]
    assert missed == []


def test_four_in_five_of_the_unsure_ones_are_offered_and_hardly_any_beside_the_list() -> None:
    unsure = [item for item in expected_seed()["deliverables"] if item["confidence"] == "unsure"]
    offered = sum(bool(_matches(item["point"], item["quote"])) for item in unsure)
    assert offered >= 0.8 * len(unsure)
    listed: set[Deliverable] = set()
    for item in expected_seed()["deliverables"]:
        listed.update(_matches(item["point"], item["quote"]))
    beside = [d for d in seed_plan().deliverables if d not in listed]
    assert len(beside) <= 0.08 * len(seed_plan().deliverables)
    assert [d.quote for d in beside if d.confidence == "sure"] == ["持续开展慈善组织年报"]


def test_exploring_and_starting_is_done_when_started() -> None:
    by_quote = {item.quote: item for item in seed_plan().deliverables}
    assert by_quote["启动《吉林省地名管理规定》修订工作"].finality == "启动"
    assert by_quote["探索建立离婚冷静干预机制"].finality == "启动"
    assert by_quote["研究制定《特困人员管理办法》"].finality == "完成"
    assert by_quote["《临时救助管理办法》"].title == "《临时救助管理办法》"


def test_a_paper_that_is_only_carried_out_is_no_deliverable() -> None:
    titles = " ".join(item.title for item in seed_plan().deliverables)
    for existing in (
        "最低生活保障管理办法",
        "信访工作条例",
        "养老机构等级评定暂行办法",
        "地名管理条例》",
        "志愿服务记录与证明",
    ):
        assert existing not in titles
