from django.db import models


class Heard(models.Model):
    """What the consumer did for an event. Nothing here prevents a second row: only the delivery does."""

    event = models.BigIntegerField()
    subject = models.CharField(max_length=100)
