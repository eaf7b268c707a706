"""The confirmed values of one parameter at one place, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from jimin.engines.policy.models import ParameterRecord, RecordState


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of one place (and of 城镇 or 农村): on each day at most one confirmed value."""

    domain: str
    path: str
    division: str
    area: str

    @classmethod
    def of(cls, record: ParameterRecord) -> Slot:
        return cls(record.domain, record.path, record.division, record.area)

    def values(self) -> QuerySet[ParameterRecord]:
        """Its confirmed values, those aside that a correction replaced from their first day on."""
        rows = ParameterRecord.objects.filter(
            domain=self.domain, path=self.path, division=self.division, area=self.area, state=RecordState.CONFIRMED
        )
        return rows.exclude(valid_to=F("valid_from"))

    def on(self, day: date) -> ParameterRecord | None:
        """The value that holds on a day."""
        return self.values().filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).first()

    def after(self, day: date, end: date | None, but: ParameterRecord | None) -> ParameterRecord | None:
        """The first value that begins on or after a day and before `end`, `but` one that is to be ended."""
        rows = self.values().filter(valid_from__gte=day)
        if but is not None:
            rows = rows.exclude(pk=but.pk)
        return (rows if end is None else rows.filter(valid_from__lt=end)).order_by("valid_from").first()
