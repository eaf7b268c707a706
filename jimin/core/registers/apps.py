from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistersConfig(AppConfig):
    name = "jimin.core.registers"
    label = "registers"
    verbose_name = "登记册"

    def ready(self) -> None:
        """Load every app's registers.py, so that REGISTERS and the permission table are whole."""
        from jimin.core.registers import actions  # noqa: F401

        autodiscover_modules("registers")
