"""The line of the menu and the page of a scenario."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from jimin.engines.simulation.registers import Scenarios
from jimin.sites.console import links, menu

READ = Scenarios.permission_of(Scenarios.name)

menu.add(menu.Entry(menu.WORK, pgettext_lazy("menu", "模拟测算"), "console:simulation", READ))
links.add(simulation__scenario="console:scenario")
