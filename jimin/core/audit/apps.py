from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "jimin.core.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """The actions of this room enter the permission table."""
        from jimin.core.audit import actions  # noqa: F401
