"""A folder and a key ring of their own, and the files people hand in."""

import io
import zipfile

import openpyxl
import pytest
from docx import Document

from jimin.core.registers.tests.conftest import cast  # noqa: F401
from jimin.core.secrets import keys


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    settings.JIMIN_KEYS = str(tmp_path / "keys.json")
    keys.forget()
    keys.ensure_keys()
    yield settings.FILES_ROOT
    keys.forget()


class Upload:
    def __init__(self, name, content):
        self.name, self._content = name, io.BytesIO(content)

    def read(self, size=-1, /):
        return self._content.read(size)


def zipped(members, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(extra=None, types=""):
    made = io.BytesIO()
    document = Document()
    document.add_paragraph("农村养老服务情况")
    document.save(made)
    if not extra and not types:
        return made.getvalue()
    with zipfile.ZipFile(made) as archive:
        members = {i.filename: archive.read(i) for i in archive.infolist()}
    members["[Content_Types].xml"] += types.encode()
    return zipped({**members, **(extra or {})})


def xlsx():
    made = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["乡镇", "数量"])
    book.save(made)
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20
OFD = zipped({"OFD.xml": "<ofd/>", "Doc_0/Document.xml": "<d/>"})
