from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "jimin.core.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        """Orphans are swept each day; a change of keys knows of the files."""
        from jimin.core.events.daily import daily
        from jimin.core.files.blobs import sweep
        from jimin.core.files.holder import SealedFiles
        from jimin.core.secrets import holders

        daily("files.sweep")(sweep)
        holders.register(SealedFiles())
