"""What is wrong with a set is said before anything is touched."""

import json
import shutil
from pathlib import Path

import pytest

from jimin.core.secrets import keys as keyring
from jimin.platform.backup import check, copy, keycopy, manifest
from jimin.platform.errors import Refusal
from tests.platform.backup.conftest import quiet


def faults(folder, ring=None):
    return check.check(folder, ring, quiet).faults


@pytest.fixture
def folder(installation):
    return installation.back_up()[0]


def test_a_cut_dump_is_named(folder):
    dump = folder / manifest.DUMP
    dump.write_bytes(dump.read_bytes()[:-100])
    assert [manifest.DUMP in f and "字节" in f for f in faults(folder)] == [True]


def test_a_flipped_byte_is_found_wherever_it_is(folder):
    """In the dump, a file, the list of files and an anchor: each alone, found without any key."""
    entry = next(copy.entries(folder))
    anchor = next((folder / manifest.ANCHORS).iterdir())
    for path in (
        folder / manifest.DUMP,
        copy.place(folder / manifest.BLOBS, entry.name),
        folder / manifest.LIST,
        anchor,
    ):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert faults(folder), path
        path.write_bytes(whole)
    assert faults(folder) == []


def test_a_file_that_is_gone_is_named(folder):
    entry = next(copy.entries(folder))
    copy.place(folder / manifest.BLOBS, entry.name).unlink()
    assert entry.name[:12] in faults(folder)[0]


def test_a_part_changed_together_with_its_hash_is_found_by_the_keys(folder):
    """Somebody without the keys writes a manifest that fits what he changed."""
    dump = folder / manifest.DUMP
    dump.write_bytes(dump.read_bytes()[:-100])
    content = json.loads((folder / manifest.NAME).read_text())
    part = copy.part_of(dump)
    content["database"] = {"size": part.size, "sha256": part.sha256}
    (folder / manifest.NAME).write_text(json.dumps(content))
    assert faults(folder) == []  # by hashes alone it is whole
    with pytest.raises(Refusal, match="被改动过"):
        faults(folder, keyring.ring())


def test_a_dump_of_another_set_does_not_pass_for_this_ones(installation, folder):
    """Even with a true manifest around it: each chunk is bound to its set."""
    other, about = installation.back_up()
    shutil.copy(folder / manifest.DUMP, other / manifest.DUMP)
    about.database = copy.part_of(other / manifest.DUMP)
    manifest.write(other, about, keyring.ring())
    assert "密钥不对" in faults(other, keyring.ring())[0]


def test_other_keys_of_the_same_number_are_told_apart(folder, tmp_path):
    wrong = tmp_path / "other"
    wrong.mkdir()
    (wrong / "keys.json").write_text(
        json.dumps({"current": "1", "keys": {"1": {"encrypt": "11" * 16, "token": "22" * 32}}})
    )
    (wrong / "keys.json").chmod(0o600)
    with pytest.raises(Refusal, match="密钥不对"):
        keycopy.fitting(wrong, manifest.read(folder).keys)
    with pytest.raises(Refusal, match="密钥不对"):
        faults(folder, keycopy.taken(wrong / "keys.json"))


def test_the_right_copy_is_found_among_several(installation, folder, tmp_path):
    """A ring gains a key: both copies stay, and each set finds one that opens it."""
    before = manifest.read(folder).keys
    keyring.add_key()
    try:
        after, about = installation.back_up()
        assert len(keycopy.found(installation.keys)) == 2
        for place, marks in ((folder, before), (after, about.keys)):
            ring = keycopy.taken(keycopy.fitting(installation.keys, marks))
            assert faults(place, ring) == []
    finally:
        _drop_last_key()


def _drop_last_key():
    path = Path(keyring.settings.JIMIN_KEYS)
    content = json.loads(path.read_text())
    last = max(content["keys"], key=int)
    del content["keys"][last]
    content["current"] = max(content["keys"], key=int)
    path.write_text(json.dumps(content))
    keyring.forget()


def test_a_folder_without_a_manifest_is_no_backup(folder):
    (folder / manifest.NAME).unlink()
    with pytest.raises(Refusal, match="不是一份做完的备份"):
        faults(folder)


def test_a_manifest_that_cannot_be_read_is_refused(folder):
    (folder / manifest.NAME).write_text('{"format": 1')
    with pytest.raises(Refusal, match="已损坏"):
        faults(folder)


def test_another_format_is_refused_with_what_is_known(folder):
    content = json.loads((folder / manifest.NAME).read_text())
    (folder / manifest.NAME).write_text(json.dumps({**content, "format": 99}))
    with pytest.raises(Refusal, match="99.*只认识 1"):
        faults(folder)
