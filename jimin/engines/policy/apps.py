from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "jimin.engines.policy"
    label = "policy"
    verbose_name = "政策规则"
