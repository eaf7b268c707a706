"""A file is kept whole or not at all, unreadable on disk, and opens only for those who may."""

import errno
import os
import time
import uuid
from types import SimpleNamespace

import pytest
from django.db import transaction

from jimin.core.actions.errors import NotFound, Refused
from jimin.core.audit.models import AuditRow
from jimin.core.events.models import OutboxEvent
from jimin.core.files import api, blobs, cli, seal
from jimin.core.files.models import StoredFile
from jimin.core.files.tests.conftest import PDF, Upload, docx
from jimin.core.secrets import keys

TEXT = ("王桂兰 " * 200_000).encode()


def on_disk(shelf):
    return [p for p in shelf.rglob("*") if p.is_file() and p.name != ".lock"]


def test_a_stored_file_comes_back_as_it_was_and_is_in_the_audit_trail(cast, shelf):
    file = api.store(Upload("名单.txt", TEXT), cast.county)
    assert b"".join(api.open_file(file, cast.county)) == TEXT
    assert api.read(file) == TEXT
    assert (file.kind, file.size, file.account) == ("txt", len(TEXT), cast.county.account)
    (place,) = on_disk(shelf)
    assert place == shelf / file.sha256[:2] / file.sha256[2:4] / file.sha256
    assert place.stat().st_mode & 0o077 == 0
    assert file.sha256 in AuditRow.objects.get(action="files.store").body


def test_nothing_of_it_can_be_read_on_disk(cast, shelf):
    api.store(Upload("名单.txt", TEXT), cast.county)
    raw = b"".join(p.read_bytes() for p in on_disk(shelf))
    assert "王桂兰".encode() not in raw
    assert len(raw) > len(TEXT)


def test_the_same_content_twice_is_on_disk_once(cast, shelf):
    a = api.store(Upload("一.pdf", PDF), cast.county)
    b = api.store(Upload("二.pdf", PDF), cast.city)
    assert a.pk != b.pk
    assert len(on_disk(shelf)) == 1


def test_the_same_form_sent_again_finds_its_file_and_another_file_in_it_is_another(cast, shelf):
    first, again = (api.store(Upload("一.pdf", PDF), cast.county, form="form-1") for _ in range(2))
    changed = api.store(Upload("一.txt", TEXT), cast.county, form="form-1")
    other = api.store(Upload("一.pdf", PDF), cast.county, form="form-2")
    assert first.pk == again.pk
    assert len({first.pk, changed.pk, other.pk}) == 3 == StoredFile.objects.count()


def test_a_refused_file_leaves_nothing(cast, shelf):
    with pytest.raises(Refused):
        api.store(Upload("假.pdf", b"MZ"), cast.county)
    assert on_disk(shelf) == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_no_half_file(cast, shelf, monkeypatch, code):
    def full(file):
        raise OSError(code, "full")

    monkeypatch.setattr(blobs, "_sync", full)
    with pytest.raises(blobs.StorageFault, match="已满"):
        api.store(Upload("名单.txt", TEXT), cast.county)
    assert on_disk(shelf) == []
    assert not StoredFile.objects.exists()


def test_a_folder_that_cannot_be_written_is_said(cast, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "a file"
    settings.FILES_ROOT.write_text("in the way")
    with pytest.raises(blobs.StorageFault, match="存不进去"):
        api.store(Upload("一.pdf", PDF), cast.county)


@pytest.mark.parametrize("damage", ["flip", "cut", "tail", "swap", "empty"])
def test_a_changed_file_does_not_open(cast, shelf, damage):
    file = api.store(Upload("名单.txt", TEXT), cast.county)
    (place,) = on_disk(shelf)
    raw = bytearray(place.read_bytes())
    size = seal.CHUNK + seal.TAG
    if damage == "flip":
        raw[len(raw) // 2] ^= 1
    elif damage == "cut":
        raw = raw[: seal.HEAD + size]  # a whole chunk, but not marked as the last
    elif damage == "tail":
        raw += b"x"
    elif damage == "swap":
        a, b = raw[seal.HEAD : seal.HEAD + size], raw[seal.HEAD + size : seal.HEAD + 2 * size]
        raw[seal.HEAD : seal.HEAD + 2 * size] = b + a
    else:
        raw = raw[: seal.HEAD]
    place.write_bytes(bytes(raw))
    with pytest.raises(blobs.StorageFault, match="打不开"):
        api.read(file)


def test_a_file_put_in_anothers_place_does_not_open(cast, shelf):
    a = api.store(Upload("一.txt", b"a" * 100), cast.county)
    b = api.store(Upload("二.txt", b"b" * 100), cast.county)
    blobs.path_of(a.sha256).write_bytes(blobs.path_of(b.sha256).read_bytes())
    with pytest.raises(blobs.StorageFault):
        api.read(a)


def test_a_missing_content_is_said_before_the_first_byte(cast, shelf):
    file = api.store(Upload("一.pdf", PDF), cast.county)
    blobs.path_of(file.sha256).unlink()
    with pytest.raises(blobs.StorageFault, match="不在磁盘上"):
        api.respond(file, cast.county)


# -- who may open it -----------------------------------------------------------------------------
def test_an_upload_that_belongs_to_no_record_yet_opens_for_its_uploader_alone(cast):
    file = api.store(Upload("一.pdf", PDF), cast.county)
    for other in (cast.city, cast.department, cast.auditor):
        with pytest.raises(NotFound, match="管辖范围"):
            api.open_file(file, other)


def test_a_file_of_a_record_opens_for_whom_the_domain_says_and_for_nobody_when_it_says_nothing(cast, monkeypatch):
    monkeypatch.setattr(api, "_OWNERS", {})
    event = OutboxEvent.objects.create(name="x", subject="a:1", day="2023-10-10")
    file = api.store(Upload("一.pdf", PDF), cast.county)
    api.attach(file, event)
    assert not api.may_open(file, cast.county)
    api.register_owner("events.outboxevent", lambda actor, pk: actor == cast.city and pk == str(event.pk))
    assert api.may_open(file, cast.city)
    assert not api.may_open(file, cast.county)
    with pytest.raises(ValueError, match="already"):
        api.attach(file, OutboxEvent.objects.create(name="y", subject="a:1", day="2023-10-10"))


def test_who_sees_a_record_sees_the_file_it_refers_to(cast, monkeypatch):
    monkeypatch.setattr(api, "_REFERENCES", {})
    file = api.store(Upload("一.pdf", PDF), cast.county)
    api.register_reference("t", lambda actor: StoredFile.objects.filter(account=cast.county.account)
                           if actor == cast.city else StoredFile.objects.none(), "pk")  # fmt: skip
    assert api.may_open(file, cast.city)
    assert not api.may_open(file, cast.department)


def test_the_download_keeps_its_name_and_nothing_in_it_runs(cast):
    file = api.store(Upload("农安县 10 月报告.docx", docx()), cast.county)
    answer = api.respond(file, cast.county, inline=True)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%86%9C")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Length"] == str(file.size)
    assert b"".join(answer.streaming_content) == api.read(file)


# -- what the administrator does -----------------------------------------------------------------
def test_a_content_whose_row_was_rolled_back_is_swept_after_a_day_and_a_registered_one_never(cast, shelf):
    kept = api.store(Upload("一.pdf", PDF), cast.county)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        api.keep("二.txt", b"lost", actor=cast.county)
        raise ZeroDivisionError
    assert len(on_disk(shelf)) == 2
    assert blobs.sweep() == 0
    for place in on_disk(shelf):
        os.utime(place, (time.time() - 25 * 3600,) * 2)
    assert blobs.sweep() == 1
    assert api.read(kept) == PDF


def test_using_a_content_again_saves_it_from_the_sweep(cast, shelf):
    sha256 = blobs.put(PDF)
    os.utime(blobs.path_of(sha256), (1, 1))
    blobs.put(PDF)
    assert blobs.sweep() == 0


def test_a_draft_left_by_a_killed_process_is_swept(cast, shelf):
    sha256 = blobs.put(PDF)
    draft = blobs.path_of(sha256).with_name(f"{blobs.DRAFT}{uuid.uuid4()}")
    draft.write_bytes(b"half")
    os.utime(draft, (1, 1))
    assert blobs.sweep() == 1
    assert not draft.exists()


def test_after_a_new_key_old_files_open_and_reseal_moves_them(cast, shelf):
    file = api.store(Upload("名单.txt", TEXT), cast.county)
    keys.add_key()
    assert api.read(file) == TEXT
    assert (first := blobs.reseal("", 10)).done == 1 and first.cursor == ""
    assert blobs.reseal("", 10).done == 0
    assert blobs.under_keys() == {2: 1}
    with open(blobs.path_of(file.sha256), "rb") as sealed:
        assert seal.key_id(sealed) == 2
    assert api.read(file) == TEXT


def test_verify_names_the_file_that_does_not_open(cast, shelf, capsys):
    file = api.store(Upload("一.pdf", PDF), cast.county)
    assert cli.run_verify(SimpleNamespace()) == 0
    blobs.path_of(file.sha256).write_bytes(b"x")
    assert cli.run_verify(SimpleNamespace()) == 1
    assert file.sha256[:12] in capsys.readouterr().err
