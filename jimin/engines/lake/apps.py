from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "jimin.engines.lake"
    label = "lake"
    verbose_name = "数据湖"

    def ready(self) -> None:
        """People and households go into the lake; old snapshots are dropped each day."""
        from jimin.core.events.daily import daily
        from jimin.engines.lake import actions, parties  # noqa: F401

        daily("lake.drop_old")(actions.drop_old)
