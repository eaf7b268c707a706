from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "jimin.domains.planning"
    label = "planning"
    verbose_name = "要点与督查"
