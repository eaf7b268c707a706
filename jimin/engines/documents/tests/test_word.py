from __future__ import annotations

import io
import time
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from jimin.engines.documents.model import Signature, Table, paragraph
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.word import to_docx

from . import samples


def test_the_text_of_the_word_file_is_the_text_that_was_put_in() -> None:
    text = samples.docx_text(to_docx(samples.notice()))
    for words in (
        "吉林省民政厅文件",
        "吉民函〔2023〕117号",
        samples.notice().title,
        "各市（州）民政局，各县（市、区）民政局：",
        samples.SENTENCE,
        "其中按期32项，姓名含𠮷、䶮。",
        samples.LAW,
        "987,654,321",
        "附件：1.重点任务进展台账2.督办单清单",
        "吉林省民政厅2023年10月10日",
        "抄送：省政府办公厅。",
    ):
        assert words in text, words


def test_the_same_document_gives_the_same_bytes_at_another_time() -> None:
    first = to_docx(samples.notice())
    time.sleep(2.1)  # a zip entry counts in steps of two seconds
    assert to_docx(samples.notice()) == first


def test_every_table_row_is_kept_whole_and_the_header_repeats() -> None:
    word = docx.Document(io.BytesIO(to_docx(samples.notice(blocks=[samples.reports()], copies_to=(), printed_by=""))))
    rows = word.tables[0].rows
    assert [row._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False]
    assert all(row._tr.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)


def test_numbers_stand_right_and_words_left() -> None:
    word = docx.Document(io.BytesIO(to_docx(samples.notice(blocks=[samples.reports()]))))
    sides = [cell.paragraphs[0].alignment for cell in word.tables[0].rows[1].cells]
    assert [side.name if side is not None else "style" for side in sides] == [
        "CENTER",
        "style",
        "RIGHT",
        "RIGHT",
        "style",
    ]


@pytest.mark.parametrize(
    ("style", "font"),
    [
        ("Normal", "仿宋"),
        ("Title", "宋体"),
        ("Heading 1", "黑体"),
        ("Heading 2", "楷体"),
        ("引文", "宋体"),
        ("TableCell", "宋体"),
    ],
)
def test_each_style_names_a_chinese_font_and_no_theme_font(style: str, font: str) -> None:
    word = docx.Document(io.BytesIO(to_docx(samples.notice())))
    named = word.styles[style].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    assert named.get(qn("w:eastAsia")) == font
    assert not [name for name in named.attrib if "Theme" in name]


def test_the_page_has_the_margins_of_the_standard() -> None:
    section = docx.Document(io.BytesIO(to_docx(samples.notice()))).sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(side.mm) for side in sides if side is not None] == [210, 297, 37, 28]
    assert section._sectPr.find(qn("w:docGrid")).get(qn("w:linePitch")) == "579"


def test_a_landscape_table_has_a_section_of_its_own() -> None:
    table = Table(("甲", "乙"), [("一", "二")], landscape=True)
    word = docx.Document(io.BytesIO(to_docx(samples.notice(blocks=[paragraph("前"), table, paragraph("后")]))))
    assert [(s.page_width or 0) > (s.page_height or 0) for s in word.sections] == [False, True, False]


def test_pictures_say_in_words_what_they_show() -> None:
    data = to_docx(samples.notice())
    assert "两项指标的进度" in zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()


def test_a_long_name_is_centred_on_its_date() -> None:
    word = docx.Document(
        io.BytesIO(to_docx(samples.notice(blocks=[Signature("长白山保护开发区管理委员会民政局", samples.DAY)])))
    )
    name, day = [p for p in word.paragraphs if p.style is not None and p.style.name == "落款"][:2]
    assert name.paragraph_format.right_indent is not None
    assert day.paragraph_format.right_indent is not None
    assert name.paragraph_format.right_indent < day.paragraph_format.right_indent


def test_a_document_with_a_signature_among_its_blocks_is_not_signed_twice() -> None:
    document = samples.notice(blocks=[Signature("某局", samples.DAY)], printed_by="", printed_on=None, copies_to=())
    for text in (samples.docx_text(to_docx(document)), samples.pdf_text(to_pdf(document))):
        assert "某局2023年10月10日" in text
        assert text.count("2023年10月10日") == 1


def test_the_file_says_who_made_it_and_bears_the_day_of_the_document() -> None:
    core = docx.Document(io.BytesIO(to_docx(samples.notice()))).core_properties
    assert (core.title, core.author) == (samples.notice().title, "吉林省民政厅")
    assert core.created is not None
    assert core.modified == core.created
    assert core.created.date() == samples.DAY
