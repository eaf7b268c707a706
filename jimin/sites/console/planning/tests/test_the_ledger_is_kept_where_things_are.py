"""指标台账: a town registers, its county confirms; everybody inside his own place."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jimin.domains.planning.models import ItemState, LedgerItem

pytestmark = pytest.mark.django_db
KEY = "8a6e0804-2bd0-4672-b79d-d97027f9071a"
REGISTER = "/console/items/register/"


def text(response):
    return response.content.decode()


def rows(*given):
    names, places = [n for n, _p in given], [p for _n, p in given]
    more = {"quantity": ["1"] * len(given), "since": ["2023-09-05"] * len(given)}
    return {"key": "r1", "indicator": "elder.canteens", "name": names, "place": places, **more}


def test_a_town_registers_several_rows_and_they_wait_for_the_county(cast, by):
    page = text(by("zhang.xiaodong").get(REGISTER))
    assert "哈拉海镇 新兴村" in page and "合隆镇" not in page and "送县局核实" in page
    data = rows(("新兴村食堂", "哈拉海镇 新兴村"), ("镇食堂", "哈拉海镇"))
    response = by("zhang.xiaodong").post(REGISTER, data, follow=True)
    assert "已登记 2 行" in text(response)
    assert set(LedgerItem.objects.values_list("state", flat=True)) == {ItemState.REGISTERED}
    assert "2 行等您核实" in text(by("liu.min").get("/console/inbox/"))


def test_a_place_outside_the_scope_is_refused_at_its_row(cast, by):
    data = rows(("食堂", "哈拉海镇"), ("别处", "合隆镇"))
    response = by("zhang.xiaodong").post(REGISTER, data)
    assert response.status_code == 422 and "第 2 行" in text(response) and 'value="别处"' in text(response)
    assert not LedgerItem.objects.exists()


def test_evidence_uploaded_with_a_refused_form_is_kept_and_comes_with_the_next_try(cast, by):
    client, data = by("zhang.xiaodong"), rows(("食堂", "哪儿也不是"))
    page = text(client.post(REGISTER, data | {"file-0": SimpleUploadedFile("照片.txt", "验收".encode())}))
    token = re.search(r'name="kept-0" value="([^"]+)"', page).group(1)
    client.post(REGISTER, rows(("食堂", "哈拉海镇")) | {"kept-0": token})
    item = LedgerItem.objects.get()
    assert item.evidence.name == "照片.txt"
    assert by("liu.min").get(f"/console/files/{item.evidence_id}/").status_code == 200
    assert by("sun.li").get(f"/console/files/{item.evidence_id}/").status_code == 404


def test_the_same_row_twice_is_refused_by_its_number(cast, by):
    cast.registered()
    response = by("zhang.xiaodong").post(REGISTER, rows(("新兴村食堂", "哈拉海镇 新兴村")))
    assert response.status_code == 422 and "已经登记过" in text(response)


def test_a_city_chooses_a_county_first(cast, by):
    page = text(by("ma.li").get(REGISTER))
    assert "先选县" in page and "<datalist" not in page
    assert "五棵树镇" in text(by("ma.li").get(f"{REGISTER}?county=220182000000"))
    assert "<datalist" not in text(by("ma.li").get(f"{REGISTER}?county=999"))


def test_the_county_confirms_updates_and_voids(cast, by):
    item, client = cast.registered(), by("liu.min")
    url = f"/console/items/{item.pk}/"
    assert "核实，计入看板" in text(client.get(url))
    assert client.post(f"{url}confirm/", {"key": "c"}).status_code == 302
    item.refresh_from_db()
    assert item.state == ItemState.CONFIRMED
    data = {"key": KEY, "version": item.version, "stage": "投用", "since": "2023-09-06", "quantity": "2"}
    assert client.post(f"{url}update/", data).status_code == 302
    response = client.post(f"{url}update/", data | {"key": "9a6e0804-2bd0-4672-b79d-d97027f9071a"})
    assert response.status_code == 409  # opened on an older version
    item.refresh_from_db()
    assert item.quantity == 2
    data = {"key": KEY, "version": item.version, "reason": "重复登记"}
    assert client.post(f"{url}void/", data).status_code == 302
    page = text(client.get(url))
    assert "已作废" in page and "重复登记" in page
    assert "更新台账进度" in page and "核实台账" in page and "→ 2" in page  # the history, with values


def test_rows_are_confirmed_in_a_batch_from_the_list(cast, by):
    first, second = cast.registered(), cast.registered(name="二食堂")
    data = {"row": [first.pk, second.pk], "key": "b"}
    assert by("liu.min").post("/console/r/planning.items/do/0/", data).status_code == 302
    assert set(LedgerItem.objects.values_list("state", flat=True)) == {ItemState.CONFIRMED}


def test_another_countys_row_is_no_page(cast, by):
    item = cast.registered("liu.min", "合隆食堂", "220122101000")
    for stranger in ("sun.li", "zhang.xiaodong"):
        assert by(stranger).get(f"/console/items/{item.pk}/").status_code == 404
        assert by(stranger).post(f"/console/items/{item.pk}/void/", {"reason": "不想要了"}).status_code in (403, 404)
    assert by("zhang.xiaodong").get(f"/console/items/{item.pk}/confirm/").status_code == 405
    assert by("zhang.xiaodong").post(f"/console/items/{item.pk}/confirm/").status_code == 403


def test_the_form_begins_with_one_row_and_grows_with_what_is_typed_and_attached(cast, by):
    client = by("zhang.xiaodong")
    assert text(client.get(REGISTER)).count('name="name"') == 1
    data = rows(("新兴村食堂", "哈拉海镇 新兴村")) | {
        "more": "1",
        "file-0": SimpleUploadedFile("照片.txt", "验收".encode()),
    }
    page = text(client.post(REGISTER, data))
    assert page.count('name="name"') == 2 and 'value="新兴村食堂"' in page and "照片.txt" in page
    assert not LedgerItem.objects.exists()
