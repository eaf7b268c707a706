"""The demo's sign-ins, as the pack lists them (packs/<pack>/demo/accounts.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from jimin.platform.errors import Refusal
from jimin.platform.places import pack_folder

FIELDS = ("account", "password", "who", "sees")


@dataclass(frozen=True)
class SignIn:
    """One demo account: who it is and what this person sees after signing in."""

    account: str
    password: str
    who: str
    sees: str


def sign_ins(pack: Path | None = None) -> list[SignIn]:
    """The demo accounts in the pack's order; none where the pack has no demo. Refusal when an entry lacks a field."""
    file = (pack or pack_folder()) / "demo" / "accounts.yaml"
    if not file.exists():
        return []
    entries = yaml.safe_load(file.read_text("utf-8")) or []
    if isinstance(entries, dict):
        entries = entries.get("accounts", [])
    found = []
    for number, entry in enumerate(entries, 1):
        missing = [name for name in FIELDS if not str(entry.get(name) or "").strip()]
        if missing:
            raise Refusal(f"{file} 第 {number} 个账户缺 {'、'.join(missing)}；每个账户要有 {'、'.join(FIELDS)}。")
        found.append(SignIn(**{name: str(entry[name]) for name in FIELDS}))
    return found
