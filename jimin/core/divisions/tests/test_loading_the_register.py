"""The real list is counted by kind; a file that is wrong is refused by its line."""

from collections import Counter
from pathlib import Path

import pytest

from jimin.core.divisions import loading
from jimin.core.divisions.models import Division, Kind, Level

REAL = Path(__file__).parents[4] / "packs" / "22" / "divisions.csv"
HEAD = "code,name,level,parent\n"


def write(folder, *lines, head=HEAD):
    path = folder / "divisions.csv"
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def real():
    return loading.read_divisions(REAL, "统计用区划代码")


def test_the_real_register_has_the_published_numbers_of_each_kind(real):
    of_level = Counter(d.level for d in real)
    kinds = Counter(d.kind for d in real)
    assert (of_level[Level.PREFECTURE], kinds[Kind.COUNTY], kinds[Kind.ZONE]) == (9, 60, 9)
    assert (kinds[Kind.TOWN], kinds[Kind.STREET]) == (426, 364)
    assert (kinds[Kind.TOWNSHIP] + kinds[Kind.ETHNIC_TOWNSHIP], kinds[Kind.ETHNIC_TOWNSHIP]) == (181, 25)


def test_every_division_of_the_real_register_lies_in_one_that_is_there(real):
    known = {d.code for d in real}
    assert [d.code for d in real if d.parent_code and d.parent_code not in known] == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("22,吉林省,province,", "第 2 行：代码“22”不是 12 位数字"),
        ("２２００００００００００,吉林省,province,", "第 2 行"),
        ("220000000000,吉林省,state,", "第 2 行：层级“state”不认识"),
        ("220100000000,长春市,prefecture,220000000000", "第 2 行：上级“220000000000”不在前面的行里"),
        ("220000000000,,province,", "第 2 行：没有名称"),
        ("220000000000", "第 2 行"),
        ("220000000000,吉林省,province,,多一列", "第 2 行"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(tmp_path, line, words):
    with pytest.raises(loading.PackError) as refused:
        loading.read_divisions(write(tmp_path, line), "测试")
    assert words in str(refused.value)


def test_a_code_twice_is_refused_at_the_second_line(tmp_path):
    line = "220000000000,吉林省,province,"
    with pytest.raises(loading.PackError, match="第 3 行：代码“220000000000”重复"):
        loading.read_divisions(write(tmp_path, line, line), "测试")


def test_another_head_is_refused_with_the_one_expected(tmp_path):
    with pytest.raises(loading.PackError, match="code,name,level,parent"):
        loading.read_divisions(write(tmp_path, head="代码,名称\n"), "测试")


def test_loading_twice_adds_nothing_the_second_time(db, tmp_path):
    path = write(tmp_path, "220000000000,吉林省,province,", "220100000000,长春市,prefecture,220000000000")
    assert loading.load_divisions(path, "测试") == 2
    assert loading.load_divisions(path, "测试") == 0
    assert Division.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("某某满族乡", Kind.ETHNIC_TOWNSHIP),
        ("三合满族朝鲜族乡", Kind.ETHNIC_TOWNSHIP),
        ("新春街道", Kind.STREET),
        ("合隆镇", Kind.TOWN),
        ("万金塔乡", Kind.TOWNSHIP),
        ("某农场特殊乡镇", Kind.OTHER),
        ("某某农场", Kind.OTHER),
    ],
)
def test_the_kind_of_a_town_is_told_from_its_name(name, kind):
    assert loading.kind_of("220122102000", name, Level.TOWN) == kind
