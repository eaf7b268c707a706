from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "jimin.engines.cases"
    label = "cases"
    verbose_name = "办件内核"
