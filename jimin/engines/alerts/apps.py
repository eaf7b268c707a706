from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "jimin.engines.alerts"
    label = "alerts"
    verbose_name = "提醒与预警"
