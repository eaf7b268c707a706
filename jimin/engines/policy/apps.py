from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "jimin.engines.policy"
    label = "policy"
    verbose_name = "政策规则"

    def ready(self) -> None:
        """The actions, the registers, who opens a scan, and what is sealed here."""
        from jimin.core.files import api as files
        from jimin.core.secrets import holders
        from jimin.engines.policy import actions, flows, registers, seeing  # noqa: F401
        from jimin.engines.policy.models import KeptDecision, ParameterRecord

        files.register_owner(ParameterRecord._meta.label_lower, seeing.may_see)
        holders.register_column(KeptDecision, "sealed", KeptDecision.place)
