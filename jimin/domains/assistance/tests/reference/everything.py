"""Every formula of the rule set by its name, in the second reading; each read once for a household."""

from __future__ import annotations

from typing import Any

from jimin.domains.assistance.tests.reference import dibao, family, income, others, tekun, wealth
from jimin.domains.assistance.tests.reference.answers import Unknown
from jimin.domains.assistance.tests.reference.case import House

PERSONS = {
    name: getattr(module, name)
    for module, names in {
        family: "age minor dependent not_counted is_member severely_disabled third_grade_of_mind",
        income: "counted_wage always_exempt exempt_transfers exempt_keep counted_transfers gross_income rigid_deduction"
        " own_income counted_income",
        wealth: "counted_assets",
        dibao: "alone_as_disabled alone_as_ill alone_as_jobless alone_as_clergy assets_limit_alone alone alone_amount",
        tekun: "unable_to_work stays_on means without_means unable_to_support owes_support tekun cares_for_oneself lost_self_care"
        " care_amount tekun_amount",
        others: "in_dibao_family living_subsidy care_subsidy living_subsidy_amount care_subsidy_amount",
    }.items()
    for name in names.split()
}
HOUSEHOLDS = {
    name: getattr(module, name)
    for module, names in {
        family: "family_size has_disabled_member has_old_member has_minor",
        income: "income",
        wealth: "assets assets_limit assets_within vehicle_within homes_within capital_within property_within",
        dibao: "income_line below_line dibao people_reduced dibao_full_amount dibao_amount below_marginal_line marginal"
        " people_alone alone_total tapering taper_amount monthly_payment",
        tekun: "nobody_supports tekun_standard_high_enough",
        others: "emergency_relief disposable_line expense_relief temporary_relief relief_base heating heating_amount",
    }.items()
    for name in names.split()
}


def answers(house: House) -> dict[tuple[str, int | None], Any]:
    """What the law says of a household and of each of its people: a value, or Unknown."""
    if not house.people:
        return {}
    found: dict[tuple[str, int | None], Any] = {(name, None): read(house) for name, read in HOUSEHOLDS.items()}
    for person in house.persons:
        found |= {(name, person.place): read(person) for name, read in PERSONS.items()}
    return found


def value(answer: Any) -> Any:
    """The value, or None where it is not known."""
    return None if isinstance(answer, Unknown) else int(answer) if not isinstance(answer, bool) else answer
