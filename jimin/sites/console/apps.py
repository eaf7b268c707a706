from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "jimin.sites.console"
    label = "console"

    def ready(self) -> None:
        """Load the menu lines of the console's rooms."""
        from jimin.sites.console.planning import menu  # noqa: F401
