"""Load the register of divisions and reporting units from a pack. Repeatable: what is there already stays.

Called by the installer before anybody can sign in; it writes one audit row for each register it changed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from jimin.core.divisions import api
from jimin.core.divisions.models import Division, Kind, Level, ReportingUnit, UnitArea, UnitKind

COLUMNS = ("code", "name", "level", "parent")
TOWN_ENDINGS: tuple[tuple[str, Kind], ...] = (
    ("族乡", Kind.ETHNIC_TOWNSHIP),
    ("街道", Kind.STREET),
    ("街道办事处", Kind.STREET),
    ("镇", Kind.TOWN),
    ("乡", Kind.TOWNSHIP),
)
OF_LEVEL = {Level.PROVINCE: Kind.PROVINCE, Level.PREFECTURE: Kind.PREFECTURE, Level.COUNTY: Kind.COUNTY}
NOT_A_TOWN = ("特殊乡镇",)  # ends like a 镇 and is none


class PackError(ValueError):
    """A file of the pack cannot be loaded; the message names file, line, what was found and what is allowed."""


def kind_of(code: str, name: str, level: str) -> Kind:
    """The 建制类型 of a division, from its level, code and name."""
    if level == Level.COUNTY:
        # Development zones carry county codes 71–79 in the statistical list; they are no counties.
        return Kind.ZONE if code[4] == "7" else Kind.COUNTY
    if level in OF_LEVEL:
        return OF_LEVEL[Level(level)]
    if level == Level.VILLAGE:
        # In the statistical list the last three digits are 001–199 for 居民委员会 and from 200 for 村民委员会.
        return Kind.VILLAGE if int(code[9:]) >= 200 else Kind.COMMUNITY
    bare = re.sub(r"（[^）]*）", "", name)
    if bare.endswith(NOT_A_TOWN):
        return Kind.OTHER
    return next((kind for ending, kind in TOWN_ENDINGS if bare.endswith(ending)), Kind.OTHER)


def read_divisions(path: Path, source: str) -> list[Division]:
    """The divisions of a CSV file (code,name,level,parent). Raises PackError naming file and line."""
    divisions, known = [], set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise PackError(f"{path.name} 的表头是 {reader.fieldnames}，应为 {','.join(COLUMNS)}。")
        for row in reader:
            where = f"{path.name} 第 {reader.line_num} 行"
            if None in row or None in row.values():
                raise PackError(f"{where}：应有 {len(COLUMNS)} 列（{','.join(COLUMNS)}），多了或少了。")
            code, level, parent = row["code"], row["level"], row["parent"]
            if re.fullmatch("[0-9]{12}", code) is None:
                raise PackError(f"{where}：代码“{code}”不是 12 位数字。")
            if code in known:
                raise PackError(f"{where}：代码“{code}”重复。")
            if not row["name"].strip():
                raise PackError(f"{where}：没有名称。")
            if level not in Level.values:
                raise PackError(f"{where}：层级“{level}”不认识，应为 {'、'.join(Level.values)}。")
            if parent and parent not in known:
                raise PackError(f"{where}：上级“{parent}”不在前面的行里；请把上级排在下级之前。")
            known.add(code)
            kind = kind_of(code, row["name"], level)
            divisions.append(
                Division(code=code, name=row["name"], level=level, kind=kind, parent_code=parent, source=source)
            )
    return divisions


def load_divisions(path: Path, source: str) -> int:
    """Add the divisions that are not in the register yet. Returns how many were added."""
    found = read_divisions(path, source)
    known = set(Division.objects.filter(valid_to=None).values_list("code", flat=True))
    new = [d for d in found if d.code not in known]
    Division.objects.bulk_create(new, batch_size=2000)
    api.changed()
    return len(new)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A reporting unit to be: its code, names, kind, superior's code, jurisdiction, areas, powers, duties."""

    code: str
    name: str
    short_name: str
    kind: str
    superior: str = ""
    jurisdiction: str = ""
    areas: tuple[str, ...] = ()
    powers: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()


def generated_units(skip: frozenset[str]) -> Iterable[UnitRow]:
    """The offices that follow from the register: a 市（州）局, 县局 or zone for each division, and the towns."""
    for city in api.children(api.province().code):
        short = city.name
        yield UnitRow(city.code[:4], f"{city.name}民政局", short, UnitKind.PREFECTURE, "", city.code)
        for county in api.children(city.code):
            zone = county.kind == Kind.ZONE
            kind, ending = (UnitKind.ZONE, "民政部门") if zone else (UnitKind.COUNTY, "民政局")
            yield UnitRow(county.code[:6], county.name + ending, county.name, kind, city.code[:4], county.code)
            for town in api.children(county.code):
                if town.code not in skip:
                    yield UnitRow(town.code[:9], town.name, town.name, UnitKind.TOWN, county.code[:6], town.code)


def declared_units(content: Mapping[str, Any]) -> Iterable[UnitRow]:
    """The offices written in the pack: the department's own, and the committees with their table of areas."""
    for entry in content["departments"]:
        yield UnitRow(
            entry["code"],
            entry["name"],
            entry["short_name"],
            entry["kind"],
            powers=tuple(entry.get("powers", ())),
            duties=tuple(entry.get("duties", ())),
        )
    for entry in content.get("committees", ()):
        areas = tuple(entry["areas"])
        yield UnitRow(entry["code"], entry["name"], entry["short_name"], UnitKind.COMMITTEE, areas=areas)
        for area in areas:
            place = api.place(area)
            yield UnitRow(area[:9], place.name, place.name, UnitKind.TOWN, entry["code"], area)


@transaction.atomic
def load_units(content: Mapping[str, Any]) -> int:
    """Add the reporting units that are not there yet, superiors first. Returns how many were added."""
    declared = list(declared_units(content))
    skip = frozenset(area for row in declared for area in row.areas)
    rows = [*declared, *generated_units(skip)]
    known = {u.code: u for u in ReportingUnit.objects.all()}
    made: list[ReportingUnit] = []
    areas: list[UnitArea] = []
    for rank, row in enumerate(rows):
        if row.code in known:
            continue
        unit = ReportingUnit(
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            superior=known[row.superior] if row.superior else None,
            jurisdiction=row.jurisdiction,
            duties=list(row.duties),
            powers=list(row.powers),
            rank=rank,
        )
        known[row.code] = unit
        made.append(unit)
        areas += [UnitArea(unit=unit, division_code=area) for area in row.areas]
    ReportingUnit.objects.bulk_create(made, batch_size=500)
    UnitArea.objects.bulk_create(areas)
    api.changed()
    return len(made)


def tally(rows: Sequence[Division]) -> dict[str, int]:
    """How many divisions of each 建制类型 there are, for the loader's report."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.kind] = found.get(row.kind, 0) + 1
    return found
