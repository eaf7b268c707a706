"""The demo's sign-ins, as the pack lists them (packs/<pack>/demo/accounts.yaml)."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jimin.platform.errors import Refusal
from jimin.platform.places import pack_folder


@dataclass(frozen=True)
class SignIn:
    """One demo account: who it is and what this person sees after signing in."""

    account: str
    password: str
    who: str
    sees: str


def sign_ins(pack: Path | None = None) -> list[SignIn]:
    """The demo accounts worth showing (those that say what they see), in the pack's order; none without a demo."""
    file = (pack or pack_folder()) / "demo" / "accounts.yaml"
    if not file.exists():
        return []
    content = yaml.safe_load(file.read_text("utf-8")) or {}
    if not content.get("password"):
        raise Refusal(f"{file} 缺 password（演示账户的密码）。")
    return [
        SignIn(p["username"], str(content["password"]), f"{p['name']}（{p.get('title', '')}）", p["sees"])
        for p in content.get("people", ())
        if p.get("sees")
    ]


def register(commands: Any) -> None:
    """Add `jimin demo build`."""
    parser = commands.add_parser("demo", help="演示数据")
    parser.add_subparsers(dest="what", required=True, metavar="命令").add_parser("build", help="生成演示数据")
    parser.set_defaults(run=build, django=True)


def build(arguments: argparse.Namespace) -> int:
    """Build the demo's history through actions. Refuses on an installation that is not a demo."""
    from django.db import transaction

    from jimin.core import clock
    from jimin.core.access.scope import Actor
    from jimin.domains.planning import demo as planning
    from jimin.engines.policy import demo as policy
    from jimin.platform import packs

    if not clock.is_demo():
        raise Refusal("这不是演示安装（JIMIN_DEMO=0），不生成演示数据。")
    pack = pack_folder()
    installer = Actor.of(packs.installer())
    # One transaction: a build that is killed leaves nothing, and the next start begins again.
    with transaction.atomic():
        planning.build(pack, pack / packs.settings()["plan"], installer, lambda line: print(f"  {line}", flush=True))
        print("  演示参数", flush=True)
        policy.build(pack / "demo")
    return 0
