from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "jimin.domains.assistance"
    label = "assistance"
    verbose_name = "社会救助"

    def ready(self) -> None:
        """Make the programmes known, and what simulating them needs."""
        from jimin.domains.assistance import programmes, simulated  # noqa: F401
