"""`refit="bagged"`: fits on folds, averaged, saved and exported as such."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    NestedCV,
    SettingsError,
    TunedThreshold,
    catalogue,
    load,
)

N = 150
RNG = np.random.default_rng(0)
X = pd.DataFrame({"size": RNG.normal(size=N), "kind": RNG.choice(["a", "b", "c"], N)})
NUMBERS = pd.Series(
    X["size"] * 2 + (X["kind"] == "a") + RNG.normal(scale=0.3, size=N), name="price"
)
LABELS = pd.Series(np.where(NUMBERS > 1, "dear", np.where(NUMBERS > -1, "fair", "cheap")))
OPTIONS = {
    "refit": "bagged",
    "max_evaluations": 4,
    "cv": NestedCV(outer=3, repeats=1),
    "time_budget": None,
    "n_jobs": 2,
    "random_state": 0,
    "verbose": 0,
}


def verified(search, X, tmp_path, *options):
    script, table = tmp_path / "script.py", tmp_path / "table.csv"
    search.export(script)
    X.to_csv(table, index=False)
    command = [sys.executable, str(script), str(table), "--verify", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("size", "model"), [(1, "xgb_classifier"), (3, "extra_trees_classifier")])
def test_classes(size, model, tmp_path):
    names = ["logistic_regression", model, "simple_imputer", "standard_scaler"]
    operators = catalogue("default").only(*names, "one_hot_encoder", "ordinal_encoder")
    search = AutoMLClassifier(catalogue=operators, ensemble_size=size, **OPTIONS)
    search.fit(X, LABELS)
    bag = search.best_pipeline_[-1]
    assert len(bag.pipelines_) == 3
    cells = search.best_pipeline_[0].transform(X)
    each = [pipeline.predict_proba(cells) for pipeline in bag.pipelines_]
    np.testing.assert_allclose(
        search.best_pipeline_.predict_proba(X), np.mean(each, axis=0), rtol=1e-5
    )
    assert not np.allclose(each[0], each[1])
    assert search.honest_score_ is not None
    assert search.honest_score_.growth == 0.0
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(X), search.predict_proba(X))
    assert loaded.script_ == search.script_
    assert "verified" in verified(search, X.assign(target=LABELS), tmp_path)


@pytest.mark.slow
def test_numbers_with_weights(tmp_path):
    weights = np.where(np.arange(N) < 100, 1.0, 0.0)
    search = AutoMLRegressor(**OPTIONS).fit(X, NUMBERS, sample_weight=weights)
    assert "FoldBaggingRegressor" in search.script_
    search.save(tmp_path / "model")
    assert load(tmp_path / "model").script_ == search.script_
    table = X.assign(price=NUMBERS, weight=weights)
    assert "verified" in verified(search, table, tmp_path, "--weight", "weight")


def test_a_class_that_a_fold_lacks():
    rare = LABELS.where(np.arange(N) >= 3, "rare")
    search = AutoMLClassifier(**OPTIONS).fit(X, rare)
    found = search.predict_proba(X)
    assert found.shape == (N, 4)
    np.testing.assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("options", "fit", "message"),
    [
        ({"refit": "twice"}, {}, "expected refit in"),
        ({"cv": [(np.arange(100), np.arange(100, N))]}, {}, "needs a number of folds"),
        ({"scoring": TunedThreshold("f1")}, {}, "averages probabilities"),
        ({}, {"groups": np.arange(N) // 10}, "does not work with groups"),
    ],
)
def test_what_cannot_be_bagged_is_refused(options, fit, message):
    two = np.where(NUMBERS > 0, "dear", "cheap")
    with pytest.raises(SettingsError, match=message):
        AutoMLClassifier(**OPTIONS | options).fit(X, two, **fit)
