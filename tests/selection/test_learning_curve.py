"""The gain by more rows is measured on fewer rows, and believed as far as its noise allows."""

from concurrent.futures import Future
from contextlib import ExitStack

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import (
    GroupKFold,
    LeaveOneOut,
    RepeatedKFold,
    ShuffleSplit,
    TimeSeriesSplit,
)

from automl.evaluation import evaluate_fold
from automl.execution import Evaluator, Limits
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, Rescaling, load_catalogue
from automl.problem import NestedCV, Problem, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric
from automl.search.bank import Candidate
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.selection import Choice, LearningCurve
from automl.selection.evidence import Evidence

CATALOGUE = load_catalogue("default")
KERNEL = Genome.parse(
    "svr_rbf(kernel_scaler(standard_scaler(numeric), gamma=1.0), C=3.0, epsilon=0.1)"
)
LINE = Genome.parse("ridge(standard_scaler(numeric), alpha=1.0)")
UNLIMITED = {"seconds": None, "evaluations": 10}


class Here:
    """Runs tasks where it is, at once."""

    def __init__(self, workers=1, after=lambda result: result):
        self.workers = self.threads = workers
        self.tasks, self._after = [], after

    def submit(self, function, *arguments, timeout, traces=()):
        self.tasks.append(arguments)
        future = Future()
        future.set_result(self._after(function(*arguments)))
        return future


def waves(seed, n):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-3, 3, size=(n, 2))
    return pd.DataFrame(X, columns=["a", "b"]), np.sin(2 * X[:, 0]) * X[:, 1] + 0.1 * rng.normal(
        size=n
    )


def problem_of(X, y, cv, **options):
    dataset = read_dataset(X, y, "regression", **options)
    splits = outer_splits(dataset, cv, seed=0)
    return Problem(dataset, CATALOGUE, splits, resolve_metric(None, "regression", None), 0, cv)


def candidate_of(problem, genome, **changes):
    folds = [evaluate_fold(problem, genome, fold) for fold in range(len(problem.splits))]
    held_out = {fold: outcome.predictions for fold, outcome in enumerate(folds)}
    folds = [FoldOutcome(State.DONE, fold.score, **changes) for fold in folds]
    return Candidate(Evaluated(genome, Outcome(State.DONE, tuple(folds)), number=1), held_out)


@pytest.fixture(scope="module")
def waving():
    """A problem in which rows matter."""
    return problem_of(*waves(0, 300), NestedCV(outer=5, repeats=1))


@pytest.fixture
def curve_of():
    """A function that returns the learning curve of a problem, whose tasks run at once."""
    with ExitStack() as stack:

        def make(problem, executor=None, **budget):
            budget = Budget(**(budget or UNLIMITED))
            evaluator = Evaluator(problem, executor or Here(), Limits(), budget.seconds)
            return LearningCurve(stack.enter_context(evaluator), budget)

        yield make


def growth_of(curve, candidate, luck=0.0, rescaling=None):
    """Return the growth of the choice of one pipeline, which had so much luck."""
    choice = Choice((candidate,), (1.0,), np.empty(0), estimate=-luck, naive=0.0)
    return curve.growth(choice, rescaling, Evidence(curve._problem))


def test_a_model_that_needs_rows_is_promised_what_they_bring(waving, curve_of):
    problem = waving
    candidate = candidate_of(problem, KERNEL)
    growth = growth_of(curve_of(waving), candidate)
    X_new, y_new = waves(1, 20_000)
    data = problem.dataset

    def loss(rows):
        kernel = problem.build(KERNEL).fit(data.frame.iloc[rows], data.y[rows])
        return root_mean_squared_error(y_new, kernel.predict(X_new))

    folds = np.mean([loss(train) for train, _ in problem.splits])
    gained = folds - loss(np.arange(len(data)))
    assert gained > 0.01
    assert 0.4 * gained < growth.gain < 2 * gained
    assert 0 < growth.error < gained


def test_a_model_that_needs_none_is_promised_nothing(waving, curve_of):
    problem = waving
    growth = growth_of(curve_of(waving), candidate_of(problem, LINE))
    assert 0 <= growth.gain < 0.005


def test_the_last_step_is_four_fifths_of_the_one_before(waving, curve_of):
    assert curve_of(waving)._share(dict.fromkeys(range(5))) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("outer", "share", "folds"),
    [
        (RepeatedKFold(n_splits=4, n_repeats=3, random_state=0), 0.75, 5),
        (ShuffleSplit(10, test_size=0.5, random_state=0), 0.5, 5),
        (TimeSeriesSplit(4), 0.616, 4),
        (LeaveOneOut(), 0.15, 5),
    ],
)
def test_other_splitters_have_steps_of_their_own(outer, share, folds, curve_of):
    problem = problem_of(*waves(0, 60), NestedCV(outer=outer, repeats=1))
    executor = Here()
    curve = curve_of(problem, executor)
    growth_of(curve, candidate_of(problem, LINE))
    assert len(executor.tasks) == folds
    assert curve._share(dict.fromkeys(range(folds))) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("cv", [5, GroupKFold(4), TimeSeriesSplit(3)])
def test_fewer_rows_are_rows_of_the_training_part(cv):
    is_ordered = isinstance(cv, TimeSeriesSplit)
    groups = None if is_ordered else np.arange(90) % 9
    problem = problem_of(*waves(0, 90), NestedCV(outer=cv, repeats=1), groups=groups)
    for fold, (train, _) in enumerate(problem.splits):
        fewer = problem.fewer_rows(fold)
        assert len(fewer) < len(train)
        assert set(fewer) < set(train)
        left_out = np.setdiff1d(train, fewer)
        if is_ordered:
            assert left_out.max() < fewer.min()  # what is nearest in time
        else:
            assert set(groups[left_out]).isdisjoint(groups[fewer])


def test_of_repeats_the_first_is_looked_at(curve_of):
    problem = problem_of(*waves(0, 100), NestedCV(outer=3, repeats=2))
    executor = Here()
    waving = problem
    growth = growth_of(curve_of(waving, executor), candidate_of(problem, KERNEL))
    assert [fold for *_, fold in executor.tasks] == [0, 1, 2]
    assert growth.error > 0


@pytest.mark.parametrize(
    ("seconds", "folds"), [(1e-4, 5), (1.0, 5), (2.5, 4), (5.0, 2), (5.1, 0), (60.0, 0)]
)
def test_a_twentieth_of_the_budget_is_enough(waving, seconds, folds, curve_of):
    problem = waving
    candidate = candidate_of(problem, LINE, fit_seconds=seconds)
    executor = Here(workers=2)
    curve = curve_of(waving, executor, seconds=100.0)
    growth = growth_of(curve, candidate)
    assert len(executor.tasks) == folds
    assert (growth.error > 0) == (folds > 0)
    assert curve.seconds(candidate.evaluated.outcome) == pytest.approx(folds * seconds)


def test_fits_beside_the_final_fits_are_not_repeated(waving, curve_of):
    problem = waving
    candidate, second = candidate_of(problem, KERNEL), candidate_of(problem, LINE)
    executor = Here()
    curve = curve_of(waving, executor)
    curve.start(candidate.evaluated)
    growth = growth_of(curve, candidate)
    assert [genome for _, _, genome, _ in executor.tasks] == [KERNEL.text] * 5
    assert growth == growth_of(curve_of(waving), candidate)
    growth_of(curve, second)  # such as the next best, where the best could not be fitted
    assert [genome for _, _, genome, _ in executor.tasks[5:]] == [LINE.text] * 5


def test_fits_that_are_not_waited_for_are_stopped(waving, curve_of):
    problem = waving
    executor = Here()
    executor.submit = lambda *_, timeout, traces: Future()  # it never ends
    curve = curve_of(waving, executor, seconds=100.0)
    curve.start(candidate_of(problem, KERNEL).evaluated)
    (tasks,) = curve._jobs.values()
    curve.stop()
    assert len(tasks) == 5
    assert all(task.cancelled() for task in tasks.values())


def test_the_clock_has_no_say_in_an_ordered_search(waving, curve_of):
    problem = waving
    executor = Here()
    curve = curve_of(waving, executor, seconds=100.0, evaluations=5)
    growth_of(curve, candidate_of(problem, LINE, fit_seconds=60.0))
    assert len(executor.tasks) == 5


def test_without_time_nothing_is_fitted(waving, curve_of):
    problem = waving
    executor = Here()
    curve = curve_of(waving, executor, seconds=1e-9, evaluations=5)
    growth = growth_of(curve, candidate_of(problem, LINE, fit_seconds=0.0))
    assert (growth.gain, growth.error, executor.tasks) == (0.0, 0.0, [])


def test_a_named_tuner_would_take_too_many_fits(curve_of):
    problem = problem_of(*waves(0, 60), NestedCV(outer=3, repeats=1, tuner="random", trials=2))
    executor = Here()
    waving = problem
    growth_of(curve_of(waving, executor), candidate_of(problem, LINE))
    assert executor.tasks == []


def test_folds_that_fail_are_left_out(waving, curve_of):
    problem = waving
    candidate = candidate_of(problem, KERNEL)
    complete = growth_of(curve_of(waving), candidate)
    failed = FoldOutcome(State.REFUSED, cause="no")
    outcomes = iter([True, False, True, True, True])
    four = Here(after=lambda result: result if next(outcomes) else failed)
    growth = growth_of(curve_of(waving, four), candidate)
    assert growth.gain == pytest.approx(complete.gain, rel=0.5)
    assert growth.gain != complete.gain
    none = growth_of(curve_of(waving, Here(after=lambda result: failed)), candidate)
    assert (none.gain, none.error) == (0.0, 0.0)


def test_luck_is_no_growth(waving, curve_of):
    """The best of many was lucky on the folds, not on fewer rows."""
    problem = waving
    candidate = candidate_of(problem, KERNEL)
    complete = growth_of(curve_of(waving), candidate)
    assert growth_of(curve_of(waving), candidate, luck=complete.gain / 2).gain < 0.7 * complete.gain
    assert growth_of(curve_of(waving), candidate, luck=1.0).gain == 0.0


def test_the_growth_is_that_of_rescaled_probabilities(curve_of):
    X, numbers = waves(0, 200)
    dataset = read_dataset(X, np.where(numbers > 0, "up", "down"), "classification")
    metric = resolve_metric("neg_log_loss", "classification", ["down", "up"])
    cv = NestedCV(outer=5, repeats=1)
    problem = Problem(dataset, CATALOGUE, outer_splits(dataset, cv, 0), metric, 0, cv)
    tree = Genome.parse(
        "decision_tree_classifier(numeric, ccp_alpha=0.0, class_weight=None, criterion='gini', "
        "max_depth=8, min_samples_leaf=1)"
    )
    candidate = candidate_of(problem, tree)
    waving = problem
    sure = growth_of(curve_of(waving), candidate)
    careful = growth_of(curve_of(waving), candidate, rescaling=Rescaling(0.1, (0.0, 0.0)))
    assert careful.error < sure.error / 5  # zeros are no infinite losses any more
