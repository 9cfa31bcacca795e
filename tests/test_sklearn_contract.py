"""scikit-learn's own checks, on the default catalogue and on one that takes weights throughout."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from automl import AutoMLClassifier, AutoMLRegressor, catalogue

QUICK = {"max_evaluations": 2, "time_budget": None, "cv": 2, "n_jobs": 1, "verbose": 0}
# These learn the same from a row of weight 2 as from two rows; a standard scaler does not.
WEIGHED = catalogue("default").only("gaussian_nb", "ridge", "simple_imputer", "min_max_scaler")
UNWEIGHED = {
    "check_sample_weight_equivalence_on_dense_data": (
        "scalers of the default catalogue learn from rows without their weights"
    )
}


def expected_failures(estimator):
    return UNWEIGHED if estimator.catalogue == "default" else {}


@parametrize_with_checks(
    [
        AutoMLClassifier(random_state=0, **QUICK),
        AutoMLRegressor(random_state=0, **QUICK),
        AutoMLClassifier(random_state=0, catalogue=WEIGHED, **QUICK),
        AutoMLRegressor(random_state=0, catalogue=WEIGHED, **QUICK),
    ],
    expected_failed_checks=expected_failures,
)
@pytest.mark.filterwarnings("ignore::automl.AutoMLWarning")  # cv is lowered for tiny classes
def test_scikit_learn(estimator, check):
    check(estimator)
