from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "jimin.core.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        """Orphans are swept each day."""
        from jimin.core.events.daily import daily
        from jimin.core.files.blobs import sweep

        daily("files.sweep")(sweep)
