"""What of the records goes into the lake: a table, column by column, declared by the room that knows them.

    declare(Table("persons", Person, {
        "person_id": key("party_id", "party"),
        "county": place("county"),
        "sex": option("sex", *Sex.values),
        "birth": day("birth"),
    }))

There is no kind for free text. A text must be one of a closed list, a place is none below a town, a key becomes
a pseudonym; what does not fit is withheld on the way (`snapshot`), and the manifest says how often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from jimin.core.secrets.fields import SealedField

#: A division's code below a town has digits here (the village's three).
BELOW_TOWN = 9


class Kind(StrEnum):
    """What a column may hold, and so how it is carried over."""

    KEY = "key"
    PLACE = "place"
    OPTION = "option"
    DATE = "date"
    NUMBER = "number"
    TRUTH = "truth"


#: The fields of a model that each kind can be taken from.
FITTING: dict[Kind, tuple[type[models.Field], ...]] = {
    Kind.KEY: (models.UUIDField, models.ForeignKey, models.OneToOneField),
    Kind.PLACE: (models.CharField,),
    Kind.OPTION: (models.CharField,),
    Kind.DATE: (models.DateField,),
    Kind.NUMBER: (models.IntegerField,),
    Kind.TRUTH: (models.BooleanField,),
}


class Undeclarable(ValueError):
    """A column that must not go into the lake, or cannot."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the model's column it comes from. `of`: whose key it is, so that the same record is the same everywhere."""

    source: str
    kind: Kind
    of: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the lake: rows of one model, its columns, and which rows (an SQL condition on the model's table, or all)."""

    name: str
    model: type[models.Model]
    columns: Mapping[str, Column]
    where: str = ""
    unique: str = field(default="")  # the column that names a row, checked in every snapshot

    @property
    def select(self) -> str:
        """The statement that reads it: the declared columns and nothing else."""
        columns = ", ".join(f'"{c.source}" AS "{name}"' for name, c in self.columns.items())
        condition = f" WHERE {self.where}" if self.where else ""
        return f'SELECT {columns} FROM "{self.model._meta.db_table}"{condition}'  # noqa: S608 - declared in code


def key(source: str, of: str) -> Column:
    """A record's key, as a pseudonym."""
    return Column(source, Kind.KEY, of)


def place(source: str) -> Column:
    """A division's code, a town's at the finest."""
    return Column(source, Kind.PLACE)


def option(source: str, *options: str) -> Column:
    """One of these texts."""
    return Column(source, Kind.OPTION, options=tuple(o for o in options if o))


def day(source: str) -> Column:
    """A date."""
    return Column(source, Kind.DATE)


def number(source: str) -> Column:
    """A whole number (fen, years, a count)."""
    return Column(source, Kind.NUMBER)


def truth(source: str) -> Column:
    """Yes or no."""
    return Column(source, Kind.TRUTH)


TABLES: dict[str, Table] = {}


def declare(table: Table) -> Table:
    """Make a table known. Raises Undeclarable."""
    if TABLES.get(table.name, table) is not table:
        raise Undeclarable(f"lake table {table.name!r} is declared twice")
    for name, column in table.columns.items():
        _check(table, name, column)
    if table.unique and table.unique not in table.columns:
        raise Undeclarable(f"{table.name}: no column {table.unique!r}")
    TABLES[table.name] = table
    return table


def _check(table: Table, name: str, column: Column) -> None:
    where = f"{table.name}.{name}"
    sealed = {f"{s}_{part}" for s, v in _attributes(table.model) if isinstance(v, SealedField) for part in SEALED}
    if column.source in sealed:
        raise Undeclarable(f"{where}: {column.source} is sealed and has no place in the lake")
    try:
        found = next(f for f in table.model._meta.concrete_fields if f.column == column.source)
    except StopIteration:
        raise FieldDoesNotExist(f"{where}: {table.model.__name__} has no column {column.source!r}") from None
    if not isinstance(found, FITTING[column.kind]):
        allowed = ", ".join(t.__name__ for t in FITTING[column.kind])
        raise Undeclarable(f"{where}: {column.kind} is taken from {allowed}, not {type(found).__name__}")
    if column.kind is Kind.OPTION and not column.options:
        raise Undeclarable(f"{where}: a text needs its closed list of options")
    if column.kind is Kind.PLACE and column.source == "village":
        raise Undeclarable(f"{where}: a place below the town")
    if column.kind is Kind.KEY and not column.of:
        raise Undeclarable(f"{where}: whose key is it?")


SEALED = ("sealed", "token")


def _attributes(model: type[models.Model]) -> list[tuple[str, object]]:
    return [(name, value) for base in model.__mro__ for name, value in vars(base).items()]
