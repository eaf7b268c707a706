"""The operator's lines of the menu, and the pages of these records. Loaded when the console is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jimin.sites.console import links, menu
from jimin.sites.console.accounts.registers import Accounts, Tokens

menu.add(
    menu.Entry(menu.SYSTEM, _("账号与岗位"), "console:accounts", Accounts.permission_of(Accounts.name)),
    menu.Entry(menu.SYSTEM, _("接口令牌"), "console:tokens", Tokens.permission_of(Tokens.name)),
)
links.add(access__account="console:account", access__apitoken="console:token")
