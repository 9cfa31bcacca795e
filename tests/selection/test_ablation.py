"""Steps of the best pipeline that are worth no more than their noise are left out, shorter stay."""

from math import inf

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLRegressor, NestedCV, catalogue
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated
from automl.selection import simplify

LONG = "ridge(pca(standard_scaler(numeric)))"
NO_PCA, NO_SCALER = "ridge(standard_scaler(numeric))", "ridge(pca(numeric))"
NEITHER = "ridge(numeric)"


def evaluated(text, *scores, state=State.DONE):
    folds = tuple(FoldOutcome(State.DONE, score) for score in scores)
    return Evaluated(Genome.parse(text), Outcome(state, folds), number=1)


def outcomes(*pipelines):
    return {pipeline.genome: pipeline.outcome for pipeline in pipelines}


BEST = evaluated(LONG, 0.80, 0.90, 0.85)


def test_a_step_that_is_worth_something_stays():
    shorter = [evaluated(NO_PCA, 0.70, 0.80, 0.76), evaluated(NO_SCALER, 0.50, 0.60, 0.56)]
    ranked, ablations = simplify([BEST, *shorter], outcomes(BEST, *shorter))
    assert ranked == [BEST, *shorter]
    assert {ablation.step: ablation.pipeline.text for ablation in ablations} == {
        "pca": NO_PCA,
        "standard_scaler": NO_SCALER,
    }
    assert [ablation.worth for ablation in ablations] == pytest.approx([0.29 / 3, 0.89 / 3])
    assert not any(ablation.dropped for ablation in ablations)
    assert ablations[0].error == pytest.approx(np.std([0.1, 0.1, 0.09], ddof=1) / np.sqrt(3))


def test_a_step_within_its_noise_is_left_out():
    as_good, worse = evaluated(NO_PCA, 0.82, 0.86, 0.86), evaluated(NO_SCALER, 0.70, 0.80, 0.75)
    ranked, ablations = simplify([BEST, worse, as_good], outcomes(BEST, worse, as_good))
    assert ranked == [as_good, BEST, worse]
    assert {ablation.step: ablation.dropped for ablation in ablations} == {
        "pca": True,
        "standard_scaler": False,
    }


def test_steps_are_left_out_one_after_the_other_and_lose_no_more_than_noise_together():
    as_good, least = evaluated(NO_PCA, 0.80, 0.90, 0.84), evaluated(NEITHER, 0.83, 0.88, 0.83)
    ranked, ablations = simplify([BEST, as_good, least], outcomes(BEST, as_good, least))
    assert ranked[0] == least
    assert [ablation.step for ablation in ablations if ablation.dropped] == [
        "pca",
        "standard_scaler",
    ]
    much = evaluated(
        NEITHER, 0.79, 0.89, 0.83
    )  # a little less than before, and much less than the best
    ranked, _ = simplify([BEST, as_good, much], outcomes(BEST, as_good, much))
    assert ranked[0] == as_good


def test_a_pipeline_that_was_raced_out_is_reported_and_never_taken():
    out = evaluated(NO_PCA, 0.80, state=State.RACED_OUT)
    ranked, ablations = simplify([BEST], outcomes(BEST, out))
    assert ranked == [BEST]
    (ablation,) = ablations
    assert (ablation.worth, ablation.error, ablation.dropped) == (0.0, inf, False)


def test_one_fold_cannot_tell_noise():
    best, worse = evaluated(LONG, 0.9), evaluated(NO_PCA, 0.1)
    ranked, (ablation,) = simplify([best, worse], outcomes(best, worse))
    assert ranked == [best, worse]
    assert not ablation.dropped


def test_a_step_that_was_raced_out_does_not_protect_another():
    out, as_good = (
        evaluated(NO_SCALER, 0.81, state=State.RACED_OUT),
        evaluated(NO_PCA, 0.82, 0.86, 0.86),
    )
    ranked, ablations = simplify([BEST, as_good], outcomes(BEST, out, as_good))
    assert ranked[0] == as_good
    assert {ablation.step: ablation.dropped for ablation in ablations} == {
        "pca": True,
        "standard_scaler": False,
    }


def test_without_shorter_pipelines_there_is_nothing_to_tell():
    assert simplify([BEST], outcomes(BEST)) == ([BEST], [])


@pytest.mark.slow
def test_a_search_leaves_steps_of_its_leader_out():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(120, 3)), columns=["a", "b", "c"])
    y = X["a"] * X["b"] + 0.1 * rng.normal(size=120)
    operators = catalogue("default").only(
        "ridge", "standard_scaler", "simple_imputer", "power_transformer", "polynomial_features"
    )
    search = AutoMLRegressor(
        catalogue=operators,
        max_evaluations=25,
        cv=NestedCV(outer=3, repeats=1),
        n_jobs=1,
        random_state=4,  # a search whose leader is told without its steps before the end
        verbose=0,
    )
    table = search.fit(X, y).ablation_
    assert list(table) == ["step", "worth", "error", "dropped", "pipeline"]
    assert "polynomial_features" in set(table["step"])
    assert set(table["pipeline"]) <= set(search.leaderboard_["pipeline"])
    assert (table["worth"] <= table["error"])[table["dropped"]].all()
    if table["dropped"].any():
        assert search.best_genome_ == table[table["dropped"]].iloc[-1]["pipeline"]
