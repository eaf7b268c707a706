"""What may come in, judged by content. Each refusal says what was wrong, what is allowed, and what to do next."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from django.utils.translation import gettext as _

from jimin.core.actions.errors import Problem, Refused
from jimin.core.files import inside
from jimin.core.files.inside import DAMAGED
from jimin.core.files.limits import MB, limits

LONGEST_NAME = 120
ZIP_CARE_FROM = 10 * MB  # a small archive may compress as well as it likes
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Office files and of encrypted new ones
ENCRYPTED = 0x1
RUNNABLE = frozenset(
    [
        "exe",
        "com",
        "bat",
        "cmd",
        "scr",
        "pif",
        "msi",
        "lnk",
        "hta",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "ps1",
        "sh",
        "jar",
        "apk",
        "app",
        "php",
        "asp",
        "aspx",
        "jsp",
        "html",
        "htm",
        "svg",
        "xml",
        "docm",
        "xlsm",
        "pptm",
        "dotm",
        "xltm",
        "xlam",
    ]
)
MACROS = re.compile(r"(^|/)(vbaProject[^/]*\.bin|macrosheets/|vbaData\.xml)", re.IGNORECASE)


ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia)\b")  # in clear; what a PDF has packed is not looked into
ALONE = ("pdf", "jpg", "png")
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}  # of Windows


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its extension and content type, and how its content is known."""

    extension: str
    content_type: str
    title: str
    known_by: Callable[[bytes], bool]


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _zipped(member: str) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(b"PK\x03\x04") and member in _members(content)


def _is_text(content: bytes) -> bool:
    """UTF-8, UTF-16 with its mark, or GB 18030, without control characters."""
    for encoding in (
        ("utf-8-sig", "utf-16") if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text)
    return False


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    k.extension: k
    for k in (
        Kind("pdf", "application/pdf", "PDF", lambda c: c[:64].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-")),
        Kind("jpg", "image/jpeg", "JPG", _starts(b"\xff\xd8\xff")),
        Kind("png", "image/png", "PNG", _starts(b"\x89PNG\r\n\x1a\n")),
        Kind("docx", _OFFICE + "wordprocessingml.document", "Word（docx）", _zipped("word/document.xml")),
        Kind("xlsx", _OFFICE + "spreadsheetml.sheet", "Excel（xlsx）", _zipped("xl/workbook.xml")),
        Kind("ofd", "application/ofd", "OFD", _zipped("OFD.xml")),
        Kind("txt", "text/plain; charset=utf-8", "TXT", _is_text),
        Kind("csv", "text/csv; charset=utf-8", "CSV", _is_text),
    )
}
SAME = {"jpeg": "jpg"}
TEXTS = ("txt", "csv")


def allowed() -> str:
    """The kinds and the size in words, for a form's help text."""
    names = "、".join(k.title for k in KINDS.values())
    return _("%(names)s，每份不超过 %(mb)d MB") % {"names": names, "mb": limits()["size_mb"]}


def judge(name: str, content: bytes) -> tuple[str, Kind]:
    """The clean name and the kind of a file. Raises Refused."""
    name = _name(name)
    extension = PurePath(name).suffix.lower().lstrip(".")
    extension = SAME.get(extension, extension)
    if not content:
        raise _refused(name, _("是空的"), _("请打开原件核对后重新上传。"))
    if len(content) > limits()["size_mb"] * MB:
        # The rest of it was never read, so its whole size is not known here.
        raise _refused(
            name, _("超过 %d MB，太大了") % limits()["size_mb"], _("请压缩图片、分成几份，或只传需要的几页。")
        )
    if content.startswith(OLE):
        raise _refused(
            name, _("是旧版 Office 文件，或加了打开密码"), _("请去掉密码，另存为 docx、xlsx 或 PDF 后再上传。")
        )
    if extension not in KINDS:
        raise _refused(name, _("的扩展名“%s”不在允许之列") % (extension or _("无")), _("请另存为允许的类型后再上传。"))
    if content.startswith(b"PK"):
        _check_archive(name, content)
    elif extension in ALONE:
        _check_alone(name, extension, content)
    kind = KINDS[extension]
    if not kind.known_by(content):
        found = next((k.title for e, k in KINDS.items() if e not in TEXTS and k.known_by(content)), "")
        what = _("的内容其实是 %s，与扩展名不符") % found if found else _("的内容不是 %s，或已损坏") % kind.title
        raise _refused(name, what, _("请用原来的软件打开核对，另存后再上传；不要只改扩展名。"))
    return name, kind


def _name(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if not name or name.startswith(".") or any(c in '/\\:*?"<>|' for c in name):
        raise _refused(name, _('的名字不能用：不能带路径或 / \\ : * ? " < > |，也不能以点开头'), _("请改名后再上传。"))
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") for c in name):
        raise _refused(name, _("的名字里有看不见的字符，可能冒充别的类型"), _("请重新起名后再上传。"))
    if name.split(".")[0].strip().lower() in DEVICES:
        raise _refused(name, _("的名字是系统保留的，有的电脑存不下"), _("请改名后再上传。"))
    if len(name) > LONGEST_NAME:
        raise _refused(name, _("的名字太长，最多 %d 个字") % LONGEST_NAME, _("请改短后再上传。"))
    inner = [part.strip().lower() for part in name.split(".")[1:-1]]
    if bad := next((part for part in inner if part in RUNNABLE), ""):
        raise _refused(name, _("的名字里夹着“.%s”，像是可以运行的程序") % bad, _("请改成只有一个扩展名的名字。"))
    return name


def _check_archive(name: str, content: bytes) -> None:
    """A zipped format: readable, without password, macros, tricks in its paths, or a flood inside."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = archive.infolist()
    except DAMAGED:
        raise _refused(name, _("已损坏，打不开"), _("请用原来的软件打开核对，另存后再上传。")) from None
    if any(info.flag_bits & ENCRYPTED for info in infos):
        raise _refused(name, _("加了密码"), _("请去掉密码后再上传。"))
    if any(i.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", i.filename) for i in infos):
        raise _refused(name, _("里面的路径指向文件之外"), _("请用原来的软件另存后再上传。"))
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    bomb = total > ZIP_CARE_FROM and total / packed > limits()["ratio"]
    if len(infos) > limits()["members"] or total > limits()["unpacked_mb"] * MB or bomb:
        raise _refused(
            name, _("展开后有 %s MB，远大于文件本身") % f"{total / MB:,.0f}", _("请删去不需要的内容，另存后再上传。")
        )
    if any(MACROS.search(info.filename) for info in infos) or _says_macro(content):
        raise _refused(name, _("带有宏"), _("请另存为不带宏的 docx 或 xlsx 后再上传。"))
    if carried := inside.carries([info.filename for info in infos]):
        raise _refused(name, _("里面夹带着“%s”") % carried[-40:], _("请删去夹带的内容；需要的文件请单独上传。"))
    try:
        found = inside.of_parts(content)
    except DAMAGED:
        raise _refused(name, _("已损坏，打不开"), _("请用原来的软件打开核对，另存后再上传。")) from None
    if found == inside.ENTITIES:
        raise _refused(name, _("里面的 XML 带有实体定义，办公软件不会这样写"), _("请用原来的软件另存后再上传。"))
    if found == inside.LINKS:
        raise _refused(
            name, _("连着别的文件或外面的数据，打开时会去读取"), _("请在“编辑链接”里断开链接、另存后再上传。")
        )


def _check_alone(name: str, extension: str, content: bytes) -> None:
    """A PDF or picture is only that: no archive behind it, nothing that runs when it is opened."""
    if zipfile.is_zipfile(BytesIO(content)):
        raise _refused(name, _("后面还接着一个压缩包"), _("请用原来的软件另存后再上传；压缩包里的文件请分开上传。"))
    if extension == "pdf" and ACTIVE.search(content):
        raise _refused(name, _("带有打开时会运行的脚本或命令"), _("请重新“打印为 PDF”后再上传。"))


def _says_macro(content: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        try:
            return b"macroenabled" in archive.read("[Content_Types].xml").lower()
        except (KeyError, *DAMAGED):
            return False  # no office file; its kind is judged next


def _members(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except DAMAGED:
        return frozenset()


def _refused(name: str, what: str, next_step: str) -> Refused:
    shown = "".join(c if c.isprintable() else "�" for c in name)[:60]
    message = _("文件“%(name)s”%(what)s，没有收下。可以上传：%(allowed)s。") % {
        "name": shown, "what": what, "allowed": allowed(),
    }  # fmt: skip
    return Refused(message, Problem(message, "file"), next_step=next_step)
