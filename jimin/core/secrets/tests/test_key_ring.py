"""The ring is one file that is replaced whole, and every process sees a new key at its next value."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jimin.core.secrets import cipher, keys
from jimin.core.secrets.keys import KeyFault

HERE = {"table": "parties_person", "pk": "1", "field": "id_number"}

READER = """
import sys
from django.conf import settings
settings.configure(JIMIN_KEYS=sys.argv[1], JIMIN_BUSINESS_DAY=None)
from jimin.core.secrets import cipher
place = {"table": "parties_person", "pk": "1", "field": "id_number"}
for line in sys.stdin:
    sealed = bytes.fromhex(line)
    print(cipher.unseal(sealed, **place), cipher.key_id(cipher.seal("x", **place)), flush=True)
"""


def test_a_running_process_opens_and_uses_a_key_that_was_added_after_it_started(key_file):
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(key_file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."},
    ) as other:  # fmt: skip

        def ask(text: str) -> str:
            other.stdin.write(cipher.seal(text, **HERE).hex() + "\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        assert ask("before") == "before 1"
        keys.add_key()
        assert ask("after") == "after 2"
        keys.drop_key(1)
        assert ask("later") == "later 2"
        other.stdin.close()


def test_two_who_add_a_key_at_once_get_two_keys_and_none_is_lost(key_file):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        numbers = pool.map(_add, range(12))
    assert sorted(numbers) == list(range(2, 14))
    assert sorted(keys.ring().keys) == list(range(1, 14))
    assert keys.ring().current.id == 13


def _add(_n: int) -> int:
    return keys.add_key()


def test_a_ring_of_before_keys_had_dates_still_opens(key_file):
    content = json.loads(key_file.read_text())
    del content["keys"]["1"]["since"]
    key_file.write_text(json.dumps(content))
    assert keys.ring().current.since is None
    assert keys.add_key() == 2
    assert keys.ring().current.since is not None


def test_the_current_key_and_an_unknown_one_cannot_be_dropped(key_file):
    with pytest.raises(KeyFault, match="现行密钥"):
        keys.drop_key(1)
    with pytest.raises(KeyFault, match="不在密钥文件中"):
        keys.drop_key(7)
    assert sorted(keys.ring().keys) == [1]


def test_the_file_stays_readable_by_its_owner_alone_and_no_draft_is_left(key_file):
    keys.add_key()
    keys.drop_key(1)
    assert Path(key_file).stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in key_file.parent.iterdir()) == [".keys.json.lock", "keys.json"]


def test_a_failed_write_leaves_the_old_ring_and_nothing_beside_it(key_file, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keys.add_key()
    assert sorted(keys.ring().keys) == [1]
    assert sorted(p.name for p in key_file.parent.iterdir()) == [".keys.json.lock", "keys.json"]


def test_a_key_does_not_show_itself(key_file):
    key = keys.ring().current
    assert key.cipher.hex() not in repr(key) and repr(key.cipher) not in repr(keys.ring())
