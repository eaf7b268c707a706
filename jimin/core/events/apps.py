from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "jimin.core.events"
    label = "events"
    verbose_name = "事件"
