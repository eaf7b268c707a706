"""What a database administrator could do to the trail, and how each is named."""

import json

import pytest

from jimin.core.audit.anchor import anchor, folder, read
from jimin.core.audit.models import Block
from jimin.core.audit.tests.conftest import command, ids, reseal, seal_all, write
from jimin.core.audit.verify import verify


def test_an_untouched_trail_ends_with_zero(trail, capsys):
    anchor()
    assert command("verify") == 0
    assert "没有发现改动" in capsys.readouterr().out


def test_the_first_updated_row_is_named(trail, capsys):
    for at in (25, 12):
        trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [ids()[at]])
    assert command("verify") == 1
    said = capsys.readouterr().out
    assert f"第一条有问题的：审计记录 {ids()[12]}（区块 2）被修改过" in said
    assert f"另：审计记录 {ids()[25]}（区块 3）被修改过" in said


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "account = gen_random_uuid()",
        "actor = actor || ' '",
        "day = day + 1",
        "unit = 'x'",
    ],
)
def test_a_change_of_any_column_is_noticed(trail, change):
    bad = ids()[7]
    trail.execute(f"UPDATE audit_auditrow SET {change} WHERE id = %s", [bad])
    assert verify().first.id == bad


def test_a_row_moved_out_of_its_block_is_named(trail):
    bad = ids()[7]
    trail.execute("UPDATE audit_auditrow SET xid = '99999999999' WHERE id = %s", [bad])
    assert (verify().first.what, verify().first.id) == ("changed", bad)


def test_a_row_moved_to_another_epoch_is_named(trail):
    bad = ids()[7]
    trail.execute("UPDATE audit_auditrow SET epoch = 5 WHERE id = %s", [bad])
    assert verify().first.id == bad


def test_the_first_deleted_row_is_named(trail):
    bad = ids()[19]
    trail.execute("DELETE FROM audit_auditrow WHERE id = ANY(%s)", [[bad, ids()[30]]])
    assert (verify().first.what, verify().first.id) == ("missing", bad)


def test_a_forged_row_is_named(trail):
    trail.execute(
        "INSERT INTO audit_auditrow (id, epoch, xid, at, day, actor, unit, action, object_type, object_id, body)"
        " SELECT -1, epoch, xid, at, day, actor, unit, 'forged', object_type, object_id, body FROM audit_auditrow"
        " WHERE id = %s",
        [ids()[5]],
    )
    assert (verify().first.what, verify().first.id) == ("forged", -1)


def test_a_forged_row_of_an_unknown_epoch_is_named(trail):
    trail.execute(
        "INSERT INTO audit_auditrow (id, epoch, day, actor, unit, action, object_type, object_id, body)"
        " VALUES (77777, 5, '2023-10-10', 'a', '', 'forged', 't', '1', '{}')"
    )
    assert (verify().first.what, verify().first.id) == ("forged", 77777)


def test_an_update_that_was_sealed_again_is_named_by_the_anchor(trail):
    anchor()
    bad = ids()[12]
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [bad])
    reseal(trail)
    report = verify()
    assert (report.first.what, report.first.id, report.first.block) == ("changed", bad, 2)
    assert any("重新封存" in str(f) for f in report.faults)


def test_without_an_anchor_an_update_that_was_sealed_again_goes_unseen(trail):
    # The stated limit: between two anchors the administrator is trusted. The interval is the guarantee.
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [ids()[12]])
    reseal(trail)
    assert verify().faults == []


def test_one_block_rewritten_without_the_next_is_noticed(trail):
    bad = Block.objects.get(no=2)
    trail.execute("UPDATE audit_block SET root = %s WHERE no = 2", [bytes(32)])
    assert "区块 2" in str(verify().first)
    trail.execute("UPDATE audit_block SET root = %s, hash = %s WHERE no = 2", [bytes(bad.root), bytes(32)])
    assert {f.block for f in verify().faults} == {2, 3}


def test_a_removed_block_in_the_middle_is_noticed(trail):
    trail.execute("DELETE FROM audit_block WHERE no = 2")
    assert "之前缺少区块" in str(verify().first)


def test_a_cut_tail_is_noticed_by_the_anchor(trail):
    anchor()
    first_cut = ids()[30]
    trail.execute("DELETE FROM audit_block WHERE no = 4")
    trail.execute("DELETE FROM audit_auditrow WHERE id >= %s", [first_cut])
    report = verify()
    assert (report.first.what, report.first.id) == ("missing", first_cut)
    assert any(f.what == "cut" and f.block == 4 for f in report.faults)


def test_a_cut_tail_that_new_rows_grew_over_is_noticed(trail):
    anchor()
    first_cut = ids()[30]
    trail.execute("DELETE FROM audit_block WHERE no = 4")
    trail.execute("DELETE FROM audit_auditrow WHERE id >= %s", [first_cut])
    write(10)
    seal_all(10)
    report = verify()
    assert (report.first.what, report.first.id) == ("missing", first_cut)


def test_verifying_since_an_anchor_leaves_out_what_is_older(trail, capsys):
    anchor()
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [ids()[3]])
    assert command("verify", "--since", "3") == 0
    assert "核验 20 条、2 个区块" in capsys.readouterr().out
    assert command("verify", "--since", "1", "--json") == 1
    assert json.loads(capsys.readouterr().out)["first_bad_row"] == ids()[3]
    assert command("verify", "--since", "99") == 2


def test_anchoring_goes_on_after_a_line_that_power_loss_cut(trail, anchor_folder):
    anchor()
    (file,) = anchor_folder.glob("*.jsonl")
    text = file.read_text()
    file.write_text(text[:-100])
    assert [a.block.no for a in read(folder())] == [1, 2, 3]
    assert anchor() == 1
    assert file.read_text().count("\n") == 4
    assert verify().anchored == 4


def test_anchoring_twice_writes_nothing_new(trail):
    assert anchor() == 4
    assert anchor() == 0
