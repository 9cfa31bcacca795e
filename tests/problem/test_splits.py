"""The folds of both levels: they keep groups together and time in order, or are refused."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, RepeatedKFold, TimeSeriesSplit

from automl.errors import AutoMLWarning, DataError, SettingsError
from automl.problem import NestedCV, nested_cv, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.splits import inner_splits


def dataset_of(y, **options):
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(y))})
    task = "classification" if isinstance(y[0], str) else "regression"
    return read_dataset(X, y, task, **options)


def outer(dataset, cv, seed=0):
    return outer_splits(dataset, nested_cv(cv, "auto"), seed)


def test_every_row_is_held_out_once():
    splits = outer(dataset_of(["a", "b"] * 25), NestedCV(outer=5, repeats=1))
    held_out = np.concatenate([test for _, test in splits])
    assert sorted(held_out) == list(range(50))
    for train, test in splits:
        assert not set(train) & set(test)


def test_classes_are_spread_evenly():
    dataset = dataset_of(["a"] * 40 + ["b"] * 10)
    for _, test in outer(dataset, 5):
        assert (dataset.y[test] == "b").sum() == 2


def test_the_seed_decides():
    dataset = dataset_of(list(np.arange(20.0)))
    first, repeated, third = (outer(dataset, 4, seed=seed) for seed in (0, 0, 1))
    assert [test.tolist() for _, test in first] == [test.tolist() for _, test in repeated]
    assert [test.tolist() for _, test in first] != [test.tolist() for _, test in third]


def test_repeats_hold_every_row_out_as_often_in_other_folds():
    dataset = dataset_of(["a", "b"] * 12)
    splits = outer(dataset, NestedCV(outer=3, repeats=2))
    assert len(splits) == 6
    held_out = np.concatenate([test for _, test in splits])
    assert (np.bincount(held_out) == 2).all()
    assert any(set(splits[0][1]) != set(test) for _, test in splits[3:])


def test_a_number_of_folds_is_drawn_three_times_on_few_rows():
    assert [NestedCV(outer=4).repeats_of(n_rows) for n_rows in (999, 1000)] == [3, 1]
    assert NestedCV(outer=4, repeats=1).repeats_of(50) == 1
    assert NestedCV(outer=KFold(4)).repeats_of(50) == 1
    assert NestedCV(outer=4, tuner="random").repeats_of(50) == 1
    assert len(outer(dataset_of(["a", "b"] * 12), 4)) == 12


@pytest.mark.parametrize("y", [list(np.arange(48.0)), ["a", "b"] * 24])
def test_groups_stay_together_at_both_levels(y):
    groups = np.repeat(np.arange(12), 4)
    dataset = dataset_of(y, groups=groups)
    cv = NestedCV(outer=3, inner=2)
    for train, test in outer_splits(dataset, cv, seed=0):
        assert not set(groups[train]) & set(groups[test])
        for fit, validation in inner_splits(dataset, train, cv, seed=0):
            assert set(fit) | set(validation) <= set(train)
            assert not set(groups[fit]) & set(groups[validation])


def test_time_has_its_order_at_both_levels():
    dataset = dataset_of(list(np.arange(40.0)))
    cv = NestedCV(outer=TimeSeriesSplit(3), inner=2)
    for train, test in outer_splits(dataset, cv, seed=0):
        assert train.max() < test.min()
        for fit, validation in inner_splits(dataset, train, cv, seed=0):
            assert fit.max() < validation.min()
            assert validation.max() < test.min()


def test_gaps_in_time_are_kept_at_both_levels():
    dataset = dataset_of(list(np.arange(60.0)))
    cv = NestedCV(outer=TimeSeriesSplit(3, gap=4, max_train_size=20), inner=2)
    for train, test in outer_splits(dataset, cv, seed=0):
        assert train.max() + 4 < test.min()
        for fit, validation in inner_splits(dataset, train, cv, seed=0):
            assert fit.max() + 4 < validation.min()


def test_splits_that_come_one_by_one_are_kept():
    dataset = dataset_of(list(np.arange(12.0)))
    cv = nested_cv(KFold(3).split(dataset.frame), "auto")
    for folds in (cv, NestedCV(outer=KFold(3).split(dataset.frame))):
        assert len(outer_splits(dataset, folds, seed=0)) == 3
        assert len(outer_splits(dataset, folds, seed=0)) == 3


def test_a_splitter_without_a_seed_takes_that_of_the_search():
    dataset = dataset_of(list(np.arange(30.0)))
    before = np.random.get_state()[1].tolist()
    cv = NestedCV(outer=KFold(3, shuffle=True), inner=KFold(2, shuffle=True))
    first, repeated, third = (outer_splits(dataset, cv, seed) for seed in (0, 0, 1))
    assert [test.tolist() for _, test in first] == [test.tolist() for _, test in repeated]
    assert [test.tolist() for _, test in first] != [test.tolist() for _, test in third]
    assert np.random.get_state()[1].tolist() == before
    assert cv.outer.random_state is None  # the user's own is left alone


def test_inner_folds_lie_in_the_outer_training_part_and_are_stratified():
    dataset = dataset_of(["a"] * 40 + ["b"] * 20)
    cv = NestedCV(outer=KFold(4, shuffle=True, random_state=1), inner=3)
    for train, _ in outer_splits(dataset, cv, seed=0):
        held_out = [rows for _, rows in inner_splits(dataset, train, cv, seed=0)]
        assert sorted(np.concatenate(held_out)) == sorted(train)
        shares = [(dataset.y[rows] == "b").mean() for rows in held_out]
        assert np.ptp(shares) < 0.1


def test_splitters_and_splits_are_taken_as_they_are():
    dataset = dataset_of(list(np.arange(8.0)))
    assert len(outer(dataset, RepeatedKFold(n_splits=2, n_repeats=3))) == 6
    ((train, test),) = outer(dataset, [([0, 1, 2], [3, 4])])
    assert (train.tolist(), test.tolist()) == ([0, 1, 2], [3, 4])
    assert len(outer(dataset, NestedCV(outer=np.int64(2), repeats=1))) == 2


def test_a_splitter_that_does_not_fit():
    dataset = dataset_of(list(np.arange(8.0)))
    with pytest.raises(DataError, match="cannot split these 8 rows"):
        outer(dataset, KFold(9))
    with pytest.raises(SettingsError, match="has a row 99"):
        outer(dataset, [([0, 1], [99])])
    with pytest.raises(SettingsError, match="no empty part"):
        outer(dataset, [([0, 1], [])])
    with pytest.raises(SettingsError, match="at least one split"):
        outer(dataset, [])
    with pytest.raises(SettingsError, match="expected inner to be an integer, a splitter or"):
        inner_splits(dataset, np.arange(8), NestedCV(inner="many"), seed=0)


def test_fewer_folds_are_warned_of_once():
    dataset = dataset_of(["a"] * 3 + ["b"] * 3)
    with pytest.warns(AutoMLWarning, match="and so are the folds") as warned:
        splits = outer(dataset, NestedCV(outer=5, inner=5, repeats=2))
    assert len(warned) == 1
    assert len(splits) == 6
    assert len(inner_splits(dataset, np.arange(6), NestedCV(inner=5), seed=0)) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tuner": "annealing"}, "expected tuner in .*'halving'.*got 'annealing'"),
        ({"trials": 0}, "trials of 1 or more, got 0"),
        ({"trials": 2.5}, "trials of 1 or more, got 2.5"),
        ({"repeats": True}, "repeats of 1 or more, got True"),
        ({"repeats": 2, "outer": KFold(3)}, "RepeatedStratifiedKFold"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, words):
    with pytest.raises(SettingsError, match=words):
        NestedCV(**options)


def test_one_tuner_is_named_in_one_place():
    assert nested_cv(4, "random") == NestedCV(outer=4, tuner="random")
    assert nested_cv(NestedCV(inner=2, tuner="grid"), "auto").tuner == "grid"
    assert nested_cv(NestedCV(inner=2), None) == NestedCV(inner=2, tuner=None)
    assert nested_cv(NestedCV(tuner="grid"), "grid").tuner == "grid"
    with pytest.raises(SettingsError, match="expected one tuner"):
        nested_cv(NestedCV(tuner="grid"), "random")
