"""The geometry of the charts and the map."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimin.sites import charts

amounts = st.floats(min_value=0, max_value=1e9, allow_nan=False)


def test_a_bullet_keeps_its_marks_in_proportion_with_room_on_the_right():
    b = charts.bullet(10, 15, 20)
    assert b.target == pytest.approx(153.8)
    assert b.fill == pytest.approx(b.target / 2, abs=0.1)
    assert b.projection == pytest.approx(b.target * 0.75, abs=0.1)


def test_a_bullet_without_a_target_or_a_projection_draws_neither():
    b = charts.bullet(3862, None, None)
    assert b.fill is not None and b.projection is None and b.target is None


def test_a_missing_present_value_is_no_bar_rather_than_a_bar_of_zero():
    assert charts.bullet(None, None, 20).fill is None


def test_a_limit_of_zero_is_still_visible():
    assert charts.bullet(37, None, 0, "down").target == 1.0


def test_a_bullet_refuses_an_unknown_direction_and_says_which_there_are():
    with pytest.raises(ValueError, match="up.*down"):
        charts.bullet(1, 1, 1, "sideways")


@given(amounts, amounts, amounts)
def test_a_bullet_never_leaves_its_box(now, projected, target):
    b = charts.bullet(now, projected, target)
    assert all(0 <= n <= b.width for n in (b.fill, b.projection, b.target))


def test_a_spark_breaks_where_a_month_was_not_reported():
    assert charts.spark([1, None, 2, 3]).path.count("M") == 2


def test_a_spark_is_dotted_from_the_last_report_to_the_years_end():
    s = charts.spark([1, 2, 3], projection=6, target=4)
    assert s.projected.startswith(f"M{s.dot[0]:g} {s.dot[1]:g}L84 ")
    assert s.target == pytest.approx((6 - 4) / (6 - 1) * 22, abs=0.1)


def test_a_spark_of_nothing_draws_nothing():
    assert charts.spark([None, None], 5, 5) == charts.Spark(84, 22, "", "", None, None)


def test_a_flat_spark_lies_in_the_middle():
    assert charts.spark([5, 5]).path == "M0 11 L7.6 11"


@given(st.lists(amounts, min_size=1, max_size=12))
def test_slices_fill_the_whole_bar_or_nothing(values):
    total = sum(s.length for s in charts.slices(values))
    assert total == pytest.approx(100, abs=0.1) or sum(values) == 0


def test_a_small_share_still_gets_a_place_in_the_strip():
    assert (charts.weight(1, 1000), charts.weight(0, 1000), charts.weight(32, 46)) == (1, 0, 14)


SQUARE = [(125.0, 43.0), (126.0, 43.0), (126.0, 44.0), (125.0, 44.0)]
NEIGHBOUR = [(126.0, 43.0), (127.0, 43.0), (127.0, 44.0), (126.0, 44.0)]


def test_the_map_is_as_wide_as_asked_and_true_at_its_middle_latitude():
    m = charts.project([("1", "甲县", [SQUARE]), ("2", "乙县", [NEIGHBOUR])], width=560)
    assert m.width == 560
    assert m.height == pytest.approx(4 + 556 / (2 * 0.7254), rel=0.01)


def test_neighbours_still_share_their_border_after_simplification():
    m = charts.project([("1", "甲县", [SQUARE]), ("2", "乙县", [NEIGHBOUR])])
    left, right = (set(corners(a.path)) for a in m.areas)
    assert len(left & right) == 2


def corners(path):
    """The absolute points of a path of relative steps."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return list(itertools.accumulate(points, lambda a, b: (a[0] + b[0], a[1] + b[1])))


def test_a_label_stands_inside_a_county_that_is_bent_like_a_horseshoe():
    shoe = [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (2.6, 3.0), (2.6, 0.4), (0.4, 0.4), (0.4, 3.0), (0.0, 3.0)]
    area = charts.project([("1", "弯县", [shoe])], width=304).areas[0]
    x, _ = area.label
    assert x < 42 or x > 262


def test_classes_are_the_plans_own_targets_and_a_county_without_a_figure_is_hatched():
    m = charts.project([("1", "甲县", [SQUARE]), ("2", "乙县", [NEIGHBOUR])])
    drawn = {a.code: a.css for a in charts.choropleth(m, {"1": 20, "2": None}, [20, 60])}
    assert drawn == {"1": "c2", "2": "c0"}


def test_unsorted_class_breaks_are_refused():
    m = charts.project([("1", "甲县", [SQUARE])])
    with pytest.raises(ValueError, match="从小到大"):
        charts.choropleth(m, {}, [60, 20])


def test_a_map_file_is_read_once_until_it_changes(tmp_path):
    file = tmp_path / "map.geojson"
    feature = {"type": "Feature", "properties": {"code": "1", "name": "甲县"}}
    feature["geometry"] = {"type": "Polygon", "coordinates": [SQUARE]}
    file.write_text(json.dumps({"features": [feature]}), encoding="utf-8")
    assert charts.county_map(file) is charts.county_map(file)


@pytest.mark.parametrize(
    ("feature", "missing"),
    [
        ({"properties": {"code": "1"}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}, "name"),
        ({"properties": {"code": "1", "name": "甲"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}, "Point"),
    ],
)
def test_a_faulty_map_file_is_refused_by_the_number_of_the_feature(tmp_path, feature, missing):
    file = tmp_path / "map.geojson"
    file.write_text(json.dumps({"features": [feature]}), encoding="utf-8")
    with pytest.raises(ValueError, match=f"第 1 个要素.*{missing}"):
        charts.county_map(file)
