from django.apps import AppConfig


class HearingConfig(AppConfig):
    name = "tests.faults.hearing"
    label = "hearing"

    def ready(self) -> None:
        from jimin.core.events.consumers import consumer
        from tests.faults.hearing.models import Heard

        @consumer("planning.item.registered", "planning.item.update", name="faults.hearing")
        def hear(event) -> None:
            Heard.objects.create(event=event.pk, subject=event.subject)
