"""The parameters in force: what the files say, and what the places have confirmed. Read once for each edition.

Every confirmation gives its rule set a new stamp (`ParameterEdition`) in its own transaction, under the lock of that one
row. A process asks for the stamp (one row by its key) and reads the values again only when it is another: pages and
workers alike see a confirmation with their next question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from jimin.core import clock
from jimin.core.records import new_id
from jimin.engines.policy import programmes
from jimin.engines.policy.law import InForce
from jimin.engines.policy.models import ParameterEdition, ParameterRecord, RecordState
from jimin.engines.policy.parameters import Dated, Parameter, Parameters, level_of


@dataclass(frozen=True, slots=True)
class Edition:
    """The state of a rule set's confirmed values; number 0 before the first."""

    number: int = 0
    stamp: UUID | None = None


def edition(domain: str) -> Edition:
    """The edition that is in force now."""
    found = ParameterEdition.objects.filter(domain=domain).values_list("number", "stamp").first()
    return Edition(*found) if found else Edition()


def lock(domain: str) -> ParameterEdition:
    """The edition's row, locked until the end of the transaction: confirmations of a rule set follow one another."""
    ParameterEdition.objects.bulk_create([ParameterEdition(domain=domain, stamp=new_id())], ignore_conflicts=True)
    return ParameterEdition.objects.select_for_update().get(domain=domain)


def renew(held: ParameterEdition) -> None:
    """Give the edition its next number and a stamp that no other transaction, not even one that failed, ever had."""
    held.number, held.stamp = held.number + 1, new_id()
    held.save(update_fields=["number", "stamp"])


def law(domain: str) -> Parameters:
    """The parameters of a rule set, with what the places have confirmed."""
    return _law(domain, edition(domain), clock.is_demo())


def in_force(domain: str, day: date) -> InForce:
    """The rules of a rule set on a day, under those parameters."""
    return _in_force(domain, edition(domain), clock.is_demo(), day)


@lru_cache(maxsize=16)
def _law(domain: str, read_at: Edition, demo: bool) -> Parameters:
    made = programmes.national(domain)
    for path, values in _by_path(confirmed(domain, made, demo)).items():
        made = made.with_added(path, values)
    return made


@lru_cache(maxsize=64)
def _in_force(domain: str, read_at: Edition, demo: bool, day: date) -> InForce:
    return programmes.in_force(domain, day, _law(domain, read_at, demo))


def _by_path(pairs: Iterator[tuple[str, Dated]]) -> dict[str, list[Dated]]:
    found: dict[str, list[Dated]] = {}
    for path, value in pairs:
        found.setdefault(path, []).append(value)
    return found


def confirmed(domain: str, declared: Parameters, demo: bool) -> Iterator[tuple[str, Dated]]:
    """The confirmed values that the declarations still allow; others wait for a person (`unused`)."""
    for record in _standing(domain):
        parameter = declared.find(record.path)
        if parameter is not None and not _fault(record, parameter, demo):
            yield record.path, dated(record, parameter)


def _standing(domain: str) -> QuerySet[ParameterRecord]:
    """The confirmed records; not those that a correction replaced from their first day on."""
    return ParameterRecord.objects.filter(domain=domain, state=RecordState.CONFIRMED).exclude(valid_to=F("valid_from"))


def unused(domain: str) -> list[tuple[ParameterRecord, str]]:
    """Confirmed records that no rule reads, each with the reason: the register says so instead of guessing."""
    found = []
    for record in _standing(domain):
        parameter = programmes.national(domain).find(record.path)
        fault = _fault(record, parameter, clock.is_demo()) if parameter else _("规则里已没有这个参数")
        if fault:
            found.append((record, fault))
    return found


def _fault(record: ParameterRecord, parameter: Parameter, demo: bool) -> str:
    if record.demo and not demo:
        return _("这是演示时确认的，正式使用时不算数")
    if record.unit != parameter.unit:
        return _("这个参数的单位改过了，数值要重新确认")
    if level_of(record.division[:6]) not in parameter.set_by:
        return _("这个参数现在不由这一级规定")
    return _("这个参数现在不分城乡") if record.area and not parameter.by_area else ""


def dated(record: ParameterRecord, parameter: Parameter) -> Dated:
    """A confirmed record as the rules read it."""
    return Dated(
        since=record.valid_from,
        value=record.value,
        division=record.division[:6],
        area=record.area,
        cite=parameter.values[0].cite,
        verified=True,
        place=record.document_no,
        until=record.valid_to,
        record=str(record.pk),
        document=record.document,
        demo=record.demo,
    )
