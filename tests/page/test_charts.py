"""Charts are functions of numbers, and their texts are escaped."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.page.charts import HEIGHT, WIDTH, Series, chart, interval_chart, thinned

NUMBERS = st.floats(-1e12, 1e12)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20).map(tuple)


@given(POINTS, st.sampled_from(["line", "step", "points", "guide"]))
def test_every_point_is_inside(points, kind):
    svg = ElementTree.fromstring(chart("title", ("x", "y"), [Series("model", points, kind)]))
    places = [(float(spot.get("cx")), float(spot.get("cy"))) for spot in svg.iter("circle")]
    for line in svg.iter("polyline"):
        places += [tuple(map(float, place.split(","))) for place in line.get("points").split()]
    assert len(places) >= len(points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


@given(st.lists(st.tuples(st.text('ab<&"', max_size=40), *[NUMBERS] * 3), max_size=20))
def test_every_interval_is_inside(rows):
    svg = ElementTree.fromstring(interval_chart("title", "fall", rows))
    height = float(svg.get("viewBox").split()[-1])
    places = [(float(spot.get("cx")), float(spot.get("cy"))) for spot in svg.iter("circle")]
    assert len(places) == len(rows)
    for line in svg.iter("polyline"):
        places += [tuple(map(float, place.split(","))) for place in line.get("points").split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= height for x, y in places)


def test_texts_are_escaped():
    hostile = '"><script>alert(1)</script>'
    svg = ElementTree.fromstring(chart(hostile, (hostile, hostile), []))
    assert svg.get("aria-label") == hostile
    assert [part.text for part in svg.iter("text")].count(hostile) == 2
    assert not list(svg.iter("script"))


def test_a_step_keeps_its_height_until_the_next_point():
    svg = chart("title", ("x", "y"), [Series("best", ((0.0, 0.0), (1.0, 1.0)), "step")])
    (line,) = ElementTree.fromstring(svg).iter("polyline")
    first, corner, last = [
        tuple(map(float, spot.split(","))) for spot in line.get("points").split()
    ][:3]
    assert corner == (last[0], first[1])


@pytest.mark.parametrize("n_points", [0, 1, 2, 200, 201, 999])
def test_the_ends_of_thinned_points_stay(n_points):
    points = [(float(place), 0.0) for place in range(n_points)]
    thin = thinned(points)
    assert len(thin) == min(n_points, 200)
    assert list(thin[:1] + thin[-1:]) == points[:1] + points[-1:]
