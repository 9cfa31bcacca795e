"""Ablation and stability over folds, as tables with a sentence each."""

import numpy as np
import pandas as pd
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.page.robustness import robustness
from automl.pipelines import Genome
from automl.report import ablation_table
from automl.search.evaluated import Evaluated
from automl.selection import Ablation

SHORT = Genome.parse("ridge(numeric)")
NESTED = pd.DataFrame(
    {
        "fold": [0, 1, 2],
        "score": [0.8, 0.9, 0.7],
        "inner_score": [None, None, None],
        "pipeline": ["ridge(numeric, alpha=1.0)"] * 3,
        "rounds": [None, None, None],
        "fit_seconds": [0.1, 0.1, 0.1],
    }
)


def evaluated(*scores):
    folds = tuple(FoldOutcome(State.DONE, score) for score in scores)
    return Evaluated(SHORT, Outcome(State.DONE, folds), number=1)


def facts(ablations=(), nested=NESTED, leaders=()):
    return robustness(ablation_table(ablations), nested, leaders)


def test_steps_have_their_worth_with_its_error():
    scaler = Ablation("scaler", 0.02, 0.005, SHORT)
    pca = Ablation("pca", 0.001, 0.003, SHORT, dropped=True)
    robust = facts([scaler, pca])
    assert robust.steps.columns == ("step", "worth", "standard error", "left out", "without it")
    assert robust.steps.rows[0] == ("scaler", 0.02, 0.005, False, "ridge(numeric)")
    assert robust.on_steps.startswith("scaler is worth most of 2 steps")
    assert "0.02 (standard error 0.005)" in robust.on_steps
    assert robust.on_steps.endswith("left out: pca.")


def test_a_single_fold_has_no_error():
    robust = facts([Ablation("scaler", 0.02, np.inf, SHORT)])
    assert "standard error unknown" in robust.on_steps
    assert robust.steps.rows[0][2] is None
    assert "had no time" in facts().on_steps
    harmful = facts([Ablation("pca", -0.1, 0.1, SHORT)])
    assert harmful.on_steps.startswith("None of the steps")


def test_the_spread_of_the_folds():
    robust = facts()
    assert robust.folds.columns == ("fold", "score", "fit_seconds")
    assert "between 0.7 and 0.9" in robust.on_folds
    assert f"{np.std([0.8, 0.9, 0.7]):.2g}" in robust.on_folds
    assert "single fold" in facts(nested=NESTED.head(1)).on_folds


def test_how_often_each_leader_is_first():
    leaders = [("a", evaluated(0.9, 0.7, 0.8, 0.1)), ("b", evaluated(0.8, 0.8, 0.8))]
    robust = facts(leaders=leaders)
    # A fold that one of them has not seen compares nothing, and level ones are both first.
    assert [row[-1] for row in robust.leaders.rows] == [2, 2]
    assert robust.leaders.rows[0][:3] == (1, "a", pytest.approx(0.8))
    assert "On the 3 folds" in robust.on_leaders
    assert "2 different ones are first" in robust.on_leaders
    assert facts(leaders=leaders[:1]).leaders.rows == ()


def test_settings_that_a_tuner_chose_differently():
    texts = [f"ridge(scaler(numeric), alpha={alpha}, tol=0.1)" for alpha in (1.0, 2.0, 1.0)]
    robust = facts(nested=NESTED.assign(pipeline=texts))
    assert robust.settings.rows == (("ridge.alpha", "1.0, 2.0, 1.0"),)
    assert "1 of 2 settings differ" in robust.on_settings
    assert facts().settings.rows == ()
