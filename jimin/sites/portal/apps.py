from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "jimin.sites.portal"
    label = "portal"
