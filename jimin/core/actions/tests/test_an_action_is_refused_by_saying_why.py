"""Permission, input and state."""

import pytest

from jimin.core.actions.errors import Forbidden, NotFound, Refused
from jimin.core.actions.tests.conftest import Rename
from jimin.core.records import new_id


def test_a_role_without_the_permission_is_refused_before_anything_is_read(chief, people):
    with pytest.raises(Forbidden) as refused:
        Rename.perform(chief, {"nonsense": True})
    assert "办公室主任" in refused.value.message and refused.value.next_step


@pytest.mark.parametrize(
    ("extra", "field", "words"),
    [
        ({"colour": "红"}, "colour", "不认识的栏目"),
        ({"short_name": "办"}, "short_name", "至少 2 个字"),
        ({"short_name": "办\0公"}, "", "空字符"),
        ({"short_name": "办\ud800公"}, "short_name", "不能识别的字符"),
        ({"version": "一"}, "version", "整数"),
        ({"version": 1.5}, "version", "整数"),
        ({"unit": "第一行"}, "unit", "编号不完整"),
        ({"short_name": None}, "short_name", "请填文字"),
    ],
)
def test_a_wrong_input_is_refused_at_its_field_in_chinese(clerk, people, extra, field, words):
    data = {"unit": people.units["9901"].id, "short_name": "甲局", **extra}
    with pytest.raises(Refused) as refused:
        Rename.perform(clerk, data)
    problem = refused.value.problems[0]
    assert problem.field == field and words in problem.message


def test_an_unknown_record_is_not_found(clerk):
    with pytest.raises(NotFound):
        Rename.perform(clerk, {"unit": new_id(), "short_name": "甲局"})


def test_a_token_that_was_not_given_the_permission_cannot_use_it(clerk, people):
    limited = type(clerk).of(clerk.appointment, frozenset({"planning.read"}))
    with pytest.raises(Forbidden):
        Rename.perform(limited, {"unit": people.units["9901"].id, "short_name": "甲局"})
