"""The rows that have a target, and the task that it stands for."""

import numpy as np
import pandas as pd
import pytest

from automl.cli.target import (
    MAX_CLASSES,
    check_numbers,
    guess_task,
    read_targets,
    rows_with_target,
)
from automl.errors import DataError, SettingsError


@pytest.mark.parametrize(
    ("target", "task", "reason"),
    [
        (["yes", "no", None], "classification", "holds texts"),
        ([True, False, True], "classification", "holds booleans"),
        ([True, False, None], "classification", "holds booleans"),
        (range(MAX_CLASSES), "classification", "holds only 20 different whole numbers"),
        ([1.0, 0.0, np.nan], "classification", "holds only 2 different whole numbers"),
        (range(MAX_CLASSES + 1), "regression", "holds 21 different whole numbers"),
        ([0.5, 1.0, 2.0], "regression", "holds numbers with decimals"),
        (["1", "2", "x"] * 30, "classification", "holds texts"),
    ],
)
def test_the_task_is_guessed(target, task, reason):
    assert guess_task(pd.Series(target)) == (task, reason)


def test_a_target_of_numbers_shows_its_bad_cells():
    target = pd.Series([*map(str, range(30)), "?", "12 kg"], name="y")
    with pytest.raises(DataError, match=r"2 of 32 cells.*\['\?', '12 kg'\] \(first in row 31 "):
        guess_task(target)
    few = pd.Series(["1", "2", "low"], name="y")
    check_numbers(few)
    with pytest.raises(DataError, match=r"1 of 3 cells are none, such as \['low'\]"):
        check_numbers(few, all_of_them=True)
    check_numbers(pd.Series([1.5, np.nan]), all_of_them=True)


def test_a_target_of_numbers_with_units_is_no_classification():
    weights = pd.Series([f"{number} kg" for number in range(30)], name="y")
    with pytest.raises(DataError, match=r"expected plain numbers in the target 'y', .* as '0 kg'"):
        guess_task(weights)
    assert guess_task(weights.iloc[:10].repeat(3))[0] == "classification"  # sizes, few of them
    with pytest.raises(DataError, match="without units"):
        check_numbers(weights.iloc[:10], all_of_them=True)


def test_several_targets_have_one_task():
    table = pd.DataFrame({"sea": [0, 1, 1], "hill": ["a", "b", "b"], "cost": [0.5, 1.5, 2.5]})
    targets, task, notes = read_targets(table[["sea", "hill"]], None)
    assert task == "classification"
    assert targets["sea"].tolist() == ["0", "1", "1"]
    assert notes[-1] == "the labels of all targets are taken as texts"
    assert read_targets(table[["cost"]], None)[0].equals(table["cost"])
    assert read_targets(table[["cost", "sea"]], "regression")[1:] == ("regression", [])
    with pytest.raises(SettingsError, match="of one task, got a classification, because 'sea'"):
        read_targets(table[["sea", "cost"]], None)


def test_rows_without_a_target():
    target = pd.Series([1, None, 3, None], name="y")
    with pytest.raises(DataError, match=r"2 of 4 rows have no target 'y' \(rows 2, 4 below the"):
        rows_with_target(target, drops_others=False)
    assert rows_with_target(target, drops_others=True).tolist() == [True, False, True, False]
    with pytest.raises(DataError, match="no row has a target"):
        rows_with_target(pd.Series([None, None], name="y"), drops_others=True)
    assert rows_with_target(pd.Series([1, 2]), drops_others=False).all()
