from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SheetsConfig(AppConfig):
    name = "jimin.core.sheets"
    label = "sheets"
    verbose_name = "表格导入"

    def ready(self) -> None:
        """Load every app's sheets.py; who started an import opens its files; old rows are swept each day."""
        from jimin.core.events.daily import daily
        from jimin.core.files import api as files
        from jimin.core.secrets import holders
        from jimin.core.sheets import actions, models, tasks

        autodiscover_modules("sheets")
        files.register_owner("sheets.sheetimport", models.mine)
        holders.register_column(models.SheetChunk, "sealed", models.SheetChunk.place)
        daily("sheets.sweep")(tasks.sweep)
        assert actions
