from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "jimin.core.files"
    label = "files"
    verbose_name = "文件"
