from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "jimin.domains.planning"
    label = "planning"
    verbose_name = "要点与督查"

    def ready(self) -> None:
        """Register what the engines, the registers and the permission table need to know of this domain."""
        from jimin.core import rooms
        from jimin.core.access import permissions, system
        from jimin.core.access.roles import EVERYONE
        from jimin.core.events.daily import daily
        from jimin.domains.planning import seeing, signals, signals_office, sources, sources_office, visibility  # noqa: F401

        permissions.declare("planning.read", "查看要点与指标", "page", EVERYONE)
        rooms.declare("jimin.domains.planning.actions")
        rooms.declare("jimin.domains.planning.registers")
        rooms.declare("jimin.domains.planning.sheets")
        sources.register()
        sources_office.register()
        seeing.register_files()
        visibility.register_files()

        from jimin.domains.planning.actions.own import RefreshOwnIndicators

        @daily("planning.own_indicators")
        def refresh() -> None:
            RefreshOwnIndicators.perform(system.actor())
