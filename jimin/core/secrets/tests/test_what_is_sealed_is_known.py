"""A change of keys forgets nothing: every binary column is known to it, or known to hold no secret."""

import pytest
from django.apps import apps
from django.db.models import BinaryField

from jimin.core.parties.models import Person
from jimin.core.secrets import cipher, holders

#: Hashes and lists of hashes of the audit trail.
NOT_SEALED = {"audit.Block": {"root", "prev", "hash", "manifest"}}


def test_every_binary_column_of_ours_is_re_sealed_or_holds_no_secret():
    unknown = {}
    for model in apps.get_models():
        if not model.__module__.startswith("jimin."):
            continue
        binary = {f.name for f in model._meta.local_concrete_fields if isinstance(f, BinaryField)}
        sealed = {part.sealed for part in holders.parts_of(model)}
        if left := binary - sealed - NOT_SEALED.get(model._meta.label, set()):
            unknown[model._meta.label] = left
    assert unknown == {}, "tell core.secrets.holders of it: register_column(Model, column, place)"


def test_a_column_that_a_room_seals_itself_is_moved_with_the_place_it_is_bound_to(key_file):
    class Record:
        sealed = cipher.seal("秘密", table="t", pk="1/2", field="sealed")

    from jimin.core.secrets import keys

    column, record = holders.SealedColumn("sealed", lambda r: {"table": "t", "pk": "1/2", "field": "sealed"}), Record()
    keys.add_key()
    column.reseal(record)
    assert cipher.key_id(record.sealed) == 2
    assert cipher.unseal(record.sealed, table="t", pk="1/2", field="sealed") == "秘密"


def test_the_same_column_is_not_told_of_twice():
    name = Person._meta.label
    try:
        holders.register_column(Person, "extra", lambda r: {})
        with pytest.raises(ValueError, match="twice"):
            holders.register_column(Person, "extra", lambda r: {})
    finally:
        holders._COLUMNS.pop(name)


def test_every_holder_has_a_name_of_its_own():
    names = [h.name for h in holders.all_holders()]
    assert len(set(names)) == len(names) and {"parties_person", "parties_personversion", "files"} <= set(names)
