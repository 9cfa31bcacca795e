"""A search keeps the seconds that its end takes: those of the members, once it is late."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from automl.search.bank import Candidate
from automl.search.budget import Budget
from automl.selection import Reserve, reserve
from automl.selection.evidence import Evidence
from automl.selection.seconds import choice_seconds
from tests.selection.test_choice import candidate_of, fixed, problem_of

N = 2_000
RIGHT = 0.5 + 0.4 * np.where(np.arange(N) % 2, 1, -1)


class Bank(list):
    """Has pipelines, the best first."""

    baseline = None

    @property
    def n_ranked(self):
        return len(self)

    def candidates(self):
        self.n_asked = getattr(self, "n_asked", 0) + 1
        return list(self)


def pipeline(problem, number, seconds, noise):
    """Return a pipeline whose fits take some seconds, and whose errors come from its noise."""
    right = RIGHT + noise * np.random.default_rng(number).normal(size=N)
    candidate = candidate_of(problem, number, fixed(np.column_stack([1 - right, right])))
    folds = tuple(replace(fold, fit_seconds=seconds) for fold in candidate.evaluated.outcome.folds)
    outcome = replace(candidate.evaluated.outcome, folds=folds)
    evaluated = replace(candidate.evaluated, outcome=outcome, number=number)
    return Candidate(evaluated, candidate.held_out)


def fits_of(size):
    """Return final fits that take one after the other."""
    return SimpleNamespace(
        size=size, reserve=lambda models: sum(model.outcome.fit_seconds for model in models)
    )


def budget_with(seconds):
    """Return a budget of a minute of which some seconds are left."""
    return SimpleNamespace(seconds=60.0, remaining=lambda: seconds)


@pytest.fixture(name="problem", scope="module")
def fixture_problem():
    return problem_of(np.arange(N) % 2, scoring="neg_log_loss")


def test_a_slower_machine_keeps_more_seconds_for_the_choice(problem, monkeypatch):
    bank = Bank([pipeline(problem, 1, 1.0, 0.2)])
    leaders = [bank[0].evaluated]
    monkeypatch.setattr(reserve, "machine_pace", lambda: 3.0)
    slow = Reserve(problem, Budget(60.0), None)(leaders, bank)
    plain = Reserve(problem, Budget(evaluations=9), None)(
        leaders, bank
    )  # without a clock nothing is planned
    assert slow == pytest.approx(3 * plain)
    assert plain >= choice_seconds(Evidence(problem), 1)


@pytest.mark.parametrize(("left", "expected"), [(40.0, 9.0), (20.0, 2.0)])
def test_late_in_the_budget_the_members_of_now_count(problem, left, expected):
    # The slow leader errs as the best does, so that it is no member; the last one errs otherwise.
    best, slow = (pipeline(problem, 1, seconds, 0.1) for seconds in (1.0, 8.0))
    other = pipeline(problem, 2, 1.0, 0.1)
    bank = Bank([best, slow, other])
    leaders = [best.evaluated, slow.evaluated]
    keep = Reserve(problem, budget_with(left), fits_of(5))
    choice = keep._choice(leaders, len(bank))
    assert keep(leaders, bank) - choice == pytest.approx(expected)


def test_members_are_chosen_anew_for_new_leaders_and_when_time_is_up(problem):
    bank = Bank(pipeline(problem, number, 1.0, 0.2) for number in (1, 2, 3))
    leaders = [candidate.evaluated for candidate in bank[:2]]
    left = [20.0]
    keep = Reserve(problem, SimpleNamespace(seconds=60.0, remaining=lambda: left[0]), fits_of(5))
    for _ in range(3):
        keep(leaders, bank)
    assert bank.n_asked == 1
    bank.append(pipeline(problem, 4, 1.0, 0.2))  # no leader, and there is time
    keep(leaders, bank)
    assert bank.n_asked == 1
    keep(leaders[::-1], bank)
    assert bank.n_asked == 2
    left[0] = 0.5
    bank.append(pipeline(problem, 5, 1.0, 0.2))
    for _ in range(3):
        keep(leaders[::-1], bank)
    assert bank.n_asked == 3


def test_a_scorer_without_a_closed_form_and_a_pipeline_alone_keep_what_leaders_take():
    slow = problem_of(np.arange(N) % 2, scoring="f1")
    bank = Bank([pipeline(slow, 1, 3.0, 0.1), pipeline(slow, 2, 4.0, 0.1)])
    leaders = [candidate.evaluated for candidate in bank]
    keep = Reserve(slow, budget_with(20.0), fits_of(5))
    assert keep(leaders, bank) - keep._choice(leaders, 2) == pytest.approx(7.0)
    assert not hasattr(bank, "n_asked")
    alone = Reserve(problem_of(np.arange(N) % 2), budget_with(20.0), fits_of(1))
    assert alone(leaders[:1], bank) - alone._choice(leaders[:1], 2) == pytest.approx(3.0)
