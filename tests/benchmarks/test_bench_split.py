"""The hold-out is frozen."""

import numpy as np
import pandas as pd

from benchmarks.tasks.split import split_task
from benchmarks.tasks.task import make_task


def test_the_same_number_gives_the_same_rows(binary_task):
    np.random.seed(1)
    first = split_task(binary_task, 0)
    np.random.seed(2)
    again = split_task(binary_task, 0)
    pd.testing.assert_frame_equal(first.test_X, again.test_X)
    assert first.digest == again.digest
    assert split_task(binary_task, 1).digest != first.digest


def test_the_rows_are_these(binary_task):
    # A change here makes all journals so far worthless.
    rows = np.rint(split_task(binary_task, 0).test_X["a"] * 59).astype(int).tolist()
    assert rows == [47, 0, 51, 12, 15, 33, 30, 21, 52, 49, 45, 48, 54, 25, 9, 19, 59, 3, 18, 7]


def test_a_third_is_held_out_and_stratified(binary_task):
    split = split_task(binary_task, 0)
    assert (len(split.train_y), len(split.test_y)) == (40, 20)
    assert split.test_y.value_counts().to_dict() == {"yes": 10, "no": 10}
    together = pd.concat([split.train_X, split.test_X]).sort_values("a", ignore_index=True)
    pd.testing.assert_frame_equal(together, binary_task.X)


def test_a_class_with_one_row():
    X = pd.DataFrame({"a": range(30)})
    y = pd.Series(["x"] * 20 + ["y"] * 9 + ["z"])
    split = split_task(make_task("rare", X, y, "made up", is_classification=True), 0)
    assert len(split.test_y) == 10


def test_regressions_are_not_stratified(regression_task):
    split = split_task(regression_task, 0)
    assert len(split.test_y) == 30
    assert split.train_X.index.tolist() == list(range(60))


def test_the_digest_sees_every_cell(binary_task):
    digest = split_task(binary_task, 0).digest
    binary_task.X.loc[7, "b"] = 99
    assert split_task(binary_task, 0).digest != digest
