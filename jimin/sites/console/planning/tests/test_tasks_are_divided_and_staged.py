"""任务: divided among units with a helper, withdrawn, staged; and the list of deliverables."""

from decimal import Decimal

import pytest

from jimin.domains.planning.models import Task
from jimin.sites.console.planning.views_tasks import split

pytestmark = pytest.mark.django_db
KEY = "8a6e0804-2bd0-4672-b79d-d97027f9071a"


def text(response):
    return response.content.decode()


def made(cast):
    return Task.objects.exclude(deliverable=None).first()


def test_the_page_shows_shares_and_the_quote_to_the_lead(cast, by):
    task = cast.task("elder.canteens")
    page = text(by("chen.yu").get(f"/console/tasks/{task.pk}/"))
    assert "农安县" in page and "榆树市" in page and "社区老年食堂" in page and "分解" in page


def test_a_county_sees_its_own_share_only(cast, by):
    task = cast.task("elder.canteens")
    page = text(by("liu.min").get(f"/console/tasks/{task.pk}/"))
    assert "农安县" in page and "榆树市" not in page and "/allocate/" not in page
    assert by("zhang.xiaodong").get(f"/console/tasks/{task.pk}/").status_code == 404


def test_an_even_split_never_falls_short_of_the_plan(cast, by):
    task = cast.task("elder.canteens")
    page = text(by("chen.yu").get(f"/console/tasks/{task.pk}/allocate/?group=counties&split=even"))
    assert 'value="50"' in page
    units = [cast.units["220122"], cast.units["220182"], cast.units["2201"]]
    assert sum(split(task, units, "even").values()) >= 100
    assert split(task, [cast.units["220122"], cast.units["220182"]], "towns") == {
        cast.units["220122"].pk: Decimal(67), cast.units["220182"].pk: Decimal(34),
    }  # fmt: skip


def test_a_share_is_not_divided(cast):
    assert split(cast.task("elder.nursing_beds"), [cast.units["220122"]], "even") == {}


def test_a_task_is_given_and_taken_back(cast, by):
    task, client = cast.task("elder.canteens"), by("chen.yu")
    data = {"key": "a1", "unit": ["220122", "220182"], "goal-220122": "70", "goal-220182": "４０"}
    response = client.post(f"/console/tasks/{task.pk}/allocate/", data, follow=True)
    assert "改数 2 个" in text(response)
    share = task.assignments.get(unit__code="220182")
    assert share.goal == 40
    data = {"key": KEY, "version": share.version, "reason": "区划调整"}
    client.post(f"/console/assignments/{share.pk}/withdraw/", data)
    share.refresh_from_db()
    assert share.withdrawn_on is not None


def test_shares_below_the_plan_are_refused_and_kept_on_the_form(cast, by):
    task = cast.task("elder.canteens")
    data = {"key": "a1", "unit": ["220122", "220182"], "goal-220122": "7", "goal-220182": "4"}
    response = by("chen.yu").post(f"/console/tasks/{task.pk}/allocate/", data)
    assert response.status_code == 422 and "少于要点目标" in text(response) and 'value="7"' in text(response)


def test_another_office_cannot_divide_it(cast, by):
    task = cast.task("elder.canteens")
    assert by("song.jie").get(f"/console/tasks/{task.pk}/allocate/").status_code == 403
    assert by("song.jie").post(f"/console/tasks/{task.pk}/allocate/", {"unit": ["220122"]}).status_code == 403
    assert by("liu.min").get(f"/console/tasks/{task.pk}/allocate/").status_code == 403


def test_the_usual_stages_are_filled_in_set_and_completed_in_order(cast, by):
    task, client = made(cast), by("chen.yu")
    page = text(client.get(f"/console/tasks/{task.pk}/stages/"))
    assert '<option value="起草" selected>' in page
    data = {"key": "s1", "name": ["起草", "印发", ""], "due_on": ["2023-10-20", "2023-11-20", ""]}
    assert client.post(f"/console/tasks/{task.pk}/stages/", data).status_code == 302
    first, second = task.stages.order_by("order")
    data = {"key": KEY, "version": second.version, "done_on": "2023-10-10"}
    response = client.post(f"/console/stages/{second.pk}/complete/", data)
    assert response.status_code == 422 and "前一环节" in text(response)
    data = {"key": KEY, "version": first.version, "done_on": "2023-10-09"}
    assert client.post(f"/console/stages/{first.pk}/complete/", data).status_code == 302
    first.refresh_from_db()
    assert first.done_on is not None


def test_stages_out_of_order_are_refused_in_words(cast, by):
    task = made(cast)
    data = {"key": "s1", "name": ["起草", "印发"], "due_on": ["2023-11-20", "2023-10-20"]}
    response = by("chen.yu").post(f"/console/tasks/{task.pk}/stages/", data)
    assert response.status_code == 422 and "不能早于前一环节" in text(response)
    data = {"key": "s2", "name": ["起草"], "due_on": ["很快"]}
    response = by("chen.yu").post(f"/console/tasks/{task.pk}/stages/", data)
    assert response.status_code == 422 and "第 1 个环节" in text(response)


def test_the_lists_open_for_each_role_with_its_rows(cast, by):
    for who in ("li.jia", "chen.yu", "liu.min", "zhou.ting", "zhang.xiaodong"):
        for page in ("deliverables", "items"):
            assert by(who).get(f"/console/{page}/").status_code == 200, (who, page)
        expected = 403 if who == "zhang.xiaodong" else 200  # no task is given to a town
        assert by(who).get("/console/tasks/").status_code == expected, who
    assert "养老机构服务清单" in text(by("liu.min").get("/console/deliverables/"))
    assert "没有符合条件" in text(by("liu.min").get("/console/deliverables/?late=1"))
    assert by("zhang.xiaodong").get("/console/reports/").status_code == 403
    assert by("chen.yu").get("/console/reports/?accepted=0").status_code == 200
    assert by("liu.min").get("/console/orders/").status_code == 200


def test_of_two_who_divide_a_task_at_once_the_second_is_told_and_keeps_what_he_typed(cast, by):
    task = cast.task("elder.canteens")
    url = f"/console/tasks/{task.pk}/allocate/"
    opened = by("chen.yu").get(url).context["opened"]

    def send(goal, key, opened):
        form = {"unit": ["220122", "220182"], "goal-220122": goal, "goal-220182": "60", "key": key, "opened": opened}
        return by("chen.yu").post(url, form)

    assert send("55", KEY, opened).status_code == 302
    second = send("70", KEY[:-1] + "b", opened)
    assert second.status_code == 409
    assert "农安县 55" in text(second) and 'value="70"' in text(second)
    assert task.assignments.get(unit__code="220122").goal == Decimal(55)
    assert send("70", KEY[:-1] + "b", second.context["opened"]).status_code == 302
    assert task.assignments.get(unit__code="220122").goal == Decimal(70)
