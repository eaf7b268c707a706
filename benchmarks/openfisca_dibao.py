"""The 低保 set once more, hand-written for OpenFisca-core 46: what bench_policy.py runs beside our own reading.

    python openfisca_dibao.py FOLDER PARAMETERS.json OUT       (in an environment that has openfisca-core and pyarrow)

FOLDER holds households.parquet and persons.parquet. OpenFisca has no null: an unknown fact takes the variable's default,
nothing, no, or the commonest text, as a model written for it would do. Money is whole fen; texts are codes.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2023-03"
TODAY = np.datetime64("2023-03-06")
BORN = datetime.date(1980, 1, 1)  # of whom it is not known
CODES = {
    "relation": ("其他", "本人", "配偶", "子女", "父母", "祖父母", "孙子女", "兄弟姐妹"),
    "schooling": ("不在学", "义务教育", "普通高中或中等职业学校", "全日制专科或本科", "其他"),
    "whereabouts": ("正常", "监狱服刑", "强制隔离戒毒", "宣告失踪", "死亡"),
    "disability_kind": ("无", "视力", "听力", "言语", "肢体", "智力", "精神", "多重"),
    "disability_grade": ("无", "一级", "二级", "三级", "四级"),
    "area": ("城镇", "农村"),
}
SELF, SPOUSE, CHILD = 1, 2, 3
MIND, SPIRIT, SEVERAL = 5, 6, 7
MONEY = [
    "wage",
    "work_costs",
    "business_income",
    "property_income",
    "transfers_in",
    "transfers_out",
    "preferential",
    "family_planning",
    "scholarship",
    "bravery",
    "relief",
    "disability_subsidies",
    "basic_pension",
    "locally_exempt",
    "kept_by_kin",
    "other_income",
    "rigid_spending",
    "savings",
    "investments",
]
PERSON_BOOLS = [
    "duty_of_support",
    "lives_together",
    "lives_independently",
    "serious_illness",
    "employed",
    "several_of_mind",
]
PERSON_INTS = ["clergy_years", "refusals"]
HOUSEHOLD_BOOLS = ["applicant_local", "vehicle_needed", "on_dibao", "over_line_through_work"]
HOUSEHOLD_INTS = ["vehicles", "vehicle_value", "homes", "business_capital", "months_over_line", "last_amount"]
OUTPUTS = {
    "household": [
        "dibao",
        "dibao_amount",
        "marginal",
        "people_alone",
        "alone_total",
        "tapering",
        "taper_amount",
        "monthly_payment",
    ],
    "person": ["alone", "alone_amount"],
}
ONE = 10_000  # a share of 1

Person = build_entity("person", "persons", "", is_person=True)
Household = build_entity("household", "households", "", roles=[{"key": "member", "plural": "members"}])
SYSTEM = TaxBenefitSystem([Person, Household])
LAW: dict[str, int] = {}  # the day's parameters: path → stored value
STANDARD = np.zeros(0, "int64")  # by zone: division and area


def fact(name, entity, kind):
    """An input variable."""
    SYSTEM.add_variable(type(name, (Variable,), {"value_type": kind, "entity": entity, "definition_period": MONTH}))


def formula(entity, kind):
    """A variable with its formula, from a function (population, period)."""

    def add(body):
        fields = {"value_type": kind, "entity": entity, "definition_period": MONTH}
        fields["formula"] = lambda population, period: body(population, period)
        SYSTEM.add_variable(type(body.__name__, (Variable,), fields))
        return body

    return add


def long(values):
    """Products of amounts and shares pass 32 bits."""
    return values.astype("int64")


def up(amount, step):
    """Up to a multiple of the step."""
    return -(-amount // step) * step


for each in MONEY + PERSON_INTS:
    fact(each, Person, int)
for each in PERSON_BOOLS:
    fact(each, Person, bool)
for each in ("relation", "schooling", "whereabouts", "disability_kind", "disability_grade"):
    fact(each, Person, int)
fact("born", Person, datetime.date)
for each in HOUSEHOLD_INTS + ["zone"]:
    fact(each, Household, int)
for each in HOUSEHOLD_BOOLS:
    fact(each, Household, bool)


# -- the family ---------------------------------------------------------------------------------
@formula(Person, int)
def age(p, period):
    born = p("born", period)
    years = born.astype("datetime64[Y]")
    months = born.astype("datetime64[M]")
    day = (months - years).astype(int) * 100 + (born.astype("datetime64[D]") - months).astype(int)
    today = TODAY.astype("datetime64[M]")
    mark = (today - TODAY.astype("datetime64[Y]")).astype(int) * 100 + (TODAY - today).astype(int)
    return TODAY.astype("datetime64[Y]").astype(int) - years.astype(int) - (mark < day)


@formula(Person, bool)
def minor(p, period):
    return p("age", period) < LAW["family.adult_age"]


@formula(Person, bool)
def dependent(p, period):
    schooling = p("schooling", period)
    at_school = (schooling >= 1) & (schooling <= 3)
    return at_school | ~p("lives_independently", period)


@formula(Person, bool)
def not_counted(p, period):
    return (p("clergy_years", period) >= LAW["family.clergy_years"]) | (p("whereabouts", period) != 0)


@formula(Person, bool)
def is_member(p, period):
    relation = p("relation", period)
    child = (relation == CHILD) & (p("minor", period) | p("dependent", period))
    together = p("duty_of_support", period) & p("lives_together", period)
    return ~p("not_counted", period) & ((relation == SELF) | (relation == SPOUSE) | child | together)


@formula(Household, int)
def family_size(h, period):
    return h.sum(h.members("is_member", period))


@formula(Person, bool)
def severely_disabled(p, period):
    grade = p("disability_grade", period)
    return (p("disability_kind", period) != 0) & ((grade == 1) | (grade == 2))


@formula(Person, bool)
def third_grade_of_mind(p, period):
    kind = p("disability_kind", period)
    several = (kind == SEVERAL) & p("several_of_mind", period)
    return ((kind == MIND) | (kind == SPIRIT) | several) & (p("disability_grade", period) == 3)


# -- income -------------------------------------------------------------------------------------
@formula(Person, int)
def counted_wage(p, period):
    wage, costs = p("wage", period), p("work_costs", period)
    step = LAW["income.step"]
    allowed = long(wage) * LAW["income.work_cost_share"] // (ONE * step) * step
    return wage - np.where(costs == 0, 0, np.minimum(costs, allowed))


@formula(Person, int)
def always_exempt(p, period):
    rewards = p("preferential", period) + p("family_planning", period) + p("scholarship", period) + p("bravery", period)
    return rewards + p("relief", period) + p("disability_subsidies", period) + p("locally_exempt", period)


@formula(Person, int)
def exempt_transfers(p, period):
    return p("always_exempt", period) + p("basic_pension", period)


@formula(Person, int)
def exempt_keep(p, period):
    kept_by_kin = p("kept_by_kin", period)
    kept = p("severely_disabled", period) & ~p("minor", period) & ~p("employed", period)
    step = LAW["income.step"]
    share = long(kept_by_kin) * LAW["income.kin_exempt_share"] // (ONE * step) * step
    return np.where(kept & (kept_by_kin > 0), share, 0)


@formula(Person, int)
def counted_transfers(p, period):
    left = p("transfers_in", period) - p("exempt_transfers", period) - p("exempt_keep", period)
    return left - p("transfers_out", period)


@formula(Person, int)
def gross_income(p, period):
    earned = p("counted_wage", period) + p("business_income", period) + p("property_income", period)
    return earned + p("counted_transfers", period) + p("other_income", period)


@formula(Person, int)
def rigid_deduction(p, period):
    spending = p("rigid_spending", period)
    return np.where(spending > 0, np.minimum(spending, LAW["income.rigid_limit"]), 0)


@formula(Person, int)
def own_income(p, period):
    return p("gross_income", period) - p("rigid_deduction", period)


@formula(Person, int)
def counted_income(p, period):
    return np.where(p("is_member", period), p("own_income", period), 0)


@formula(Household, int)
def income(h, period):
    return np.maximum(h.sum(h.members("counted_income", period)), 0)


# -- property -----------------------------------------------------------------------------------
@formula(Person, int)
def counted_assets(p, period):
    return np.where(p("is_member", period), p("savings", period) + p("investments", period), 0)


@formula(Household, int)
def assets(h, period):
    return h.sum(h.members("counted_assets", period))


@formula(Household, bool)
def assets_within(h, period):
    limit = STANDARD[h("zone", period)] * LAW["property.months_of_standard"] * h("family_size", period)
    return h("assets", period) <= limit


@formula(Household, bool)
def vehicle_within(h, period):
    vehicles = h("vehicles", period)
    few = vehicles <= LAW["property.vehicles"]
    cheap = h("vehicle_value", period) <= LAW["property.vehicle_value"]
    return (vehicles == 0) | (h("vehicle_needed", period) & few & cheap)


@formula(Household, bool)
def homes_within(h, period):
    return h("homes", period) <= LAW["property.homes"]


@formula(Household, bool)
def capital_within(h, period):
    capital = h("business_capital", period)
    return (capital == 0) | (capital <= LAW["property.business_capital"])


@formula(Household, bool)
def property_within(h, period):
    within = h("assets_within", period) & h("vehicle_within", period)
    return within & h("homes_within", period) & h("capital_within", period)


# -- 低保, 边缘家庭 -----------------------------------------------------------------------------
@formula(Household, int)
def income_line(h, period):
    return STANDARD[h("zone", period)] * h("family_size", period)


@formula(Household, bool)
def below_line(h, period):
    return h("income", period) < h("income_line", period)


@formula(Household, bool)
def dibao(h, period):
    return h("applicant_local", period) & h("below_line", period) & h("property_within", period)


@formula(Household, int)
def people_reduced(h, period):
    refused = h.members("refusals", period) >= LAW["dibao.refusals"]
    return h.sum(h.members("is_member", period) & ~h.members("employed", period) & refused)


@formula(Household, int)
def dibao_full_amount(h, period):
    return np.where(h("dibao", period), h("income_line", period) - h("income", period), 0)


@formula(Household, int)
def dibao_amount(h, period):
    full, size, reduced = h("dibao_full_amount", period), h("family_size", period), h("people_reduced", period)
    step = LAW["dibao.step"] * ONE
    kept = np.where(size == 0, 0, long(full) * (size - reduced) * ONE // np.maximum(size, 1))
    return up(kept, step) // ONE


@formula(Household, bool)
def marginal(h, period):
    below = long(h("income", period)) * ONE < long(h("income_line", period)) * LAW["dibao.marginal_ratio"]
    return h("applicant_local", period) & ~h("dibao", period) & below & h("property_within", period)


# -- 单人保 ---------------------------------------------------------------------------------------
@formula(Person, bool)
def alone(p, period):
    standard = STANDARD[p.household("zone", period)]
    poor = p("own_income", period) < standard
    member, severe = p("is_member", period), p("severely_disabled", period)
    hard = severe | p("third_grade_of_mind", period) | p("serious_illness", period)
    in_marginal = p.household("marginal", period) & member & hard
    jobless = ~p("minor", period) & ~p("employed", period) & severe
    clergy = p("clergy_years", period) >= LAW["family.clergy_years"]
    few = p("savings", period) + p("investments", period) <= standard * LAW["property.months_of_standard"]
    covered = member & (p.household("dibao", period) | p.household("tapering", period))
    here = p.household("applicant_local", period) & (p("whereabouts", period) == 0)
    return here & ~covered & (in_marginal | jobless | clergy) & poor & (in_marginal | few)


@formula(Person, int)
def alone_amount(p, period):
    gap = STANDARD[p.household("zone", period)] - np.maximum(p("own_income", period), 0)
    return np.where(p("alone", period), up(gap, LAW["dibao.step"]), 0)


@formula(Household, int)
def people_alone(h, period):
    return h.sum(h.members("alone", period))


@formula(Household, int)
def alone_total(h, period):
    return h.sum(h.members("alone_amount", period))


# -- 渐退 -----------------------------------------------------------------------------------------
@formula(Household, bool)
def tapering(h, period):
    over = h("on_dibao", period) & ~h("below_line", period) & h("over_line_through_work", period)
    return over & (h("months_over_line", period) <= LAW["dibao.taper_months"]) & h("property_within", period)


@formula(Household, int)
def taper_amount(h, period):
    step = LAW["dibao.step"]
    share = long(h("last_amount", period)) * LAW["dibao.taper_share"] // (ONE * step) * step
    return np.where(h("tapering", period), share, 0)


@formula(Household, int)
def monthly_payment(h, period):
    return h("dibao_amount", period) + h("alone_total", period) + h("taper_amount", period)


# -- in and out -----------------------------------------------------------------------------------
def column(table, name, fill):
    """A column with nothing unknown in it."""
    return pc.fill_null(table[name], fill).to_numpy()


def coded(table, name):
    """Texts as their codes; an unknown one as the first."""
    words = table[name].combine_chunks().dictionary_encode()
    codes = np.array([CODES[name].index(w) for w in words.dictionary.to_pylist()], "int32")
    found = codes[words.indices.fill_null(0).to_numpy(zero_copy_only=False)]
    found[words.indices.is_null().to_numpy(zero_copy_only=False)] = 0
    return found


def zones(households, standards):
    """Each household's zone: the number of its division and area in the list of standards; fills STANDARD."""
    global STANDARD
    STANDARD = np.array([value for _, _, value in standards], "int64")
    known = [f"{division}{area}" for division, area, _ in standards]
    first = households["division"].combine_chunks().fill_null(standards[0][0])
    both = pc.binary_join_element_wise(first, households["area"].combine_chunks().fill_null("城镇"), "")
    words = both.dictionary_encode()
    return np.array([known.index(w) for w in words.dictionary.to_pylist()])[words.indices.to_numpy()]


def load(folder, standards):
    """The simulation with every fact set."""
    persons = pq.read_table(
        folder / "persons.parquet",
        columns=["household_id", "born", *MONEY, *PERSON_INTS, *PERSON_BOOLS, *(c for c in CODES if c != "area")],
    )
    households = pq.read_table(
        folder / "households.parquet", columns=["division", "area", *HOUSEHOLD_INTS, *HOUSEHOLD_BOOLS]
    )
    builder = SimulationBuilder()
    builder.create_entities(SYSTEM)
    builder.declare_person_entity("person", range(len(persons)))
    entity = builder.declare_entity("household", range(len(households)))
    builder.join_with_persons(entity, persons["household_id"].to_numpy(), np.zeros(len(persons), "int8"))
    simulation = builder.build(SYSTEM)
    for table, numbers, truths in (
        (persons, MONEY + PERSON_INTS, PERSON_BOOLS),
        (households, HOUSEHOLD_INTS, HOUSEHOLD_BOOLS),
    ):
        for name in numbers:
            simulation.set_input(name, PERIOD, column(table, name, 0))
        for name in truths:
            simulation.set_input(name, PERIOD, column(table, name, False))
    for name in CODES:
        if name != "area":
            simulation.set_input(name, PERIOD, coded(persons, name))
    simulation.set_input("born", PERIOD, column(persons, "born", BORN).astype("datetime64[D]"))
    simulation.set_input("zone", PERIOD, zones(households, standards))
    return simulation


def main():
    """Load, calculate, write; a line of JSON."""
    folder, given, out = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    LAW.update(given["law"])
    began = time.perf_counter()
    simulation = load(folder, given["standards"])
    loaded = time.perf_counter()
    found = {n: simulation.calculate(n, PERIOD) for names in OUTPUTS.values() for n in names}
    calculated = time.perf_counter()
    for row, names in OUTPUTS.items():
        pq.write_table(pa.table({n: found[n] for n in names}), out / f"{row}s.parquet")
    written = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    steps = {"load": loaded - began, "calculate": calculated - loaded, "write": written - calculated}
    print(json.dumps({**steps, "peak": peak}))


if __name__ == "__main__":
    main()
