from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "jimin.core.registers"
    label = "registers"
    verbose_name = "登记册"
