"""scikit-learn's own checks; those of weights also on a catalogue that takes them throughout."""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from automl import AutoMLClassifier, AutoMLRegressor, NestedCV, catalogue

QUICK = {
    "max_evaluations": 2,
    "time_budget": None,
    "cv": NestedCV(outer=2, repeats=1),
    "ensemble_size": 1,
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
}
# What a search finds is not the subject of most checks, so that a few operators do.
LIGHT = catalogue("default").only(
    "logistic_regression", "ridge", "simple_imputer", "standard_scaler", "one_hot_encoder"
)
# These learn the same from a row of weight 2 as from two rows; a standard scaler does not.
WEIGHED = catalogue("default").only("gaussian_nb", "ridge", "simple_imputer", "min_max_scaler")
UNWEIGHED = {
    "check_sample_weight_equivalence_on_dense_data": (
        "scalers of the default catalogue learn from rows without their weights"
    )
}

# cv is lowered for tiny classes
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::automl.AutoMLWarning")]


@parametrize_with_checks(
    [AutoMLClassifier(catalogue=LIGHT, **QUICK), AutoMLRegressor(catalogue=LIGHT, **QUICK)],
    expected_failed_checks=lambda estimator: UNWEIGHED,
)
def test_scikit_learn(estimator, check):
    check(estimator)


@parametrize_with_checks(
    [AutoMLClassifier(**QUICK), AutoMLRegressor(**QUICK)],
    expected_failed_checks=lambda estimator: UNWEIGHED,
)
def test_scikit_learn_with_all_operators(estimator, check):
    check(estimator)


@pytest.mark.parametrize("class_", [AutoMLClassifier, AutoMLRegressor])
def test_weights(class_):
    names = set()
    for estimator, check in estimator_checks_generator(class_(catalogue=WEIGHED, **QUICK)):
        name = check.func.__name__
        if "sample_weight" in name:
            check(estimator)
            names.add(name)
    assert names >= set(UNWEIGHED)
