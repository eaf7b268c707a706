"""Issue a document with a code, and let anyone check the code or the file.

`issue` and `revoke` are called by action classes inside their transaction; the action writes the audit row.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.access.models import Account
from jimin.core.divisions.models import ReportingUnit

from .codes import LENGTH, near, new_code, normalise, plain_of
from .model import Document, DocumentError, Imprint
from .models import ISSUER_LENGTH, NUMBER_LENGTH, TITLE_LENGTH, IssuedDocument, Revocation
from .pdf import to_pdf
from .text import clean
from .word import to_docx

_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


@dataclass(frozen=True, slots=True)
class Issued:
    """Both forms of an issued document and the record that vouches for them."""

    pdf: bytes
    docx: bytes
    record: IssuedDocument


class Status(Enum):
    """What a check found."""

    FOUND = "found"
    REVOKED = "revoked"
    NOT_FOUND = "not found"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a check. `form` is “PDF” or “Word” when a file was checked; `message` is for the reader."""

    status: Status
    message: str
    record: IssuedDocument | None = None
    form: str = ""


def sm3(data: bytes) -> str:
    """The SM3 digest (GB/T 32905) in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def sha256(data: bytes) -> str:
    """The SHA-256 digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def with_imprint(document: Document, code: str, *, base_url: str) -> Document:
    """`document` with the code at its foot, marked 演示 when this is the demo."""
    host = urlsplit(base_url).netloc
    line = f"可在 {host}/verify 输入 {code} 核对，\n或扫描二维码；也可上传文件比对。"
    mark = document.mark or ("演示数据　非正式公文" if clock.is_demo() else "")
    return replace(document, imprint=Imprint(code, f"{base_url.rstrip('/')}/verify/{code}", line), mark=mark)


def issue(
    document: Document, *, unit: ReportingUnit, account: Account, public_summary: Mapping[str, str | int]
) -> Issued:
    """Print `document` with a new code and record its digests. The caller keeps the bytes, encrypted.

    Args: `unit` and `account`, who issues it; `public_summary`, what a stranger who has the
        code may see beside title, number, issuer and date: name → text or number, nothing about persons.
    Raises: DocumentError if issuer or date is missing, or the summary looks personal.
    """
    if not document.issuer or document.date is None:
        raise DocumentError(_("文书“%(title)s”没有发文机关或成文日期，不能登记；请补上。") % {"title": document.title})
    for name, words, longest in (
        (_("标题"), document.title, TITLE_LENGTH),
        (_("发文字号"), document.number, NUMBER_LENGTH),
        (_("发文机关"), document.issuer, ISSUER_LENGTH),
    ):
        if len(words) > longest:
            told = {"name": name, "longest": longest}
            raise DocumentError(_("文书的%(name)s超过 %(longest)s 个字，不能登记；请缩短。") % told)
    summary = _public(public_summary)
    code = new_code()
    printed = with_imprint(document, code, base_url=settings.JIMIN_PUBLIC_URL)
    pdf, docx = to_pdf(printed), to_docx(printed)
    record = IssuedDocument.objects.create(
        kind=document.kind,
        number=clean(document.number),
        title=clean(document.title).replace("\n", ""),
        issuer=clean(document.issuer),
        issued_on=document.date,
        code=code,
        pdf_sha256=sha256(pdf),
        pdf_sm3=sm3(pdf),
        docx_sha256=sha256(docx),
        docx_sm3=sm3(docx),
        public_summary=summary,
        unit=unit,
        account=account,
        business_day=clock.business_day(),
        created=clock.now(),
    )
    return Issued(pdf, docx, record)


def _public(summary: Mapping[str, str | int]) -> dict[str, str | int]:
    for name, value in summary.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise DocumentError(_("公开摘要的“%(name)s”只能是文字或整数。") % {"name": name})
        if _PERSONAL.search(f"{name} {value}"):
            raise DocumentError(
                _("公开摘要的“%(name)s”里像有身份证号或手机号；摘要谁都能看，请去掉个人信息。") % {"name": name}
            )
    return dict(summary)


def revoke(record: IssuedDocument, *, reason: str, unit: ReportingUnit, account: Account) -> Revocation:
    """Declare an issued document void. Raises: DocumentError without a reason or when it is void already."""
    if not reason.strip():
        raise DocumentError(_("撤销文书要写明原因；核验的人会看到它。"))
    if Revocation.objects.filter(document=record).exists():
        raise DocumentError(_("文书“%(title)s”已经撤销，不能再撤销一次。") % {"title": record.title})
    return Revocation.objects.create(
        document=record,
        reason=reason,
        revoked_on=clock.business_day(),
        unit=unit,
        account=account,
        created=clock.now(),
    )


def _mistyped(length: int) -> str:
    """What is wrong with a code that cannot be one: how many characters it has, or that one of them is off."""
    if length == LENGTH:
        return _("核验码不对：12 位里至少有一位抄错了（各位之间有校验）；请对照文末再输一遍。")
    return _("核验码不对：应是 12 位字母和数字，输入的有 %d 位；请对照文末再输一遍。") % length


def check(typed: str) -> Checked:
    """What the code that someone typed stands for."""
    code = normalise(typed)
    if code is None:
        return Checked(Status.MISTYPED, _mistyped(len(plain_of(typed))))
    record = IssuedDocument.objects.select_related("revocation").filter(code=code).first()
    if record is None:
        return Checked(Status.NOT_FOUND, _("没有登记过核验码 %(code)s 的文书；请向发文机关核实。") % {"code": code})
    return _found(record)


def meant(typed: str) -> list[str]:
    """Codes of issued documents that somebody who mistyped may have meant; one query."""
    return list(IssuedDocument.objects.filter(code__in=near(typed)).values_list("code", flat=True).order_by("code"))


def check_file(data: bytes) -> Checked:
    """Whether a file is, byte for byte, one that was issued."""
    digest = sha256(data)
    record = (
        IssuedDocument.objects.select_related("revocation")
        .filter(Q(pdf_sha256=digest, pdf_sm3=sm3(data)) | Q(docx_sha256=digest, docx_sm3=sm3(data)))
        .first()
    )
    if record is None:
        return Checked(
            Status.NOT_FOUND,
            _("这个文件与登记的文书都不相同：可能被改动或另存过。请用文末核验码核对，以查到的登记内容为准。"),
        )
    return _found(record, "PDF" if record.pdf_sha256 == digest else "Word")


def _found(record: IssuedDocument, form: str = "") -> Checked:
    revocation = getattr(record, "revocation", None)
    if revocation is not None:
        told = {"day": revocation.revoked_on.isoformat(), "reason": revocation.reason}
        return Checked(Status.REVOKED, _("此文书已于 %(day)s 撤销，原因：%(reason)s") % told, record, form)
    return Checked(Status.FOUND, _("此文书由%(issuer)s发出，登记有效。") % {"issuer": record.issuer}, record, form)
