from django.apps import AppConfig


class SecretsConfig(AppConfig):
    name = "jimin.core.secrets"
    label = "secrets"
    verbose_name = "密钥"

    def ready(self) -> None:
        """The actions of the keys stand in the permission table."""
        from jimin.core.secrets import actions  # noqa: F401
