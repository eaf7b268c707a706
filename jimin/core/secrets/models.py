"""What a change of keys remembers: how far it came, and which numbers are taken under which key."""

from __future__ import annotations

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from jimin.core.records import Record

TOKEN_LENGTH = 60


class KeyRotation(Record):
    """How far one kind of sealed values has been brought under one key. A run that was killed goes on from here."""

    key = models.PositiveSmallIntegerField(_("密钥编号"))
    holder = models.CharField(_("对象"), max_length=80)
    cursor = models.CharField(_("做到哪里"), max_length=80, blank=True)
    done = models.PositiveBigIntegerField(_("已换"), default=0)
    started_at = models.DateTimeField(_("开始时间"), db_default=Func(function="clock_timestamp"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("换密钥进度")
        constraints = [models.UniqueConstraint(fields=["key", "holder"], name="rotation_once")]


class HeldNumber(models.Model):
    """A number that only one record may hold: its token under every key of the ring, unique for them all together.

    A record's own token is under one key. While two keys are in use the same number has two tokens, and a
    constraint on the record's column would let it in twice. Holds no name, no number and no place, and must be
    unique beyond what one scope can see, so it stands outside row-level security.
    """

    deletable = True  # a corrected number is free again; the marks of a dropped key go with it

    token = models.CharField(max_length=TOKEN_LENGTH, primary_key=True)
    place = models.CharField(max_length=80)  # "parties_person.id_number"
    record = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["record", "place"])]
