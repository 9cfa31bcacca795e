"""A pipeline races on the folds: the next folds, the moment when it is out, and its rank."""

import numpy as np
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.search.trial import Trial


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

    def test_a_pipeline_that_is_worse_on_each_of_three_folds_is_out(self):
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

    def test_only_a_pipeline_that_is_not_worse_sees_the_folds_drawn_again(self):
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
        constant = Trial(0, Genome("numeric"), 10, 5).evaluated(best.outcome())
        finished = [
            constant,
            lucky.evaluated(Outcome(State.CRASHED)),
            best.evaluated(best.outcome()),
            lucky.evaluated(short),
        ]
        order = sorted(finished, key=lambda evaluated: evaluated.standing, reverse=True)
        assert order == [finished[2], finished[3], constant, finished[1]]

    def test_the_last_fold_decides_nothing_more(self):
        outcome = trial_of([0.9, 0.9, 0.9, 0.9, -9.0], threshold=0.5).outcome()
        assert outcome.state is State.DONE
        assert outcome.score == pytest.approx(-1.08)
