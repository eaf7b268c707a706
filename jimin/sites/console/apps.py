from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "jimin.sites.console"
    label = "console"

    def ready(self) -> None:
        """The lines of the menu that belong to no single domain's pages."""
        from jimin.sites.console import menu

        menu.add(
            menu.Entry(menu.WORK, _("首页"), "console:home"),
            menu.Entry(menu.WORK, _("要点看板"), "console:plan", "planning.read"),
        )
