"""The command line: `python -m jimin …` (in a made environment also `.venv/bin/jimin …`).

A room adds its own commands in its `cli.py`:

    def register(subparsers):
        parser = subparsers.add_parser("calendar", help="工作日计算")
        …
        parser.set_defaults(run=due)          # due(arguments) -> exit code; may import models

`cli.py` itself must import no models at its top: Django is set up just before `run` is called
(`set_defaults(django=False)` for a command that needs none).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any

import psycopg

from jimin.platform.errors import Refusal
from jimin.platform.instance import Instance, load_environment
from jimin.platform.places import secrets_from_files, var_folder

# Rooms whose `cli.py` is asked for commands, with every room directly below them.
ROOMS = ("jimin.core", "jimin.engines", "jimin.domains", "jimin.sites")
# Modules of this room with commands of their own.
OWN = ("jimin.platform.packs", "jimin.platform.demo", "jimin.platform.backup.cli", "jimin.platform.status")


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit code: the command's own, 2 for a refusal, 1 for an unexpected error."""
    argv = list(sys.argv[1:] if argv is None else argv)
    try:
        secrets_from_files()
        if argv[:1] == ["django"]:
            return _django_command(argv[1:])
        if argv[:1] == ["test"]:
            return _test(argv[1:])
        arguments = parser().parse_args(argv)
        if arguments.django:
            _set_up_django()
        return int(arguments.run(arguments) or 0)
    except Refusal as refusal:
        print(f"✗ {refusal}", file=sys.stderr)
    except psycopg.OperationalError as error:
        print(_silent(error), file=sys.stderr)
    except OSError as error:
        if error.errno != 28:  # ENOSPC
            raise
        print(f"✗ 磁盘已满：{error.filename or var_folder()}。请清理磁盘后重试。", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not isinstance(error.__cause__, psycopg.OperationalError):  # Django's own name for it
            raise
        print(_silent(error.__cause__), file=sys.stderr)
    return 2


def _silent(error: Exception) -> str:
    return f"✗ 数据库没有应答（{' '.join(str(error).split())[:200]}）。请先 make run；在运行的话会自己重试，看 log/ 里的记录。"


def parser() -> argparse.ArgumentParser:
    """All commands, this room's and the others'."""
    top = argparse.ArgumentParser("jimin", description="济民 Jimin")
    top.set_defaults(django=True)
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")
    _add(commands, "run", "启动：数据库、网页、实时消息、后台任务（make run）", _run, django=False)
    _add(commands, "migrate", "数据库迁移，并给应用角色授权", _migrate, django=False)
    commands.add_parser("test", help="测试（make test）；其余参数给 pytest")
    commands.add_parser("django", help="Django 的管理命令，如 jimin django check")
    for module in _modules():
        importlib.import_module(module).register(commands)
    return top


def known_commands() -> set[str]:
    """The first words that the command line knows."""
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return set(action.choices)
    return set()


def _add(commands: Any, name: str, text: str, run: Any, *, django: bool = True) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    made.set_defaults(run=run, django=django)
    return made


def _modules() -> Iterator[str]:
    """Every module with a `register` function: the rooms' cli.py, and our own."""
    for group in ROOMS:
        found = importlib.util.find_spec(group)
        for room in sorted(m.name for m in pkgutil.iter_modules(found.submodule_search_locations if found else None)):
            if importlib.util.find_spec(f"{group}.{room}.cli") if _is_package(f"{group}.{room}") else None:
                yield f"{group}.{room}.cli"
    for name in OWN:
        if importlib.util.find_spec(name) and hasattr(importlib.import_module(name), "register"):
            yield name


def _is_package(name: str) -> bool:
    found = importlib.util.find_spec(name)
    return bool(found and found.submodule_search_locations)


def _set_up_django() -> None:
    import django

    load_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    django.setup()


def _django_command(argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    load_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jimin.platform.settings")
    execute_from_command_line(["jimin django", *argv])
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from jimin.platform.supervisor import Supervisor

    return Supervisor(Instance.from_environment(), known_commands()).run()


def _migrate(arguments: argparse.Namespace) -> int:
    """As the owner of the tables; afterwards the application's role gets its grants."""
    url = os.environ.get("JIMIN_OWNER_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise Refusal("迁移要用库的属主登录：请设 DATABASE_URL。内置数据库不用单独迁移，make run 会做。")
    app_url = os.environ.get("JIMIN_DATABASE_URL")
    os.environ["JIMIN_DATABASE_URL"] = url
    _set_up_django()
    from django.core.management import call_command

    from jimin.core.secrets import keys
    from jimin.platform import grants
    from jimin.platform.backup import adopt, before
    from jimin.platform.steps import LEDGER
    from jimin.platform.urls import parts

    if before.fresh(url):
        keys.ensure_keys()  # an older database's keys come from its backup and are never made anew
    before.migration(url)
    call_command("migrate", interactive=False, verbosity=1)
    role = str(parts(app_url)["user"]) if app_url and app_url != url else grants.APP_ROLE
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(LEDGER)
        grants.apply(owner, role)
        adopt.adopt(owner)
    return 0


def _test(argv: list[str]) -> int:
    from jimin.platform.testrun import run

    return run(var_folder(), argv)
