"""Several quantiles in one fit: columns that rise, and one score, model and script for all."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_pinball_loss

from automl import AutoMLRegressor, NestedCV, Quantile, SettingsError, catalogue, load
from automl.cli import main
from automl.pipelines import Genome, build_pipeline, load_catalogue, read_columns
from automl.problem.metric import resolve_metric

LEVELS = (0.05, 0.5, 0.95)
N_ROWS = 200
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(N_ROWS, 2)), columns=["a", "b"])
Y = pd.Series(X["a"] + RNG.exponential(size=N_ROWS), name="cost")
OPTIONS = {
    "max_evaluations": 3,
    "cv": NestedCV(outer=3, inner=2, repeats=1),
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
}


def fitted(*names, **options):
    few = catalogue("default", include=list(names))
    options = {**OPTIONS, "catalogue": few, **options}
    return AutoMLRegressor(scoring=Quantile(list(LEVELS)), **options).fit(X, Y)


def mean_loss(predicted):
    pairs = zip(predicted.T, LEVELS, strict=True)
    return np.mean([mean_pinball_loss(Y, column, alpha=level) for column, level in pairs])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("xgb_regressor", {}),
        ("quantile_regressor", {"refit": "bagged"}),
    ],
)
def test_from_the_fit_to_the_script(name, options, tmp_path):
    search = fitted(name, **options)
    assert search.best_genome_.startswith(name)
    assert search.metric_ == "neg_pinball_loss_0.05_0.5_0.95"
    predicted = search.predict(X)
    assert predicted.shape == (N_ROWS, 3)
    assert (np.diff(predicted, axis=1) >= 0).all()
    assert np.all(np.abs((Y.to_numpy()[:, None] < predicted).mean(axis=0) - LEVELS) < 0.1)
    assert search.score(X, Y) == pytest.approx(-mean_loss(predicted))
    honest = search.honest_score_
    assert honest.naive == pytest.approx(search.best_score_)
    assert honest.low < honest.estimate < honest.high <= 0
    assert honest.gain_probability > 0.5
    assert search.ensemble_ is search.best_pipeline_
    with pytest.raises(SettingsError, match=r"scoring=Quantile\(\[0.05, 0.95\]\)"):
        search.predict_interval(X)
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(X), predicted)
    assert loaded.get_params()["scoring"] == Quantile(LEVELS)
    assert loaded.script_ == search.script_
    search.export(tmp_path / "best.py")
    X.assign(cost=Y).to_csv(tmp_path / "train.csv", index=False)
    command = [sys.executable, "best.py", "train.csv", "--verify", "--predict", "train.csv"]
    done = subprocess.run(
        [*command, "--out", "o.csv"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    model, train = str(tmp_path / "model"), str(tmp_path / "train.csv")
    assert main(["predict", model, train, "--out", str(tmp_path / "own.csv")]) == 0
    for path in ("o.csv", "own.csv"):
        table = pd.read_csv(tmp_path / path)
        assert list(table) == ["prediction_0.05", "prediction_0.5", "prediction_0.95"]
        np.testing.assert_allclose(table, predicted, atol=1e-6)


def test_models_that_cross_are_sorted():
    genome = Genome.parse("quantile_regressor(standard_scaler(numeric), alpha=0.0)")
    options = {"random_state": 0, "quantile": LEVELS}
    pipeline = build_pipeline(genome, load_catalogue(), read_columns(X), **options).fit(X, Y)
    model = pipeline.steps[-1][1]
    assert [part.quantile for part in model.estimators_] == list(LEVELS)
    far = pipeline[:-1].transform(X * 100)  # where lines cross
    apart = np.column_stack([part.predict(far) for part in model.estimators_])
    assert (np.diff(apart, axis=1) < 0).any()
    np.testing.assert_array_equal(np.sort(apart, axis=1), pipeline.predict(X * 100))


@pytest.mark.parametrize(
    "levels",
    [
        [],
        [0.5],
        [0.5, 0.05],
        [0.5, 0.5],
        [0.0, 0.5],
        [0.5, 1.0],
        [0.5, np.nan],
        ["low", "high"],
        [[0.1], [0.9]],
        np.array([0.9, 0.1]),
    ],
)
def test_wrong_levels_are_refused_by_a_sentence(levels):
    with pytest.raises(SettingsError, match="two or more quantiles between 0 and 1, each above"):
        AutoMLRegressor(scoring=Quantile(levels), **OPTIONS).fit(X, Y)


@pytest.mark.parametrize("level", ["high", None, 0.0, 1, True])
def test_a_wrong_level_is_refused_by_a_sentence(level):
    with pytest.raises(SettingsError, match="expected a quantile between 0 and 1, got"):
        AutoMLRegressor(scoring=Quantile(level), **OPTIONS).fit(X, Y)


def test_several_targets_have_no_quantiles():
    with pytest.raises(SettingsError, match="of one target, got 2"):
        AutoMLRegressor(scoring=Quantile([0.1, 0.9]), **OPTIONS).fit(X, np.column_stack([Y, Y]))


def test_lists_and_arrays_are_the_same_levels():
    assert Quantile([0.1, 0.9]) == Quantile((0.1, 0.9)) == Quantile(np.array([0.1, 0.9]))
    metric = resolve_metric(Quantile([0.1, 0.9]), "regression", None)
    assert metric.quantile == (0.1, 0.9)
    assert hash(Quantile([0.1, 0.9]))
