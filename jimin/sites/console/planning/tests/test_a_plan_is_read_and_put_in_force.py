"""要点导入: from the file to the tasks, on the pages alone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jimin.domains.planning.models import Found, Plan, PlanState, Point, Target, Task
from jimin.domains.planning.tests.cast import TEXT
from jimin.sites.console.planning.marks import pieces

pytestmark = pytest.mark.django_db
OTHER = TEXT.replace("2023", "2024").replace("100个", "120个")


def text(response):
    return response.content.decode()


def upload(client, body, name="要点.txt"):
    data = {"key": "8a6e0804-2bd0-4672-b79d-d97027f9071a", "file": SimpleUploadedFile(name, body.encode())}
    return client.post("/console/plan-import/", data, follow=True)


def test_a_file_is_read_and_its_findings_are_shown_for_judgement(cast, by):
    page = text(upload(by("li.jia"), OTHER))
    plan = Plan.objects.get(year=2024)
    assert "已读入，请逐处核对" in page and "定稿执行" in page and plan.title in page
    page = text(by("li.jia").get(f"/console/plan-import/{plan.pk}/1/"))
    assert "<mark>" in page and "120" in page and "补充漏读的数" in page


def test_a_file_that_cannot_be_read_says_where_and_keeps_the_form(cast, by):
    response = upload(by("li.jia"), "今天天气很好。没有编号，也没有章。")
    page = text(response)
    assert response.status_code == 422 and "没有导入：这份文件要先改" in page and 'type="file"' in page
    assert "应当是" in page and "下一步" in page
    assert not Plan.objects.exclude(year=2023).exists()


def test_doubts_are_judged_leads_proposed_and_the_chief_puts_it_in_force(cast, by):
    clerk = by("li.jia")
    upload(clerk, OTHER)
    plan = Plan.objects.get(year=2024)
    url = f"/console/plan-import/{plan.pk}/"
    for point in plan.points.all():
        for kind, rows in (("targets", point.targets), ("deliverables", point.deliverables)):
            for it in rows.filter(found=Found.DOUBT):
                data = {"version": it.version, "standing": "1", "key": f"{it.pk}", "from": "doubts"}
                assert clerk.post(f"/console/plan-import/{kind}/{it.pk}/judge/", data).status_code == 302
    page = text(clerk.get(url))
    proposed = re.findall(r'<select name="(lead-[^"]+)".*?<option value="([^"]+)" selected', page, re.S)
    assert [lead for _name, lead in proposed] == ["t.elder", "t.elder"]
    clerk.post(f"{url}names/", dict(proposed) | {"key": "n1"})
    assert set(plan.points.values_list("lead__code", flat=True)) == {"t.elder"}
    plan.refresh_from_db()
    assert clerk.post(f"{url}in-force/", {"version": plan.version, "key": "f"}).status_code == 403
    response = by("wang.zhuren").post(f"{url}in-force/", {"version": plan.version, "key": "f"}, follow=True)
    plan.refresh_from_db()
    assert plan.state == PlanState.IN_FORCE and "已定稿执行" in text(response)
    clerk.post(f"{url}tasks/", {"key": "t"})
    assert Task.objects.filter(point__plan=plan).exists()


def test_putting_in_force_names_what_is_missing(cast, by):
    upload(by("li.jia"), OTHER)
    plan = Plan.objects.get(year=2024)
    response = by("wang.zhuren").post(
        f"/console/plan-import/{plan.pk}/in-force/", {"version": plan.version, "key": "f"}
    )
    assert response.status_code == 422 and ("没有牵头处室" in text(response) or "待确认" in text(response))


def test_a_number_is_corrected_added_and_measured(cast, by):
    clerk = by("li.jia")
    upload(clerk, OTHER)
    point = Point.objects.get(plan__year=2024, no=1)
    target = point.targets.order_by("start").first()
    key = "8a6e0804-2bd0-4672-b79d-d97027f9071a"
    data = {
        "key": key, "version": target.version, "subject": "社区老年食堂", "comparator": "ge", "value": "120",
        "unit": "个", "deadline": "2024-11-30",
    }  # fmt: skip
    assert clerk.post(f"/console/plan-import/targets/{target.pk}/edit/", data).status_code == 302
    target.refresh_from_db()
    assert (str(target.deadline), target.found) == ("2024-11-30", Found.CONFIRMED)
    data = {
        "key": key, "quote": "特困人员供养机构", "title": "供养机构名册", "kind": "标准/清单", "finality": "完成",
        "deadline": "2024-12-31",
    }  # fmt: skip
    assert clerk.post(f"/console/plan-import/points/{point.pk}/add-deliverable/", data).status_code == 302
    assert point.deliverables.filter(found=Found.ADDED).exists()
    data["quote"] = "原文里没有的话"
    response = clerk.post(f"/console/plan-import/points/{point.pk}/add-deliverable/", data | {"key": target.pk})
    assert response.status_code == 422 and "原文里没有这句话" in text(response)
    data = {
        "key": key, "code": "elder.canteens", "title": "社区老年食堂", "shape": "count", "unit": "个",
        "numerator_title": "食堂", "method": "computed", "computation": "planning.items", "over": "stock",
    }  # fmt: skip
    assert clerk.post(f"/console/plan-import/targets/{target.pk}/measure/", data).status_code == 302
    target.refresh_from_db()
    assert target.indicator.code == "elder.canteens"


def test_an_old_button_is_refused_as_stale(cast, by):
    clerk = by("li.jia")
    upload(clerk, OTHER)
    target = Point.objects.get(plan__year=2024, no=1).targets.first()
    url = f"/console/plan-import/targets/{target.pk}/judge/"
    clerk.post(url, {"version": target.version, "standing": "1", "key": "a"})
    response = clerk.post(url, {"version": target.version, "standing": "0", "key": "b"})
    assert response.status_code == 409
    target.refresh_from_db()
    assert target.found == Found.CONFIRMED


def test_a_draft_is_no_page_for_others(cast, by):
    upload(by("li.jia"), OTHER)
    plan = Plan.objects.get(year=2024)
    for stranger in ("liu.min", "chen.yu"):
        assert by(stranger).get(f"/console/plan-import/{plan.pk}/").status_code == 404
        assert by(stranger).get("/console/plan-import/").status_code == 403
    in_force = Plan.objects.get(year=2023)
    assert by("liu.min").get(f"/console/plan-import/{in_force.pk}/1/").status_code == 200


def test_overlapping_findings_are_marked_without_losing_a_character():
    text_ = "一二三四五六"
    found = pieces(text_, [(1, 4, 1), (3, 5, 2), (5, 99, 3), (2, 2, 4)])
    assert "".join(p.text for p in found) == text_
    assert [(p.text, p.numbers, p.last) for p in found] == [
        ("一", (), ()), ("二三", (1,), ()), ("四", (1, 2), (1,)), ("五", (2,), (2,)), ("六", (3,), (3,)),
    ]  # fmt: skip


def test_the_doubts_of_a_chapter_are_ticked_with_one_press_and_confirmed_with_another(cast, by):
    clerk = by("li.jia")
    upload(clerk, OTHER)
    plan = Plan.objects.get(year=2024)
    Target.objects.filter(point__plan=plan).update(found=Found.DOUBT)
    url = f"/console/plan-import/{plan.pk}/"
    assert " checked" not in text(clerk.get(url))
    page = text(clerk.get(f"{url}?all={plan.chapters.first().no}"))
    values = re.findall(r'name="found" value="([^"]+)" checked', page)
    assert len(values) >= 2 and "全不选" in page
    page = text(clerk.post(f"{url}sure/", {"found": values, "key": "sure"}, follow=True))
    assert f"已确认 {len(values)} 处" in page and "没有存疑的了" in page
    refused = clerk.post(f"{url}sure/", {"key": "none"})
    assert refused.status_code == 422 and "一处也没有勾选" in text(refused)
