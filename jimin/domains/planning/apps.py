from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "jimin.domains.planning"
    label = "planning"
    verbose_name = "要点与督查"

    def ready(self) -> None:
        """Register what the engines and the permission table need to know of this domain."""
        from jimin.core.access import permissions
        from jimin.core.access.roles import EVERYONE
        from jimin.domains.planning import signals, sources  # noqa: F401
        from jimin.domains.planning.actions import bulletin, items, orders, plan, reports, tasks  # noqa: F401

        permissions.declare("planning.read", "查看要点与指标", "page", EVERYONE)
        sources.register()
