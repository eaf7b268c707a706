from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "jimin.core.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        """The actions of this room enter the permission table; signing in and out is heard."""
        from jimin.core.access import account_actions, actions, factor_actions, sessions, sign_ins, tokens  # noqa: F401
