"""What every record shares: a time-ordered key, the division columns, and a version.

Keys are UUIDv7 so that offline forms can make their own. Division columns hold the *current*
competent division (12-digit code), and every list index starts with one of them.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A UUIDv7: unique everywhere, and in the order of its making."""
    return uuid7()


class Record(models.Model):
    """A record with its own key and a version that an action checks before it writes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Scoped(models.Model):
    """A record that belongs to a place. An empty column means: above that level."""

    prefecture = models.CharField(_("市（州）"), max_length=12, blank=True, default="")
    county = models.CharField(_("县（市、区）"), max_length=12, blank=True, default="")
    town = models.CharField(_("乡镇（街道）"), max_length=12, blank=True, default="")
    village = models.CharField(_("村（社区）"), max_length=12, blank=True, default="")

    class Meta:
        abstract = True
