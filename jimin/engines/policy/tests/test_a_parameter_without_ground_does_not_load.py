"""A number that is no law is refused at load, with the file, the line, what was found and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jimin.engines.policy import parameters
from jimin.engines.policy.errors import RuleError
from jimin.engines.policy.parameters import load

GOOD = """\
standard:
  title: 低保标准
  unit: money
  set_by: [province, prefecture]
  by_area: true
  source: {text: SA649, article: 第十条}
  values:
    - {from: 2022-07-01, area: 城镇, value: 586}
    - {from: 2022-07-01, area: 农村, value: 422.50}
    - {from: 2022-07-01, division: "220100", area: 农村, value: 441}
    - {from: 2023-07-01, area: 农村, value: null}
"""


def loaded(folder: Path, text: str) -> parameters.Parameters:
    (folder / "dibao.yaml").write_text(text, encoding="utf-8")
    return load([folder], ["DB57", "SA649"])


def test_the_nearest_place_that_set_a_value_counts_then_the_newest(tmp_path: Path) -> None:
    standard = loaded(tmp_path, GOOD).items["dibao.standard"]

    def at(day: date, division: str, area: str) -> int | None:
        found = standard.at(day, division, area)
        return found.value if found else None

    assert at(date(2022, 7, 1), "220203", "农村") == 42_250
    assert at(date(2022, 7, 1), "220122", "农村") == 44_100
    assert at(date(2023, 7, 1), "220203", "农村") is None
    assert at(date(2023, 7, 1), "220122", "农村") == 44_100
    assert at(date(2022, 6, 30), "220122", "城镇") is None


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("  source: {text: SA649, article: 第十条}\n", "", "没有出处"),
        ("SA649", "SA999", "不在法规登记里"),
        ("title: 低保标准", "name: 低保标准", "不认识的“name”"),
        ("unit: money", "unit: yuan", "unit 是“yuan”"),
        ("value: 586", "value: 586.125", "还细"),
        ("value: 586", 'value: "586"', "不是金额"),
        ("value: 586", "value: 1_000", "读成别的数"),
        ("value: 586", "value: 0577", "读成别的数"),
        ("value: 586", "value: 12:30", "读成别的数"),
        ("value: 586", "value: .inf", "读成别的数"),
        ("value: 586", "value: true", "不是金额"),
        ("value: 586", "value: 2000000000", "太大"),
        ("area: 城镇, value", "aera: 城镇, value", "不认识的“aera”"),
        ("area: 城镇, value", "area: 城市, value", "area 是“城市”"),
        ("by_area: true", "by_area: false", "area 是"),
        ("from: 2022-07-01, area: 城镇", "from: 2022-7, area: 城镇", "“from”是“2022-7”"),
        ('division: "220100"', 'division: "2201"', "division 是“2201”"),
        ('division: "220100"', 'division: "220122"', "不由县级规定"),
        ("area: 城镇, value: 586", "area: 农村, value: 586", "有两个数值"),
        ("  title: 低保标准\n", "  title: 低保标准\n  title: 又一个\n", "写了两次"),
        ("value: 586", "", "没有 value"),
        (GOOD[GOOD.index("  values") :], "  values: []\n", "没有数值"),
        ("standard:", "standard: [", "YAML 写法有误"),
    ],
)
def test_a_faulty_file_is_refused_and_says_where(wrong: str, right: str, said: str, tmp_path: Path) -> None:
    assert wrong in GOOD
    with pytest.raises(RuleError, match=said) as refused:
        loaded(tmp_path, GOOD.replace(wrong, right, 1))
    assert "dibao.yaml:" in str(refused.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dibao.yaml").write_bytes("standard:\n  title: 低保标准\n".encode("gb18030"))
    with pytest.raises(RuleError, match="UTF-8"):
        load([tmp_path], ["SA649"])


def test_a_places_own_value_comes_beside_the_national_one_and_replaces_only_its_like(tmp_path: Path) -> None:
    base = loaded(tmp_path, GOOD)
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "dibao.standard:\n"
        "  - {from: 2022-07-01, area: 农村, value: 500, source: {text: SA649, article: 第十条}}\n"
        '  - {from: 2022-07-01, division: "220200", area: 农村, value: 450, source: {text: SA649, article: 第十条}}\n',
        encoding="utf-8",
    )
    standard = parameters.extend(base, mine, ["SA649"]).items["dibao.standard"]
    day = date(2022, 8, 1)
    found = [standard.at(day, place, "农村") for place in ("220302", "220203", "220122")]
    assert [f.value for f in found if f] == [50_000, 45_000, 44_100]
    mine.write_text("dibao.standart: []\n", encoding="utf-8")
    with pytest.raises(RuleError, match="没有参数 dibao.standart"):
        parameters.extend(base, mine, ["SA649"])
