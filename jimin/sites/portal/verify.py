"""核对文书: by the code at its foot, or by the file itself. Nothing is stored; a file is only reckoned and forgotten.

Both forms change nothing, so they need no session, no token and no account. A code that is not found answers 404 and
a mistyped one 422: a proxy can slow down who guesses without the pages knowing.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from jimin.core.files.limits import MB, limits
from jimin.engines.documents import verification
from jimin.engines.documents.codes import normalise
from jimin.engines.documents.verification import Checked, Status

ENDINGS = (".pdf", ".docx")
OUTER = 64 * 1024  # what the form around a file may add to its length, bytes
CODES = {Status.FOUND: 200, Status.REVOKED: 200, Status.NOT_FOUND: 404, Status.MISTYPED: 422}
VERDICTS: dict[Status, tuple[str, Promise]] = {
    Status.FOUND: ("ok", lazy("是真的，现在有效")),
    Status.REVOKED: ("late", lazy("已经撤销，不能再用")),
    Status.NOT_FOUND: ("slow", lazy("没有查到")),
}


class CodeForm(forms.Form):
    """The code at a document's foot."""

    code = forms.CharField(
        label=lazy("核验码"),
        max_length=40,
        help_text=lazy("在文书最后一页下面，12 位，如 XXXX-XXXX-XXXX。大小写、有没有横线都行。"),
        error_messages={
            "required": lazy("请填文书下面的核验码"),
            "max_length": lazy("核验码只有 12 位，请对照文书再输一遍"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class DocumentForm(forms.Form):
    """A document as a file."""

    file = forms.FileField(
        label=lazy("文书的文件"),
        error_messages={
            "required": lazy("请先选一个文件"),
            "empty": lazy("这个文件是空的，请换一个"),
            "missing": lazy("请先选一个文件"),
        },
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["file"].help_text = _("PDF 或 Word（.docx），不超过 %(limit)s MB。文件只比对，不保存。") % {
            "limit": limits()["size_mb"]
        }

    def clean_file(self) -> UploadedFile:
        """Refuse what cannot be one of ours."""
        file: UploadedFile = self.cleaned_data["file"]
        if not str(file.name).lower().endswith(ENDINGS):
            raise forms.ValidationError(_("只能比对 PDF 或 Word（.docx）文件；照片请改用核验码核对。"))
        if (file.size or 0) > limits()["size_mb"] * MB:
            raise forms.ValidationError(_too_big())
        return file


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The two ways to check. A typed code goes on to its own address; a file is compared here."""
    if request.method == "POST":
        return _file(request)
    typed = request.GET.get("code")
    if typed is None:
        return _page(request, CodeForm(), DocumentForm())
    form = CodeForm({"code": typed})
    if not form.is_valid():
        return _page(request, form, DocumentForm(), status=422)
    code = normalise(form.cleaned_data["code"])
    if code is not None:
        return redirect("portal:verify_code", code=code)
    return _mistyped(request, form)


@require_safe
def code(request: HttpRequest, code: str) -> HttpResponse:
    """What a code stands for; the address that a QR mark opens."""
    form = CodeForm({"code": code})
    if not form.is_valid():
        return _page(request, form, DocumentForm(), status=422)
    checked = verification.check(code)
    if checked.status == Status.MISTYPED:
        return _mistyped(request, form)
    return _page(request, CodeForm(), DocumentForm(), checked, normalise(code) or "")


def _mistyped(request: HttpRequest, form: CodeForm) -> HttpResponse:
    typed = form.cleaned_data["code"]
    form.add_error("code", verification.check(typed).message)
    return _page(request, form, DocumentForm(), status=422, meant=verification.meant(typed))


def _file(request: HttpRequest) -> HttpResponse:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > limits()["size_mb"] * MB + OUTER:  # before a byte of it is read
        form = DocumentForm({}, {})
        form.errors["file"] = form.error_class([_too_big()])
        return _page(request, CodeForm(), form, status=413)
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, CodeForm(), form, status=422)
    return _page(request, CodeForm(), DocumentForm(), verification.check_file(form.cleaned_data["file"].read()))


def _too_big() -> str:
    return _("文件超过 %(limit)s MB，没有收下；请换小一点的，或改用核验码核对。") % {"limit": limits()["size_mb"]}


def _page(
    request: HttpRequest, by_code: CodeForm, by_file: DocumentForm, checked: Checked | None = None, typed: str = "",
    *, status: int = 0, meant: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "by_code": by_code, "by_file": by_file, "checked": checked, "typed": typed, "meant": meant or [],
        "bad": by_code if by_code.errors else by_file,
    }  # fmt: skip
    if checked is not None:
        context["light"], context["verdict"] = VERDICTS[checked.status]
        status = CODES[checked.status]
    return render(request, "portal/verify.html", context, status=status or 200)
