"""A search without gain ends."""

import copy
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, NestedCV, Patience, SettingsError, catalogue, load

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(60, 3)), columns=list("abc"))
LABELS = np.where(FRAME["a"] + RNG.normal(size=60) > 0, "high", "low")
NAMES = ["gaussian_nb", "logistic_regression", "simple_imputer", "standard_scaler"]
SETTINGS = {
    **{"catalogue": catalogue("default", include=NAMES), "cv": NestedCV(outer=3, repeats=1)},
    **{"time_budget": None, "random_state": 0, "n_jobs": 2, "verbose": 0, "ensemble_size": 1},
}


class Search:
    """A search whose clock and best score are set by hand."""

    def __init__(self):
        self.seconds, self.best, self.is_stopped = 0.0, None, False
        self.budget = SimpleNamespace(elapsed=lambda: self.seconds)

    def stop(self):
        self.is_stopped = True

    def goes_on(self, observer, seconds, score=None, *, is_baseline=False):
        """Let a pipeline end after some seconds, and return whether the search goes on."""
        self.seconds += seconds
        if score is not None:
            self.best = SimpleNamespace(score=score, is_baseline=is_baseline)
            observer.on_evaluated(self, self.best)
        observer.on_pulse(self)
        return not self.is_stopped


def test_it_waits_for_a_gain():
    search, patience = Search(), Patience(seconds=10, gain=0.01)
    patience.on_start(search)
    assert search.goes_on(patience, 100)  # nothing has a score
    assert search.goes_on(patience, 100, 0.1, is_baseline=True)
    assert search.goes_on(patience, 100, 0.5)
    assert search.goes_on(patience, 9)
    assert search.goes_on(patience, 0.5, 0.51)  # a gain
    assert search.goes_on(patience, 9, 0.515)  # too small, ...
    assert search.goes_on(patience, 0.5, 0.52)  # ... but together they are one
    assert search.goes_on(patience, 9.5)
    assert not search.goes_on(patience, 0.5, 0.525)


def test_a_leader_with_more_draws_of_the_folds_may_be_worse():
    search, patience = Search(), Patience(seconds=10, gain=0.01)
    assert search.goes_on(patience, 1, 0.9)
    assert search.goes_on(patience, 8, 0.8)
    assert search.goes_on(patience, 1, 0.85)
    assert search.goes_on(patience, 9)
    assert not search.goes_on(patience, 1)


def test_an_earlier_search_is_forgotten():
    first, second, patience = Search(), Search(), Patience(seconds=10)
    assert first.goes_on(patience, 1, 0.9)
    patience.on_start(second)
    assert second.goes_on(patience, 100)
    assert second.goes_on(patience, 5, 0.1)
    assert second.goes_on(patience, 9)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seconds": 0}, "more than 0 seconds, got 0"),
        ({"seconds": "60"}, "more than 0 seconds, got '60'"),
        ({"seconds": float("nan")}, "more than 0 seconds, got nan"),
        ({"gain": -1}, "0 or more, got -1"),
        ({"gain": True}, "0 or more, got True"),
    ],
)
def test_other_settings_are_refused(settings, words):
    with pytest.raises(SettingsError, match=words):
        Patience(**settings)


@pytest.mark.slow
def test_it_ends_a_real_search_which_its_pipelines_repeat(tmp_path):
    patience = Patience(seconds=0.2, gain=10.0)
    settings = {**SETTINGS, "callbacks": [patience]}
    search = AutoMLClassifier(max_evaluations=100_000, **settings).fit(FRAME, LABELS)
    n_pipelines = len(search.leaderboard_)
    assert 1 < n_pipelines < 1_000
    # An ordered search counts only what it told, so that many evaluations are the same search.
    again = AutoMLClassifier(max_evaluations=n_pipelines, **SETTINGS).fit(FRAME, LABELS)
    assert again.script_ == search.script_
    columns = ["score", "state", "pipeline"]
    pd.testing.assert_frame_equal(again.leaderboard_[columns], search.leaderboard_[columns])
    search.save(tmp_path / "model")
    assert load(tmp_path / "model").callbacks == [patience]  # a setting, as any other
    assert copy.deepcopy(patience) == patience
