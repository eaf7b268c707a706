from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "jimin.core.parties"
    label = "parties"
    verbose_name = "人与户"

    def ready(self) -> None:
        """The actions declare their permissions by being imported."""
        from jimin.core.parties import actions  # noqa: F401
