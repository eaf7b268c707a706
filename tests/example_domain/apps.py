from django.apps import AppConfig


class NoticeBoardsConfig(AppConfig):
    name = "tests.example_domain"
    label = "noticeboards"
    verbose_name = "村级公示栏"

    def ready(self) -> None:
        """What this domain declares enters the permission table, the signals and the sources."""
        from tests.example_domain import actions, indicators, registers, signals  # noqa: F401

        indicators.register()
