from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "jimin.engines.indicators"
    label = "indicators"
    verbose_name = "指标"
