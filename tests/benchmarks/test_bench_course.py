"""When a search was as good as it would ever be."""

from types import SimpleNamespace

import pytest

from benchmarks.adapters.course import Course


def search_at(seconds, score, *, is_baseline=False):
    leader = SimpleNamespace(is_baseline=is_baseline, score=score)
    budget = SimpleNamespace(elapsed=lambda: seconds)
    return SimpleNamespace(budget=budget, best=None if score is None else leader)


@pytest.mark.parametrize(
    ("scores", "seconds"),
    [([0.5, 0.899, 0.91], 2.0), ([-0.5, -0.405, -0.4], 2.0), ([-0.5, -0.41, -0.4], 3.0)],
)
def test_two_percent_of_the_final_score_are_near(scores, seconds):
    course = Course()
    course.on_evaluated(search_at(0.1, None), None)
    course.on_evaluated(search_at(0.2, scores[-1], is_baseline=True), None)
    for number, score in enumerate(scores, start=1):
        course.on_evaluated(search_at(float(number), score), None)
    assert course.near_seconds == seconds


def test_without_a_model_there_is_no_course():
    assert Course().near_seconds is None
