"""Which posts open which page, the menu's lines, and the pages of the records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jimin.core.access.permissions import declare
from jimin.core.access.roles import CITY, COUNTY, DEPARTMENT, DIRECT, STAFF, Role
from jimin.sites.console import links, menu

WATCHERS = {Role.INSPECTOR, Role.AUDITOR}
OFFICES = (STAFF - {Role.TOWN_CLERK}) | {Role.AUDITOR}

ALIGNMENT = declare("planning.page.alignment", "上级要求对照", "page", DEPARTMENT | DIRECT | WATCHERS).name
INSTRUCTIONS = declare("planning.page.instructions", "批示件", "page", OFFICES).name
STUDY = declare("planning.page.study", "学习安排与记录", "page", STAFF | WATCHERS).name
RECTIFICATIONS = declare("planning.page.rectifications", "巡视整改", "page", OFFICES | WATCHERS).name
INTEGRITY = declare("planning.page.integrity", "廉政风险与岗位权限", "page", OFFICES | WATCHERS).name
FINDINGS = declare(
    "planning.page.findings",
    "监督事项",
    "page",
    {Role.INSPECTOR, Role.DEPT_CHIEF, Role.OFFICE_CHIEF, Role.DIRECT_CHIEF, Role.DEPT_LEADER}
    | {Role.CITY_LEADER, Role.COUNTY_DEPUTY},
).name
APPRAISALS = declare(
    "planning.page.appraisals", "年度考核", "page", DEPARTMENT | DIRECT | CITY | COUNTY | WATCHERS
).name

menu.add(
    menu.Entry(menu.BUSINESS, _("上级要求对照"), "console:alignment", ALIGNMENT),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "批示件"), "console:instructions", INSTRUCTIONS),
    menu.Entry(menu.BUSINESS, _("学习安排"), "console:study", STUDY),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "巡视整改"), "console:rectifications", RECTIFICATIONS),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "廉政风险"), "console:integrity", INTEGRITY),
    menu.Entry(menu.BUSINESS, pgettext_lazy("menu", "监督事项"), "console:findings", FINDINGS),
    menu.Entry(menu.BUSINESS, _("年度考核"), "console:appraisals", APPRAISALS),
)

links.add(
    planning__requirement="console:requirement",
    planning__instruction="console:instruction",
    planning__studytopic="console:study_topic",
    planning__studysession="console:study_session",
    planning__rectification="console:rectification",
    planning__integrityfinding="console:finding",
    planning__appraisal="console:appraisal",
)
