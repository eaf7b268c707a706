"""Read a set to its end: every part against the manifest, the dump through its seal. Nothing is changed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jimin.core.secrets.keys import KeyFault, Ring
from jimin.platform.backup import copy, manifest, seal, tools
from jimin.platform.backup.manifest import Manifest, Part
from jimin.platform.errors import Refusal

SHOWN = 10


@dataclass
class Report:
    """What was read, and what is wrong with it."""

    manifest: Manifest
    files: int = 0
    faults: list[str] = field(default_factory=list)
    opened: bool = False  # the dump was opened with the keys


def check(folder: Path, ring: Ring | None, say: Callable[[str], None]) -> Report:
    """Check a set; without a ring the hashes alone. Raises Refusal where it is no set, or of other keys."""
    found = manifest.read(folder)
    report = Report(found)
    if ring is not None:
        manifest.check_keys(folder, ring)
    for name, part in _parts(found).items():
        _compare(folder / name, part, name, report)
    if found.files is not None:
        _files(folder, found, report, say)
    if ring is not None and found.database and not report.faults:
        say("打开数据库的备份 …")
        _open(folder, found, ring, report)
    return report


def insist(report: Report) -> None:
    """Refusal when anything is wrong."""
    if report.faults:
        more = f"（共 {len(report.faults)} 处）" if len(report.faults) > 1 else ""
        raise Refusal(f"备份 {report.manifest.id} 已损坏：{report.faults[0]}{more}。什么都没有动；请换一份备份。")


def _parts(found: Manifest) -> dict[str, Part]:
    parts = {f"{manifest.ANCHORS}/{name}": part for name, part in found.anchors.items()}
    if found.database:
        parts[manifest.DUMP] = found.database
    if found.files is not None:
        parts[manifest.LIST] = Part(**found.files["list"])
    return parts


def _compare(path: Path, part: Part, name: str, report: Report) -> None:
    try:
        now = copy.part_of(path)
    except OSError as error:
        report.faults.append(f"{name} 读不出来（{error.strerror}）")
        return
    if now.size != part.size:
        report.faults.append(f"{name} 应有 {part.size} 字节，实有 {now.size} 字节")
    elif now.sha256 != part.sha256:
        report.faults.append(f"{name} 的内容与清单的 SHA-256 不符")


def _files(folder: Path, found: Manifest, report: Report, say: Callable[[str], None]) -> None:
    try:
        for entry in copy.entries(folder):
            place = copy.place(folder / manifest.BLOBS, entry.name)
            _compare(place, Part(entry.size, entry.sealed), f"{manifest.BLOBS}/…/{entry.name[:12]}", report)
            report.files += 1
            if report.files % 20_000 == 0:
                say(f"文件：已核对 {report.files:,} 份")
    except ValueError:
        report.faults.append(f"{manifest.LIST} 有读不懂的行")
    if report.files != (found.files or {}).get("count") and not report.faults:
        report.faults.append(f"{manifest.LIST} 有 {report.files} 份，清单写的是 {(found.files or {}).get('count')} 份")


def _open(folder: Path, found: Manifest, ring: Ring, report: Report) -> None:
    """Every chunk through its seal, and the whole through pg_restore, which reads it without a database."""
    command = [tools.program("pg_restore", 1), "--file=/dev/null"]
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        pour(folder, found, ring, reader)
    except (seal.Damaged, KeyFault) as damage:
        report.faults.append(f"{manifest.DUMP}：{damage}")
    finally:
        if reader.stdin:
            reader.stdin.close()
        said = reader.stderr.read().decode("utf-8", "replace").strip() if reader.stderr else ""
    if reader.wait() and not report.faults:
        report.faults.append(f"{manifest.DUMP}：pg_restore 读不下去（{said[:200]}）")
    report.opened = not report.faults


def pour(folder: Path, found: Manifest, ring: Ring, reader: subprocess.Popen[bytes]) -> None:
    """The clear dump into a program's standard input. Raises seal.Damaged; a program that ended takes no more."""
    assert reader.stdin is not None  # noqa: S101  (a pipe was asked for)
    try:
        with open(folder / manifest.DUMP, "rb") as sealed:
            for piece in seal.opened(sealed, ring, found.place(manifest.DUMP)):
                reader.stdin.write(piece)
        reader.stdin.flush()
    except BrokenPipeError:
        return  # its last words say why
