"""A target that is named like a column of X is the same column, and a leak, or gets a name."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLWarning
from automl.problem.dataset import read_dataset
from automl.problem.target_name import equal_columns, name_apart
from tests.searches import NUMBERS, X, regressor

N = 12
ROWS = np.arange(N)
FRAME = pd.DataFrame({"target": ROWS % 5, "sales": ROWS / 4, "sales_y": ROWS % 7})


@pytest.mark.parametrize(
    ("y", "equal"),
    [
        (FRAME["sales"], ["sales"]),
        (FRAME["sales"].set_axis(range(100, 100 + N)), ["sales"]),
        (FRAME["sales"].rename("other"), []),
        (FRAME["sales"].shift(-1).fillna(0), []),
        (FRAME["target"].astype(str), ["target"]),
        (FRAME["target"].to_numpy(), ["target"]),
        (FRAME[["sales", "target"]], ["sales", "target"]),
        (FRAME[["sales", "target"]].assign(sales=1), ["target"]),
    ],
)
def test_columns_that_are_the_target(y, equal):
    assert equal_columns(FRAME, y) == equal


@pytest.mark.parametrize("n_rows", [12, 200])  # of few rows, no leak is looked for
def test_a_column_that_is_the_target_is_named_as_such_once(n_rows):
    numbers = np.random.default_rng(0).normal(size=(n_rows, 2))
    frame = pd.DataFrame(numbers, columns=["price", "sales"])
    sentence = "the columns ['sales'] are the target itself; leave them out of X"
    with pytest.warns(AutoMLWarning) as caught:
        dataset = read_dataset(frame, frame["sales"], "regression")
    assert name_apart(frame, frame["sales"]) == "sales"
    assert [str(warning.message) for warning in caught] == [sentence]
    assert dataset.suspicions == (sentence,)


@pytest.mark.parametrize(
    ("y", "name"),
    [
        (pd.Series(np.ones(N), name="sales"), "sales_y_y"),
        (np.ones(N), "target_y"),
        (pd.DataFrame({"price": np.ones(N), "target": np.ones(N)}), ["price", "target_y"]),
    ],
)
def test_a_target_that_is_named_like_another_column_gets_a_name(y, name):
    assert name_apart(FRAME, y) == name


def test_a_script_of_such_a_target_verifies(tmp_path):
    y = NUMBERS.rename("a")
    search = regressor("ridge", max_evaluations=2).fit(X, y)
    assert search.target_ == "a_y"
    head = " ".join(search.script_.replace("# ", "").split())
    assert "A file has the target in the column 'a_y'; 'a' is another column." in head
    search.export(tmp_path / "best.py")
    X.assign(a_y=y).to_csv(tmp_path / "train.csv", index=False)
    command = [sys.executable, "best.py", "train.csv", "--verify"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("verified"), done.stderr
