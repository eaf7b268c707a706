"""A file is what its content says; each refusal says what was wrong, what is allowed and what to do."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.actions.errors import Refused
from jimin.core.files import checks
from jimin.core.files.tests.conftest import JPG, OFD, PDF, PNG, docx, xlsx, zipped


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("通知.pdf", PDF, "pdf"),
        ("照片.JPG", JPG, "jpg"),
        ("照片.jpeg", JPG, "jpg"),
        ("图.png", PNG, "png"),
        ("报告.docx", docx(), "docx"),
        ("台账.xlsx", xlsx(), "xlsx"),
        ("公文.ofd", OFD, "ofd"),
        ("要点.txt", "民政工作要点\r\n".encode(), "txt"),
        ("要点.txt", "民政工作要点".encode("gb18030"), "txt"),
        ("要点.txt", "民政".encode("utf-16"), "txt"),
        ("名册.csv", b"\xef\xbb\xbf" + "姓名,数量\n".encode(), "csv"),
        ("1.关于2023.10的方案.docx.pdf", PDF, "pdf"),
    ],
    ids=range(12),
)
def test_the_kinds_that_offices_use_come_in(name, content, kind):
    clean, found = checks.judge(name, content)
    assert (clean, found.extension) == (name, kind)


def encrypted_zip():
    raw = bytearray(zipped({"word/document.xml": "x"}))
    at = raw.index(b"PK\x01\x02") + 8
    raw[at : at + 2] = struct.pack("<H", 1)
    return bytes(raw)


MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.pdf", b"", "是空的"),
        ("照片.jpg", PDF, "内容其实是 PDF"),
        ("报告.docx", xlsx(), "内容其实是 Excel"),
        ("报告.pdf", b"MZ\x90\0" + b"\0" * 99, "内容不是 PDF"),
        ("程序.exe", b"MZ\x90\0", "扩展名“exe”"),
        ("没有扩展名", PDF, "扩展名“无”"),
        ("网页.html", b"<script>", "扩展名“html”"),
        ("账单.exe.pdf", PDF, "可以运行"),
        ("账单.JS .pdf", PDF, "可以运行"),
        ("../../etc/x.pdf", PDF, "不能带路径"),
        ("..\\x.pdf", PDF, "不能带路径"),
        (".pdf", PDF, "以点开头"),
        ("", PDF, "名字不能用"),
        ("gpj.\u202efdp.pdf", PDF, "看不见的字符"),
        ("a\0b.pdf", PDF, "看不见的字符"),
        ("长" * 120 + ".pdf", PDF, "名字太长"),
        ("旧.docx", checks.OLE + b"\0" * 600, "旧版 Office"),
        ("旧.doc", checks.OLE + b"\0" * 600, "旧版 Office"),
        ("宏.docx", docx({"word/vbaProject.bin": b"x"}), "带有宏"),
        ("宏.docx", docx(types=MACRO), "带有宏"),
        ("锁.docx", encrypted_zip(), "加了密码"),
        ("坏.docx", docx()[:400], "已损坏"),
        ("压缩.zip", zipped({"a.txt": "x"}), "扩展名“zip”"),
        ("假.docx", zipped({"a.txt": "x"}), "内容不是 Word"),
        ("绕.docx", docx({"../../evil": b"x"}), "指向文件之外"),
        ("多.docx", zipped({f"m{i}": "" for i in range(5001)}), "展开后"),
        ("炸弹.xlsx", zipped({"xl/workbook.xml": b"0" * (60 * 1024 * 1024)}), "展开后有 60 MB"),
        ("二进制.txt", b"\0\1\2\3", "内容不是 TXT"),
        ("控制符.csv", b"a\x1b[31m", "内容不是 CSV"),
    ],
    ids=range(29),
)
def test_what_is_not_allowed_is_refused_in_words(name, content, said):
    with pytest.raises(Refused) as refusal:
        checks.judge(name, content)
    assert said in refusal.value.message
    assert "可以上传：PDF、JPG" in refusal.value.message
    assert refusal.value.next_step.startswith("请")


def test_one_byte_over_the_limit_is_refused_and_the_limit_itself_is_not():
    limit = checks.limits()["size_mb"] * 1024 * 1024
    checks.judge("大.pdf", PDF + b"0" * (limit - len(PDF)))
    with pytest.raises(Refused, match="太大"):
        checks.judge("大.pdf", PDF + b"0" * (limit - len(PDF) + 1))


def test_a_bomb_that_lies_about_its_size_is_found_when_it_is_unpacked():
    raw = bytearray(zipped({"xl/workbook.xml": b"0" * (60 * 1024 * 1024)}))
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = struct.pack("<I", 10)
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive, pytest.raises(zipfile.BadZipFile):
        archive.read("xl/workbook.xml")  # a reader stops at what it declares …
    with pytest.raises(Refused, match="已损坏"):
        checks.judge("谎.xlsx", bytes(raw))  # … and so does the check


@given(st.text(max_size=40), st.binary(max_size=300))
def test_anything_at_all_is_either_taken_or_refused_in_words(name, content):
    for suffix in ("", ".pdf", ".docx", ".txt"):
        try:
            checks.judge(name + suffix, content)
        except Refused as refusal:
            assert refusal.message


@given(st.data())
def test_a_cut_or_spoiled_document_is_either_taken_or_refused_in_words(data):
    raw = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        checks.judge("报告.docx", bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    except Refused as refusal:
        assert refusal.message


WHOLE = docx()
