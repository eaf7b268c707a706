"""What a kind of work is: its stations, its route, and what its arrival and its end mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from jimin.core.access.roles import Role
from jimin.core.access.scope import Actor
from jimin.core.divisions.models import ReportingUnit
from jimin.engines.cases.models import Work

PLAN_OFFICE = "plan_office"  # the power of the one 处室 that keeps the plan (办公室)


@dataclass(frozen=True, slots=True)
class Station:
    """One stop of a route: who has it there (unit, role), and what it is called."""

    code: str  # "fill", "sign", "review", "accept", "reply", …
    title: str  # in Chinese, as stored; `called` is for people
    unit: str  # id of the reporting unit, as text (a route is stored as JSON)
    role: str
    holder: str = ""  # id of the one account that has it there; empty: whoever holds the role

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    @property
    def called(self) -> str:
        """Its title in the reader's language."""
        return gettext(self.title)


class Flow:
    """Subclass it once for each kind of work; instances register themselves by `kind`."""

    kind: ClassVar[str] = ""
    title: ClassVar[Any] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        FLOWS[cls.kind] = cls()

    def on_return(self, works: Sequence[Work], actor: Actor) -> None:
        """What a return to the first station means (by default nothing more)."""

    def on_end(self, works: Sequence[Work], actor: Actor) -> None:
        """What passing the last station means (by default nothing more)."""


FLOWS: dict[str, Flow] = {}


@lru_cache(maxsize=1)
def chains() -> dict[str, tuple[str, ...]]:
    """The sign-off chain of each kind of office, from parameters/sign_off.yaml. Refuses an unknown role."""
    path = Path(__file__).parent / "parameters" / "sign_off.yaml"
    table = yaml.safe_load(path.read_text(encoding="utf-8"))["chains"]
    for kind, roles in table.items():
        for role in roles:
            if role not in Role.values:
                raise ValueError(
                    f"{path.name}: “{kind}”里的岗位“{role}”不存在；可用的岗位有 {'、'.join(Role.values)}。"
                )
    return {kind: tuple(roles) for kind, roles in table.items()}


def chain_of(unit: ReportingUnit) -> tuple[str, ...]:
    """The roles that a paper passes inside one office, the maker first."""
    key = f"{unit.kind}.{PLAN_OFFICE}" if PLAN_OFFICE in unit.powers else str(unit.kind)
    return chains()[key]


def inside(unit: ReportingUnit, first: str, title: str, sign_title: str = noop("签核")) -> list[Station]:
    """The stations inside one office: the maker's (`first`), then each signer's."""
    maker, *signers = chain_of(unit)
    return [
        Station(first, title, str(unit.id), maker),
        *(Station("sign", sign_title, str(unit.id), role) for role in signers),
    ]


def clerk_of(unit: ReportingUnit) -> str:
    """The role that starts a paper in an office."""
    return chain_of(unit)[0]


def station_title(work: Work) -> str:
    """What the current station of a work is called."""
    return _(str(work.route[work.position]["title"]))
