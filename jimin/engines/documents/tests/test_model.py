from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from jimin.engines.documents import charts, text
from jimin.engines.documents.model import Document, DocumentError, Figure, Heading, Table, chinese_number, numbered


def test_headings_are_counted_anew_below_each_higher_one() -> None:
    levels = [1, 2, 2, 3, 4, 4, 3, 1, 2]
    marks = [b.text for b in numbered([Heading("", level) for level in levels]) if isinstance(b, Heading)]
    assert marks == ["一、", "（一）", "（二）", "1.", "（1）", "（2）", "2.", "二、", "（一）"]


def test_chinese_numerals_up_to_99() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 46, 99)] == ["一", "十", "十一", "二十", "四十六", "九十九"]
    with pytest.raises(DocumentError, match="100"):
        chinese_number(100)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"header": ("甲", "乙"), "rows": [("一",)]}, "第 1 行有 1 格"),
        ({"header": (), "rows": []}, "没有表头"),
        ({"header": ("甲",), "rows": [(1.5,)]}, "float"),
        ({"header": ("甲",), "rows": [(True,)]}, "bool"),
        ({"header": ("甲",), "rows": [], "widths": [1, 2]}, "widths"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_the_place(given: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        Table(**given)


def test_a_document_needs_a_title_and_a_picture_needs_words() -> None:
    for make in (
        lambda: Document("报告", " "),
        lambda: Document("公文", "题"),
        lambda: Figure("<svg/>", alt=""),
        lambda: Figure(b"GIF89a", alt="图"),
        lambda: numbered([Heading("五级", 5)]),
    ):
        with pytest.raises(DocumentError):
            make()


def test_a_single_recipient_may_be_plain_text() -> None:
    document = Document("报告", "题", recipients="长春市民政局", attachments="清单", copies_to="")
    assert (document.recipients, document.attachments, document.copies_to) == (("长春市民政局",), ("清单",), ())


def test_cells_have_commas_and_no_data_is_a_dash() -> None:
    cells = [1234567, Decimal("1234.50"), -1000, None, "甲"]
    assert [text.cell_text(c) for c in cells] == ["1,234,567", "1,234.50", "-1,000", "—", "甲"]


def test_columns_of_numbers_keep_their_length_and_words_share_the_rest() -> None:
    table = Table(("数", "说明"), [(123456789, "很长的说明" * 40)])
    cells = [[text.cell_text(c) for c in row] for row in table.rows]
    shares = text.shares(table, cells, 40)
    assert sum(shares) == pytest.approx(1)
    assert shares[0] * 40 == pytest.approx(text.width("123,456,789") + 1.6)
    assert text.aligns(table, cells) == ["right", "left"]


def test_a_long_title_is_broken_where_words_end() -> None:
    title = "吉林省民政厅关于印发《2023年全省民政工作要点》的通知及任务分工方案"
    lines = text.balanced(title, 20)
    assert "".join(lines) == title
    assert len(lines) == 2
    assert not lines[1].startswith(("》", "，", "的"))
    assert text.balanced("短题", 20) == ["短题"]
    assert text.balanced("自己\n分行", 20) == ["自己", "分行"]


def test_charts_have_a_number_beside_every_mark_and_are_the_same_each_time() -> None:
    items = [(f"{m}月", v) for m, v in enumerate([1200, None, 3400], 1)]
    line = charts.line(items, label="趋势", unit="个", target=5000)
    assert all(words in line for words in (">1,200<", ">3,400<", ">无数据<", "目标 5,000个"))
    assert line == charts.line(items, label="趋势", unit="个", target=5000)
    bullet = charts.bullet([charts.Bullet("甲<乙>&", 5, 10, 8)], label='"引"', unit="个")
    assert "甲&lt;乙&gt;&amp;" in bullet
    assert "5个（目标 10个）" in bullet
    assert "stroke-dasharray" in bullet
    assert "style=" not in bullet


def test_a_chart_becomes_the_same_png_each_time() -> None:
    svg = charts.bar([("甲", 3), ("乙", 0)], label="图")
    assert charts.to_png(svg).startswith(b"\x89PNG")
    assert charts.to_png(svg) == charts.to_png(svg)


@pytest.mark.parametrize("values", [[], [("甲", -1)]])
def test_a_chart_without_data_or_with_negative_numbers_is_refused(values: list[tuple[str, int]]) -> None:
    with pytest.raises(DocumentError):
        charts.bar(values, label="图")


def test_a_chart_of_zeros_can_be_drawn() -> None:
    assert "<svg" in charts.bar([("甲", 0)], label="图")
    assert "<svg" in charts.line([("甲", None)], label="图", target=3)
