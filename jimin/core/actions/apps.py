from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "jimin.core.actions"
    label = "actions"
    verbose_name = "办理动作"
