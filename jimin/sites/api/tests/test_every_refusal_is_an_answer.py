"""401, 403, 404, 409, 422 and 400 have one shape, say what to do, and leave nothing behind."""

import json
from datetime import date

import pytest
from django.test import Client

from jimin.core.access import tokens
from jimin.core.access.models import ApiToken
from jimin.domains.planning.models import LedgerItem, Report
from jimin.sites.api.tests.conftest import Caller
from jimin.sites.api.urls import ACTIONS


def answer(response, status):
    assert response.status_code == status, response.content
    body = json.loads(response.content)
    assert set(body) == {"message", "next_step", "problems", "differences"}
    assert body["message"]
    return body


def rows(*divisions, name="食堂"):
    found = [{"name": f"{name}{n}", "division": d, "since": "2023-09-05"} for n, d in enumerate(divisions)]
    return {"indicator": "elder.canteens", "rows": found}


def test_without_a_token_or_with_an_unknown_one(cast):
    for headers in ({}, {"Authorization": "Bearer jm_x"}, {"Authorization": "Basic eDp4"}):
        assert "令牌" in answer(Client().get("/api/v1/units", headers=headers), 401)["message"]


def test_with_a_revoked_token(county, cast):
    tokens.RevokeToken.perform(cast.actor("yunwei"), {"token": ApiToken.objects.get().pk})
    answer(county.get("units"), 401)


def test_what_the_token_was_not_given(cast):
    reader = Caller(cast, "liu.min", ["planning.read"])
    answer(reader.act("planning.item.register", rows("220122101000")), 403)
    writer = Caller(cast, "liu.min", ["planning.item.register"])
    answer(writer.get("units"), 403)


def test_what_does_not_exist_or_lies_outside(county, cast):
    answer(county.get("plans/1999"), 404)
    answer(county.get("indicators/no.such/months"), 404)
    answer(county.get("indicators/elder.canteens/months", unit="220182"), 404)
    other = cast.task("elder.nursing_beds").assignments.get(unit__code="220182")
    row = {"assignment": other.pk, "numerator": 1, "denominator": 2, "evidence": [cast.proof()]}
    answer(county.act("planning.report.file", {"period": "2023-09-01", "rows": [row]}), 404)


def test_an_older_version_says_who_changed_what(county, cast):
    item = cast.registered("liu.min")
    change = {"item": item.pk, "version": 1, "quantity": 2}
    assert county.act("planning.item.update", change).status_code == 200
    (difference,) = [
        d for d in answer(county.act("planning.item.update", change), 409)["differences"] if d["field"] == "quantity"
    ]
    assert "刘敏" in difference["by"]


def test_a_wrong_input_names_its_field(county):
    body = answer(county.act("planning.item.register", {"indicator": "elder.canteens", "colour": 1}), 422)
    assert {p["field"].split(".")[-1] for p in body["problems"]} == {"rows", "colour"}


def test_a_refusal_by_the_action_names_the_row_and_rolls_back(county):
    body = answer(county.act("planning.item.register", rows("220122101000", "220182101000")), 422)
    assert [p["field"] for p in body["problems"]] == ["rows.1.division"]
    assert not LedgerItem.objects.exists()


@pytest.mark.parametrize("body", ["{", "[1,2", b"\xff\xfe", ""])
def test_what_is_no_json(county, body):
    response = county.act("planning.item.register", body)
    answer(response, response.status_code)
    assert response.status_code in (400, 422)


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1"])
def test_json_that_is_no_object(county, body):
    answer(county.act("planning.item.register", body), 422)


def test_characters_that_cannot_be_stored(county):
    answer(county.act("planning.item.register", rows("220122101000", name="食\0堂")), 422)
    answer(county.get("indicators/a%00b/months"), 404)
    answer(county.get("indicators/elder.canteens/months", unit="\0"), 404)


def test_a_repeated_key_answers_the_same_and_another_input_is_refused(county):
    first = county.act("planning.item.register", rows("220122101000"), **{"Idempotency-Key": "k1"}).json()
    again = county.act("planning.item.register", rows("220122101000"), **{"Idempotency-Key": "k1"}).json()
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["result"] == again["result"]
    answer(county.act("planning.item.register", rows("220122102000"), **{"Idempotency-Key": "k1"}), 422)
    answer(county.act("planning.item.register", rows("220122102000"), **{"Idempotency-Key": "k" * 101}), 422)
    assert LedgerItem.objects.count() == 1


def test_a_county_sees_its_own_reports_units_and_figures_only(county, cast):
    cast.filed()
    cast.filed("sun.li")
    assert Report.objects.count() == 2
    assert [r["unit"] for r in county.get("reports").json()["items"]] == ["220122"]
    assert {u["code"] for u in county.get("units").json()} == {"220122", "220122102"}
    assert county.get("reports", period=date(2023, 8, 1)).json()["items"] == []


def test_the_contract_names_every_action_and_the_shape_of_refusals(county):
    contract = Client().get("/api/v1/openapi.json").json()
    for name in ACTIONS:
        responses = contract["paths"][f"/api/v1/actions/{name}"]["post"]["responses"]
        assert {"200", "401", "403", "404", "409", "422"} <= set(responses)
