"""A scenario beside the law as it is: both over the same population in one pass each, and what differs.

Nothing here writes or guesses: a household on which the law has no answer is counted as undecided, before and after, and is
in no sum. Amounts are fen a period of the programme (`every`); the counts are of rows (households, or persons).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ibis

from jimin.engines.policy.columns import ID, PERSON, Province, Table
from jimin.engines.policy.law import InForce
from jimin.engines.policy.outcome import KINDS, UNKNOWN, Fact, Group, Kinds, Missing, Outcome
from jimin.engines.policy.programmes import Programme
from jimin.engines.policy.scalar import Household, Member, OneHousehold

Stage = Callable[[str], None]


def run(
    connection: Any,
    people: tuple[Table, Table],
    programme: Programme,
    laws: tuple[InForce, InForce],
    edges: Sequence[int],
    look: int = 0,
    stage: Stage = lambda name: None,
) -> Outcome:
    """Compare two laws over a population.

    Args: connection (DuckDB), people (households, persons) of it, laws before and after, edges of the distribution (fen,
    rising), look: how many undecided rows are read one by one for what they lack. `stage` is told what begins.
    """
    outputs = [programme.decision, *([programme.amount] if programme.amount else [])]
    kinds = KINDS.get(programme.domain.name)
    marks = [kinds.size, *kinds.marks] if kinds else []
    stage("before")
    before = Province(laws[0], [*outputs, *marks], _stored(connection)).read(*people)
    stage("after")
    after = Province(laws[1], outputs, _stored(connection)).read(*people)
    stage("compare")
    rows = _rows(people, before, after, programme, marks)
    table = connection.create_table(ibis.util.gen_name("compared"), rows, temp=True)
    steps, ground = _steps(table, edges), laws[0].variables[programme.decision].grounds
    return Outcome(
        total=next(_groups(table, ibis.literal("all"))),
        counties=tuple(_groups(table, table.division.fill_null(UNKNOWN))),
        areas=tuple(_groups(table, table.area.fill_null(UNKNOWN))),
        sizes=tuple(_groups(table, _size(table, kinds))) if kinds else (),
        marks=tuple(_marked(table, kinds)) if kinds else (),
        steps=steps,
        grounds=_missing(table, [g.words for g in ground]),
        facts=_facts(table, people, programme, laws[0], look) if look else (),
        looked=min(look, int(table.filter(table.u0).count().execute())) if look else 0,
        edges=tuple(edges),
    )


def _stored(connection: Any) -> Callable[[str, Table], Table]:
    """What stands between two phases is kept, so that nothing is computed twice."""
    return lambda name, table: connection.create_table(ibis.util.gen_name(name), table, temp=True)


def _rows(
    people: tuple[Table, Table],
    before: tuple[Table, Table],
    after: tuple[Table, Table],
    programme: Programme,
    marks: Sequence[str],
) -> Table:
    """One row a household or person: its place, its kinds, its answer and amount under both laws."""
    by_person = programme.row == "person"
    key, which = (PERSON, 1) if by_person else (ID, 0)

    def answers(table: Table, n: int) -> dict[str, Any]:
        answer = table[programme.decision]
        amount = table[programme.amount] if programme.amount else ibis.literal(0, "int64")
        undecided = answer.isnull() | ((answer == True) & amount.isnull())  # noqa: E712
        paid = (answer & ~undecided).fill_null(False)
        return {
            f"u{n}": undecided.fill_null(True),
            f"a{n}": paid,
            f"m{n}": ibis.ifelse(paid, amount, 0).fill_null(0).cast("int64"),
            f"w{n}": table[f"{programme.decision}__missing"],
        }

    own = [key, ID] if by_person else [key]
    left = before[which].select(*own, **answers(before[which], 0))
    right = after[which].select(key, **answers(after[which], 1))
    rows = left.left_join(right, [key]).drop(f"{key}_right")
    homes = before[0].select(ID, *marks)
    places = people[0].select(ID, "division", "area").left_join(homes, [ID]).drop(f"{ID}_right")
    return rows.left_join(places, [ID]).drop(f"{ID}_right")


def _groups(table: Table, key: Any) -> Iterator[Group]:
    paid0, paid1, u0, u1 = table.a0, table.a1, table.u0, table.u1
    known, more = ~u0 & ~u1, table.m1 - table.m0
    both = known & paid0 & paid1

    def count(condition: Any) -> Any:
        return condition.sum().fill_null(0)

    asked = {
        "rows": table.count(),
        "paid0": count(paid0),
        "paid1": count(paid1),
        "entrants": count(known & ~paid0 & paid1),
        "leavers": count(known & paid0 & ~paid1),
        "gain": count(both & (more > 0)),
        "loss": count(both & (more < 0)),
        "undecided0": count(u0),
        "undecided1": count(u1),
        "resolved": count(u0 & ~u1),
        "cost0": table.m0.sum(),
        "cost1": table.m1.sum(),
        "gained": ibis.ifelse(known & (more > 0), more, 0).sum(),
        "lost": ibis.ifelse(known & (more < 0), -more, 0).sum(),
    }
    found = table.group_by(key=key).agg(**asked).order_by("key").to_pyarrow().to_pylist()
    for row in found:
        yield Group(str(row.pop("key")), **{name: int(value or 0) for name, value in row.items()})


def _size(table: Table, kinds: Kinds) -> Any:
    size = table[kinds.size]
    return ibis.ifelse(size >= kinds.largest, kinds.largest, size).cast("string").fill_null(UNKNOWN)


def _marked(table: Table, kinds: Kinds) -> Iterator[Group]:
    for name in kinds.marks:
        yield from _groups(table.filter(table[name]), ibis.literal(name))


def _steps(table: Table, edges: Sequence[int]) -> tuple[Fact, ...]:
    """How many of those who get before and after lie between the edges; the middle is 不变."""
    kept = table.filter(~table.u0 & ~table.u1 & table.a0 & table.a1)
    more = kept.m1 - kept.m0
    low = [-e for e in reversed(edges)]
    bounds = [*low, 0, *edges]  # … (-e2,-e1] (-e1,0) 0 (0,e1) [e1,e2) …
    step = ibis.literal(0, "int64")
    for edge in low:
        step = step + (more > edge).cast("int64")
    step = step + (more >= 0).cast("int64") + (more > 0).cast("int64")
    for edge in edges:
        step = step + (more >= edge).cast("int64")
    found = kept.group_by(step=step).agg(n=kept.count()).to_pyarrow().to_pylist()
    by = {row["step"]: row["n"] for row in found}
    return tuple(Fact(str(i), int(by.get(i, 0))) for i in range(len(bounds) + 2))


def _missing(table: Table, words: Sequence[str]) -> tuple[Missing, ...]:
    asked = {}
    for n in (0, 1):
        for i in range(len(words)):
            waits = table[f"u{n}"] & ((table[f"w{n}"] & (1 << i)) != 0)
            asked[f"n{n}_{i}"] = waits.sum().fill_null(0)
    row = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    found = (Missing(w, int(row[f"n0_{i}"] or 0), int(row[f"n1_{i}"] or 0)) for i, w in enumerate(words))
    return tuple(sorted((m for m in found if m.before or m.after), key=lambda m: -m.before))


def _facts(
    table: Table, people: tuple[Table, Table], programme: Programme, law: InForce, look: int
) -> tuple[Fact, ...]:
    """What undecided rows lack, read one by one: the columns say which ground waits, only the single reading says for what."""
    by_person = programme.row == "person"
    chosen = table.filter(table.u0).order_by(PERSON if by_person else ID).limit(look)
    wanted = chosen.to_pyarrow().to_pylist()
    ids = list({row[ID] for row in wanted})
    homes = {r[ID]: r for r in people[0].filter(people[0][ID].isin(ids)).to_pyarrow().to_pylist()} if ids else {}
    members: dict[Any, list[dict[str, Any]]] = {}
    if ids:
        for person in people[1].filter(people[1][ID].isin(ids)).order_by(PERSON).to_pyarrow().to_pylist():
            members.setdefault(person[ID], []).append(person)
    counts: dict[str, int] = {}
    for row in wanted:
        home, mine = homes[row[ID]], members.get(row[ID], [])
        reading = OneHousehold(law, Household(home, [Member("", m) for m in mine], home["division"], home["area"]))
        who = next((i for i, m in enumerate(mine) if m[PERSON] == row.get(PERSON)), None) if by_person else None
        needs = reading.ask(programme.decision, who).missing
        if not needs and programme.amount:
            needs = reading.ask(programme.amount, who).missing
        for name in {need.name for need in needs}:
            counts[name] = counts.get(name, 0) + 1
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Fact(title(law, name), n) for name, n in found)


def title(law: InForce, need: str) -> str:
    """What is missing, in the words of the law."""
    path = need.removeprefix("law.")
    if path != need:
        return f"参数：{law.parameters.items[path].title}"
    words = {"division": "所在县（市、区）", "area": "城镇或农村", "members": "家庭成员"}
    return words.get(need) or law.title(need)
