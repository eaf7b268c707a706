# ruff: noqa: DTZ001 - a sheet's moments have no zone
"""A cell is read whatever Excel or WPS made of it; what cannot be known is said, never guessed."""

from datetime import date, datetime, time

import pytest


@pytest.mark.parametrize(
    "given",
    [
        "2023-9-5", "2023/9/5", "2023年9月5日", "20230905", "2023.09.05", "２０２３年９月５日", "2023-09-05 00:00:00",
        20230905, 45174, 45174.0, "45174", date(2023, 9, 5), datetime(2023, 9, 5), " 2023 年 9 月 5 日 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_writing(cell, given):
    assert cell("投用日期", given) == ("2023-09-05", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("9月5日", "请填日期"), ("23-9-5", "请填日期"), ("2023-02-30", "日历上没有这一天"), ("2023-09-05 14:30", "请填日期"),
        (datetime(2023, 9, 5, 14, 30), "带有时刻"), (0, "请填日期"), (60, "差一天"), (59, "差一天"),
        (-3, "请填日期"), (True, "请填日期"), (time(8, 0), "请填日期"), ("1023-01-01", "年份太早"), ("去年", "请填日期"),
        (99999999999, "请填日期"), (2.5, "请填日期"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_said_with_what_to_write(cell, given, said):
    value, wrong = cell("投用日期", given)
    assert value == ""
    assert said in wrong


def test_29_february_1900_which_only_excel_knows_is_refused_as_a_real_date_too(cell):
    assert "差一天" in cell("投用日期", 60, "yyyy-mm-dd")[1]
    assert cell("投用日期", 61, "yyyy-mm-dd") == ("1900-03-01", "")


def test_a_day_typed_as_eight_digits_into_a_cell_that_is_a_date_already_is_said(cell):
    assert "超出了日期的范围" in cell("投用日期", 20230905, "yyyy-mm-dd")[1]


@pytest.mark.parametrize("given", ["2023-09", "2023年9月", "202309", "2023/9", 202309, date(2023, 9, 1), "2023.09"])
def test_a_month_is_read_in_every_usual_writing(cell, given):
    assert cell("月份", given) == ("2023-09", "")


def test_a_day_inside_a_month_is_not_taken_for_the_month(cell):
    assert "请只填到月，如 2023-09" in cell("月份", date(2023, 9, 5))[1]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (12, "12"), ("12", "12"), ("１２", "12"), (" 12 ", "12"), ("1,000", "1000"), (12.0, "12"), ("12.00", "12"),
        ("　1 2　", "12"), (0, "0"),
    ],
)  # fmt: skip
def test_a_number_is_read_also_from_text_full_width_digits_and_commas(cell, given, plain):
    assert cell("床位", given) == (plain, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("三处", "请只填数字"), ("12处", "请只填数字"), ("35%", "请只填数字"), (1.5, "请只填整数"), (1001, "范围内"), (-1, "范围内"),
        (True, "不是数"), (date(2023, 9, 5), "不是数"), ("1,00", "请只填数字"), ("-", "请只填数字"), ("①", ""), ("nan", "请只填数字"),
    ],
)  # fmt: skip
def test_what_is_no_number_here_is_said(cell, given, said):
    value, wrong = cell("床位", given)
    assert said in wrong
    assert bool(wrong) or value.isascii()


def test_a_calculated_number_is_what_the_sheet_shows(cell):
    assert cell("占比", 0.1 + 0.2) == ("0.3", "")
    assert "最多 2 位小数" in cell("占比", 0.333)[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (12345, "前面的 0"), ("2.2E+11", "科学计数法"), ("12345", "完整的代码"), (12345.5, "前面的 0"),
        (date(2023, 9, 5), "变成了日期"), (10**16, "超过 15 位"),
    ],
)  # fmt: skip
def test_a_code_that_lost_digits_is_said_and_not_padded(cell, given, said):
    value, wrong = cell("代码", given)
    assert value == ""
    assert said in wrong


def test_a_code_that_is_whole_is_taken_from_a_number_too(cell):
    assert cell("代码", 123456) == ("123456", "")
    assert cell("代码", "０12345") == ("012345", "")


@pytest.mark.parametrize(("given", "value"), [("食堂", "a"), ("a", "a"), (" 食 堂 ", "a")])
def test_a_choice_is_known_by_its_word_or_its_code(cell, given, value):
    assert cell("类别", given) == (value, "")


def test_an_unknown_choice_is_told_the_choices_and_a_double_one_its_code(cell):
    assert cell("类别", "饭店")[1] == "请从可选的里面选一个，写法要一样。可以填：食堂、超市"
    assert "有 2 个同名的选项" in cell("类别", "超市")[1]
    assert cell("类别", "b") == ("b", "")


@pytest.mark.parametrize(("given", "value"), [("是", "1"), (True, "1"), ("√", "1"), (0, "0"), ("否", "0"), ("Ｎ", "0")])
def test_yes_and_no(cell, given, value):
    assert cell("营业", given) == (value, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("店" * 32_767, "有 32767 个字"), ("#N/A", "公式算错"), (date(2023, 3, 5), "变成了日期"), ("a_x0007_b", ""),
    ],
)  # fmt: skip
def test_a_text_that_is_too_long_or_no_text_is_said(cell, given, said):
    assert said in cell("名称", given)[1]


def test_rare_characters_and_formula_like_texts_are_kept_as_they_are(cell):
    assert cell("名称", "𠮷祥𬭚店") == ("𠮷祥𬭚店", "")
    for text in ("+1", "-2", "@SUM(A1)"):
        assert cell("名称", text) == (text, "")


def test_white_space_of_every_width_around_a_text_is_no_part_of_it(cell):
    assert cell("名称", "　 王家店\u00a0") == ("王家店", "")
    assert "此项必填" in cell("名称", "　 ")[1]
