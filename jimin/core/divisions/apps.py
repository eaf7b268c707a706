from django.apps import AppConfig


class DivisionsConfig(AppConfig):
    name = "jimin.core.divisions"
    label = "divisions"
    verbose_name = "区划与报送单位"
