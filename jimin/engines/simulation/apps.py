from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "jimin.engines.simulation"
    label = "simulation"
    verbose_name = "模拟测算"

    def ready(self) -> None:
        """The actions, the register, and the worker's task."""
        from jimin.engines.simulation import actions, registers, work  # noqa: F401
