"""Seconds are planned for the machine at hand."""

import numpy as np
import pytest

from automl.selection import pace, seconds
from automl.selection.seconds import choice_seconds, make_reserve
from tests.selection.test_choice import candidate_of, fixed, problem_of


def test_a_slower_machine_has_a_higher_pace_and_a_quicker_one_has_1(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS", 1e-9)
    assert pace.machine_pace() > 100
    monkeypatch.setattr(pace, "SECONDS", 1e9)
    assert pace.machine_pace() == 1


def test_a_slower_machine_keeps_more_seconds_for_the_choice(monkeypatch):
    problem = problem_of(np.arange(2_000) % 2)
    leaders = [candidate_of(problem, 0, fixed(np.full((2_000, 2), 0.5))).evaluated]
    monkeypatch.setattr(seconds, "machine_pace", lambda: 3.0)
    slow = make_reserve(problem, None, 60.0)(leaders, 20)
    plain = make_reserve(problem, None)(leaders, 20)  # without a clock the pace has no say
    assert slow == pytest.approx(3 * plain)
    assert plain >= choice_seconds(problem, 20)
