"""Rows slipped in where rows are not written, and times that cannot be: each is named by its id."""

import psycopg
import pytest

from jimin.core.audit.tests.conftest import command, ids, seal_all, write
from jimin.core.audit.verify import verify

FORGE = (
    "INSERT INTO audit_auditrow (id, epoch, xid, at, day, actor, unit, action, object_type, object_id, body)"
    " SELECT {id}, epoch, {xid}, {at}, day, actor, unit, 'forged', object_type, object_id, body FROM audit_auditrow"
    " WHERE id = (SELECT max(id) FROM audit_auditrow)"
)
NEXT_ID = "nextval('audit_auditrow_id_seq')"


def forge(trail: psycopg.Connection, id: str = NEXT_ID, xid: str = "pg_current_xact_id()", at: str = "now()") -> int:
    return trail.execute(FORGE.format(id=id, xid=xid, at=at) + " RETURNING id").fetchone()[0]


def test_a_row_inside_a_sealed_range_is_named_whatever_its_id(trail):
    xid = trail.execute("SELECT xid::text FROM audit_auditrow LIMIT 1").fetchone()[0]
    gap = trail.execute("SELECT nextval('audit_auditrow_id_seq')").fetchone()[0]
    write(2)
    seal_all(2)
    bad = forge(trail, id=str(gap), xid=f"'{xid}'::xid8")  # a number that a rolled back transaction left free
    assert (verify().first.what, verify().first.id) == ("forged", bad)


def test_a_transaction_that_was_never_begun_is_named(trail, capsys):
    bad = forge(trail, xid="'9000000000000'::xid8")
    assert command("verify") == 1
    assert f"审计记录 {bad} 是事后插入的（它的事务号还没有发出过）" in capsys.readouterr().out


def test_an_id_that_was_never_issued_is_named(trail):
    bad = forge(trail, id="999999999")
    assert (verify().first.what, verify().first.id) == ("forged", bad)
    assert forge(trail, id="-7") == -7
    assert verify().first.id == -7


def test_an_unknown_cluster_is_named(trail):
    trail.execute("UPDATE audit_auditrow SET epoch = 5 WHERE id = %s", [forge(trail)])
    assert "它的集群从未封存过" in str(verify().first)


@pytest.mark.parametrize("at", ["now() - interval '40 days'", "now() + interval '2 hours'"])
def test_a_time_that_cannot_be_is_named_before_and_after_its_seal(trail, at, capsys):
    bad = forge(trail, at=at)
    report = verify()
    assert (report.first.what, report.first.id, report.exit_code) == ("time", bad, 3)
    seal_all(1)
    assert command("verify") == 3
    said = capsys.readouterr().out
    assert f"△ 审计记录 {bad}" in said and "库里现在写的是" in said and "按被改过处理" in said


def test_swapped_rows_are_both_named(trail):
    one, other = ids()[3], ids()[24]
    trail.execute(
        "UPDATE audit_auditrow AS a SET body = b.body, object_id = b.object_id FROM audit_auditrow AS b"
        " WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))",
        [one, other, other, one],
    )
    assert [f.id for f in verify().faults] == [one, other]


def test_swapped_numbers_are_both_named(trail):
    one, other = ids()[3], ids()[24]
    for old, new in ((one, -1), (other, one), (-1, other)):
        trail.execute("UPDATE audit_auditrow SET id = %s WHERE id = %s", [new, old])
    assert {f.id for f in verify().faults} == {one, other}


def test_rows_that_wait_for_their_seal_are_no_fault(trail):
    write(3)
    report = verify()
    assert (report.waiting, report.exit_code) == (3, 0)
