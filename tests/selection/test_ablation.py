"""Steps of the best pipeline that are worth no more than their noise are left out, others stay."""

from math import inf

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLRegressor, catalogue
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.selection import simplify

LONG = "ridge(pca(standard_scaler(numeric)))"
NO_PCA, NO_SCALER = "ridge(standard_scaler(numeric))", "ridge(pca(numeric))"
NEITHER = "ridge(numeric)"


def pair(text: str, *scores: float, state: State = State.DONE) -> tuple[Genome, Outcome]:
    folds = tuple(FoldOutcome(State.DONE, score) for score in scores)
    return Genome.parse(text), Outcome(state, folds)


BEST = pair(LONG, 0.80, 0.90, 0.85)


def test_a_step_that_is_worth_something_stays() -> None:
    others = [pair(NO_PCA, 0.70, 0.80, 0.76), pair(NO_SCALER, 0.50, 0.60, 0.56)]
    ranked, looked_at = simplify([BEST, *others], dict([BEST, *others]))
    assert ranked == [BEST, *others]
    assert {one.step: one.pipeline.text for one in looked_at} == {
        "pca": NO_PCA,
        "standard_scaler": NO_SCALER,
    }
    assert [one.worth for one in looked_at] == pytest.approx([0.29 / 3, 0.89 / 3])
    assert not any(one.dropped for one in looked_at)
    assert looked_at[0].error == pytest.approx(np.std([0.1, 0.1, 0.09], ddof=1) / np.sqrt(3))


def test_a_step_within_its_noise_is_left_out() -> None:
    as_good, worse = pair(NO_PCA, 0.82, 0.86, 0.86), pair(NO_SCALER, 0.70, 0.80, 0.75)
    ranked, looked_at = simplify([BEST, worse, as_good], dict([BEST, worse, as_good]))
    assert ranked == [as_good, BEST, worse]
    assert {one.step: one.dropped for one in looked_at} == {"pca": True, "standard_scaler": False}


def test_steps_are_left_out_one_after_the_other_and_lose_no_more_than_noise_together() -> None:
    as_good, least = pair(NO_PCA, 0.80, 0.90, 0.84), pair(NEITHER, 0.83, 0.88, 0.83)
    ranked, looked_at = simplify([BEST, as_good, least], dict([BEST, as_good, least]))
    assert ranked[0] == least
    assert [one.step for one in looked_at if one.dropped] == ["pca", "standard_scaler"]
    much = pair(NEITHER, 0.79, 0.89, 0.83)  # a little less than before, and much less than the best
    ranked, _ = simplify([BEST, as_good, much], dict([BEST, as_good, much]))
    assert ranked[0] == as_good


def test_what_was_raced_out_is_told_and_never_taken() -> None:
    out = pair(NO_PCA, 0.80, state=State.RACED_OUT)
    ranked, looked_at = simplify([BEST], dict([BEST, out]))
    assert ranked == [BEST]
    (one,) = looked_at
    assert (one.worth, one.error, one.dropped) == (0.0, inf, False)


def test_one_fold_cannot_tell_noise() -> None:
    best, worse = pair(LONG, 0.9), pair(NO_PCA, 0.1)
    ranked, (one,) = simplify([best, worse], dict([best, worse]))
    assert ranked == [best, worse]
    assert not one.dropped


def test_a_step_that_was_raced_out_does_not_protect_another() -> None:
    out, as_good = pair(NO_SCALER, 0.81, state=State.RACED_OUT), pair(NO_PCA, 0.82, 0.86, 0.86)
    ranked, looked_at = simplify([BEST, as_good], dict([BEST, out, as_good]))
    assert ranked[0] == as_good
    assert {one.step: one.dropped for one in looked_at} == {"pca": True, "standard_scaler": False}


def test_without_shorter_pipelines_there_is_nothing_to_tell() -> None:
    assert simplify([BEST], dict([BEST])) == ([BEST], [])


def test_a_search_leaves_steps_of_its_leader_out() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(120, 3)), columns=["a", "b", "c"])
    y = X["a"] * X["b"] + 0.1 * rng.normal(size=120)
    operators = catalogue("default").only(
        "ridge", "standard_scaler", "simple_imputer", "power_transformer", "polynomial_features"
    )
    search = AutoMLRegressor(
        catalogue=operators, max_evaluations=25, n_jobs=1, random_state=0, verbose=0
    )
    table = search.fit(X, y).ablation_
    assert list(table) == ["step", "worth", "error", "dropped", "pipeline"]
    assert "polynomial_features" in set(table["step"])
    assert set(table["pipeline"]) <= set(search.leaderboard_["pipeline"])
    assert (table["worth"] <= table["error"])[table["dropped"]].all()
    if table["dropped"].any():
        assert search.best_genome_ == table[table["dropped"]].iloc[-1]["pipeline"]
