"""Budget, costs, randomness, metric, splits, racing and the plan of the final fit."""

import random
from concurrent.futures import Future
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import log_loss

from automl.errors import AutoMLWarning, BudgetError, SettingsError
from automl.execution import Limits
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, load_catalogue
from automl.pipelines.catalogue import BASELINES
from automl.problem.metric import resolve_metric
from automl.randomness import generator, seed_of, stdlib_random
from automl.search.budget import Budget
from automl.search.costs import Costs
from automl.search.trial import Trial, standing
from automl.selection import Refit


def done(score, seconds=1.0, rounds=None):
    return FoldOutcome(State.DONE, score=score, fit_seconds=seconds, rounds=rounds)


def trial_of(scores, threshold=None, repeats=1):
    rival = [] if threshold is None else [threshold] * 5 * repeats
    trial = Trial(1, Genome("numeric"), 5 * repeats, 5, rival, hurdle=rival)
    trial.folds.update({fold: done(score) for fold, score in enumerate(scores)})
    return trial


class TestRacing:
    def test_the_first_fold_is_alone(self):
        assert trial_of([], 0.0).next_folds() == [0]
        assert trial_of([0.5], 0.0).next_folds() == [1, 2, 3, 4]

    def test_a_mean_below_the_threshold_is_out(self):
        outcome = trial_of([0.6, 0.2], threshold=0.5).outcome()
        assert outcome.state is State.RACED_OUT
        assert outcome.score is None

    def test_folds_that_ended_out_of_order_do_not_count(self):
        trial = trial_of([], threshold=0.5)
        trial.folds.update({1: done(0.1), 2: done(0.1)})
        assert trial.outcome() is None
        trial.folds[0] = done(0.9)
        assert len(trial.outcome().folds) == 3  # 0.9 and 0.1 have a mean of 0.5, which may matter

    def test_what_is_worse_on_each_of_three_folds_is_out(self):
        hurdle = [0.9, 0.9, 0.9, 0.5, 0.9]
        trial = Trial(1, Genome("numeric"), 5, 5, hurdle=hurdle)
        trial.folds.update({fold: done(0.8) for fold in range(2)})
        assert trial.outcome() is None
        trial.folds[2] = done(0.8)
        assert (trial.outcome().state, len(trial.outcome().folds)) == (State.RACED_OUT, 3)
        trial.folds.update({2: done(0.9), 3: done(0.4), 4: done(0.8)})
        assert trial.outcome().state is State.DONE

    def test_one_fold_without_a_score_is_the_end(self):
        trial = trial_of([0.9], threshold=0.5)
        trial.folds[1] = FoldOutcome(State.CRASHED, cause="exit code 9")
        assert (trial.outcome().state, trial.outcome().cause) == (State.CRASHED, "exit code 9")

    def test_only_what_is_not_worse_sees_the_folds_drawn_again(self):
        worse = trial_of([0.9, 0.9, 0.9, 0.9, 0.1], threshold=0.8, repeats=3)
        assert (worse.outcome().state, len(worse.outcome().folds)) == (State.DONE, 5)
        equal = trial_of([0.8] * 5, threshold=0.8, repeats=3)
        assert equal.outcome() is None
        assert equal.next_folds() == [5, 6, 7, 8, 9]
        later = trial_of([0.9] * 5 + [0.6] * 5, threshold=0.8, repeats=3)
        assert len(later.outcome().folds) == 10
        assert len(trial_of([0.9] * 15, threshold=0.8, repeats=3).outcome().folds) == 15
        assert trial_of([0.9] * 14, repeats=3).next_folds() == [14]

    def test_whole_repeats_count_where_the_search_ended_before_the_next(self):
        trial = trial_of([0.9] * 7, threshold=0.8, repeats=3)
        assert trial.outcome() is None
        assert [fold.score for fold in trial.whole_repeats().folds] == [0.9] * 5
        assert trial_of([0.9] * 4, threshold=0.8, repeats=3).whole_repeats() is None

    def test_the_worst_fold_of_the_best_is_one_of_its_first(self):
        trial = Trial(1, Genome("numeric"), 4, 2, hurdle=[0.7, 0.6, 0.1, 0.7])
        assert trial.threshold == 0.6
        assert Trial(1, Genome("numeric"), 4, 2).threshold == -np.inf

    def test_more_repeats_stand_before_a_higher_score(self):
        lucky, best = trial_of([0.9] * 5, repeats=2), trial_of([0.8] * 10, repeats=2)
        short = Outcome(State.DONE, tuple(lucky.folds.values()))
        constant = Trial(0, Genome("numeric"), 10, 5)
        order = sorted(
            [
                (constant, best.outcome()),
                (lucky, Outcome(State.CRASHED)),
                (best, best.outcome()),
                (lucky, short),
            ],
            key=standing,
            reverse=True,
        )
        assert [trial for trial, _ in order] == [best, lucky, constant, lucky]

    def test_the_last_fold_decides_nothing_more(self):
        outcome = trial_of([0.9, 0.9, 0.9, 0.9, -9.0], threshold=0.5).outcome()
        assert outcome.state is State.DONE
        assert outcome.score == pytest.approx(-1.08)


class TestCosts:
    quick, slow = Genome.parse("ridge(numeric)"), Genome.parse("ridge(pca(numeric))")

    def test_a_pipeline_takes_what_its_folds_took(self):
        costs = Costs()
        for seconds in (1.0, 3.0):
            costs.note(self.quick, done(0.5, seconds))
        assert costs.seconds(self.quick) == 2.0

    def test_a_new_one_takes_at_least_what_its_slowest_operator_took(self):
        costs = Costs()
        costs.note(self.slow, done(0.5, 5.0))
        costs.note(self.quick, done(0.5, 1.0))
        assert costs.seconds(Genome.parse("lasso(numeric)")) == 1.0
        assert costs.seconds(Genome.parse("lasso(pca(numeric))")) == 5.0

    def test_what_was_stopped_took_that_long_and_what_failed_says_nothing(self):
        costs = Costs()
        costs.note(self.quick, FoldOutcome(State.REFUSED, fit_seconds=0.1))
        assert costs.seconds(self.quick) == 0.0
        costs.note(self.quick, FoldOutcome(State.TIMED_OUT, fit_seconds=9.0))
        assert costs.seconds(self.quick) == 9.0


class TestBudget:
    def test_seconds_run_out(self):
        budget = Budget(seconds=10, started=Budget(evaluations=1).started - 100)
        assert budget.remaining() == 0
        assert budget.elapsed() >= 100

    def test_evaluations_run_out(self):
        budget = Budget(evaluations=2)
        assert [budget.allows(asked) for asked in range(3)] == [True, True, False]
        assert budget.is_ordered


class TestRandomness:
    def test_a_birth_has_a_generator_of_its_own(self):
        draws = {generator(seed, birth).random() for seed in range(9) for birth in range(9)}
        assert len(draws) == 81
        assert generator(3, 4).random() == generator(3, 4).random()

    def test_a_state_is_put_back_even_after_an_error(self):
        before = random.getstate()
        with suppress(KeyError), stdlib_random(generator(0, 0)):
            random.random()
            raise KeyError
        assert random.getstate() == before

    def test_seeds(self):
        assert seed_of(np.int64(5)) == 5
        assert seed_of(np.random.RandomState(0)) == seed_of(np.random.RandomState(0))
        assert seed_of(None) != seed_of(None)
        with pytest.raises(SettingsError, match="-1"):
            seed_of(-1)


class TestMetric:
    def test_the_defaults_are_those_of_the_benchmark(self):
        assert resolve_metric(None, "classification", ["a", "b"]).name == "roc_auc"
        assert resolve_metric(None, "classification", ["a", "b", "c"]).name == "neg_log_loss"
        assert resolve_metric(None, "regression", None).name == "neg_root_mean_squared_error"

    def test_a_held_out_part_may_lack_a_class(self):
        X, y = np.zeros((6, 1)), ["a", "a", "b", "b", "c", "c"]
        model = DummyClassifier(strategy="prior").fit(X, y)
        score = resolve_metric("neg_log_loss", "classification", ["a", "b", "c"]).scorer
        assert score(model, X[:3], y[:3]) == pytest.approx(-np.log(3))
        assert score(model, X, y) == pytest.approx(-log_loss(y, model.predict_proba(X)))

    def test_a_function_keeps_its_name(self):
        def profit(estimator, X, y):
            return 1.0

        assert resolve_metric(profit, "regression", None).name == "profit"


class TestRefit:
    @staticmethod
    def refit(seconds, workers=2, evaluations=None, size=1, *, grows=False, submit=None):
        catalogue = load_catalogue("default").with_operator(BASELINES["classification"])
        problem = SimpleNamespace(
            bagging=None,
            dataset=range(125),
            training_rows=100,
            folds_per_repeat=5,
            cv=SimpleNamespace(tunes_inside=not grows),
            catalogue=catalogue,
            model=lambda genome: catalogue[genome.operator],
        )
        executor = SimpleNamespace(workers=workers, submit=submit)
        budget = Budget(seconds=seconds, evaluations=evaluations or (None if seconds else 1))
        return Refit(problem, "", executor, budget, Limits(), size)

    FOREST = Genome("random_forest_classifier", (Genome("numeric"),))
    BOOSTED = Genome("hist_gradient_boosting_classifier", (Genome("numeric"),))

    def test_early_stopping_found_the_rounds(self):
        outcome = Outcome(State.DONE, (done(1, rounds=100), done(1, rounds=141)))
        assert self.refit(60).rounds(self.BOOSTED, outcome) == 120

    @pytest.mark.parametrize(("seconds", "trees"), [(0.1, 500), (2.0, 400), (99.0, 100)])
    def test_a_forest_has_as_many_trees_as_there_is_time_for(self, seconds, trees):
        outcome = Outcome(State.DONE, (done(1, seconds=seconds),))
        assert self.refit(60).rounds(self.FOREST, outcome, 10.0, n_jobs=2) == trees
        assert self.refit(60).rounds(self.FOREST, outcome) == 500
        assert self.refit(None).rounds(self.FOREST, outcome, 10.0, n_jobs=2) == 500

    def test_tuning_leaves_less_time_for_trees(self):
        fold = FoldOutcome(State.DONE, score=1.0, fit_seconds=1.0, tune_seconds=4.0)
        tuned = Outcome(State.DONE, (fold,))
        trees = self.refit(60).rounds(self.FOREST, tuned, 10.0, n_jobs=2)
        assert trees == int((10 - 1.25 * 4) / (1.25 * 1.0 / 100))

    def test_forests_share_what_workers_have_left(self):
        refit, growing = self.refit(10), self.refit(10, grows=True)
        budget = SimpleNamespace(seconds=10.0, is_ordered=False, remaining=lambda: 10.0)
        refit._budget = growing._budget = budget
        second, four = (Outcome(State.DONE, (done(1, seconds=s),)) for s in (1.0, 4.0))
        light, heavy, boosted = (self.FOREST, second), (self.FOREST, four), (self.BOOSTED, four)
        room = (10 - 1) / 1.2
        assert refit._shares([light])[light] == pytest.approx(room)
        both = refit._shares([light, boosted])
        assert list(both) == [boosted, light]  # the longest first
        assert both[light] == pytest.approx(room)
        three = refit._shares([light, heavy, boosted])
        assert list(three) == [heavy, boosted, light]
        assert three[heavy] == pytest.approx(room)  # it has a worker of its own
        assert three[light] == pytest.approx(room - 1.25 * 4)  # after the other one
        assert refit._shares([light, heavy])[light] == pytest.approx(room)
        quick = self.FOREST, Outcome(State.DONE, (done(1, seconds=0.2),))
        shares = growing._shares([quick, boosted])
        assert shares[quick] == pytest.approx(room - 4 * 0.2 / 2)  # after two by two fits
        assert growing._shares([quick])[quick] == pytest.approx(room - 2 * 0.2)

    def test_an_ordered_search_does_not_ask_the_clock(self):
        slow = Outcome(State.DONE, (done(1, seconds=99.0),))
        refit = self.refit(60, evaluations=10)
        assert refit.rounds(self.FOREST, slow) == 500
        # So it plans for all of these trees, should the clock end it after all.
        assert refit.expected_seconds(self.FOREST, slow, 2) == pytest.approx(5 * 1.25 * 99)

    def test_out_of_time_the_cheapest_but_the_baseline_is_fitted(self):
        refit = self.refit(1e-9)
        outcomes = [Outcome(State.DONE, (done(1, seconds=s),)) for s in (9.0, 2.0, 0.01)]
        baseline = Genome("dummy_classifier", (Genome("numeric"),))
        candidates = list(zip((self.FOREST, self.BOOSTED, baseline), outcomes, strict=True))
        assert refit._next(candidates)[0] is self.BOOSTED  # the forest is the dearer one
        assert refit._next(candidates[-1:])[0] is baseline

    def test_the_baseline_is_never_the_best_that_is_done_in_time(self):
        refit = self.refit(5)
        outcomes = [Outcome(State.DONE, (done(1, seconds=s),)) for s in (99.0, 0.01)]
        baseline = Genome("dummy_classifier", (Genome("numeric"),))
        candidates = list(zip((self.BOOSTED, baseline), outcomes, strict=True))
        assert refit._next(candidates)[0] is self.BOOSTED

    def test_time_is_kept_for_the_final_fit(self):
        slow = Outcome(State.DONE, (done(1, seconds=4.0),))
        one = [(self.BOOSTED, slow)]
        assert self.refit(60).reserve([]) == 0
        assert self.refit(60).reserve(one) == pytest.approx(1.0 + 1.5 * 1.25 * 4)
        assert self.refit(60).reserve(one * 5) == self.refit(60).reserve(one)
        assert self.refit(None).reserve(one) == 0

    def test_members_are_fitted_side_by_side(self):
        slow = Outcome(State.DONE, (done(1, seconds=4.0),))
        five = [(self.BOOSTED, slow)] * 5
        assert self.refit(60, size=5).reserve(five) == pytest.approx(1.0 + 1.2 * 1.25 * 4 * 5 / 2)
        # They cost a share of the budget at most beyond the best.
        assert self.refit(10, size=5).reserve(five) == pytest.approx(1.0 + 1.5 * 5 + 1.5)

    def test_time_is_kept_for_what_more_rows_are_worth(self):
        pair = self.BOOSTED, Outcome(State.DONE, (done(1, seconds=1.0),))
        alone = self.refit(60, grows=True).reserve([pair])
        assert alone == pytest.approx(1.0 + 1.5 * 1.25 + 3)  # five fits by two workers
        together = self.refit(60, size=5, grows=True).reserve([pair] * 5)
        assert together == pytest.approx(1.0 + 1.2 * (5 * 1.25 + 5) / 2)

    def test_the_longest_member_is_fitted_first_and_growth_beside_them(self):
        started = []

        def submit(function, path, text, rounds, *_, timeout):
            started.append((function.__name__, text.partition("(")[0], rounds))
            future = Future()
            future.set_exception(ValueError("it cannot be fitted"))
            return future

        refit = self.refit(20, grows=True, submit=submit)
        refit._budget = SimpleNamespace(seconds=20, is_ordered=False, remaining=lambda: 20.0)
        quick, slow, slower = (Outcome(State.DONE, (done(1, seconds=s),)) for s in (0.9, 7, 8))
        members = [(self.FOREST, quick), (self.BOOSTED, slow), (self.BOOSTED, slower)]
        with pytest.warns(AutoMLWarning, match="it cannot be fitted"):
            found = refit.ensemble_of(members, [0.5, 0.25, 0.25])
        assert found == []
        assert started[:2] == [("run_final", self.BOOSTED.operator, None)] * 2
        assert started[2][:2] == ("run_final", self.FOREST.operator)
        trees = ((20 - 1) / 1.2 - 0.9 - 1.25 * 7) / (1.25 * 1.5 * 0.9 / 100)
        assert started[2][2] == int(trees)
        fewer = [("run_fewer", self.FOREST.operator, fold) for fold in range(2)]
        assert started[3:] == fewer  # it is the best

    def test_the_only_forest_leaves_time_for_what_more_rows_are_worth(self):
        started = []

        def submit(function, path, text, rounds, *_, timeout):
            started.append(rounds)
            future = Future()
            future.set_exception(ValueError("it cannot be fitted"))
            return future

        refit = self.refit(20, grows=True, submit=submit)
        refit._budget = SimpleNamespace(seconds=20, is_ordered=False, remaining=lambda: 8.0)
        with pytest.raises(BudgetError, match="it cannot be fitted"):
            refit.best_of([(self.FOREST, Outcome(State.DONE, (done(1, seconds=0.9),)))])
        assert started == [int((8 - 1 - 0.9) / 1.5 / (1.25 * 0.9 / 100))]  # two fits at once

    def test_members_that_take_too_long_are_left_out(self):
        quick, slow = (Outcome(State.DONE, (done(1, seconds=s),)) for s in (1.0, 9.0))
        members = [(self.BOOSTED, quick), (self.FOREST, slow), (self.BOOSTED, quick)]
        assert self.refit(600)._timely(members) == members
        assert self.refit(10)._timely(members) == [members[0], members[2]]
        assert self.refit(1e-9)._timely(members) == members[:1]

    def test_tuning_takes_its_time_again_however_many_workers(self):
        fold = FoldOutcome(State.DONE, score=1.0, fit_seconds=1.0, tune_seconds=60.0)
        tuned = Outcome(State.DONE, (fold,))
        refit = self.refit(300, workers=16)
        seconds = refit.expected_seconds(self.FOREST, tuned, n_jobs=16)
        assert seconds == pytest.approx(1.25 * (60 + 1.0 * (1 / 16 + 0.5)))
