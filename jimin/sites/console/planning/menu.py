"""The lines of the menu, and the pages of the records. Loaded when the console is ready."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jimin.sites.console import links, menu
from jimin.sites.console.planning.views_inbox import count

menu.add(
    menu.Entry(menu.WORK, _("待办"), "console:inbox", count=count),
    menu.Entry(menu.WORK, _("月报填报"), "console:sheet_now", "planning.report.file"),
    menu.Entry(menu.WORK, pgettext_lazy("menu", "任务"), "console:tasks", "planning.tasks.list"),
    menu.Entry(menu.WORK, _("成果台账"), "console:deliverables", "planning.deliverables.list"),
    menu.Entry(menu.WORK, _("督查督办"), "console:orders", "planning.orders.list"),
    menu.Entry(menu.WORK, _("要点导入与定稿"), "console:plan_import", "planning.plan.import"),
    menu.Entry(menu.DATA, _("指标台账"), "console:items", "planning.items.list"),
    menu.Entry(menu.DATA, pgettext_lazy("menu", "月度报告"), "console:reports", "planning.reports.list"),
)

links.add(
    cases__work="console:work",
    planning__report="console:report",
    planning__sheet="console:sheet",
    planning__task="console:task",
    planning__supervisionorder="console:order",
    planning__orderreply="console:reply",
    planning__ledgeritem="console:item",
    planning__plan="console:plan_draft",
)
