from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "jimin.core.audit"
    label = "audit"
    verbose_name = "审计"
