"""The outbox: events are rows of the action's transaction, delivered by the worker at least once."""

from __future__ import annotations

from django.db import models
from django.db.models import Func

from jimin.core.audit.models import Xid8Field


class OutboxEvent(models.Model):
    """Something happened: ids only, never personal data. Order is kept for each subject."""

    id = models.BigAutoField(primary_key=True)
    xid = Xid8Field(db_default=Func(function="pg_current_xact_id"), editable=False)
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))
    day = models.DateField()
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=100)  # "planning.report:0190…"
    payload = models.JSONField(default=dict)
    prefecture = models.CharField(max_length=12, blank=True, default="")
    county = models.CharField(max_length=12, blank=True, default="")
    town = models.CharField(max_length=12, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # failed ones
    retry_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(
        max_length=300, blank=True, default=""
    )  # of the last failure: consumer and kind, no content
    dead_at = models.DateTimeField(null=True, blank=True)  # set aside after the last attempt

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(delivered_at=None, dead_at=None), name="outbox_waiting"),
            models.Index(fields=["subject", "id"], condition=models.Q(delivered_at=None), name="outbox_subject"),
            models.Index(fields=["id"], condition=models.Q(dead_at__isnull=False), name="outbox_dead"),
        ]


class Consumed(models.Model):
    """A consumer has dealt with an event; written in the consumer's own transaction."""

    consumer = models.CharField(max_length=80)
    event = models.ForeignKey(OutboxEvent, models.PROTECT)
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="consumed_once")]


class DailyRun(models.Model):
    """A daily job is done for a day; written in the job's own transaction."""

    deletable = True  # the marks of a clock that ran ahead
    name = models.CharField(max_length=80)
    day = models.DateField()  # of the real clock
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_run_once")]
