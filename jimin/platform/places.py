"""Where an installation keeps its things, and which pack it carries."""

from __future__ import annotations

import os
from pathlib import Path

from jimin.platform.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]


def var_folder() -> Path:
    """Everything an installation writes: JIMIN_VAR, else var/ beside the code."""
    return Path(os.environ.get("JIMIN_VAR") or ROOT / "var").resolve()


def pack_folder() -> Path:
    """The pack: JIMIN_PACK as a folder or as a name under packs/, else the only one there is (none: packs/ itself)."""
    chosen = os.environ.get("JIMIN_PACK", "")
    packs = ROOT / "packs"
    known = sorted(p for p in packs.iterdir() if p.is_dir()) if packs.is_dir() else []
    names = "、".join(p.name for p in known) or "（空）"
    if chosen:
        folder = packs / chosen if (packs / chosen).is_dir() else Path(chosen)
        if not folder.is_dir():
            raise Refusal(f"JIMIN_PACK={chosen} 不是一个资料包目录；packs/ 里有：{names}。")
        return folder.resolve()
    if not known:
        return packs  # a checkout without a pack still lints and tests; nothing is loaded
    if len(known) != 1:
        raise Refusal(f"packs/ 里要恰好有一个资料包，现在有：{names}。请用 JIMIN_PACK=名称 指定。")
    return known[0]


# What may be given as NAME_FILE instead: the path of a file that holds it (a container's secret, systemd's credential).
FROM_FILES = (
    "DATABASE_URL",
    "JIMIN_APP_DATABASE_URL",
    "JIMIN_BACKUP_DATABASE_URL",
    "JIMIN_DATABASE_URL",
    "JIMIN_OWNER_DATABASE_URL",
    "JIMIN_SECRET_KEY",
)


def secrets_from_files() -> None:
    """Set each variable whose NAME_FILE names a file, where the variable itself is not set. Refusal for a bad file."""
    for name in FROM_FILES:
        file = os.environ.get(f"{name}_FILE")
        if file and not os.environ.get(name):
            try:
                os.environ[name] = Path(file).read_text("utf-8").strip()
            except OSError as error:
                raise Refusal(f"{name}_FILE={file} 读不出来（{error.strerror}）。请检查这个文件和它的权限。") from error
