from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "jimin.core.access"
    label = "access"
    verbose_name = "权限"
