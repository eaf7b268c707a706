from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pypdf
import pytest
import typst

from jimin.engines.documents.model import Document, Figure, Heading, PageBreak, Paragraph, Table, paragraph
from jimin.engines.documents.pdf import to_pdf

from . import samples

POINTS_PER_MM = 72 / 25.4


def test_the_text_of_the_pdf_is_the_text_that_was_put_in() -> None:
    text = samples.pdf_text(to_pdf(samples.notice()))
    for words in (
        "吉林省民政厅文件",
        "吉民函〔2023〕117号",
        "吉林省民政厅关于2023年第三季度全省民政重点工作任务进展情况的通报",
        "各市（州）民政局，各县（市、区）民政局：",
        samples.SENTENCE,
        "一、总体进展",
        "其中按期32项，姓名含𠮷、䶮。",
        samples.LAW,
        "（一）报送情况",
        "二、下一步工作",
        "987,654,321",
        "1,234,567",
        "来源：各市（州）月报。",
        "附件：1.重点任务进展台账2.督办单清单",
        "吉林省民政厅2023年10月10日",
        "抄送：省政府办公厅。",
        "2023年10月10日印发",
        "—1—",
    ):
        assert words in text, words


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_pdf(samples.notice()) == to_pdf(samples.notice())
    assert to_pdf(samples.notice()) != to_pdf(samples.notice(title="另一份通报"))


def test_the_page_is_a4_and_28_characters_make_a_line() -> None:
    pdf = to_pdf(samples.notice(blocks=[Paragraph(["民" * 56], indent=False)], recipients=()))
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    assert [round(float(v) / POINTS_PER_MM) for v in page.mediabox[2:]] == [210, 297]
    lines = [line for line in page.extract_text().splitlines() if set(line.strip()) == {"民"}]
    assert [len(line.strip()) for line in lines] == [28, 28]


def test_a_full_page_has_22_lines() -> None:
    pdf = to_pdf(samples.notice(blocks=[PageBreak(), Paragraph(["民" * 28 * 23], indent=False)], recipients=()))
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[1]
    assert sum(set(line.strip()) == {"民"} for line in page.extract_text().splitlines()) == 22


def test_a_long_table_repeats_its_header_and_keeps_each_row_whole() -> None:
    rows = [(i, f"第{i}行" + "很长的说明" * 12) for i in range(1, 121)]
    pages = samples.pdf_pages(
        to_pdf(samples.notice(kind="台账", blocks=[Table(("序号", "事项说明"), rows)], copies_to=()))
    )
    with_rows = [p for p in pages if "很长的说明" in p]
    assert len(with_rows) > 3
    assert all("序号事项说明" in p for p in with_rows)
    for i, row in rows:
        assert sum(p.count(row) for p in pages) == 1, f"row {i} is split"


def test_a_landscape_table_stands_on_a_turned_page_between_upright_ones() -> None:
    table = Table(("甲", "乙"), [("一", "二")], landscape=True)
    pdf = to_pdf(samples.notice(blocks=[paragraph("前"), table, paragraph("后")]))
    turned = [float(p.mediabox[2]) > float(p.mediabox[3]) for p in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert turned == [False, True, False]


def test_the_headings_are_bookmarks_and_the_title_and_author_are_in_the_file() -> None:
    reader = pypdf.PdfReader(io.BytesIO(to_pdf(samples.notice())))
    titles = [o.title for o in reader.outline if not isinstance(o, list)]
    assert titles == ["一、总体进展", "二、下一步工作"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (samples.notice().title, "吉林省民政厅")


def test_the_demo_mark_is_on_every_page() -> None:
    pages = samples.pdf_pages(
        to_pdf(samples.notice(mark="演示数据", blocks=[paragraph("甲"), PageBreak(), paragraph("乙")]))
    )
    assert len(pages) == 2
    assert all("演示数据" in page for page in pages)


def test_a_report_has_no_red_head() -> None:
    text = samples.pdf_text(to_pdf(replace(samples.notice(), kind="报告")))
    assert "文件" not in text.split("吉民函")[0]
    assert "吉林省民政厅2023年10月10日" in text


def test_an_empty_document_of_each_kind_can_be_printed() -> None:
    for kind in ("公文", "报告", "台账"):
        assert "只有标题" in samples.pdf_text(to_pdf(Document(kind, "只有标题", issuer="某局")))


@pytest.mark.parametrize("image", ["<svg", "不是图", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_broken_picture_is_refused(image: str | bytes) -> None:
    with pytest.raises(typst.TypstError):
        to_pdf(samples.notice(blocks=[Figure(image, alt="图")]))


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_heading_of_each_level_is_printed(level: int) -> None:
    assert "标题文字" in samples.pdf_text(to_pdf(samples.notice(blocks=[Heading("标题文字", level)])))


def test_a_register_of_two_thousand_rows_is_printed_whole() -> None:
    rows = [(f"编{i:05}", "推进居家养老服务", i * 1000) for i in range(2000)]
    table = Table(("编号", "事项", "金额"), rows, total=True)
    text = samples.pdf_text(to_pdf(samples.notice(kind="台账", blocks=[table], landscape=True)))
    assert all(f"编{i:05}推进居家养老服务{i * 1000:,}" in text for i in range(2000))


def test_printing_in_several_threads_gives_the_same_bytes() -> None:
    alone = to_pdf(samples.notice())
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: to_pdf(samples.notice()), range(16))) == {alone}


def test_line_feeds_in_cells_are_line_breaks() -> None:
    table = Table(("项\n目", "值"), [("一\n二", None), ("合\n计", 1)], total=True)
    page = pypdf.PdfReader(io.BytesIO(to_pdf(samples.notice(kind="报告", blocks=[table])))).pages[0].extract_text()
    assert not [pair for pair in ("项目", "一二", "合计") if pair in page]
    assert all(pair in re.sub(r"\s", "", page) for pair in ("项目", "一二", "合计"))
