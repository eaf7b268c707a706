"""Anchors outside the database: damaged, forged, taken away, in two places; and a block's manifest."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from jimin.core import clock
from jimin.core.audit import verify as checking
from jimin.core.audit.anchor import AnchorFault, anchor, folder, line_of, parameters
from jimin.core.audit.models import Block
from jimin.core.audit.seal import hash_of
from jimin.core.audit.tests.conftest import command, ids, reseal, seal_all, write
from jimin.core.audit.verify import verify


@pytest.fixture
def copy(settings, tmp_path) -> Path:
    """A second place."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    settings.JIMIN_ANCHORS = [str(place)]
    return place


def lines(place: Path) -> list[str]:
    (file,) = place.glob("*.jsonl")
    return file.read_text().splitlines(keepends=True)


def put(place: Path, text: list[str]) -> None:
    (file,) = place.glob("*.jsonl")
    file.write_text("".join(text))


@pytest.fixture
def impatient(monkeypatch) -> None:
    """Every block is old enough to be anchored."""
    monkeypatch.setattr(checking, "parameters", lambda: {**parameters(), "anchor_late_minutes": -1})


def said(report) -> str:
    return "；".join(map(str, report.faults + report.doubts))


def test_a_changed_anchor_line_is_named_and_the_rows_are_checked_all_the_same(trail, capsys):
    anchor()
    text = lines(folder())
    text[1] = text[1].replace('"n":10', '"n":11')
    put(folder(), text)
    assert command("verify") == 3
    assert "第 2 行（区块 2）的内容与其摘要不符" in capsys.readouterr().out
    bad = ids()[12]
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [bad])
    assert (verify().first.id, verify().exit_code) == (bad, 1)


def test_a_line_that_is_no_anchor_is_named(trail):
    anchor()
    put(folder(), ["{damaged\n", *lines(folder())[1:]])
    assert "第 1 行 已损坏" in said(verify())


def test_an_anchor_forged_with_a_right_digest_is_noticed_by_its_neighbours_and_the_block(trail):
    anchor()
    text = lines(folder())
    forged = Block.objects.get(no=2)
    forged.n = 9
    forged.hash = hash_of(forged)
    text[1] = line_of(forged)
    put(folder(), text)
    report = verify()
    assert report.exit_code == 1
    assert "（区块 3）与上一个锚定接不上" in said(report) and "区块 2 与" in said(report)


def test_an_anchor_added_out_of_order_is_noticed(trail):
    anchor()
    text = lines(folder())
    put(folder(), [*text, text[1]])
    assert "（区块 2）编号没有递增" in said(verify())


@pytest.mark.parametrize("kept", [[0, 2, 3], [1, 2, 3], [0, 1, 2], []])
def test_anchors_that_were_taken_away_leave_a_gap(trail, kept, impatient):
    anchor()
    text = lines(folder())
    put(folder(), [text[i] for i in kept])
    report = verify()
    assert (report.exit_code, report.doubts[0].what) == (3, "unanchored")
    assert report.doubts[0].block == min({0, 1, 2, 3} - set(kept)) + 1


def test_a_fresh_block_may_wait_for_its_anchor(trail):
    assert verify().exit_code == 0


def test_a_missed_interval_is_noticed(trail, impatient):
    assert "没有按时写，或者被拿走了" in said(verify())


def test_anchors_written_again_after_all_were_deleted_are_told_of_as_late(trail, impatient, capsys):
    anchor()
    shutil.rmtree(folder())
    anchor()
    assert command("verify") == 0
    assert "可能是后台停过、目录是后来加的，也可能是锚定被删了重写" in capsys.readouterr().out


def test_history_and_anchors_rewritten_together_are_found_by_the_copy_alone(trail, copy, capsys):
    anchor()
    bad = ids()[12]
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [bad])
    reseal(trail)
    shutil.rmtree(folder())
    anchor()
    assert command("verify", "--anchors", str(folder())) == 0  # what no check inside this machine can notice
    assert command("verify") == 1
    assert f"审计记录 {bad}（区块 2）被修改过" in capsys.readouterr().out
    assert command("verify", "--anchors", str(copy)) == 1
    assert "的两份锚定不一致" in said(verify())


def test_every_place_is_written_and_one_that_was_away_catches_up(trail, copy):
    away = copy.with_name("unmounted")
    copy.rename(away)
    with pytest.raises(AnchorFault, match="elsewhere"):
        anchor()
    assert len(lines(folder())) == 4
    assert command("anchor") == 1
    away.rename(copy)
    assert anchor() == 0
    assert [json.loads(x)["hash"] for x in lines(copy)] == [json.loads(x)["hash"] for x in lines(folder())]
    assert verify().exit_code == 0


def test_a_changed_manifest_is_named_by_the_first_entry_whether_anchored_or_not(trail):
    block = Block.objects.get(no=2)
    changed = bytearray(block.manifest)
    changed[40 * 3 + 20] ^= 1
    trail.execute("UPDATE audit_block SET manifest = %s WHERE no = 2", [bytes(changed)])
    first = verify().first
    assert (first.what, first.block, first.id) == ("manifest", 2, ids()[13])
    trail.execute("UPDATE audit_block SET manifest = %s WHERE no = 2", [bytes(block.manifest)])
    anchor()
    for wrong in (bytes(changed), b"", bytes(block.manifest)[:-5]):
        trail.execute("UPDATE audit_block SET manifest = %s WHERE no = 2", [wrong])
        first = verify().first
        assert (first.what, first.block) == ("manifest", 2)
        assert first.id in ids()[10:20]


def test_a_manifest_changed_with_its_row_is_no_longer_the_roots(trail):
    block = Block.objects.get(no=2)
    trail.execute("UPDATE audit_auditrow SET body = '{}' WHERE id = %s", [ids()[13]])
    trail.execute("UPDATE audit_block SET manifest = %s WHERE no = 2", [bytes(block.manifest)[:-40]])
    assert "认不出原来是哪几条" in str(verify().first)


def test_a_removed_middle_block_still_has_its_rows_named_by_the_anchor(trail):
    anchor()
    bad = ids()[12]
    trail.execute("DELETE FROM audit_block WHERE no = 2")
    trail.execute("DELETE FROM audit_auditrow WHERE id = %s", [bad])
    assert (verify().first.what, verify().first.id) == ("missing", bad)


def test_a_folder_that_is_not_there_cannot_be_checked(trail, capsys):
    assert command("verify", "--anchors", "/nowhere/at/all") == 2
    assert "没有锚定目录" in capsys.readouterr().err


def test_a_block_sealed_and_anchored_while_the_check_runs_is_no_fault(trail, monkeypatch):
    anchor()
    rows_of = checking.rows_of

    def slow(block: Block):
        if block.no == 4:
            write(3)
            seal_all(3)
            anchor()
        return rows_of(block)

    monkeypatch.setattr(checking, "rows_of", slow)
    assert verify().exit_code == 0


def test_the_block_of_a_bad_row_says_when_it_was_sealed(trail, capsys):
    trail.execute("UPDATE audit_auditrow SET actor = '张三' WHERE id = %s", [ids()[12]])
    trail.execute("DELETE FROM audit_auditrow WHERE id = %s", [ids()[20]])
    assert command("verify") == 1
    out = capsys.readouterr().out
    assert "库里现在写的是" in out and "张三" in out and "所在区块：2，10 条" in out and "下一步" in out
    assert clock.now() - Block.objects.get(no=2).at < timedelta(hours=1)
