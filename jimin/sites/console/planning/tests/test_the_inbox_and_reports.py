"""待办 and the page of a report: who has what, in batches or one by one, and two at once."""

from datetime import date

import pytest

from jimin.core.actions.errors import Refused
from jimin.domains.planning.actions import reports as acts
from jimin.domains.planning.tests.cast import version
from jimin.engines.alerts.actions import RunAlerts
from jimin.engines.alerts.models import Alert

pytestmark = pytest.mark.django_db
AUGUST = date(2023, 8, 1)


def text(response):
    return response.content.decode()


def test_an_empty_inbox_says_so_and_still_names_what_is_owed(cast, by):
    page = text(by("liu.min").get("/console/inbox/"))
    assert "现在没有待办" in page and "2023年9月月报还差 1 项" in page


def test_a_report_lies_with_the_signer_and_its_page_offers_signing(cast, by):
    report = cast.filed()
    page = text(by("wang.lihua").get("/console/inbox/"))
    assert "护理型床位占比" in page and f"/console/reports/{report.pk}/" in page
    page = text(by("wang.lihua").get(f"/console/reports/{report.pk}/"))
    assert "52.4%" in page and "签核" in page and "退回填报人" in page and "佐证.txt" in page


def test_one_step_after_the_other_the_report_is_accepted(cast, by):
    report = cast.filed()
    for who, code in (("wang.lihua", "sign"), ("yu.haitao", "sign"), ("ma.li", "review"), ("chen.yu", "accept")):
        data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "seen": version(report)}
        response = by(who).post(f"/console/reports/{report.pk}/{code}/", data, follow=True)
        assert response.status_code == 200, who
    report.refresh_from_db()
    assert report.accepted_on is not None
    assert "已验收，计入看板" in text(by("liu.min").get(f"/console/reports/{report.pk}/"))


def test_the_second_of_two_gets_a_page_that_says_who_was_faster(cast, by):
    report = cast.filed()
    seen = version(report)
    acts.SignReports.perform(cast.actor("wang.lihua"), {"reports": [report.pk]})
    data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "seen": seen}
    response = by("wang.lihua").post(f"/console/reports/{report.pk}/sign/", data)
    assert response.status_code == 409
    assert "王丽华" in text(response) and "县局分管副局长" in text(response)


def test_a_return_needs_its_reason_and_keeps_the_page(cast, by):
    report = cast.filed()
    data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "seen": version(report), "opinion": ""}
    response = by("wang.lihua").post(f"/console/reports/{report.pk}/return/", data)
    assert response.status_code == 422 and "退回必须写明原因" in text(response)
    response = by("wang.lihua").post(
        f"/console/reports/{report.pk}/return/", data | {"opinion": "名册不全"}, follow=True
    )
    report.work.refresh_from_db()
    assert report.work.station == "fill"


def test_a_batch_says_first_what_will_happen_and_then_does_it(cast, by):
    first, second = cast.filed(), cast.filed(period=AUGUST)
    client = by("wang.lihua")
    data = {"work": [first.work_id, second.work_id], "step": "sign"}
    page = text(client.post("/console/inbox/batch/", data))
    assert "确认之后会发生什么" in page and "签核 2 件" in page
    response = client.post("/console/inbox/batch/", data | {"key": "b1"}, follow=True)
    assert "已办 2 件" in text(response)
    first.work.refresh_from_db()
    assert first.work.holder_role == "county_deputy"


def test_a_batch_over_different_stations_is_refused_whole(cast, by):
    first, second = cast.filed(), cast.filed(period=AUGUST)
    acts.SignReports.perform(cast.actor("wang.lihua"), {"reports": [second.pk]})
    acts.SignReports.perform(cast.actor("yu.haitao"), {"reports": [second.pk]})
    data = {"work": [first.work_id, second.work_id], "step": "sign", "key": "b1"}
    response = by("wang.lihua").post("/console/inbox/batch/", data)
    assert response.status_code == 422 and "不同环节" in text(response)
    first.work.refresh_from_db()
    assert first.work.holder_role == "county_section_chief"


def test_a_batch_of_nothing_says_what_to_do(cast, by):
    response = by("wang.lihua").post("/console/inbox/batch/", {"step": "sign"})
    assert response.status_code == 422 and "没有勾选" in text(response)


def test_a_report_of_another_county_is_no_page_and_its_evidence_no_file(cast, by):
    report = cast.filed()
    file = report.evidence.get().file_id
    for stranger in ("sun.li", "song.jie"):
        assert by(stranger).get(f"/console/reports/{report.pk}/").status_code == 404
        assert by(stranger).get(f"/console/files/{file}/").status_code == 404
        assert by(stranger).post(f"/console/reports/{report.pk}/sign/", {"key": "k"}).status_code == 404
    for reader in ("ma.li", "chen.yu", "li.jia", "zhou.ting"):
        assert by(reader).get(f"/console/reports/{report.pk}/").status_code == 200, reader
        assert by(reader).get(f"/console/files/{file}/").status_code == 200, reader


def test_a_step_without_the_permission_is_forbidden(cast, by):
    report = cast.filed()
    data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "seen": version(report)}
    assert by("liu.min").post(f"/console/reports/{report.pk}/sign/", data).status_code == 403
    assert by("liu.min").post(f"/console/reports/{report.pk}/erase/", data).status_code == 404


def test_the_work_behind_an_alert_leads_to_its_record(cast, by):
    report = cast.filed()
    response = by("wang.lihua").get(f"/console/works/{report.work_id}/")
    assert response.status_code == 302 and response["Location"] == f"/console/reports/{report.pk}/"


def test_nobody_signed_in_goes_to_the_sign_in_page(client, cast):
    assert client.get("/console/inbox/").status_code == 302


def test_ids_that_are_no_ids_are_refused_in_words(cast, by):
    response = by("wang.lihua").post("/console/inbox/batch/", {"step": "sign", "work": ["x"]})
    assert response.status_code == Refused.status and "编号不完整" in text(response)


def test_an_alert_is_answered_by_its_unit_and_by_no_other(cast, by):
    RunAlerts.perform(cast.actor("li.jia"))
    alert = Alert.objects.filter(unit=cast.units["220122"]).earliest("id")
    url = f"/console/alerts/{alert.pk}/"
    assert alert.title in text(by("liu.min").get("/console/inbox/"))
    data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "answer": "经办人出差，明天补报"}
    assert by("sun.li").post(url, data).status_code == 404
    assert by("liu.min").post(url, data).status_code == 302
    assert "经办人出差" in text(by("liu.min").get("/console/inbox/"))
