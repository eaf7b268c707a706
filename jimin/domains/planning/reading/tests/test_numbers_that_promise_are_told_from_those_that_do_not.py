"""One sentence, one question: which of its numbers are promised, with what comparator, unit and last day."""

from __future__ import annotations

import pytest

from jimin.domains.planning.reading import read_plan
from jimin.domains.planning.reading.model import PlanText
from jimin.domains.planning.reading.numerals import from_han, from_roman, to_han, to_roman


def _plan(sentence: str) -> PlanText:
    text = f"2023年工作要点\n一、甲事。做好甲事的工作。{sentence}\n二、乙事。做好乙事的工作。\n"
    return read_plan(text.encode("utf-8"), "x")


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("覆盖率由30%提高到45%。", [(">=", "45", "%", "2023-12-31")]),
        ("到2025年不少于1800张。", [(">=", "1800", "张", "2025-12-31")]),
        (
            "上半年新建食堂不少于20个，年底前达到50个。",
            [(">=", "20", "个", "2023-06-30"), (">=", "50", "个", "2023-12-31")],
        ),
        ("6月底前完成100户改造。", [(">=", "100", "户", "2023-06-30")]),
        ("一季度培训200人次。", [(">=", "200", "人次", "2023-03-31")]),
        ("“十四五”末护理型床位占比达到55%。", [(">=", "55", "%", "2025-12-31")]),
        ("建设3至5个示范点。", [("between", "3", "个", "2023-12-31")]),
        ("八成以上的县建成中心。", [(">=", "80", "%", "2023-12-31")]),
        ("服务人次实现翻一番。", [("double", "2", "倍", "2023-12-31")]),
        ("每年至少开展2次检查。", [(">=", "2", "次/年", "2023-12-31")]),
        ("新建一百个站点。", [(">=", "100", "个", "2023-12-31")]),
        ("办理时限不超过20个工作日。", [("<=", "20", "个工作日", "2023-12-31")]),
        ("占比不低于５０％。", [(">=", "50", "%", "2023-12-31")]),
        ("救助标准提高3个百分点。", [(">=", "3", "个百分点", "2023-12-31")]),
        ("在去年建成300个的基础上，再新建100个。", [(">=", "100", "个", "2023-12-31")]),
        ("投入1,200万元。", [(">=", "12000000", "元", "2023-12-31")]),
        ("受助率达到百分之九十。", [(">=", "90", "%", "2023-12-31")]),
    ],
)
def test_a_promise_is_read(sentence: str, wanted: list[tuple[str, str, str, str]]) -> None:
    found = [(t.comparator, f"{t.value:f}", t.unit, str(t.deadline)) for t in _plan(sentence).targets]
    assert found == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "贯彻党的二十大精神和“十四五”规划，增强“四个意识”、捍卫“两个确立”。",
        "落实某民发〔2023〕5号和《2021—2025年规划》。",
        "为80岁及以上老年人发放津贴。",
        "开展“119”消防宣传日和“99公益日”活动。",
        "去年全省完成改造5000户，新建床位300张。",
        "截至2022年底，已建成中心300个。",
        "由54系坐标向2000系坐标转换。",
        "落实“314151”选育工程。",
        "做好8类重点老年人的巡访。",
        "2022年，全省发放补贴3000万元。",
        "适应“乙类乙管”，完善“三床联动”机制，建设“十五分钟”生活圈。",
        "评定为一级至二级，参加第五轮联检和第2次会议。",
        "本办法共46条。",
        "持续加强一批重点项目，形成一个整体。",
    ],
)
def test_a_number_that_promises_nothing_is_left_alone(sentence: str) -> None:
    assert _plan(sentence).targets == ()


def test_what_was_held_last_year_is_no_deliverable() -> None:
    assert _plan("去年举办护理员技能大赛，出台管理办法。").deliverables == ()
    (ahead,) = _plan("去年举办护理员技能大赛，今年制定管理办法。").deliverables
    assert ahead.quote == "制定管理办法"


def test_a_range_keeps_both_ends_and_a_share_is_asked_about() -> None:
    (target,) = _plan("建设3—5个示范点。").targets
    assert (target.value, target.upper) == (3, 5)
    (share,) = _plan("三分之一以上的县开展试点。").targets
    assert share.confidence == "doubt" and share.why


@pytest.mark.parametrize("number", [1, 2, 9, 10, 11, 19, 20, 21, 46, 99, 100, 101, 110, 119, 250, 999])
def test_chinese_and_roman_numerals_go_there_and_back(number: int) -> None:
    assert from_han(to_han(number)) == number
    if number < 90:
        assert from_roman(to_roman(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("二〇二三", 2023), ("一万二千", 12000), ("两亿", 200000000), ("一百零五万", 1050000), ("二三", None), ("零", 0)],
)
def test_longer_numerals_are_read(text: str, number: int | None) -> None:
    assert from_han(text) == number
