"""A file is read as people really make it: moved, hidden, merged, padded, in another encoding; each doubt is named."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from jimin.core.actions.errors import Refused
from jimin.core.sheets.tests.conftest import GOOD, TITLES, heading_of, lines_of, saved, workbook

CSV = "名称,代码,类别,床位\n王家店,012345,食堂,12\n𠮷祥店,000001,食堂,3\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_csv_is_read_in_every_usual_encoding_with_rare_characters(encoding):
    names = [line.values["name"] for line in lines_of(CSV.encode(encoding), "店.csv")]
    assert names == ["王家店", "𠮷祥店"]


def test_csv_with_tabs_and_with_inert_formulas_is_read():
    assert lines_of(CSV.replace(",", "\t").encode("utf-16"), "店.csv")[0].values["beds"] == "12"
    assert lines_of("名称,床位\n'=1+1,3\n".encode(), "店.csv")[0].values["name"] == "=1+1"


def test_a_heading_is_found_below_a_title_in_another_order_with_marks_and_more_columns():
    book = workbook(
        ["店铺登记表"],
        ["填报单位：农安县", None],
        ["床位", "备注", "名称（必填）", "* 代码"],
        [3, "x", "甲店", "000001"],
    )
    book.active.merge_cells("A1:D1")
    heading = heading_of(saved(book))
    assert (heading.row, heading.letter("name"), heading.letter("code")) == (3, "C", "D")
    assert heading.notes == ["这些列只供查看，不导入：备注。"]
    (line,) = lines_of(saved(book))
    assert (line.number, line.values, line.faults) == (4, {"name": "甲店", "code": "000001", "beds": "3"}, [])


def test_a_missing_column_names_the_one_that_may_have_been_renamed():
    with pytest.raises(Refused) as refused:
        heading_of(saved(workbook(["店名称", "代码", "床位"], ["甲", "000001", 3])))
    assert refused.value.problems[0].message == "缺少必填的列“名称”。是不是“店名称”这一列？是就把标题改成“名称”。"


def test_a_heading_that_is_there_twice_is_named_with_both_columns():
    with pytest.raises(Refused) as refused:
        heading_of(saved(workbook(["名称", "床位", "床位"], ["甲", 1, 2])))
    assert refused.value.problems[0].message == "“床位”有 2 列：B、C；请只留一列。"


def test_no_heading_at_all_says_what_was_looked_at_and_what_is_wanted():
    with pytest.raises(Refused, match="没有找到标题。看过的工作表：店。标题应有：名称、代码") as refused:
        heading_of(saved(workbook(["甲", 1], ["乙", 2])))
    assert "请下载模板" in refused.value.next_step


def test_hidden_sheets_are_not_read_and_a_second_one_is_said():
    book = workbook(TITLES, GOOD)
    hidden = book.create_sheet("旧", 0)
    hidden.append(TITLES)
    hidden.sheet_state = "hidden"
    second = book.create_sheet("也是店")
    second.append(TITLES)
    heading = heading_of(saved(book))
    assert heading.grid.name == "店"
    assert heading.notes == ["只读了工作表“店”；“也是店”也像是，没有读，请另存成单独的文件再导入。"]
    alone = openpyxl.Workbook()
    alone.create_sheet("藏").append(TITLES)
    alone["藏"].sheet_state = "hidden"
    with pytest.raises(Refused, match="隐藏的工作表“藏”"):
        heading_of(saved(alone))


def test_a_merged_cell_without_a_value_of_its_own_is_said():
    book = workbook(TITLES, GOOD, ["乙店", *GOOD[1:]], ["丙店", *GOOD[1:]])
    book.active.merge_cells("C2:C3")
    first, second, third = lines_of(saved(book))
    assert (first.faults, third.faults) == ([], [])
    assert (
        second.faults[0].text == "C3“类别”：填的是“合并单元格”；和别的格合并了，没有自己的值；请取消合并，每一行都填上"
    )


def test_a_formula_is_read_by_its_value_and_one_without_is_said():
    book = workbook(TITLES, GOOD)
    book.active["D2"] = "=6*2"
    (line,) = lines_of(saved(book))
    assert line.faults[0].text.startswith("D2“床位”：填的是“=6*2”；是公式，文件里没有算好的值")
    calculated = _with_value(saved(book), "<v></v>", "<v>12</v>")
    assert lines_of(calculated)[0].values["beds"] == "12"


def _with_value(content: bytes, old: str, new: str) -> bytes:
    """The workbook with a piece of its first sheet replaced, as a program that calculates would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            body = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old.encode() in body or b"<v />" in body
                body = body.replace(b"<v />", new.encode()).replace(old.encode(), new.encode())
            after.writestr(name, body)
    return out.getvalue()


def test_empty_rows_with_formatting_below_and_a_wrong_size_in_the_file_do_no_harm():
    book = workbook(TITLES, GOOD)
    for row in range(3, 400):
        book.active.cell(row, 1).fill = PatternFill("solid", fgColor="FFFF00")
    lying = _with_value(saved(book), '<dimension ref="A1:H399"/>', '<dimension ref="A1:B1"/>')
    assert [line.number for line in lines_of(lying)] == [2]


def test_a_million_blank_rows_and_sixteen_thousand_columns_cost_little():
    book = workbook(TITLES, GOOD)
    book.active.cell(1_048_576, 1).value = "末店"
    book.active.cell(2, 16_384).value = "远处"
    content = saved(book)
    tracemalloc.start()
    lines = lines_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [line.number for line in lines] == [2, 1_048_576]
    assert peak < 20 * 1024 * 1024, "not a piece of memory for each of the rows"


def test_the_column_of_errors_and_rows_that_hold_nothing_else_are_not_read():
    book = workbook([*TITLES, "错误说明"], [*GOOD, "以前的错"], [*[None] * 8, "残留"])
    (line,) = lines_of(saved(book))
    assert line.faults == []
    assert "错误说明" not in line.values


def test_an_id_that_was_damaged_is_said():
    book = workbook([*TITLES, "记录编号（请勿修改）"], [*GOOD, "0190-xx"])
    (line,) = lines_of(saved(book))
    assert line.faults[0].text.startswith("I2“记录编号”：填的是“0190-xx”；编号不完整")


def test_a_workbook_that_starts_its_days_in_1904_is_read_in_its_own_calendar():
    book = workbook(TITLES, GOOD)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert lines_of(saved(book))[0].values["opened"] == "2023-09-05"


def test_what_only_pretends_to_be_a_workbook_is_refused_in_words():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Refused, match="打不开"):
        heading_of(out.getvalue())
    with pytest.raises(Refused, match="不是表格"):
        heading_of(b"%PDF-", "店.pdf")
