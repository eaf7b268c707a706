"""The demo's cast is well formed, and loading it twice changes nothing."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings as django_settings

from jimin.core.access.scope import working_as
from jimin.core.audit.models import AuditRow
from jimin.core.divisions.loading import read_divisions
from jimin.core.parties import api
from jimin.core.parties.cast import CastError, load_cast
from jimin.core.parties.models import Household
from jimin.core.parties.tests.conftest import VILLAGE
from jimin.core.secrets.numbers import citizen

CAST = Path(django_settings.PACK) / "demo" / "cast.yaml"


@pytest.fixture
def cast_here(tmp_path) -> Path:
    """The pack's cast, moved into the test's one village."""
    content = yaml.safe_load(CAST.read_text("utf-8"))
    for household in content["households"]:
        household["division"] = VILLAGE
    file = tmp_path / "cast.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return file


def test_every_id_of_the_cast_is_well_formed_and_can_belong_to_nobody():
    content = yaml.safe_load(CAST.read_text("utf-8"))
    assert content["demo"] is True
    numbers = [p["id_number"] for h in content["households"] for p in [*h["members"], *h.get("relatives", ())]]
    assert len(numbers) == len(set(numbers)) == 22
    for number in numbers:
        said = citizen(number)
        # Sequence 996 to 999 was kept for those over a hundred.
        assert number[14:17] in {"996", "997", "998", "999"}
        assert said.birth > date(1923, 10, 10)


def test_every_household_of_the_cast_lives_in_a_village_of_the_county_whose_clerk_registers_it():
    divisions = {d.code: d for d in read_divisions(CAST.parents[1] / "divisions.csv", "测试")}
    demo = yaml.safe_load((CAST.parent / "demo.yaml").read_text("utf-8"))
    accounts = yaml.safe_load((CAST.parent / "accounts.yaml").read_text("utf-8"))["people"]
    (clerk,) = (p for p in accounts if p["username"] == demo["households"]["by"])
    assert clerk["role"] == "county_clerk"
    for household in yaml.safe_load(CAST.read_text("utf-8"))["households"]:
        village = divisions[household["division"]]
        county = divisions[divisions[village.parent_code].parent_code]
        assert (village.level, county.code[:6]) == ("village", clerk["unit"]), household["key"]


def test_the_cast_is_loaded_once_through_the_action(county, cast_here):
    first = load_cast(cast_here, county)
    rows = AuditRow.objects.count()
    assert load_cast(cast_here, county) == first
    assert AuditRow.objects.count() == rows
    with working_as(county):
        assert Household.objects.count() == len(first) == 10
        wangs = Household.objects.get(pk=first["wang-guilan"])
        told = [(m.person.name, m.person.sex, api.age(m.person), m.person.disability) for m in api.members(wangs)]
        assert told == [
            ("王桂兰", "女", 67, ""),
            ("李福田", "男", 70, "肢体二级"),
            ("李小军", "男", 38, "智力二级"),
        ]
        (son,) = api.relatives(wangs.head)
        assert (son.relative.name, api.age(son.relative)) == ("李明", 41)


def test_a_household_that_cannot_be_registered_is_named(county, cast_here):
    cast_here.write_text(cast_here.read_text("utf-8").replace("220122195608149960", "220122195608149961"), "utf-8")
    with pytest.raises(CastError, match="wang-guilan.*校验位"):
        load_cast(cast_here, county)


def test_a_file_without_households_is_named(county, tmp_path):
    (tmp_path / "x.yaml").write_text("people: []")
    with pytest.raises(CastError, match="x.yaml"):
        load_cast(tmp_path / "x.yaml", county)
