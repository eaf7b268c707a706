"""The operator's lines of the menu, and the pages of these records. Loaded when the console is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jimin.core.access import second
from jimin.sites.console import links, menu
from jimin.sites.console.accounts.registers import Accounts, Proposals, Tokens

menu.add(
    menu.Entry(menu.SYSTEM, _("账号与岗位"), "console:accounts", Accounts.permission_of(Accounts.name)),
    menu.Entry(menu.SYSTEM, _("接口令牌"), "console:tokens", Tokens.permission_of(Tokens.name)),
    menu.Entry(
        menu.SYSTEM,
        _("待确认的账号事项"),
        "console:proposals",
        Proposals.permission_of(Proposals.name),
        lambda actor: second.waiting().exclude(asked_by=actor.account).exclude(account=actor.account).count() or None,
    ),
)
links.add(access__account="console:account", access__apitoken="console:token", access__proposal="console:proposal")
