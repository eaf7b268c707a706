"""A missing, repeated or jumping number, an empty point, a cut end: refused, with the place and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jimin.domains.planning.reading import Refused, read_plan
from jimin.domains.planning.reading.tests.plans import load, seed_plan


def _text(without: tuple[int, ...] = (), change: Callable[[str], str] = lambda line: line) -> str:
    plan = seed_plan()
    rows = [plan.title, plan.preamble]
    for chapter in plan.chapters:
        rows.append(change(chapter.label + chapter.title))
        rows += [change(p.label + p.text) for p in plan.points if p.chapter == chapter.no and p.no not in without]
    return "\n".join(rows)


def _refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        read_plan(text.encode("utf-8"), "要点.txt")
    for problem in refused.value.problems:
        assert problem.place and problem.found and problem.expected and problem.next_step
    return str(refused.value)


def test_a_missing_point_is_named_between_its_neighbours() -> None:
    message = _refusal(_text(without=(13,)))
    assert "缺条号 （十三）" in message
    assert "（十四）“加强农村养老服务" in message and "（十二）“提升社区养老服务" in message
    assert message.count("应为") == 1


def test_several_missing_points_are_named_as_a_jump() -> None:
    assert "从 （十二） 跳到 （十六），缺 （十三） 至 （十五）" in _refusal(_text(without=(13, 14, 15)))


def test_a_repeated_number_is_named() -> None:
    message = _refusal(_text(change=lambda line: line.replace("（二十一）推进村", "（二十）推进村")))
    assert "条号 （二十） 重复" in message


def test_a_missing_first_point_and_a_missing_chapter_are_named() -> None:
    assert "缺条号 （一）" in _refusal(_text(without=(1,)))
    assert "缺章号 四、" in _refusal(_text(change=lambda line: "" if line.startswith("四、") else line))


def test_a_number_that_goes_back_is_named() -> None:
    message = _refusal(_text(change=lambda line: line.replace("（三十）加强", "（十三）加强")))
    assert "（十三） 倒退" in message


@pytest.mark.parametrize("rest", ["", "着力提升基层社会救助经办服务能力。"])
def test_an_empty_point_is_named(rest: str) -> None:
    message = _refusal(_text(change=lambda line: "（十）" + rest if line.startswith("（十）") else line))
    assert "（十）" in message and "没有内容" in message


@pytest.mark.parametrize("kept", [-1, -7, -40])
def test_a_cut_end_is_named_with_the_last_words(kept: int) -> None:
    text = _text()[:kept]
    message = _refusal(text)
    assert "截断" in message and text[-8:] in message


def test_a_cut_in_the_middle_of_a_point_is_named() -> None:
    def cut(line: str) -> str:
        return line[: line.index("，完善“三床联动”") + 1] if line.startswith("（十二）") else line

    assert "（十二）末尾" in _refusal(_text(change=cut))


def test_a_chapter_that_is_announced_without_points_is_named() -> None:
    message = _refusal(_text(without=(42, 43, 44, 45, 46)))
    assert "十、夯实民政事业发展基础" in message and "没有要点" in message


def test_restarting_numbers_are_checked_in_each_chapter() -> None:
    text, _ = load("education_2022")
    message = _refusal(text.replace("（二）改善办学条件", "（三）改善办学条件"))
    assert "二、发展职业教育中的条号 （二）" in message


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        read_plan(_text(without=(5, 20))[:-3].encode("utf-8"), "x")
    assert len(refused.value.problems) == 3


def test_text_without_numbers_and_a_plan_without_a_year_are_refused() -> None:
    assert "没有找到一级或二级序号" in _refusal("认真贯彻落实各项部署。" * 20)
    assert "没有写明年份" in _refusal(
        "工作要点\n一、甲事。做好甲事工作。\n二、乙事。做好乙事工作。\n三、丙事。做好丙事工作。"
    )
