"""Cells are read as in training by all: fit, predict, a saved model, the command line, a script."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLWarning, DataError, catalogue, load
from automl.cli import main

N = 120
RNG = np.random.default_rng(0)
LABELS = pd.Series(np.where(RNG.uniform(size=N) < 0.5, "no", "yes"), name="y")
IS_YES = (LABELS == "yes").to_numpy()
LIGHT = catalogue("default").only(
    *("decision_tree_classifier", "ordinal_encoder", "one_hot_encoder", "simple_imputer"),
    "datetime_encoder",
)
TIMEOUT = 600


def search():
    return AutoMLClassifier(
        catalogue=LIGHT, max_evaluations=3, time_budget=None, n_jobs=1, random_state=0, verbose=0
    )


def noisy(values):
    """Return values that go with the labels, but for a few rows."""
    is_one = IS_YES ^ (np.arange(N) % 12 == 0)
    return pd.Series([values[int(one)] for one in is_one])


# name: (the cells of fit, the cells of the same rows by other readers)
SAME = {
    "booleans": ((False, True), [("FALSE", "TRUE"), (0, 1), (0.0, 1.0), ("false", "true")]),
    "written booleans": (("FALSE", "TRUE"), [(False, True), (0, 1)]),
    "flags": ((0, 1), [(False, True), ("FALSE", "TRUE"), ("0", "1")]),
    "codes": (("02139", "10001"), [(2139, 10001), (2139.0, 10001.0), (" 02139", "10001 ")]),
    "prices": (("$1,200.50", "$900.00"), [(1200.5, 900.0), ("$1,200.50", "$ 900")]),
    "decimal commas": (("103,77", "5,5"), [(103.77, 5.5)]),
    "days": (("2023-12-31", "2020-01-05"), [tuple(pd.to_datetime(["2023-12-31", "2020-01-05"]))]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAME)
def test_equal_values_predict_the_same(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells, others = SAME[name]
    X = pd.DataFrame({"x": noisy(cells), "z": RNG.normal(size=N)})
    fitted = search().fit(X, LABELS)
    assert "x" in fitted.columns_.names
    expected = fitted.predict_proba(X)
    assert (fitted.predict(X) == LABELS).mean() > 0.85
    fitted.save("model")
    fitted.export("best.py")
    for number, other in enumerate(others):
        new = X.assign(x=noisy(other))
        np.testing.assert_array_equal(load("model").predict_proba(new), expected)
        new.to_csv(f"new{number}.csv", index=False)
    X.assign(y=LABELS).to_csv("train.csv", index=False)
    script = [sys.executable, "-I", "best.py", "train.csv", "--verify", "--predict", "new0.csv"]
    subprocess.run([*script, "--out", "of_script.csv"], check=True, timeout=TIMEOUT)
    assert main(["predict", "model", "new0.csv", "--out", "of_command.csv"]) == 0
    for path in ("of_script.csv", "of_command.csv"):
        np.testing.assert_allclose(pd.read_csv(path)["probability_yes"], expected[:, 1], atol=1e-9)


@pytest.fixture(scope="module")
def plain():
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(N), unit="D")
    X = pd.DataFrame(
        {
            "number": RNG.normal(size=N).round(3) + noisy((0, 5)),
            "city": noisy(("Oslo", "Rome")),
            "day": days.astype(str),
        }
    )
    with pytest.warns(AutoMLWarning, match="'day'"):  # it orders the rows
        return search().fit(X, LABELS), X


@pytest.mark.parametrize(
    ("column", "write"),
    [
        ("number", lambda cells: cells.map(lambda cell: f"{cell:.2f}".replace(".", ","))),
        ("number", lambda cells: cells.map("about {}".format)),
        ("day", lambda cells: pd.to_datetime(cells).dt.strftime("%d.%m.%Y")),
    ],
)
def test_a_column_of_which_no_cell_can_be_read_is_an_error(plain, column, write):
    fitted, X = plain
    new = X.assign(**{column: write(X[column])})
    with pytest.raises(DataError, match=f"column '{column}' .* none can be read: "):
        fitted.predict(new)
    with pytest.raises(DataError, match=f"column '{column}'"):
        fitted.predict_proba(new.iloc[[0]])


@pytest.mark.parametrize(
    ("column", "cell"), [("number", "10,377.00"), ("city", "Bergen"), ("day", "31.12.2023")]
)
def test_cells_that_are_not_as_in_training_are_said(plain, column, cell):
    fitted, X = plain
    few = X.assign(**{column: X[column].astype(object).where(np.arange(N) >= 5, cell)})
    fitted.predict(few)  # below 5 points
    many = X.assign(**{column: X[column].astype(object).where(np.arange(N) >= 6, cell)})
    with pytest.warns(UserWarning, match=rf"6 of 120 cells of the column '{column}' .*{cell}"):
        fitted.predict(many)


def test_tokens_of_fit_are_as_usual():
    numbers = RNG.normal(size=N).round(3) + noisy((0, 5))
    cells = numbers.astype(object).where(np.arange(N) % 10 > 0, "?")
    X = pd.DataFrame({"x": cells, "z": RNG.normal(size=N)})
    with pytest.warns(AutoMLWarning, match=r"10.0% of the cells of 'x' .* missing: \['\?'\]"):
        fitted = search().fit(X, LABELS)
    assert "x" in fitted.columns_.numeric
    fitted.predict(X)
    fitted.predict(X.iloc[[0]])


def test_columns_come_in_any_order_and_among_others(plain):
    fitted, X = plain
    expected = fitted.predict_proba(X)
    new = X[X.columns[::-1]].assign(more=1, other="x")
    with pytest.warns(AutoMLWarning, match=r"ignored: \['more', 'other'\]"):
        probabilities = fitted.predict_proba(new)
    np.testing.assert_array_equal(probabilities, expected)
    with pytest.raises(DataError, match=r"none of the names \['city', 'day'\]"):
        fitted.predict(X[["number"]])
    with pytest.raises(DataError, match="one row or more"):
        fitted.predict(X.iloc[:0])


def test_every_member_is_said_once(plain):
    fitted, X = plain
    new = X.assign(city="Bergen")
    with pytest.warns(UserWarning, match="not as in training") as warned:
        fitted.predict(new)
    assert len(warned) == 1


def test_a_number_without_its_scale_is_not_read_as_one_with_it():
    X = pd.DataFrame({"share": noisy((20, 60)).add(RNG.integers(0, 30, N)).map("{}%".format)})
    fitted = search().fit(X, LABELS)
    with pytest.raises(DataError, match="none can be read"):
        fitted.predict(X["share"].str.rstrip("%").to_frame())
    with pytest.warns(AutoMLWarning, match="45 is taken for 45%"):
        fitted.predict(pd.DataFrame({"share": RNG.uniform(0, 1, N)}))


def test_texts_for_missing_cells_are_kept_in_the_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X = pd.DataFrame({"x": np.where(RNG.random(N) < 0.3, -999, noisy((0, 9))), "z": RNG.random(N)})
    X.assign(y=LABELS).to_csv("train.csv", index=False)
    options = ["--target", "y", "--missing", "-999", "--evaluations", "3", "--jobs", "1"]
    assert main(["fit", "train.csv", *options, "--seed", "0", "--save", "model", "--quiet"]) == 0
    assert main(["predict", "model", "train.csv", "--out", "out.csv"]) == 0
    expected = pd.read_csv("out.csv")["probability_yes"]
    given = load("model").predict_proba(X)[:, 1]
    np.testing.assert_allclose(given, expected, atol=1e-12)
