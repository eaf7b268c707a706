"""Accounts from the command line: an installation without the demo makes its first people here.

jimin account add --username li.jia --name 李嘉 --unit t.office --role office_clerk
jimin account password --username li.jia
jimin account roles

Who has the machine's command line needs no second person (core.access.second): it is how the first people come in, and
the way back when nobody is left who could confirm.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any


def register(commands: Any) -> None:
    """Add `jimin account add|password|roles`."""
    parser = commands.add_parser("account", help="账号与任职")
    what = parser.add_subparsers(dest="what", required=True, metavar="命令")
    add = what.add_parser("add", help="新增账号并登记任职；已有账号只登记任职")
    add.add_argument("--username", required=True, help="账号：小写字母、数字和 . _ -")
    add.add_argument("--name", required=True, help="姓名")
    add.add_argument("--unit", required=True, help="报送单位代码，如 t.office 或 220122")
    add.add_argument("--role", required=True, help="岗位代码，见 jimin account roles")
    add.add_argument("--title", default="", help="职务")
    add.add_argument("--charge", action="append", default=[], metavar="单位", help="分管的单位代码，可多次")
    add.set_defaults(run=_add)
    password = what.add_parser("password", help="重设密码，给一个初始密码；没有别的运维可办时用")
    password.add_argument("--username", required=True, help="账号")
    password.set_defaults(run=_password)
    what.add_parser("roles", help="岗位代码和它们所在的单位类别").set_defaults(run=_roles)


def _add(arguments: argparse.Namespace) -> int:
    """Through the same action as everything else; the first password is made here and shown once."""
    from jimin.core import clock
    from jimin.core.access import limits, once, system
    from jimin.core.access.actions import Appoint
    from jimin.core.actions.errors import ActionError, Refused

    fields = ("username", "name", "unit", "role", "title", "charge")
    post = {**{f: getattr(arguments, f) for f in fields}, "valid_from": clock.business_day(), "start": True}
    try:
        done = Appoint.perform(system.actor(), {"posts": [post]})
    except (ActionError, system.NotInstalled) as error:
        problems = error.problems if isinstance(error, Refused) else ()
        for line in [str(error), *(f"  {p.field.removeprefix('posts.0.')}：{p.message}" for p in problems)]:
            print(line, file=sys.stderr)
        return 2
    password = next(iter(once.take()), None)
    if not done["appointments"]:
        print(f"{arguments.name} 已经在这个岗位上，没有变化。")
    elif password is None:
        print(f"已给现有账号 {arguments.username} 登记任职。")
    else:
        print(
            f"已新增账号 {arguments.username}，首次登录密码（只显示这一次）：{password}\n"
            f"本人第一次登录时要改；{limits.days('start_password')} 天内不改就过期，用 jimin account password 重设。"
        )
    return 0


def _password(arguments: argparse.Namespace) -> int:
    """A start password for an existing account, through the operator's action."""
    from jimin.core.access import once, system
    from jimin.core.access.account_actions import ResetPassword
    from jimin.core.access.models import Account
    from jimin.core.actions.errors import ActionError

    account = Account.objects.filter(username=arguments.username).exclude(username=system.USERNAME).first()
    if account is None:
        print(f"没有账号 {arguments.username}。新增用 jimin account add。", file=sys.stderr)
        return 2
    try:
        ResetPassword.perform(system.actor(), {"account": account.pk})
    except (ActionError, system.NotInstalled) as error:
        print(str(error), file=sys.stderr)
        return 2
    print(f"已重设 {account.username} 的密码，初始密码（只显示这一次）：{once.take()[0]}\n本人登录时要改。")
    return 0


def _roles(arguments: argparse.Namespace) -> int:
    from jimin.core.access.roles import ROLES_OF, Role

    for role in Role:
        kinds = "、".join(str(kind) for kind, roles in ROLES_OF.items() if role in roles)
        print(f"{role.value:<22} {role.label}（{kinds}）")
    return 0
