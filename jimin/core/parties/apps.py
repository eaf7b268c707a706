from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "jimin.core.parties"
    label = "parties"
    verbose_name = "人与户"
