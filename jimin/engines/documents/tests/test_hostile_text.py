"""Text from users is text: neither renderer reads it as markup, and nothing in it can break a file or hide."""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from jimin.engines.documents import charts
from jimin.engines.documents.fonts import missing_glyphs, printable
from jimin.engines.documents.model import Document, Figure, Heading, KeyValues, Note, Table, paragraph, quote
from jimin.engines.documents.pdf import to_pdf
from jimin.engines.documents.word import to_docx

from . import samples

MARKUP = [
    '#eval("1+1")',
    '#import "@preview/x:1.0.0"',
    '#read("/etc/passwd")',
    "\\u{41}*粗*_斜_`码`$x^2$",
    "<w:p><w:t>假</w:t></w:p>",
    "]]>&amp;&lt;&#65;",
    "{{ 7*7 }}{% now %}",
    "= 标题",
    "//注释/*块*/",
    "@ref <label> ~ -- --- ...",
    "\"引号\"'单'",
]


def everywhere(text: str) -> Document:
    """A document with `text` wherever text can stand."""
    parts = [
        Heading(text),
        paragraph(text),
        quote(text),
        Table((text, "数"), [(text, 1), (None, 2)], caption=text, note=text, total=True),
        KeyValues([(text, text)]),
        Note(text),
        Figure(charts.bar([(text, 3)], label=text), alt=text, caption=text),
    ]
    return Document(
        "公文",
        text,
        parts,
        number=text,
        issuer=text,
        recipients=(text,),
        date=samples.DAY,
        attachments=(text,),
        copies_to=(text,),
        printed_by=text,
        remark=text,
        mark=text,
    )


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_as_it_was_typed(text: str) -> None:
    plain = re.sub(r"\s", "", text)
    assert samples.pdf_text(to_pdf(samples.notice(blocks=[paragraph(text)]))).count(plain) == 1
    assert samples.docx_text(to_docx(samples.notice(blocks=[paragraph(text)]))).count(text) == 1
    assert samples.pdf_text(to_pdf(everywhere(text))).count(plain) >= 10
    assert samples.docx_text(to_docx(everywhere(text))).count(text) >= 10


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\u202e", "\u2066", "\u200f", "\ud800", "\ufffe", "\uffff"])
def test_control_characters_and_turned_writing_are_shown_as_a_geta_mark(char: str) -> None:
    document = samples.notice(blocks=[paragraph(f"应发{char}910元")])
    assert "应发〓910元" in samples.pdf_text(to_pdf(document))
    assert "应发〓910元" in samples.docx_text(to_docx(document))


def test_invisible_characters_cannot_split_a_number() -> None:
    document = samples.notice(blocks=[paragraph("9\u200b1\ufeff0\u00ad元")])
    assert "910元" in samples.pdf_text(to_pdf(document))
    assert "910元" in samples.docx_text(to_docx(document))


def test_a_rare_character_is_printed_and_one_without_a_glyph_is_replaced_and_reported() -> None:
    document = samples.notice(blocks=[paragraph("王𠮷、李䶮、赵\U00031350、钱\ue000、孙😀、再\U00031350")])
    assert [str(m) for m in missing_glyphs(document)] == ["U+E000（1 处）", "U+1F600（1 处）", "U+31350（2 处）"]
    text = samples.pdf_text(to_pdf(document))
    assert "王𠮷、李䶮、赵〓、钱〓、孙〓、再〓" in text
    assert "注：〓代字库中没有的字：U+E000（1处）、U+1F600（1处）、U+31350（2处）。" in text
    assert "赵\U00031350" in samples.docx_text(to_docx(document))


def test_a_document_without_rare_characters_reports_none_and_has_no_note() -> None:
    assert missing_glyphs(samples.notice()) == ()
    assert "〓" not in samples.pdf_text(to_pdf(samples.notice()))


@pytest.mark.parametrize(
    "reach", ["secret.png", "{folder}/secret.png", "file://{folder}/secret.png", "{up}/secret.png"]
)
def test_an_svg_cannot_bring_in_a_file_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: str
) -> None:
    (tmp_path / "secret.png").write_bytes(charts.to_png(charts.bar([("密", 3)], label="密")))
    monkeypatch.chdir(tmp_path)
    href = reach.format(folder=tmp_path, up=os.path.relpath(tmp_path, Path(charts.__file__).with_name("pages")))
    image = f'<image href="{href}" width="90" height="90"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">{image}</svg>'
    for render in (to_pdf, to_docx):
        with pytest.raises(typst.TypstError, match="linked image"):
            render(samples.notice(blocks=[Figure(svg, alt="图")]))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=40).filter(lambda s: s.strip()))
def test_any_text_gives_a_pdf_and_a_well_formed_word_file(text: str) -> None:
    document = everywhere("字" + text)
    assert to_pdf(document).startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(to_docx(document))) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


@given(st.text())
def test_what_is_printable_once_is_printable_for_ever(text: str) -> None:
    assert printable(printable(text)) == printable(text)
