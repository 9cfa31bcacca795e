"""A clone of what predicts fits all of its members anew, as the exported script does."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline

from automl import NestedCV, Quantile, TunedThreshold, load
from automl.winner.predictor import assemble
from tests.searches import NUMBERS, N, X, classifier, labels, regressor

LABELS = labels(0.5)
HALF = np.arange(N) % 2 == 0


@dataclass
class Shape:
    """A search whose predictor has a shape, and the target that it learns."""

    search: object
    target: object
    last: str
    columns: list = field(default_factory=lambda: list(X))


TWICE = pd.DataFrame(dict.fromkeys("abc", X["a"])) + 0.01 * X[list("abc")]
SHAPES = {
    "single": Shape(classifier(ensemble_size=1), labels(0.4), ""),  # not rescaled, unlike LABELS
    "ensemble": Shape(classifier(), LABELS, "ensemble"),
    "numbers": Shape(regressor(), NUMBERS, "ensemble"),
    "bagged": Shape(classifier(refit="bagged"), LABELS, "ensemble"),
    "bagged single": Shape(regressor(refit="bagged", ensemble_size=1), NUMBERS, "bagged"),
    "tuned": Shape(
        classifier(
            "gaussian_nb",
            scoring=TunedThreshold("f1"),
            max_evaluations=2,
            cv=NestedCV(outer=2, repeats=1, tuner=None),
        ),
        LABELS,
        "gaussian_nb",
    ),
    "targets": Shape(
        regressor("ridge", max_evaluations=3),
        pd.DataFrame({"one": NUMBERS, "two": -NUMBERS + X["c"]}),
        "",
    ),
    "quantiles": Shape(
        regressor("quantile_regressor", scoring=Quantile([0.1, 0.9]), max_evaluations=3),
        NUMBERS,
        "quantile_regressor",
    ),
}


SLOW = {"tuned"}  # thresholds are tuned in folds of each fold, also those of the reference
PARAMS = [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in SHAPES]


@pytest.fixture(scope="module", params=PARAMS)
def shape(request):
    shape = SHAPES[request.param]
    shape.search.fit(X, shape.target)
    return shape


def built(search):
    """The pipeline of the exported script, not fitted."""
    names = {"__name__": "script"}
    exec(compile(search.script_, "script", "exec"), names)
    return names["build_pipeline"]()


def predictions(estimator, rows):
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(rows)), estimator.predict(rows)
    return (estimator.predict(rows),)


def assert_alike(one, other, rows):
    for left, right in zip(predictions(one, rows), predictions(other, rows), strict=True):
        if left.dtype.kind == "f":
            np.testing.assert_allclose(left, right, atol=1e-6)
        else:
            np.testing.assert_array_equal(left, right)


def test_the_shape_is_that_of_the_test(shape):
    assert isinstance(shape.search.ensemble_, Pipeline)
    assert shape.search.ensemble_.steps[-1][0] == (
        shape.last or shape.search.best_pipeline_.steps[-1][0]
    )


def test_fitted_on_the_same_rows_it_predicts_the_same(shape):
    search, target = shape.search, shape.target.to_numpy()
    assert_alike(clone(search.ensemble_).fit(X, target), search.ensemble_, X)


def test_fitted_on_other_rows_it_is_the_script_fitted_on_these(shape, tmp_path):
    search = shape.search
    before = predictions(search, X)
    rows, target = X[HALF], shape.target[HALF]
    refitted = clone(search.ensemble_).fit(rows, target)
    assert not np.allclose(predictions(refitted, X)[0], before[0])
    assert_alike(refitted, built(search).fit(rows, target.to_numpy()), X)
    np.testing.assert_array_equal(predictions(search, X)[0], before[0])
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert_alike(loaded.ensemble_, search.ensemble_, X)
    assert_alike(clone(loaded.ensemble_).fit(rows, target), refitted, X)


def test_members_are_put_together_as_scikit_learn_leaves_them():
    search = SHAPES["ensemble"].search
    if not hasattr(search, "ensemble_"):
        search.fit(X, LABELS)
    voting = search.ensemble_[-1]
    assert isinstance(voting, VotingClassifier)
    fitted = clone(search.ensemble_).fit(X, LABELS)[-1]
    assert vars(voting).keys() == vars(fitted).keys()
    assert voting.classes_.tolist() == fitted.classes_.tolist() == ["no", "yes"]
    assert list(voting.named_estimators_) == [name for name, _ in voting.estimators]
    np.testing.assert_allclose(
        search.ensemble_.transform(X), fitted.transform(search.ensemble_[:-1].transform(X))
    )


def test_an_ensemble_with_weights_is_fitted_with_weights_and_without(tmp_path):
    weights = np.where(np.arange(N) < 80, 2.0, 0.5)
    models = ["decision_tree_regressor", "svr_rbf", "ridge"]
    search = regressor(*models, max_evaluations=5).fit(X, NUMBERS, sample_weight=weights)
    assert isinstance(search.ensemble_[-1], VotingRegressor)
    options = {"ensemble__sample_weight": weights}
    assert_alike(clone(search.ensemble_).fit(X, NUMBERS, **options), search.ensemble_, X)
    assert_alike(built(search).fit(X, NUMBERS, **options), search.ensemble_, X)
    without = clone(search.ensemble_).fit(X, NUMBERS)
    assert not np.allclose(without.predict(X), search.predict(X))
    search.save(tmp_path / "model")
    again = clone(load(tmp_path / "model").ensemble_).fit(X, NUMBERS, **options)
    assert_alike(again, search.ensemble_, X)


def test_rescaled_probabilities_keep_their_scale():
    search = classifier("gaussian_nb", max_evaluations=2).fit(TWICE, LABELS)
    assert search.ensemble_.steps[-1][0] == "rescaled"
    assert search.ensemble_[-1].slope < 0.7
    assert_alike(clone(search.ensemble_).fit(TWICE, LABELS), search.ensemble_, TWICE)
    rows, target = TWICE[HALF], LABELS[HALF]
    refitted = clone(search.ensemble_).fit(rows, target)
    assert refitted[-1].slope == search.ensemble_[-1].slope
    assert_alike(refitted, built(search).fit(rows, target), TWICE)
    with pytest.raises(ValueError, match="expected 2 classes, got 3"):
        clone(search.ensemble_).fit(TWICE, LABELS.where(np.arange(N) > 20, "maybe"))


@pytest.mark.slow
def test_cross_validated_noise_is_guessed():
    """Frozen members would know the rows that they are to predict."""
    noise = pd.Series(np.random.default_rng(3).permutation(LABELS), index=X.index)
    search = classifier("k_neighbors_classifier", "logistic_regression").fit(X, noise)
    neighbors = search.select(
        int(search.leaderboard_["pipeline"].str.startswith("k_neigh").idxmax()) + 1, X, noise
    ).best_pipeline_
    neighbors.set_params(k_neighbors_classifier__n_neighbors=1)
    members = [clone(neighbors).fit(X, noise), clone(neighbors).fit(X, noise)]
    sure = assemble(members, ["one", "two"], [0.5, 0.5], np.array(["no", "yes"]), None)
    assert (sure.predict(X) == noise).mean() == 1
    for model in (sure, search.ensemble_):
        assert 0.3 < cross_val_score(clone(model), X, noise, scoring="roc_auc").mean() < 0.65
