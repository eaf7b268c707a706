"""The bundle is checked by one file of plain Python, in a process that knows nothing of the system."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from jimin.core.audit import seal as sealing
from jimin.core.audit import stranger, tree
from jimin.core.audit.anchor import anchor, folder
from jimin.core.audit.bundle import since_for, write_bundle
from jimin.core.audit.models import AuditRow
from jimin.core.audit.tests.conftest import command, ids, seal_all, write


@pytest.fixture
def bundle(tmp_path) -> Path:
    return tmp_path / "bundle.zip"


def export(bundle: Path, *words: str) -> Path:
    """The bundle, unpacked as a stranger would."""
    assert command("export", str(bundle), *words) == 0
    at = bundle.with_suffix("")
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(at)
    return at


def check(at: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(at / "check.py"), *words], capture_output=True, text=True, cwd="/", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_an_untouched_trail_passes_unpacked_and_packed(trail, bundle):
    anchor()
    at = export(bundle)
    assert check(at) == (0, "核验 40 条、4 个区块（已锚定 4 个）。\n✓ 没有发现改动。\n")
    assert check(at, str(bundle))[0] == 0
    assert check(export(bundle, "--since", "3"))[1].startswith("核验 20 条、2 个区块")


def test_each_kind_of_tampering_in_the_database_is_found_in_the_bundle(trail, bundle):
    anchor()
    trail.execute("UPDATE audit_auditrow SET actor = 'x' WHERE id = %s", [ids()[12]])
    deleted = ids()[24]
    trail.execute("DELETE FROM audit_auditrow WHERE id = %s", [deleted])
    code, out = check(export(bundle))
    assert code == 1
    assert f"审计记录 {ids()[12]} 被修改过（区块 2）" in out and f"审计记录 {deleted} 不在原来的位置" in out
    reseal_but(trail, 39)
    code, out = check(export(bundle))
    assert code == 1 and f"审计记录 {ids()[12]} 被修改过" in out and "事后重新封存过" in out


def reseal_but(trail, count: int) -> None:
    trail.execute("DELETE FROM audit_block")
    seal_all(count)


def test_a_cut_tail_is_found_by_the_anchors_the_stranger_kept(trail, bundle, tmp_path):
    anchor()
    kept = tmp_path / "kept"
    folder().rename(kept)
    trail.execute("DELETE FROM audit_block WHERE no = 4")
    trail.execute("DELETE FROM audit_auditrow WHERE id >= %s", [ids()[30]])
    at = export(bundle)
    assert check(at)[0] == 0  # without the anchors nobody can know
    code, out = check(at, "--anchors", str(kept))
    assert code == 1 and "锚定过的区块 4 不在包里" in out


@pytest.mark.parametrize("name", ["rows.jsonl", "blocks.jsonl"])
def test_a_bundle_changed_on_its_way_is_found(trail, bundle, name):
    anchor()
    at = export(bundle)
    lines = (at / name).read_text("utf-8").splitlines(keepends=True)
    (at / name).write_text("".join([*lines[:2], *lines[3:]]), "utf-8")
    assert check(at)[0] == 1
    (at / name).write_text("nonsense\n")
    assert check(at)[0] == 2


def test_the_strangers_own_sm3_is_the_standards():
    for text in (b"", b"abc", b"abcd" * 16, bytes(range(256)) * 3):
        assert stranger.sm3_by_hand(text) == tree.sm3(text) == stranger.sm3(text)


ODD = [
    '引号"和\\反斜',
    "换\n行\t制表\r\b\f",
    "控制\x01\x1f\x7f",
    "生僻𠮷字🈴",
    "行分隔\u2028\u2029",
    "NBSP\xa0",
    "/<>&'",
    "",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ODD)
def test_a_rows_line_is_json_without_spaces_whatever_it_holds(text):
    AuditRow.objects.create(day="2023-10-10", actor=text, unit="", action="x", object_type="t", object_id="", body=text)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sealing.LINE} FROM audit_auditrow")
        line = cursor.fetchone()[0]
    values = json.loads(line)
    assert (values[7], values[12]) == (text, text)
    assert json.dumps(values, ensure_ascii=False, separators=(",", ":")) == line
    assert "\n" not in line


@pytest.mark.django_db(transaction=True)
def test_a_block_can_be_computed_again_from_sql_alone(monkeypatch):
    # docs/operations.md shows this question; what it answers is what the leaves were made of.
    monkeypatch.setattr(sealing, "ROWS_A_BLOCK", 10)
    write(4)
    seal_all(4)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_to_json(ARRAY[r.epoch::text, r.xid::text, r.id::text,"
            " (extract(epoch from r.at) * 1000000)::bigint::text, to_char(r.day, 'YYYY-MM-DD'), r.account::text,"
            " r.appointment::text, r.actor, r.unit, r.action, r.object_type, r.object_id, r.body])::text"
            " FROM audit_auditrow r JOIN audit_block b ON r.epoch = b.epoch"
            " AND (r.xid, r.id) > (b.after_xid::text::xid8, b.after_id)"
            " AND (r.xid, r.id) <= (b.upto_xid::text::xid8, b.upto_id) WHERE b.no = 1 ORDER BY r.xid, r.id"
        )
        leaves = [stranger.sm3(b"\0" + line.encode()) for (line,) in cursor.fetchall()]
        cursor.execute("SELECT root FROM audit_block WHERE no = 1")
        assert stranger.root(leaves) == bytes(cursor.fetchone()[0])


def test_a_limited_bundle_begins_so_that_its_rows_fit(trail):
    assert [since_for(n) for n in (1000, 40, 39, 20, 5)] == [1, 1, 2, 3, 4]


def test_a_bundle_of_nothing_is_whole(db, bundle):
    with open(bundle, "wb") as out:
        assert write_bundle(out) == (0, 0)
