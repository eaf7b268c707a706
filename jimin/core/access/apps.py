from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "jimin.core.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        """The actions of this room enter the permission table; signing in and out is heard; a change of keys knows the codes."""
        from jimin.core.access import (  # noqa: F401
            account_actions,
            actions,
            factor,
            factor_actions,
            second_actions,
            sessions,
            sign_ins,
            sweeping,
            tokens,
        )
        from jimin.core.access.models import SecondFactor
        from jimin.core.events.daily import daily
        from jimin.core.secrets import holders

        daily("access.sweep")(sweeping.sweep)
        holders.register_column(SecondFactor, "secret_sealed", factor.place)
