"""A sealed number opens only where it was sealed, and is found by token."""

import os
import stat
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.secrets import cipher, keys
from jimin.core.secrets.cipher import Unreadable
from jimin.core.secrets.keys import KeyFault
from jimin.platform.instance import Instance

HERE = {"table": "parties_person", "pk": "p1", "field": "id_number"}


@given(st.text(max_size=40))
def test_what_was_sealed_opens_again(text):
    assert cipher.unseal(cipher.seal(text, **HERE), **HERE) == text


@given(st.text(min_size=4, max_size=40))
def test_the_same_text_twice_gives_two_ciphertexts_and_one_token(text):
    one, two = cipher.seal(text, **HERE), cipher.seal(text, **HERE)
    assert one != two
    assert text.encode() not in one
    assert cipher.token("id", text) == cipher.token("id", text) != cipher.token("phone", text)


@pytest.mark.parametrize("other", [{"table": "x"}, {"pk": "p2"}, {"field": "phone"}])
def test_a_value_moved_to_another_place_does_not_open(other):
    with pytest.raises(Unreadable, match="改动过"):
        cipher.unseal(cipher.seal("220122195608140423", **HERE), **{**HERE, **other})


@given(st.integers(2, 47), st.integers(1, 255))
def test_one_changed_byte_is_noticed(place, flip):
    value = bytearray(cipher.seal("220122195608140423", **HERE))
    value[place] ^= flip
    with pytest.raises(Unreadable):
        cipher.unseal(bytes(value), **HERE)


def test_a_cut_value_is_named():
    with pytest.raises(Unreadable, match="不完整"):
        cipher.unseal(b"\1\1short", **HERE)


def test_after_a_new_key_old_values_open_and_old_tokens_are_still_found():
    value, token = cipher.seal("220122195608140423", **HERE), cipher.token("id", "220122195608140423")
    assert keys.add_key() == 2
    assert cipher.unseal(value, **HERE) == "220122195608140423"
    assert cipher.key_id(cipher.seal("x", **HERE)) == 2
    assert cipher.key_id(value) == 1
    assert token in cipher.tokens("id", "220122195608140423")
    assert cipher.token("id", "220122195608140423") != token


def test_the_key_file_is_for_its_owner_alone(key_file):
    assert stat.S_IMODE(os.stat(key_file).st_mode) == 0o600
    key_file.chmod(0o640)
    keys.forget()
    with pytest.raises(KeyFault, match="chmod 600"):
        keys.ring()


def test_the_key_file_that_an_installation_makes_is_read(settings, tmp_path):
    folder = tmp_path / "installed"
    folder.mkdir()
    settings.JIMIN_KEYS = str(Instance._keys(SimpleNamespace(var=folder)))
    keys.forget()
    assert cipher.unseal(cipher.seal("220122195608140423", **HERE), **HERE) == "220122195608140423"


def test_making_keys_twice_keeps_the_first(key_file):
    before = key_file.read_text()
    keys.ensure_keys()
    assert key_file.read_text() == before
    assert [f.name for f in key_file.parent.iterdir()] == ["keys.json"]


def test_a_lost_or_broken_key_file_is_never_replaced_in_silence(key_file):
    key_file.write_text("{")
    keys.forget()
    with pytest.raises(KeyFault, match="已损坏"):
        keys.ensure_keys()
    key_file.unlink()
    with pytest.raises(KeyFault, match="从备份恢复"):
        keys.ring()


def test_a_key_that_left_the_ring_is_named():
    value = bytearray(cipher.seal("x", **HERE))
    value[1] = 9
    with pytest.raises(KeyFault, match="密钥 9 不在"):
        cipher.unseal(bytes(value), **HERE)
