"""The sealer takes exactly what is committed, in order, and never twice."""

import threading

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from hypothesis import given
from hypothesis import strategies as st

from jimin.core.audit import seal as sealing
from jimin.core.audit import tree
from jimin.core.audit.models import AuditRow, Block
from jimin.core.audit.seal import seal
from jimin.core.audit.tests.conftest import seal_all, write
from jimin.core.audit.verify import verify


def sealed_ids() -> list[int]:
    return [n for b in Block.objects.order_by("no") for n, _ in tree.unpack(bytes(b.manifest))]


def merkle(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1 as it is written: split at the largest power of two below n."""
    if not leaves:
        return tree.sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return tree.sm3(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:]))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_tree_is_the_one_of_rfc_9162(leaves):
    assert tree.root(leaves) == merkle(leaves)


def test_sm3_gives_the_digest_of_the_standard():
    assert tree.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.lists(st.tuples(st.integers(0, 2**62), st.binary(min_size=32, max_size=32)), max_size=20))
def test_a_manifest_is_read_back(entries):
    assert tree.unpack(tree.pack(entries)) == entries


@pytest.mark.django_db(transaction=True)
def test_every_committed_row_is_sealed_once():
    write(5)
    write(3)
    seal_all(8)
    write(1)
    seal_all(1)
    assert seal() == 0
    assert sealed_ids() == sorted(AuditRow.objects.values_list("id", flat=True))
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_a_large_transaction_is_split_over_blocks(monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_A_BLOCK", 10)
    write(25)
    seal_all(25)
    assert list(Block.objects.order_by("no").values_list("n", flat=True)) == [10, 10, 5]
    report = verify()
    assert (report.rows, report.blocks, report.faults) == (25, 3, [])


def test_rows_of_an_open_transaction_wait_and_none_is_missed(as_owner: psycopg.Connection, test_database):
    with test_database.superuser() as other:
        other.autocommit = False
        other.execute(
            "INSERT INTO audit_auditrow (day, actor, unit, action, object_type, object_id, body)"
            " VALUES ('2023-10-10', 'a', '', 'slow', 't', '1', '{}')"
        )
        write(2)  # a later id, committed earlier
        assert seal() == 0
        other.commit()
    seal_all(3)
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_row_leaves_a_gap_that_is_no_fault():
    write(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        AuditRow.objects.create(
            day="2023-10-10", actor="a", unit="", action="x", object_type="t", object_id="1", body="{}"
        )
        raise ZeroDivisionError
    write(1)
    seal_all(2)
    low, high = sealed_ids()
    assert high > low + 1
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_never_double(monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_A_BLOCK", 7)
    write(100)
    counts: list[int] = []

    def work() -> None:
        counts.append(seal())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    seal_all(100 - sum(counts))
    assert len(sealed_ids()) == len(set(sealed_ids())) == 100
    assert verify().faults == []


def test_after_a_restore_into_another_cluster_both_epochs_verify(as_owner: psycopg.Connection):
    # A dump was restored: the old cluster's rows have another identifier, and higher transaction ids.
    cluster = as_owner.execute("SELECT (pg_control_system()).system_identifier").fetchone()[0]
    as_owner.execute(
        "INSERT INTO audit_auditrow (epoch, xid, day, actor, unit, action, object_type, object_id, body)"
        " SELECT %s, '9000000000'::xid8, '2023-10-10', 'a', '', 'old', 't', n::text, '{}' FROM generate_series(1, 6) n",
        [cluster - 1],
    )
    old = list(AuditRow.objects.order_by("id"))
    first = sealing.make_block(None, sealing.Reach(cluster - 1, (0, 0), (9000000000, old[3].id)), _texts()[:4])
    first.save(force_insert=True)
    write(3)
    seal_all(5)  # the two left of the old cluster, then the three of this one
    assert list(Block.objects.order_by("no").values_list("epoch", "n")) == [
        (cluster - 1, 4),
        (cluster - 1, 2),
        (cluster, 3),
    ]
    assert verify().faults == []


def test_a_dump_restored_before_its_first_seal_is_sealed_from_its_own_cluster_on(as_owner: psycopg.Connection):
    cluster = as_owner.execute("SELECT (pg_control_system()).system_identifier").fetchone()[0]
    as_owner.execute(
        "INSERT INTO audit_auditrow (epoch, xid, day, actor, unit, action, object_type, object_id, body)"
        " SELECT %s, '9000000000'::xid8, '2023-10-10', 'a', '', 'old', 't', n::text, '{}' FROM generate_series(1, 3) n",
        [cluster - 1],
    )
    write(2)
    seal_all(5)
    assert list(Block.objects.order_by("no").values_list("epoch", "n")) == [(cluster - 1, 3), (cluster, 2)]
    assert verify().faults == []


def _texts() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sealing.ROW} FROM audit_auditrow ORDER BY id")
        return cursor.fetchall()


@pytest.mark.parametrize("table", ["audit_auditrow", "audit_block"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET epoch = 1", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.django_db
def test_the_application_may_not_change_the_trail(table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", ["audit_auditrow", "audit_block"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET epoch = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_a_superuser_is_stopped_by_the_trigger(as_owner: psycopg.Connection, table, statement):
    with pytest.raises(psycopg.Error, match="append-only"):
        as_owner.execute(statement.format(table))


@pytest.mark.django_db(transaction=True)
def test_an_audit_row_rolls_back_with_its_action():
    with pytest.raises(DatabaseError), transaction.atomic():
        write(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    assert AuditRow.objects.count() == 0
