"""The lines of the menu, and the pages of the records. Loaded when the console is ready."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from jimin.core.audit.registers import Trail, Verifications
from jimin.sites.console import links, menu

TRAIL = Trail.permission_of(Trail.name)
CHECKS = Verifications.permission_of(Verifications.name)

menu.add(menu.Entry(menu.DATA, pgettext_lazy("menu", "审计记录"), "console:audit", TRAIL))
links.add(audit__auditrow="console:audit_row", audit__verification="console:audit_check")
