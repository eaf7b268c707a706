"""`jimin backup` and `jimin restore`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

EXAMPLE = "例：jimin backup /备份盘/jimin --keys-to /另一个地方/jimin-keys"
CHECKS = (("audit", "verify"), ("files", "verify"), ("indicators", "check"))


def register(commands: Any) -> None:
    """Add the commands."""
    backup = commands.add_parser("backup", help="备份：数据库、文件、锚定；密钥另存", epilog=EXAMPLE)
    backup.add_argument("folder", nargs="?", type=Path, metavar="目录", help="在这个目录里新建一份备份")
    backup.add_argument("--keys-to", type=Path, metavar="目录", help="密钥另存到这里（不能在备份目录里）")
    backup.add_argument("--keys-kept", action="store_true", help="密钥已经另外保管，这次不存")
    backup.add_argument("--with-keys", action="store_true", help="密钥放进备份里（谁拿到备份谁就能打开，慎用）")
    backup.add_argument("--verify", type=Path, metavar="备份", help="不备份，从头到尾核对一份备份；有问题时退出码 1")
    backup.add_argument("--keys", type=Path, metavar="目录", help="核对时用的密钥（默认本安装的）")
    backup.add_argument("--list", type=Path, metavar="目录", help="列出目录里的备份")
    backup.add_argument("--daily", action="store_true", help="一直运行，每天备份一次（JIMIN_BACKUP_DIR 等）")
    backup.set_defaults(run=run_backup, django=True)
    restore = commands.add_parser("restore", help="把一份备份恢复到空的安装，并核验")
    restore.add_argument("set", type=Path, metavar="备份", help="一份备份的目录（里面有 manifest.json）")
    restore.add_argument("--keys", type=Path, metavar="目录", help="另存的密钥：目录或 keys.json")
    restore.add_argument("--replace", action="store_true", help="已有数据时改名留着，换成备份的；要输入库名确认")
    restore.set_defaults(run=run_restore, django=True)


def run_backup(arguments: argparse.Namespace) -> int:
    """Back up, verify, list, or go on day by day. Exit code 1 when a set is bad or files are lost."""
    from jimin.platform.backup import daily
    from jimin.platform.errors import Refusal

    if arguments.verify:
        return _verify(arguments)
    if arguments.list:
        return _list(arguments.list)
    if arguments.daily:
        plan = daily.plan()
        if plan is None:
            raise Refusal("没有设 JIMIN_BACKUP_DIR（备份放到哪个目录）。")
        return daily.forever(plan)
    if arguments.folder is None:
        raise Refusal(f"请给出备份目录。{EXAMPLE}")
    if sum(map(bool, (arguments.keys_to, arguments.keys_kept, arguments.with_keys))) != 1:
        raise Refusal(
            "没有密钥，备份谁也打不开；和备份放在一起，谁拿到都能打开。请选一个：--keys-to 另一个目录（推荐）、"
            "--keys-kept（已另外保管）、--with-keys（放在一起，慎用）。"
        )
    return _backup(arguments)


def _backup(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from jimin.platform.backup import make
    from jimin.platform.backup.source import source

    wish = make.Wish(arguments.folder, Path(settings.FILES_ROOT), arguments.keys_to, arguments.with_keys)
    with source() as found:
        made, about = make.make(found, wish, _say)
    size = about.total / 1e6
    print(f"✓ 备份完成，{size:.1f} MB，用时 {about.seconds} 秒：{made}")
    if arguments.keys_to:
        print(f"  密钥在 {arguments.keys_to}，请和备份分开保管。")
    return 1 if about.files and about.files["lost"] else 0


def _verify(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from jimin.platform.backup import check, keycopy, manifest

    began = time.monotonic()
    found = manifest.read(arguments.verify)
    own = Path(settings.JIMIN_KEYS)
    given = arguments.keys or (own if own.exists() else None)
    ring = keycopy.taken(keycopy.fitting(given, found.keys)) if given else None
    report = check.check(arguments.verify, ring, _say)
    for fault in report.faults[: check.SHOWN]:
        print(f"✗ {fault}", file=sys.stderr)
    if report.faults:
        print(f"✗ 备份 {found.id} 有 {len(report.faults)} 处损坏，不能用。", file=sys.stderr)
        return 1
    how = "数据库的备份能打开" if report.opened else "没有密钥，只核对了校验值"
    print(f"✓ 备份 {found.id} 完好：文件 {report.files:,} 份，{how}；用时 {time.monotonic() - began:.1f} 秒。")
    return 0


def _list(folder: Path) -> int:
    from jimin.platform.backup import manifest

    for place in manifest.sets(folder):
        found = manifest.read(place)
        files = f"文件 {found.files['count']:,} 份" if found.files else "只有数据库"
        print(f"{found.made_at}  {found.total / 1e6:>9.1f} MB  {sum(found.rows.values()):>11,} 行  {files}  {place}")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore, migrate if the set is older, note it in the audit trail, and verify everything."""
    from jimin.platform.backup.restore import Restore
    from jimin.platform.errors import Refusal
    from jimin.platform.instance import Instance

    began = time.monotonic()
    instance = Instance.from_environment()
    restore = Restore(instance, arguments.set, arguments.keys, arguments.replace, _typed, _say)
    found, logins = restore.run()
    try:
        environment = instance.environment(logins.app)
        instance.save_environment(environment)
        owner = {"JIMIN_OWNER_DATABASE_URL": logins.owner, "JIMIN_BACKUP_BEFORE_MIGRATION": "0"}
        if _child("migrate", {**environment, **owner}):
            raise Refusal(
                "数据恢复了，但迁移到本版本没有成功（见上）。请用做备份时的版本运行，或查明后再 jimin migrate。"
            )
        _note(logins.app, found.id, found.made_at, found.cluster)
        seconds = time.monotonic() - began
        print(f"✓ 已恢复 {found.id}（{found.made_at} 的数据），用时 {seconds:.1f} 秒。开始核验：", flush=True)
        codes = {" ".join(check): _child(*check, environment) for check in CHECKS}
    finally:
        restore.stop()
    # 3 from the audit: nothing was changed, but anchors of other places are missing here.
    failed = [name for name, code in codes.items() if code and (name, code) != ("audit verify", 3)]
    if failed:
        print(f"✗ 没有通过：{'、'.join(failed)}。请先查明，再启动。", file=sys.stderr)
        return 1
    print(f"✓ 审计、文件、指标都核验通过，共用时 {time.monotonic() - began:.1f} 秒。现在可以 make run。")
    return 0


def _child(*words: Any) -> int:
    """Another command of ours in the restored installation; its output is shown."""
    from jimin.platform.places import ROOT

    *command, environment = words
    done = subprocess.run([sys.executable, "-m", "jimin", *command], env=environment, cwd=ROOT, check=False)
    return done.returncode


def _note(url: str, name: str, made_at: str, cluster: int) -> None:
    """That the installation was restored, and from what, stands in the audit trail."""
    from django.db import connections, transaction

    from jimin.core.audit import api as audit
    from jimin.platform.settings import database

    connections.close_all()
    connections["default"].settings_dict.update(database(url))
    change = audit.Change("platform.backup", name, {}, {"made_at": made_at, "cluster": str(cluster)})
    with transaction.atomic():
        audit.write(None, "platform.restore", [change])
    connections.close_all()


def _typed(name: str) -> str:
    print(f"这里已有数据。要换成备份的内容，请输入库名 {name} 并回车（其他任何输入都是放弃）：", flush=True)
    return sys.stdin.readline().strip()


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
