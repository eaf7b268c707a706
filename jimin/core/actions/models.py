"""The keys of actions that were carried out, so that the same request twice is carried out once."""

from __future__ import annotations

from django.db import models
from django.db.models import Func

from jimin.core.records import new_id


class ActionKey(models.Model):
    """One carried-out request of one account, with its result."""

    id = models.UUIDField(primary_key=True, default=new_id)
    action = models.CharField(max_length=80)
    account = models.UUIDField()
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of the input: the same key with another input is refused
    result = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "account", "key"], name="action_key_once")]
