"""Folds are lowered until each has a score; where none has, the error comes before the search."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, make_scorer
from sklearn.model_selection import KFold

from automl import AutoMLClassifier, catalogue
from automl.errors import AutoMLWarning, DataError
from automl.problem import NestedCV, pose, pose_problem, scorable
from automl.problem.dataset import read_dataset

SMALL = catalogue("default").only("simple_imputer", "standard_scaler", "logistic_regression")
OWN = make_scorer(log_loss, response_method="predict_proba", greater_is_better=False)


def problem_of(y, scoring=None, cv=5, task="classification", tuner="auto", **options):
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(y))})
    dataset = read_dataset(X, np.asarray(y), task, **options)
    cv = NestedCV(outer=cv, tuner=tuner)
    return pose_problem(dataset, catalogue=SMALL, cv=cv, scoring=scoring, seed=0)


def rare(count, others=("u", "v"), n=60):
    return np.array(["rare"] * count + list(np.resize(others, n - count)))


def weights_that_leave(count, y):
    weights = np.ones(len(y))
    weights[np.flatnonzero(y == "rare")[count:]] = 0
    return weights


@pytest.mark.parametrize(
    ("y", "options", "n_folds", "words"),
    [
        (rare(4, "u", 200), {}, 4, "cv=5 .* class 'rare' has 4 rows; so there are 4 folds"),
        ([0, 1, 0, 1, 1], {}, 2, "class 0 has 2 rows; so there are 2 folds"),
        (rare(4, "a"), {"scoring": "f1"}, 4, "score of f1"),
        (rare(4, "a"), {"scoring": "average_precision"}, 4, "so there are 4 folds"),
        (rare(3), {"scoring": "roc_auc_ovr"}, 3, "has 3 rows; so there are 3 folds"),
        (rare(3), {"scoring": OWN}, 3, "has 3 rows; so there are 3 folds"),
        (
            rare(30, "u"),
            {"groups": np.arange(60) // 10},
            3,
            "'rare' has 30 rows in 3 groups; so there are 3 folds",
        ),
        (
            rare(30, "u"),
            {"sample_weight": weights_that_leave(3, rare(30, "u"))},
            3,
            "'rare' has 3 rows with a weight above 0; so there are 3 folds",
        ),
        (np.arange(5.0), {"task": "regression", "scoring": "r2"}, 2, "there are 5 rows; so"),
    ],
)
def test_folds_are_lowered_with_one_warning(y, options, n_folds, words):
    with pytest.warns(AutoMLWarning, match=words) as warned:
        problem = problem_of(y, **options)
    assert len(warned) == 1
    assert problem.folds_per_repeat == n_folds
    for train, test in problem.splits:
        for part in (train, test):
            assert not problem.dataset.is_classification or (
                len(np.unique(problem.dataset.y[problem.dataset.weighted_rows(part)])) > 1
            )


@pytest.mark.parametrize(
    "scoring", [None, "neg_brier_score", "d2_brier_score", "d2_log_loss_score", "top_k_accuracy"]
)
def test_scores_that_are_told_all_classes_keep_their_folds(scoring):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert problem_of(rare(3), scoring).folds_per_repeat == 5


@pytest.mark.parametrize(
    ("y", "options", "words"),
    [
        (rare(1), {"scoring": "roc_auc_ovr"}, "'rare' has 1 row; .* scoring='neg_log_loss'"),
        (rare(1, "u"), {}, "class 'rare' has 1 row; give more rows of it$"),
        (rare(1, "u"), {"scoring": "accuracy"}, "class 'rare' has 1 row; give more rows of it$"),
        (
            rare(10, "u"),
            {"groups": np.arange(60) // 10},
            "'rare' has 10 rows in 1 group; give more groups of it$",
        ),
        (rare(30, "u"), {"cv": KFold(2)}, "fold 0 of cv .* training part .* classes \\['rare'\\]"),
        (
            rare(20),
            {"cv": KFold(3), "scoring": "roc_auc_ovr"},
            "fold 0 of cv .* held-out part .* lacks the classes \\['u', 'v'\\]",
        ),
        ([0, 1, 0, 1, 1], {"tuner": "random"}, "take tuner='auto'"),
    ],
)
@pytest.mark.filterwarnings("ignore::automl.errors.AutoMLWarning")
def test_where_no_folds_have_a_score_the_error_comes_before_the_search(y, options, words):
    with pytest.raises(DataError, match=words):
        problem_of(y, **options)


@pytest.mark.filterwarnings("ignore::automl.errors.AutoMLWarning")
def test_leaders_are_not_tuned_where_no_inner_folds_have_a_score():
    problem = problem_of([0, 1, 0, 1, 1])
    assert problem.cv.tuner is None


def test_a_scorer_that_looks_at_the_pipeline_lowers_no_folds():
    def depth(estimator, X, y):
        return -len(estimator.steps)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert problem_of(rare(3), depth).folds_per_repeat == 5


@pytest.mark.filterwarnings("ignore::automl.errors.AutoMLWarning")
@pytest.mark.parametrize(
    ("y", "scoring"), [([0, 1, 0, 1, 1], None), (rare(3), OWN), (rare(3), "top_k_accuracy")]
)
def test_a_search_with_few_rows_of_a_class_has_a_result(y, scoring):
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(y))})
    settings = {"max_evaluations": 3, "time_budget": None, "random_state": 0, "verbose": 0}
    search = AutoMLClassifier(scoring=scoring, catalogue=SMALL, n_jobs=1, **settings).fit(X, y)
    assert np.isfinite(search.honest_score_.estimate)


def test_a_class_of_one_stretch_of_time_is_not_called_rare():
    y = np.repeat(["before", "after"], 30)
    with pytest.raises(DataError, match="stretches of time lack a class; give rows of each class"):
        problem_of(y, time=np.arange(60))


def test_a_scorer_is_asked_of_some_rows_of_each_class(monkeypatch):
    asked = []

    class Scorable(scorable.Scorable):
        def _random(self, rows):
            asked.append(len(rows))
            return super()._random(rows)

    monkeypatch.setattr(pose, "Scorable", Scorable)
    y = np.append(np.resize(np.arange(50), 3_000), 50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutoMLWarning)  # of the class of a single row
        problem_of(y)
    assert asked
    assert max(asked) <= 1_000
