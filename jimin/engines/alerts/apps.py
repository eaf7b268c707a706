from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "jimin.engines.alerts"
    label = "alerts"
    verbose_name = "提醒与预警"

    def ready(self) -> None:
        """The daily run."""
        from jimin.core.access import system
        from jimin.core.events.daily import daily
        from jimin.engines.alerts.actions import RunAlerts

        @daily("alerts.run")
        def run() -> None:
            RunAlerts.perform(system.actor())
