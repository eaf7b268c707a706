"""What a simulation of social assistance needs: by what households are told apart, and who invents them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as noop

from jimin.engines.policy import outcome
from jimin.engines.simulation import population

outcome.declare(
    "assistance",
    outcome.Kinds(
        "family_size",
        {"has_old_member": noop("有老年人"), "has_minor": noop("有未成年人"), "has_disabled_member": noop("有残疾人")},
    ),
)


def _invented(count: int, divisions: Sequence[str], day: date) -> tuple[Any, Any]:
    from jimin.domains.assistance import synthetic  # with Arrow, which no page needs

    return synthetic.tables(count, divisions, day)


population.declare("assistance", _invented)
