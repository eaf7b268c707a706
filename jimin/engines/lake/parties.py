"""People and households in the lake: who they are, as pseudonyms, where they live down to the town, and since when."""

from jimin.core.parties.models import Household, HouseholdMember, Kinship, Person, Relation, Sex
from jimin.engines.lake.tables import Table, day, declare, key, option, place

PARTY = "party"
#: The classes and grades of a disability card (GB/T 26341), as the register of people writes them together.
DISABILITIES = tuple(
    f"{kind}{grade}"
    for kind in ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
    for grade in ("一级", "二级", "三级", "四级")
)
PLACES = {name: place(name) for name in ("prefecture", "county", "town")}
#: A record that was merged into another one is that other one.
STAYED = "NOT EXISTS (SELECT 1 FROM parties_party p WHERE p.id = party_id AND p.merged_into_id IS NOT NULL)"

PERSONS = declare(
    Table(
        "persons",
        Person,
        {
            "person_id": key("party_id", PARTY),
            **PLACES,
            "sex": option("sex", *Sex.values),
            "birth": day("birth"),
            "died_on": day("died_on"),
            "disability": option("disability", *DISABILITIES),
        },
        STAYED,
        "person_id",
    )
)
HOUSEHOLDS = declare(
    Table("households", Household, {"household_id": key("party_id", PARTY), **PLACES}, STAYED, "household_id")
)
BETWEEN = {"valid_from": day("valid_from"), "valid_to": day("valid_to")}
MEMBERS = declare(
    Table(
        "members",
        HouseholdMember,
        {
            "household_id": key("household_id", PARTY),
            "person_id": key("person_id", PARTY),
            "relation": option("relation", *Relation.values),
            **BETWEEN,
        },
    )
)
KIN = declare(
    Table(
        "kin",
        Kinship,
        {
            "person_id": key("person_id", PARTY),
            "relative_id": key("relative_id", PARTY),
            "relation": option("relation", *Relation.values),
            **BETWEEN,
        },
    )
)
