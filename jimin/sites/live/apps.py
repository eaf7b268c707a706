from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "jimin.sites.live"
    label = "live"
