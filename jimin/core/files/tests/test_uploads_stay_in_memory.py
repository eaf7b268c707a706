"""What somebody uploads is never in clear on a disk, however large; what is too large is refused."""

import tempfile

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from jimin.core.files import api
from jimin.core.files.limits import MB, limits


def request_with(*contents: bytes):
    files = {f"f{n}": SimpleUploadedFile(f"{n}.txt", content) for n, content in enumerate(contents)}
    return RequestFactory().post("/x/", files)


def test_a_large_upload_is_not_put_into_the_temporary_folder(monkeypatch, tmp_path):
    assert settings.FILE_UPLOAD_HANDLERS == ["jimin.core.files.uploads.InMemory"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    content = b"220122195608149960 " * (6 * MB // 19)
    files = request_with(content, b"small").FILES
    assert (files["f0"].read(), files["f1"].read()) == (content, b"small")
    assert not hasattr(files["f0"], "temporary_file_path")
    assert list(temporary.iterdir()) == []


def test_a_file_over_the_limit_is_cut_just_behind_it_so_that_its_check_refuses_it(monkeypatch):
    monkeypatch.setitem(limits(), "size_mb", 1)
    upload = request_with(b"x" * (3 * MB)).FILES["f0"]
    assert (upload.size, len(upload.read())) == (MB + 1, MB + 1)
    upload.seek(0)
    with pytest.raises(api.checks.Refused, match="1 MB"):
        api.checks.judge("0.txt", upload.read())


def test_files_that_are_too_much_together_are_refused_while_they_are_read(monkeypatch):
    monkeypatch.setitem(limits(), "request_mb", 2)
    request = request_with(b"x" * MB, b"x" * MB, b"x" * MB)
    with pytest.raises(RequestDataTooBig):
        request.FILES  # noqa: B018
