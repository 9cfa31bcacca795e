"""The plan of the final fits: their rounds, their seconds and their order."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from automl.errors import AutoMLWarning, BudgetError
from automl.evaluation import FinalFit
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, load_catalogue
from automl.pipelines.catalogue import BASELINES
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.selection import FinalFits
from automl.selection.fallback import Fallback

FOREST = Genome("random_forest_classifier", (Genome("numeric"),))
BOOSTED = Genome("hist_gradient_boosting_classifier", (Genome("numeric"),))
BASELINE = Genome("dummy_classifier", (Genome("numeric"),))
CATALOGUE = load_catalogue("default").with_operator(BASELINES["classification"])


def evaluated(genome, *seconds, number=1, **fold):
    """Return a pipeline with folds that took these seconds."""
    folds = [FoldOutcome(State.DONE, 1.0, fit_seconds=fit, **fold) for fit in seconds]
    return Evaluated(genome, Outcome(State.DONE, tuple(folds)), number)


class Evaluator:
    """Notes the tasks, and fails each of them."""

    limit = 60.0

    def __init__(self, workers, *, has_curve):
        self.workers = self.threads = workers
        self.tasks = []
        self.problem = SimpleNamespace(
            bagging=None,
            final_rows=range(125),
            dataset=range(125),
            training_rows=100,
            folds_per_repeat=5,
            cv=SimpleNamespace(tunes_inside=not has_curve),
            catalogue=CATALOGUE,
            model=lambda genome: CATALOGUE[genome.operator],
        )

    def final(self, genome, rounds, n_jobs, seconds):
        return self._fail("final", genome, rounds)

    def fewer(self, genome, fold, seconds):
        return self._fail("fewer", genome, fold)

    def final_fit(self, task):
        return task.result()

    def _fail(self, *task):
        self.tasks.append(task)
        future = Future()
        future.set_exception(ValueError("it cannot be fitted"))
        return future


def final_fits(seconds, workers=2, evaluations=None, size=1, *, has_curve=False):
    budget = Budget(seconds=seconds, evaluations=evaluations or (None if seconds else 1))
    return FinalFits(Evaluator(workers, has_curve=has_curve), budget, size)


def at(remaining, fits):
    """Let the clock of final fits stand still."""
    seconds = fits._budget.seconds
    fits._budget = SimpleNamespace(
        seconds=seconds,
        is_ordered=False,
        is_interrupted=False,
        ignores_clock=False,
        remaining=lambda: float(remaining),
        wait=lambda jobs, grace=0.0: None,
    )
    return fits


def test_early_stopping_chose_the_rounds():
    boosted = Evaluated(
        BOOSTED,
        Outcome(
            State.DONE,
            (FoldOutcome(State.DONE, 1.0, rounds=100), FoldOutcome(State.DONE, 1.0, rounds=141)),
        ),
        number=1,
    )
    assert final_fits(60).rounds(boosted) == 120


@pytest.mark.parametrize(("seconds", "trees"), [(0.1, 500), (2.0, 400), (99.0, 100)])
def test_a_forest_has_as_many_trees_as_there_is_time_for(seconds, trees):
    forest = evaluated(FOREST, seconds)
    assert final_fits(60).rounds(forest, 10.0, n_jobs=2) == trees
    assert final_fits(60).rounds(forest) == 500
    assert final_fits(None).rounds(forest, 10.0, n_jobs=2) == 500


def test_tuning_leaves_less_time_for_trees():
    tuned = evaluated(FOREST, 1.0, tune_seconds=4.0)
    trees = final_fits(60).rounds(tuned, 10.0, n_jobs=2)
    assert trees == int((10 - 1.25 * 4) / (1.25 * 1.0 / 100))


def test_forests_share_the_seconds_of_their_worker():
    fits, growing = at(10, final_fits(10)), at(10, final_fits(10, has_curve=True))
    light, heavy, boosted = evaluated(FOREST, 1.0), evaluated(FOREST, 4.0), evaluated(BOOSTED, 4.0)
    room = (10 - 1) / 1.2
    assert fits._shares([light])[0] == pytest.approx(room)
    shares = fits._shares([light, boosted])
    assert list(shares) == [1, 0]  # the longest first
    assert shares[0] == pytest.approx(room)
    shares = fits._shares([light, heavy, boosted])
    assert list(shares) == [1, 2, 0]
    assert shares[1] == pytest.approx(room)  # the heavy one has a worker of its own
    assert shares[0] == pytest.approx(room - 1.25 * 4)  # the light one comes after the boosted one
    assert fits._shares([light, heavy])[0] == pytest.approx(room)
    quick = evaluated(FOREST, 0.2)
    assert growing._shares([quick, boosted])[0] == pytest.approx(room - 4 * 0.2 / 2)
    assert growing._shares([quick])[0] == pytest.approx(room - 2 * 0.2)


def test_an_ordered_search_does_not_ask_the_clock():
    slow = evaluated(FOREST, 99.0)
    fits = final_fits(60, evaluations=10)
    assert fits.rounds(slow) == 500
    # So it plans for all of these trees, should the clock end it after all.
    assert fits.expected_seconds(slow, 2) == pytest.approx(5 * 1.25 * 99)


def test_out_of_time_the_cheapest_but_the_baseline_is_fitted():
    fits = final_fits(1e-9)
    dear, cheap = evaluated(FOREST, 9.0), evaluated(BOOSTED, 2.0)
    baseline = evaluated(BASELINE, 0.01, number=0)
    with pytest.raises(BudgetError):
        fits.best_of([dear, cheap, baseline])
    genomes = [genome for _, genome, _ in fits._evaluator.tasks]
    assert genomes == [BOOSTED, FOREST, BASELINE]


class Reserve(Evaluator):
    """Has a file with the first pipeline that is asked for, and fails all others."""

    def final(self, genome, rounds, n_jobs, seconds):
        job = super().final(genome, rounds, n_jobs, seconds)
        if len(self.tasks) > 1:
            return job
        fitted = Future()
        fitted.set_result(FinalFit("fitted", genome.text, rounds, 0.0))
        return fitted


def with_fallback(seconds):
    fits = FinalFits(Reserve(2, has_curve=False), Budget(seconds=seconds))
    fits.fallback.on_evaluated(None, evaluated(BASELINE, 0.1, number=0))  # that is no pipeline
    fits.fallback.on_evaluated(None, Evaluated(BOOSTED, Outcome(State.REFUSED), 1))
    fits.fallback.on_evaluated(None, evaluated(FOREST, 0.1))
    fits.fallback.on_evaluated(None, evaluated(BOOSTED, 0.1))  # one is enough
    return fits


@pytest.mark.parametrize(("seconds", "n_tried"), [(1e-9, 0), (600, 1)])
def test_what_is_fitted_already_comes_before_the_constant(seconds, n_tried):
    fits = with_fallback(seconds)
    candidates = [evaluated(BOOSTED, 9.0), evaluated(BASELINE, 0.01, number=0)]
    with pytest.warns(AutoMLWarning, match="fitted during the search"):
        member = fits.best_of(candidates)
    assert (member.genome, member.pipeline) == (FOREST, "fitted")
    assert len(fits._evaluator.tasks) == 1 + n_tried


def test_a_reserve_that_fails_gives_way_to_the_next():
    evaluator = Evaluator(2, has_curve=False)
    fallback = Fallback(evaluator, Budget(seconds=60))
    for genome in (FOREST, BOOSTED):
        fallback.on_evaluated(None, evaluated(genome, 0.1))
    assert [genome for _, genome, _ in evaluator.tasks] == [FOREST, BOOSTED]
    assert fallback.fit(0.0) is None


def test_a_final_fit_has_a_limit_without_a_clock_too():
    assert final_fits(None)._limit(evaluated(BOOSTED, 0.1)) == 60.0
    assert final_fits(None)._limit(evaluated(BOOSTED, 100.0)) == pytest.approx(20 * 1.25 * 100)
    assert final_fits(60)._limit(evaluated(BOOSTED, 100.0)) == pytest.approx(61, abs=5)


def test_the_longest_member_is_fitted_first_and_the_curve_beside_them():
    fits = at(20, final_fits(20, has_curve=True))
    members = [evaluated(FOREST, 0.9), evaluated(BOOSTED, 7.0), evaluated(BOOSTED, 8.0)]
    with pytest.warns(AutoMLWarning, match="it cannot be fitted"):
        fitted = fits.ensemble_of(members, [0.5, 0.25, 0.25])
    assert fitted == []
    tasks = fits._evaluator.tasks
    assert tasks[:2] == [("final", BOOSTED, None)] * 2
    trees = ((20 - 1) / 1.2 - 0.9 - 1.25 * 7) / (1.25 * 1.5 * 0.9 / 100)
    assert tasks[2] == ("final", FOREST, int(trees))
    assert tasks[3:] == [("fewer", FOREST, fold) for fold in range(2)]  # it is the best


def test_the_only_forest_leaves_time_for_the_learning_curve():
    fits = at(8, final_fits(20, has_curve=True))
    with pytest.raises(BudgetError, match="it cannot be fitted"):
        fits.best_of([evaluated(FOREST, 0.9)])
    trees = int((8 - 1 - 0.9) / 1.5 / (1.25 * 0.9 / 100))  # two fits at once
    assert fits._evaluator.tasks == [("final", FOREST, trees)]


def test_members_that_take_too_long_are_left_out():
    members = [evaluated(BOOSTED, 1.0), evaluated(FOREST, 9.0), evaluated(BOOSTED, 1.1)]
    assert final_fits(600)._timely(members) == members
    assert final_fits(10)._timely(members) == [members[0], members[2]]
    assert final_fits(1e-9)._timely(members) == members[:1]


def test_tuning_takes_its_time_again_however_many_workers():
    tuned = evaluated(FOREST, 1.0, tune_seconds=60.0)
    seconds = final_fits(300, workers=16).expected_seconds(tuned, n_jobs=16)
    assert seconds == pytest.approx(1.25 * (60 + 1.0 * (1 / 16 + 0.5)))
