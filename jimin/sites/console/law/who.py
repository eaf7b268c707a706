"""Which posts open the pages of the law, the menu's lines, and the page of a value."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from jimin.core.access.permissions import declare
from jimin.core.access.roles import CITY, DEPARTMENT, STAFF, Role
from jimin.sites.console import links, menu

WATCHERS = {Role.INSPECTOR, Role.AUDITOR}

LAW = declare("policy.page.law", "法规与规则", "page", STAFF | WATCHERS).name
PARAMETERS = declare("policy.page.parameters", "政策参数", "page", DEPARTMENT | CITY | WATCHERS).name

menu.add(
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "法规与规则"), "console:law", LAW),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "政策参数"), "console:parameters", PARAMETERS),
)
links.add(policy__parameterrecord="console:parameter_record")
