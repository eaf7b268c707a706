"""Kinds of files that hold no plan text, and damaged or hostile ones."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from jimin.domains.planning.reading import Refused, read_plan
from jimin.domains.planning.reading.tests.plans import as_docx, as_pdf, load, raw_text, seed_bytes

SECONDS = 5.0


def _refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_plan(data, "文件")
    (problem,) = refused.value.problems
    assert problem.next_step
    return str(problem)


def _zip(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".wps"),
        (b"{\\rtf1 abc}", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        (b"<!DOCTYPE html><p>x</p>", "网页"),
        (b"%PDF-1.7\n%broken", "已损坏"),
        (b"plain English text, no plan at all", "没有汉字"),
        (b"PK\x03\x04" + bytes(40), "已损坏"),
        (_zip(xl__workbook_xml=b"<x/>"), "Excel"),
        (_zip(word__document_xml=b"<w:document"), "已损坏"),
        (_zip(word__document_xml=bytes(30_000_000)), "压缩炸弹"),
        (bytes(50 * 1024 * 1024 + 1), "50 MB"),
    ],
)
def test_a_file_of_another_kind_says_what_it_is(data: bytes, says: str) -> None:
    assert says in _refusal(data)


def test_a_cut_word_file_is_refused() -> None:
    data = as_docx(raw_text("insurance_2024"))
    assert "已损坏" in _refusal(data[: len(data) // 2])


def test_a_scan_is_refused_and_says_which_pages() -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (200, 280), 255).save(buffer, "PDF")
    assert "第 1 页" in _refusal(buffer.getvalue()) and "扫描件" in _refusal(buffer.getvalue())


def test_a_locked_pdf_is_refused() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(as_pdf(load("insurance_2024")[0]))))
    writer.encrypt("secret", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert "密码" in _refusal(buffer.getvalue())


def test_a_cut_or_damaged_text_names_the_line() -> None:
    data = seed_bytes()
    assert "截断" in _refusal(data[:-5] if data[-5] & 0xC0 == 0x80 else data[:-4])
    broken = data[:9000] + b"\xff\xfe" + data[9000:]
    assert "第" in _refusal(broken) and "字节" in _refusal(broken)
    assert "�" in _refusal(data.decode("utf-8").replace("养老", "养�", 1).encode("utf-8"))


def test_invisible_characters_rare_characters_and_nulls_do_no_harm() -> None:
    text = seed_bytes().decode("utf-8")
    plain = read_plan(text.encode("utf-8"), "x")
    dirty = text.replace("养老", "养\u200b\u202e老").replace("民政", "民\x07政").replace("2023", "20\u206023")
    plan = read_plan(("\x00" + dirty).encode("utf-8"), "x")
    assert [p.text for p in plan.points] == [p.text for p in plain.points]
    assert "空字符" in plan.warnings[0]
    rare = read_plan(text.replace("农安县", "𠮷安县").encode("gb18030"), "x")
    assert "𠮷安县等5个公益性公墓试点单位" in rare.point(36).text
    assert any(target.quote == "深入推进𠮷安县等5个公益性公墓试点单位" for target in rare.targets)


@pytest.mark.parametrize(
    "piece",
    [
        "不低于",
        "（",
        "“",
        "《",
        "1",
        "一",
        "、",
        "，",
        "到2025年",
        "十",
        "开展",
        "推进和",
        "100%",
        "第",
        "9,",
        "等",
        "年底前，",
    ],
)
def test_a_very_long_line_is_read_in_time(piece: str) -> None:
    text = "2023年工作要点\n一、甲\n（一）乙事。" + piece * (60_000 // len(piece)) + "。\n（二）丙事。做好丙事。"
    started = time.monotonic()
    with contextlib.suppress(Refused):
        read_plan(text.encode("utf-8"), "x")
    assert time.monotonic() - started < 2 * SECONDS


def _read(data: bytes) -> None:
    started = time.monotonic()
    try:
        plan = read_plan(data, "x")
    except Refused as refused:
        assert refused.problems
    else:
        for item in (*plan.targets, *plan.deliverables):
            assert plan.point(item.point).text[item.start : item.end] == item.quote
    assert time.monotonic() - started < SECONDS


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.5\n", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]))
def test_any_bytes_are_read_or_refused(data: bytes, head: bytes) -> None:
    _read(head + data)


PIECES = st.sampled_from(
    ["一、", "（一）", "（二）", "1.", "①", "第三条", "2023年", "不低于", "50%", "100个", "建设", "制定《", "》", "“", "”", "，", "。", "\n", "\n\n",
     " ", "３", "三分之一", "到2025年", "全覆盖", "开展", "试点", "由", "提高到", "养老", "\f", "- 1 -", "至", "十", "万元", "每", "户", "等", "活动", "、"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=120))
def test_any_mixture_of_plan_words_is_read_or_refused(pieces: list[str]) -> None:
    _read(("2023年要点\n" + "".join(pieces)).encode("utf-8"))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30_000), st.integers(1, 60), st.binary(max_size=8))
def test_a_damaged_copy_of_the_real_plan_is_read_or_refused(at: int, size: int, put: bytes) -> None:
    data = seed_bytes()
    _read(data[:at] + put + data[at + size :])
