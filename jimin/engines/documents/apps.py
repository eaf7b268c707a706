"""The documents engine: 公文 as PDF and Word, each with a code that anyone can check."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "jimin.engines.documents"
    label = "documents"
    verbose_name = "公文与文书"
