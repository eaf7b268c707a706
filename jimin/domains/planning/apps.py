from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "jimin.domains.planning"
    label = "planning"
    verbose_name = "要点与督查"

    def ready(self) -> None:
        """Register what the engines and the permission table need to know of this domain."""
        from jimin.core.access import permissions
        from jimin.core.access.roles import EVERYONE
        from jimin.domains.planning import seeing, signals, signals_office, sources, sources_office  # noqa: F401
        from jimin.domains.planning.actions import (  # noqa: F401
            appraisal,
            integrity,
            items,
            office,
            orders,
            own,
            plan,
            rectification,
            reports,
            study,
            tasks,
        )
        from jimin.domains.planning.registers import appraisal as _a  # noqa: F401
        from jimin.domains.planning.registers import integrity as _i  # noqa: F401
        from jimin.domains.planning.registers import office as _o  # noqa: F401
        from jimin.domains.planning.registers import study as _s  # noqa: F401

        permissions.declare("planning.read", "查看要点与指标", "page", EVERYONE)
        sources.register()
        sources_office.register()
        seeing.register_files()
