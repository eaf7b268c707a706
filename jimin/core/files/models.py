from django.db import models

from jimin.core.records import Record


class StoredFile(Record):
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    body = models.BinaryField()
