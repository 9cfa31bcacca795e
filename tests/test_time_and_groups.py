"""Groups and time by a column's name: folds that respect them, and what it costs to ignore them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold

from automl import AutoMLClassifier, AutoMLRegressor, DataError, SettingsError, load
from automl.errors import AutoMLWarning
from automl.problem import NestedCV

RNG = np.random.default_rng(0)
PATIENTS = np.repeat(np.arange(30), 8)
N = len(PATIENTS)
PATIENT_CELLS = pd.DataFrame(RNG.normal(size=(30, 3))[PATIENTS], columns=list("abc"))
PATIENT_CELLS += RNG.normal(scale=0.05, size=(N, 3))
SICK = RNG.permutation(np.arange(30) % 2)[PATIENTS]
VISITS = PATIENT_CELLS.assign(patient=[f"P{code:02}" for code in PATIENTS])
SETTINGS = {
    "catalogue": "interpretable",
    "max_evaluations": 3,
    "time_budget": None,
    "ensemble_size": 1,
    "random_state": 0,
    "n_jobs": 2,
    "verbose": 0,
}


def fitted(estimator, *data, **options):
    """Return a fitted estimator and the warnings of its fit."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", AutoMLWarning)
        estimator.fit(*data, **options)
    return estimator, [str(warning.message) for warning in caught]


def days(n_rows, order):
    return pd.date_range("2020-01-01", periods=n_rows, freq="D")[order].strftime("%d.%m.%Y")


ORDER = RNG.permutation(N)
LEVEL = np.cumsum(RNG.normal(size=N))[ORDER]
SALES = pd.DataFrame({"sold_on": days(N, ORDER), "noise": RNG.normal(size=N)})


@pytest.fixture(scope="module")
def by_chance():
    return fitted(AutoMLClassifier(**SETTINGS), VISITS, SICK)


def test_the_cost_of_ignoring_groups_is_told(by_chance):
    search, messages = by_chance
    (row,) = search.structure_.to_dict("records")
    assert (row["column"], row["folds"]) == ("patient", 5)
    assert row["at_random"] == search.best_score_ > 0.9 > row["score"] + 0.2
    assert "'patient' has 8 rows each" in messages[0]
    assert messages[-1].startswith("where folds respect 'patient', the best pipeline has roc_auc")


def test_the_cost_is_kept_in_a_file(by_chance, tmp_path):
    search, _ = by_chance
    search.save(tmp_path / "model")
    pd.testing.assert_frame_equal(load(tmp_path / "model").structure_, search.structure_)


def test_groups_are_taken_from_a_column_that_predicts_nothing():
    search, messages = fitted(AutoMLClassifier(**SETTINGS), VISITS, SICK, groups="patient")
    assert search.structure_.empty
    assert not [message for message in messages if "patient" in message]
    assert search.columns_.dropped == {"patient": "as kinds says"}
    by_values, _ = fitted(
        AutoMLClassifier(**SETTINGS), PATIENT_CELLS, SICK, groups=VISITS["patient"]
    )
    assert search.best_score_ == by_values.best_score_
    assert len(search.predict(PATIENT_CELLS)) == N


def test_the_cost_of_ignoring_time_is_told():
    # A tree finds the days around a day, among which those of the future are.
    search, messages = fitted(AutoMLRegressor(**SETTINGS), SALES, LEVEL)
    (row,) = search.structure_.to_dict("records")
    assert (row["column"], row["folds"]) == ("sold_on", 5)
    assert row["score"] < row["at_random"] == search.best_score_
    assert any("pass time='sold_on'" in message for message in messages)


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"cv": "time"}, {}),
        ({"cv": NestedCV(outer="time")}, {}),
        ({}, {"time": "sold_on"}),
        ({"cv": NestedCV(outer=5)}, {"time": SALES["sold_on"]}),
    ],
)
def test_folds_follow_time(settings, options):
    search, messages = fitted(AutoMLRegressor(**{**SETTINGS, **settings}), SALES, LEVEL, **options)
    assert not [message for message in messages if "sold_on" in message]
    assert search.structure_.empty
    assert len(search.nested_results_) == 5
    origin = search._fitted.search.origin
    dataset, _ = search._read(SALES, LEVEL, None, None, None, options.get("time"))
    problem = search._problem(dataset, origin.cv, origin.seed)
    for number, (train, test) in enumerate(problem.splits):
        assert dataset.times[train].max() < dataset.times[test].min()
        fewer = problem.fewer_rows(number)
        assert dataset.times[fewer].min() > dataset.times[train].min()
        for inner_train, inner_test in problem.inner_splits_of(train):
            assert dataset.times[inner_train].max() < dataset.times[inner_test].min()
    selected = search.select(1, SALES, LEVEL, **options)
    assert np.array_equal(selected.predict(SALES), search.predict(SALES))


def test_rows_of_a_moment_are_on_one_side():
    years = np.repeat(np.arange(2000, 2012), N // 12)
    search, _ = fitted(AutoMLRegressor(**SETTINGS, cv=3), SALES[["noise"]], LEVEL, time=years)
    dataset, _ = search._read(SALES[["noise"]], LEVEL, None, None, None, years)
    origin = search._fitted.search.origin
    for train, test in search._problem(dataset, origin.cv, origin.seed).splits:
        assert set(years[train]).isdisjoint(years[test])


@pytest.mark.parametrize(
    ("settings", "options", "error", "words"),
    [
        ({}, {"groups": "doctor"}, DataError, "got the name 'doctor'; the columns are"),
        ({}, {"time": "day"}, DataError, "value for each row as time, got the name 'day'"),
        ({}, {"time": ["x", "y"] * (N // 2)}, DataError, "expected dates or numbers as time"),
        ({}, {"time": [None, *range(N - 1)]}, DataError, "a time for every row, got 1 of"),
        ({}, {"time": range(N - 1)}, DataError, "expected time of shape"),
        ({"cv": "time"}, {"kinds": {"sold_on": "left out"}}, DataError, "got no column of them"),
        ({"cv": "tomorrow"}, {}, SettingsError, "a splitter, 'time' or splits, got 'tomorrow'"),
        ({"cv": NestedCV(repeats=2)}, {"time": "sold_on"}, SettingsError, "leave repeats out"),
        ({"refit": "bagged"}, {"time": "sold_on"}, SettingsError, "take refit=True"),
    ],
)
def test_what_cannot_be_is_refused(settings, options, error, words):
    with pytest.raises(error, match=words):
        AutoMLRegressor(**{**SETTINGS, **settings}).fit(SALES, LEVEL, **options)


def test_several_columns_of_dates_have_to_be_told_apart():
    table = SALES.assign(paid_on=days(N, ORDER[::-1]))
    with pytest.raises(DataError, match=r"fit\(\.\.\., time='sold_on'\)"):
        AutoMLRegressor(**SETTINGS, cv="time").fit(table, LEVEL)


def test_a_splitter_that_ignores_time_is_said():
    _, messages = fitted(
        AutoMLRegressor(**SETTINGS | {"cv": KFold(3)}), SALES, LEVEL, time="sold_on"
    )
    assert any("KFold" in message and "no notice of time" in message for message in messages)


def test_a_group_predicts_nothing_whatever_its_kind():
    kinds = {"patient": "categorical"}
    search, _ = fitted(AutoMLClassifier(**SETTINGS), VISITS, SICK, groups="patient", kinds=kinds)
    assert "patient" in search.columns_.dropped
    with pytest.raises(SettingsError, match="expected kinds as in"):
        AutoMLClassifier(**SETTINGS).fit(VISITS, SICK, groups="patient", kinds=["patient"])


def test_groups_are_not_kept_together_in_time():
    _, messages = fitted(AutoMLRegressor(**SETTINGS), SALES, LEVEL, time="sold_on", groups=PATIENTS)
    assert any("take no notice of groups" in message for message in messages)


def test_weights_and_groups_are_taken_by_name_and_groups_by_value():
    weights = np.where(PATIENTS % 3, 2.0, 1.0)
    table = VISITS.assign(weight=weights, patient=[*[1] * 8, *["1 "] * 8, *VISITS["patient"][16:]])
    search, _ = fitted(
        AutoMLClassifier(**SETTINGS), table, SICK, groups="patient", sample_weight="weight"
    )
    assert set(search.columns_.dropped) == {"patient", "weight"}
    dataset, _ = search._read(table, SICK, "weight", "patient", None, None)
    assert len(np.unique(dataset.groups)) == 29
    assert np.array_equal(dataset.sample_weight, weights)


@pytest.mark.parametrize("names", [["sick", "sick"], ["a", "a_b"]])
def test_targets_have_names_of_their_own(names):
    labels = np.where(SICK, "b_c", "c"), np.where(SICK, "c", "d")
    targets = pd.DataFrame(np.column_stack(labels), columns=names)
    with pytest.raises(DataError, match=r"expected targets of different names, .* rename one"):
        AutoMLClassifier(**SETTINGS).fit(PATIENT_CELLS, targets)
