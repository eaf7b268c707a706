from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "jimin.sites.console"
    label = "console"

    def ready(self) -> None:
        """The lines of the menu: those of no single domain, then those of the console's rooms."""
        from jimin.sites.console import links, menu

        links.add(planning__point="console:plan_point_record")
        menu.add(
            menu.Entry(menu.WORK, _("首页"), "console:home"),
            menu.Entry(menu.WORK, _("要点看板"), "console:plan", "planning.read"),
            menu.Entry(menu.WORK, _("月度通报"), "console:plan_bulletin", "planning.bulletin.issue"),
        )
        from jimin.sites.console.accounts import menu as _accounts  # noqa: F401
        from jimin.sites.console.audit import menu as _audit  # noqa: F401
        from jimin.sites.console.law import who as _law  # noqa: F401
        from jimin.sites.console.people import who as _people  # noqa: F401
        from jimin.sites.console.planning import menu as _daily  # noqa: F401
        from jimin.sites.console.planning_office import who  # noqa: F401
        from jimin.sites.console.simulation import who as _simulation  # noqa: F401
