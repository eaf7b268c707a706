from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "jimin.sites.console"
    label = "console"
