"""Write a set beside the running system: anchors, then one snapshot for the dump and the list of files, then keys apart."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jimin.core import clock, health
from jimin.core.secrets import keys as keyring
from jimin.core.secrets.keys import Ring
from jimin.platform.backup import copy, keycopy, manifest, seal, snapshot, state, tools
from jimin.platform.backup.manifest import Manifest, Part
from jimin.platform.backup.snapshot import Snapshot
from jimin.platform.backup.source import Source
from jimin.platform.errors import Refusal
from jimin.platform.places import pack_folder, var_folder

PARTIAL = ".partial-"
SPARE = 64 * 1024 * 1024  # left free beside what the estimate says
FULL = (errno.ENOSPC, errno.EDQUOT)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for. `keys_to` is where the keys go; `with_keys`: into the set; neither: they are kept elsewhere."""

    folder: Path
    files: Path | None  # FILES_ROOT; None: the database alone
    keys_to: Path | None = None
    with_keys: bool = False
    prefix: str = ""  # daily-, before-migration-
    inside: bool = False  # our own folder in var, for the dump before a migration


def make(source: Source, wish: Wish, say: Say) -> tuple[Path, Manifest]:
    """Write one set and return its folder. Refusal when it cannot be done; then nothing of it is left."""
    _check_place(wish)
    ring = _ring()
    began = time.monotonic()
    try:
        wish.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(wish.folder):
            return _write(source, wish, ring, say, began)
    except OSError as error:
        if error.errno in FULL:
            raise Refusal(
                f"{wish.folder} 所在磁盘写满了，备份没有做完，也没有留下一半。请清理或换一个磁盘再做。"
            ) from None
        raise Refusal(f"备份写不进 {wish.folder}（{error.strerror}：{error.filename}）。请检查目录和权限。") from error


def _write(source: Source, wish: Wish, ring: Ring, say: Say, began: float) -> tuple[Path, Manifest]:
    if wish.keys_to:
        keycopy.keep(wish.keys_to, ring)  # first: a set that nobody can open is worth nothing
    draft = wish.folder / f"{PARTIAL}{os.getpid()}"
    draft.mkdir(mode=0o700)
    last = next(reversed([s for s in manifest.sets(wish.folder) if (s / manifest.LIST).exists()]), None)
    try:
        anchored = copy.anchors(var_folder() / "anchors", draft / manifest.ANCHORS)
        with snapshot.taken(source) as view:
            _check_room(view, wish, last)
            say("清点数据库 …")
            found = snapshot.facts(view, ring, pack_folder(), _version(view), wish.prefix)
            found.anchors = anchored
            found.database = _dump(source, view, found, draft, ring, say)
            if wish.files is not None:
                found.files = _files(view, wish.files, draft, last, say)
        ring = found_again(ring, found)
        if wish.keys_to:
            keycopy.keep(wish.keys_to, ring)  # a key may have been added meanwhile
        if wish.with_keys:
            keycopy.put(draft / manifest.KEYS, ring)
            found.with_keys = True
        found.seconds = round(time.monotonic() - began, 1)
        os.sync()  # everything is on the disk before the manifest says so
        manifest.write(draft, found, ring)
        final = wish.folder / found.id
        draft.rename(final)
        _sync_folder(wish.folder)
    except BaseException:
        copy.remove(draft)
        raise
    state.good(found, final)
    return final, found


def _dump(source: Source, view: Snapshot, found: Manifest, draft: Path, ring: Ring, say: Say) -> Part:
    digest, size, told = hashlib.sha256(), 0, time.monotonic()
    target = draft / manifest.DUMP
    with (
        tools.dump(source.url, view.name, view.major, without=snapshot.NOT_KEPT, by_policy=source.by_policy) as dump,
        open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
    ):
        for piece in seal.seal(dump.out, ring.current, found.place(manifest.DUMP)):
            digest.update(piece)
            size += out.write(piece)
            if time.monotonic() - told > 2:
                told = time.monotonic()
                say(f"数据库：已写 {size / 1e6:.0f} MB（压缩后）")
        dump.finish()
    say(f"数据库：{sum(found.rows.values()):,} 行，{size / 1e6:.1f} MB（压缩、加密后）")
    return Part(size, digest.hexdigest())


def _files(view: Snapshot, root: Path, draft: Path, last: Path | None, say: Say) -> dict[str, object]:
    told = [time.monotonic()]

    def tick(done: copy.Copied) -> None:
        if time.monotonic() - told[0] > 2:
            told[0] = time.monotonic()
            say(f"文件：{done.count:,} 份，新的 {done.new:,} 份（{done.new_bytes / 1e6:.0f} MB）")

    part, done = copy.files(view.blobs(), root, draft, last, tick, clock.now().toordinal())
    say(f"文件：{done.count:,} 份 {done.bytes / 1e6:.1f} MB，其中新的 {done.new:,} 份 {done.new_bytes / 1e6:.1f} MB")
    if done.damaged:
        say(f"✗ 以前的备份里有 {done.damaged} 份文件已损坏（今夜核对了 {done.checked:,} 份）；已从原处重新抄。磁盘可能要换，"
            "请对每份旧备份运行 jimin backup --verify。")  # fmt: skip
    if done.lost:
        say(f"✗ 登记过的文件有 {done.lost} 份不在磁盘上（如 {done.missing[0][:12]}）；这份备份里也没有，请查明。")
    return {
        "list": {"size": part.size, "sha256": part.sha256}, "count": done.count, "bytes": done.bytes,
        "new": done.new, "checked": done.checked, "damaged": done.damaged, "lost": done.lost, "missing": done.missing,
    }  # fmt: skip


def _ring() -> Ring:
    keyring.forget()
    try:
        return keyring.ring()
    except keyring.KeyFault as error:
        raise Refusal(str(error)) from None


def found_again(before: Ring, found: Manifest) -> Ring:
    """The ring as it is now, with what the set was begun with. Refusal when a key was taken away meanwhile."""
    now = _ring()
    if any(now.keys.get(number) != key for number, key in before.keys.items()):
        raise Refusal("备份期间密钥文件里去掉了一把密钥，这份备份不可靠，没有留下。请再做一次。")
    found.keys = {str(number): seal.mark(key) for number, key in sorted(now.keys.items())}
    return now


def _check_place(wish: Wish) -> None:
    target, var = wish.folder.resolve(), var_folder()
    if not wish.inside and (target == var or var in target.parents or target in var.parents):
        raise Refusal(f"备份不能放在 {target}：和数据 {var} 在一处，一坏就都坏。请放到另一个磁盘或另一台机器的目录。")
    if target.exists() and not target.is_dir():
        raise Refusal(f"{target} 已存在，但不是目录。备份要写进一个目录，每次在里面新建一份。")
    if wish.keys_to is not None:
        apart = wish.keys_to.resolve()
        for place, name in ((target, "备份目录"), (var, "数据目录")):
            if apart == place or place in apart.parents:
                raise Refusal(f"--keys-to {apart} 在{name} {place} 里面；密钥要和备份分开存放，请换一个地方。")


def _check_room(view: Snapshot, wish: Wish, last: Path | None) -> None:
    need = snapshot.estimate(view) + SPARE
    if wish.files is not None:
        need += copy.room_for_files(view.blobs(), wish.files, last)
    free = health.free_bytes(wish.folder)
    if free < need:
        raise Refusal(
            f"{wish.folder} 所在磁盘只剩 {free / 1e6:.0f} MB，这次备份估计要 {need / 1e6:.0f} MB。"
            "请清理旧备份或换一个磁盘；没有开始备份。"
        )


def _version(view: Snapshot) -> str:
    return tools.version(tools.program("pg_dump", view.major))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; what a killed one left behind goes first."""
    with open(folder / ".lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"{folder} 里正在做另一次备份。请等它做完。") from None
        for left in folder.glob(f"{PARTIAL}*"):
            copy.remove(left)
        yield


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
