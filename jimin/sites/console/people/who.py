"""The lines of the menu, and the pages of the records. Loaded when the console is ready."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from jimin.core.parties.looking import READ
from jimin.sites.console import links, menu

menu.add(
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "人员"), "console:people", READ),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "家庭"), "console:households", READ),
)

links.add(parties__person="console:person", parties__household="console:household")
