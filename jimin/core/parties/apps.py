from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "jimin.core.parties"
    label = "parties"
    verbose_name = "人与户"

    def ready(self) -> None:
        """The actions, the registers and the page declare their permissions by being imported."""
        from jimin.core.parties import actions, looking, registers  # noqa: F401
