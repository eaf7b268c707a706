"""Invented households, as many as wanted: for measuring, for comparing readings, never for a figure.

How they are distributed stands in synthetic.yaml. A column is made whole, by numpy, from one draw a row: its lowest
part says what is unknown, the rest what the value is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from jimin.domains.assistance.rules import rules
from jimin.engines.policy import columns
from jimin.engines.policy.formulas import Input
from jimin.engines.policy.units import Unit

ARROW = {"int64": pa.int64(), "string": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}
CHILD, OLD = 16, 60  # where the three columns of the distributions part
YEAR = 365.25  # days
FEN = 100
SHAPE = 2  # of the gamma distribution of amounts
LOSS = 1 / 30  # of business incomes
GROUP = 122_880  # rows of a Parquet group, as many as a DuckDB vector list


@lru_cache(maxsize=1)
def distributions() -> dict[str, Any]:
    """The file beside this one."""
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return content


def tables(count: int, divisions: Sequence[str], day: date, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """(households, persons) with every fact of the rules. `divisions` are six-digit county codes. The same seed, the same rows."""
    given, draw = distributions(), Draw(np.random.default_rng(seed))
    size = draw.pick(given["sizes"], count)
    owner = np.repeat(np.arange(count), size)
    place = np.arange(len(owner)) - np.repeat(np.r_[0, np.cumsum(size)[:-1]], size)
    households = {columns.ID: pa.array(np.arange(count))}
    households["division"] = draw.text(dict.fromkeys(divisions, 1 / len(divisions)), count)
    households["area"] = draw.text(given["areas"], count)
    for name, fact in rules.households.items():
        households[name] = _fact(draw, given["households"], name, fact, count)
    relation, ages = _family(draw, owner, place)
    group = (ages >= CHILD).astype("int8") + (ages >= OLD)
    persons = {columns.ID: pa.array(owner), "person_id": pa.array(np.arange(len(owner)))}
    for name, fact in rules.persons.items():
        if name == "relation":
            persons[name] = draw.hidden(relation, draw.rarely)
        elif name == "born":
            days = (ages * YEAR + draw.chance.integers(0, int(YEAR), len(owner))).astype("timedelta64[D]")
            persons[name] = draw.some(np.datetime64(day, "D") - days, draw.rarely)
        elif name == "disability_grade":
            persons[name] = _grade(draw, given["persons"]["texts"][name], persons["disability_kind"])
        else:
            persons[name] = _fact(draw, given["persons"], name, fact, len(owner), group)
    law = columns.schema_of(rules)
    return (
        pa.table(households, schema=_schema(law["household"], households)),
        pa.table(persons, schema=_schema(law["person"], persons)),
    )


def write(folder: Path, count: int, divisions: Sequence[str], day: date, seed: int = 1, piece: int = 1_000_000) -> int:
    """households.parquet and persons.parquet in a folder, a million households at a time. Returns how many persons."""
    folder.mkdir(parents=True, exist_ok=True)
    writers: list[pq.ParquetWriter] = []
    people = 0
    for number, start in enumerate(range(0, count, piece)):
        made = tables(min(piece, count - start), divisions, day, seed + number)
        shifted = [_shifted(t, {columns.ID: start, "person_id": people}) for t in made]
        people += shifted[1].num_rows
        if not writers:
            names = ("households", "persons")
            writers = [pq.ParquetWriter(folder / f"{n}.parquet", t.schema) for n, t in zip(names, shifted, strict=True)]
        for writer, table in zip(writers, shifted, strict=True):
            writer.write_table(table, row_group_size=GROUP)
    for writer in writers:
        writer.close()
    return people


def _shifted(table: pa.Table, by: Mapping[str, int]) -> pa.Table:
    for name, start in by.items():
        if start and name in table.column_names:
            moved = pa.array(table[name].to_numpy() + start)
            table = table.set_column(table.column_names.index(name), name, moved)
    return table


def _schema(types: dict[str, str], made: dict[str, Any]) -> pa.Schema:
    return pa.schema([(name, ARROW[types[name]]) for name in made])


class Draw:
    """Columns by chance."""

    def __init__(self, chance: np.random.Generator) -> None:
        given = distributions()
        self.chance = chance
        self.often, self.rarely = given["unknown"], given["rarely_unknown"]

    def uniform(self, count: int) -> Any:
        """A number between 0 and 1 for each row."""
        return self.chance.random(count, dtype="float32")

    def some(self, values: Any, unknown: float) -> pa.Array:
        """The values, a share of them unknown."""
        return pa.array(values, mask=self.uniform(len(values)) < unknown)

    def hidden(self, texts: pa.Array, unknown: float) -> pa.Array:
        """Texts, a share of them unknown."""
        shown = pa.array(np.arange(len(texts), dtype="int32"), mask=self.uniform(len(texts)) < unknown)
        return texts.take(shown)

    def _index(self, odds: Mapping[Any, float], count: int) -> Any:
        shares = np.cumsum(list(odds.values()), dtype="float64")
        return np.searchsorted((shares / shares[-1])[:-1].astype("float32"), self.uniform(count), "right").astype(
            "int8"
        )

    def pick(self, odds: Mapping[int, float], count: int) -> Any:
        """Numbers by their shares."""
        return np.array(list(odds), "int64")[self._index(odds, count)]

    def texts(self, odds: Mapping[str, float], count: int) -> pa.Array:
        """Texts by their shares."""
        return pa.array(list(odds), pa.string()).take(pa.array(self._index(odds, count)))

    def text(self, odds: Mapping[str, float], count: int) -> pa.Array:
        """Texts by their shares, a few unknown."""
        return self.hidden(self.texts(odds, count), self.rarely)

    def yes(self, share: Any, count: int) -> pa.Array:
        """Yes or no, a few unknown; the share is one number or one a row."""
        drawn = self.uniform(count)
        return pa.array(drawn > 1 - share, mask=drawn < self.rarely)

    def amount(self, share: Any, mean: float, count: int, losses: bool = False) -> pa.Array:
        """Amounts in fen, some unknown, most often nothing."""
        drawn = self.uniform(count)
        there = np.flatnonzero(drawn > 1 - share)
        made = self.chance.standard_gamma(SHAPE, len(there), dtype="float32") * (mean / SHAPE * FEN)
        if losses:
            made = np.where(self.uniform(len(there)) < LOSS, -made, made)
        values = np.zeros(count, "int64")
        values[there] = made
        return pa.array(values, mask=drawn < self.often)


def _fact(draw: Draw, given: dict[str, Any], name: str, fact: Input, count: int, group: Any = None) -> pa.Array:
    if name in given["amounts"]:
        share, mean = given["amounts"][name]
        return draw.amount(_by(share, group), mean, count, losses=name == "business_income")
    if name in given["counts"]:
        return draw.some(draw.pick(given["counts"][name], count), draw.often)
    if fact.unit is Unit.BOOL:
        return draw.yes(_by(given["shares"][name], group), count)
    return draw.text(given["texts"][name], count)


def _by(share: Any, group: Any) -> Any:
    return np.array(share, "float32")[group] if isinstance(share, list) else share


def _family(draw: Draw, owner: Any, place: Any) -> tuple[pa.Array, Any]:
    """Each person's relation to the applicant, and an age that fits it."""
    given, people = distributions(), len(owner)
    words = list(dict.fromkeys(["本人", *given["second"], *given["later"]]))
    codes = {word: code for code, word in enumerate(words)}
    drawn = {
        part: np.array([codes[w] for w in given[part]])[draw._index(given[part], people)]
        for part in ("second", "later")
    }
    code = np.where(place == 0, 0, np.where(place == 1, drawn["second"], drawn["later"])).astype("int8")
    low, high = np.zeros(people, "int16"), np.zeros(people, "int16")
    for word, (first, last) in {**given["ages"], **given["ages_apart"]}.items():
        low[code == codes[word]], high[code == codes[word]] = first, last
    ages = low + (draw.uniform(people) * (high - low + 1)).astype("int16")
    applicant = ages[place == 0][owner]  # households are numbered in the order of their applicants
    apart = np.isin(code, [codes[w] for w in given["ages_apart"]])
    return pa.array(words).take(pa.array(code)), np.clip(ages + np.where(apart, applicant, 0), 0, 105)


def _grade(draw: Draw, odds: Mapping[str, float], kinds: pa.Array) -> pa.Array:
    words = ["无", *odds]
    none = kinds.fill_null("无").to_numpy(zero_copy_only=False) == "无"
    code = np.where(none, 0, draw._index(odds, len(kinds)) + 1).astype("int8")
    return draw.hidden(pa.array(words).take(pa.array(code)), draw.rarely)
