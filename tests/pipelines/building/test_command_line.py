"""The functions of a script's command line, called where they are written."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline

from automl.pipelines.building import command_line

CONSTANTS = {"TARGETS": ["y"], "COLUMNS": ["a", "b"], "N_ROWS": 6}
TABLE = pd.DataFrame({"a": [0.0, 1, 2, 3, 4, 5], "b": [1.0, 0, 1, 0, 1, 0], "y": range(6)})
LABELS = ["no", "no", "no", "yes", "yes", "yes"]


class OfColumns(LinearRegression):
    """A regression on the columns of the pipeline, as pipelines choose them from a table."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X[["a", "b"]], y, sample_weight)

    def predict(self, X):
        return super().predict(X[["a", "b"]])


class ClassesOfColumns(LogisticRegression):
    def fit(self, X, y):
        return super().fit(X[["a", "b"]], y)

    def predict_proba(self, X):
        return super().predict_proba(X[["a", "b"]])

    def predict(self, X):
        return super().predict(X[["a", "b"]])


@pytest.fixture(autouse=True)
def script(monkeypatch, tmp_path):
    """Return a function that sets constants and functions of a script, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def define(**values):
        for name, value in values.items():
            monkeypatch.setattr(command_line, name, value)

    define(**CONSTANTS, build_pipeline=lambda: Pipeline([("model", OfColumns())]))
    return define


@pytest.fixture
def run(monkeypatch):
    """Return a function that calls `main` and gives what the program exits with."""

    def call(*arguments, parser=None):
        monkeypatch.setattr("sys.argv", ["best.py", *arguments])
        try:
            command_line.main(parser() if parser else argparse.ArgumentParser())
        except SystemExit as stop:
            return stop.code
        return None

    return call


def arguments_of(**values):
    return SimpleNamespace(**{"target": ["y"], "train": "train.csv", **values})


def test_a_table_has_the_columns_of_the_pipeline(tmp_path):
    TABLE.to_csv("table.csv", index=False)
    pd.testing.assert_frame_equal(
        command_line.read_table("table.csv", "y"), TABLE, check_dtype=False
    )
    with pytest.raises(SystemExit, match=r"expected \['z'\] in table.csv, got 6 rows of \['a', "):
        command_line.read_table("table.csv", "z")
    TABLE.head(0).to_csv("empty.csv", index=False)
    with pytest.raises(SystemExit, match=r"expected \['a', 'b'\] in empty.csv, got 0 rows"):
        command_line.read_table("empty.csv")


def test_cells_are_read_with_the_options_of_the_script(script):
    script(READ_OPTIONS={"dtype": {"a": str}}, COLUMNS=["a"])
    pd.DataFrame({"a": ["01", "1"]}).to_csv("table.csv", index=False)
    assert list(command_line.read_table("table.csv")["a"]) == ["01", "1"]


def test_rows_without_a_target_are_left_out_of_those_to_learn_from():
    TABLE.assign(y=[0, None, 2, 3, None, 5]).to_csv("table.csv", index=False)
    assert list(command_line.read_with_target("table.csv", "y")["a"]) == [0, 2, 3, 5]
    assert len(command_line.read_with_target("table.csv")) == len(TABLE)


def test_numbers_are_fitted():
    fitted = command_line.fit(TABLE.assign(y=[*"012345"]), arguments_of())
    np.testing.assert_allclose(fitted.predict(TABLE), TABLE["y"], atol=1e-9)
    assert fitted.predict(TABLE).shape == (6,)


def test_several_targets_are_fitted(script):
    script(TARGETS=["y", "z"])
    table = TABLE.assign(z=1 - TABLE["y"])
    fitted = command_line.fit(table, arguments_of(target=["y", "z"]))
    np.testing.assert_allclose(fitted.predict(table), table[["y", "z"]], atol=1e-9)
    predictions = command_line.predict_targets(fitted, table)
    assert list(predictions) == ["prediction_y", "prediction_z"]
    np.testing.assert_allclose(predictions, table[["y", "z"]], atol=1e-9)


@pytest.mark.parametrize("cell", [None, "many", "inf"])
def test_a_target_that_is_no_number_is_named(cell):
    table = TABLE.astype({"y": object})
    table.loc[2, "y"] = cell
    with pytest.raises(SystemExit, match=r"expected numbers without gaps in \['y'\]"):
        command_line.fit(table, arguments_of())


@pytest.mark.parametrize(
    ("classes", "labels"),
    [(["no", "yes"], LABELS), (["0", "1"], [0, 0, 0, 1, 1, 1]), ([False, True], [False, True] * 3)],
    ids=str,
)
def test_labels_are_fitted(classes, labels, script):
    script(CLASSES=classes, build_pipeline=lambda: Pipeline([("model", ClassesOfColumns())]))
    table = TABLE.assign(y=labels)
    fitted = command_line.fit_labels(table, arguments_of())
    assert list(fitted.classes_) == classes
    predictions = command_line.predict_labels(fitted, table)
    assert list(predictions) == ["prediction", *(f"probability_{label}" for label in classes)]
    assert set(predictions["prediction"]) <= set(classes)
    np.testing.assert_allclose(predictions.iloc[:, 1:].sum(axis=1), 1)


@pytest.mark.parametrize("label", ["maybe", None])
def test_an_unknown_label_is_named(label, script):
    script(CLASSES=["no", "yes"])
    table = TABLE.assign(y=[label, *LABELS[1:]])
    with pytest.raises(SystemExit, match=r"expected the classes \['no', 'yes'\] in \['y'\], got"):
        command_line.fit_labels(table, arguments_of())


def test_weights_are_fitted():
    weights = np.array([1.0, 2, 3, 0, 5, 6])
    table = TABLE.assign(y=[0, 1, 4, 9, 16, 25], w=weights)
    fitted = command_line.fit_weighted(table, arguments_of(weight="w"))
    rows = table[weights > 0]
    expected = LinearRegression().fit(rows[["a", "b"]], rows["y"], rows["w"])
    np.testing.assert_allclose(fitted.predict(table), expected.predict(table[["a", "b"]]))
    with pytest.raises(SystemExit, match=r"expected \['v'\] in train.csv, got \['a', 'b', "):
        command_line.fit_weighted(table, arguments_of(weight="v"))


def test_a_parser_asks_for_weights_where_there_is_a_table(monkeypatch):
    monkeypatch.setattr("sys.argv", ["best.py", "train.csv"])
    with pytest.raises(SystemExit):
        command_line.weighted_parser("Fit").parse_args([])
    assert command_line.weighted_parser("Fit").parse_args(["--weight", "w"]).weight == "w"
    monkeypatch.setattr("sys.argv", ["best.py", "--load", "model"])
    assert command_line.weighted_parser("Fit").parse_args([]).weight is None


@pytest.mark.parametrize("shift", [0.0, 1e-3])
def test_predictions_are_compared(shift, script, capsys):
    fitted = command_line.fit(TABLE, arguments_of())
    script(CHECK_ROWS=[0, 5], CHECK_VALUES=[[0.0], [5.0 + shift]])
    if shift:
        with pytest.raises(SystemExit, match=r"NOT verified: predictions differ by up to 0\.001"):
            command_line.verify(fitted, TABLE)
    else:
        command_line.verify(fitted, TABLE)
        assert capsys.readouterr().out.startswith("verified: predictions differ by at most")


@pytest.mark.parametrize("prediction", [np.nan, np.inf])
def test_no_number_is_no_equal_prediction(prediction, script):
    script(CHECK_ROWS=[0, 5], CHECK_VALUES=[[0.0], [5.0]])
    broken = SimpleNamespace(predict=lambda frame: np.full(len(frame), prediction))
    with pytest.raises(SystemExit, match="NOT verified"):
        command_line.verify(broken, TABLE)


def test_the_last_probabilities_are_compared(script):
    script(
        CLASSES=["no", "yes"],
        CHECK_ROWS=[1, 4],
        predict=command_line.predict_labels,
        build_pipeline=lambda: Pipeline([("model", ClassesOfColumns())]),
    )
    table = TABLE.assign(y=LABELS)
    fitted = command_line.fit_labels(table, arguments_of())
    probabilities = fitted.predict_proba(table.iloc[[1, 4]])
    for values in (probabilities, probabilities[:, 1:]):
        script(CHECK_VALUES=values.tolist())
        command_line.verify(fitted, table)
        script(CHECK_VALUES=(1 - values).tolist())
        with pytest.raises(SystemExit, match="NOT verified"):
            command_line.verify(fitted, table)


def test_nothing_is_verified_without_predictions():
    with pytest.raises(SystemExit, match="nothing to compare with"):
        command_line.verify_nothing(None, TABLE)


def test_from_a_table_to_predictions(run, script, capsys):
    script(CHECK_ROWS=[0, 5], CHECK_VALUES=[[0.0], [5.0]])
    TABLE.to_csv("train.csv", index=False)
    TABLE[["b", "a"]].to_csv("new.csv", index=False)
    assert run("train.csv", "--verify", "--save", "model") is None
    assert capsys.readouterr().out.startswith("verified")
    assert run("--load", "model", "--predict", "new.csv", "--out", "out.csv") is None
    predictions = pd.read_csv("out.csv")
    assert list(predictions) == ["prediction"]
    np.testing.assert_allclose(predictions["prediction"], TABLE["y"], atol=1e-9)
    assert run("--load", "model", "--predict", "new.csv") is None
    assert capsys.readouterr().out.startswith("prediction\n")


def test_another_target(run):
    TABLE.rename(columns={"y": "z"}).to_csv("train.csv", index=False)
    assert run("train.csv", "--target", "z", "--save", "model") is None
    assert "expected ['y'] in train.csv" in run("train.csv", "--save", "model")


def test_a_weighted_script(run, script):
    script(fit=command_line.fit_weighted, fit_rows=command_line.fit)
    TABLE.assign(w=1.0).to_csv("train.csv", index=False)

    def parser():
        return command_line.weighted_parser("Fit")

    assert run("train.csv", "--weight", "w", "--save", "model", parser=parser) is None
    assert run("train.csv", "--save", "model", parser=parser) == 2
    assert "expected ['v']" in run("train.csv", "--weight", "v", "--save", "model", parser=parser)


def test_the_table_to_verify_with_has_the_rows_of_the_search(run):
    TABLE.head(4).to_csv("train.csv", index=False)
    assert run("train.csv", "--verify") == (
        "--verify takes the table of 6 training rows, got 4 rows"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["train.csv"],
        ["--predict", "new.csv"],
        ["train.csv", "--load", "model", "--predict", "new.csv"],
        ["train.csv", "--target", "y", "z", "--verify"],
    ],
    ids=" ".join,
)
def test_wrong_options_are_explained(arguments, run, capsys):
    assert run(*arguments) == 2
    assert "usage: best.py" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["none.csv", "--save", "model"], "none.csv"),
        (["train.csv", "--save", "no/model"], "no/model"),
        (["train.csv", "--predict", "none.csv"], "none.csv"),
        (["--load", "none", "--predict", "train.csv"], "did --save write none?"),
        (["--load", "train.csv", "--predict", "train.csv"], "did --save write train.csv?"),
    ],
    ids=str,
)
def test_wrong_files_are_told_in_a_line(arguments, shown, run):
    TABLE.to_csv("train.csv", index=False)
    code = run(*arguments)
    assert isinstance(code, str)
    assert shown in code
    assert "\n" not in code


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04K\x01.",
        b"c__main__\nabsent\n.",
        b"cno_such\nmodule\n.",
        b"(",
        bytes(range(256)),
    ],
)
def test_what_save_did_not_write_is_told_in_a_line(content, run):
    TABLE.to_csv("train.csv", index=False)
    Path("model").write_bytes(content)
    code = run("--load", "model", "--predict", "train.csv")
    assert code.endswith("; did --save write model?")
    assert "\n" not in code


@pytest.mark.parametrize(
    "content", ["a,b\n1,2\n".encode("utf-16"), b"", b"a,b\n1,2\n1,2,3\n", b"PK\xff\x00\x01"]
)
def test_a_table_of_something_else_is_told_in_a_line(content, run):
    Path("new.csv").write_bytes(content)
    TABLE.to_csv("train.csv", index=False)
    for arguments in (["train.csv", "--predict", "new.csv"], ["new.csv", "--save", "model"]):
        code = run(*arguments)
        assert code.startswith("new.csv is not a file of the form of this script: ")
        assert "\n" not in code


def test_the_functions_are_a_script_that_predicts_the_mean(run, monkeypatch):
    monkeypatch.undo()
    frame = pd.DataFrame({"target": [1.0, 2.0, 6.0]})
    fitted = command_line.fit(frame, arguments_of(target=["target"]))
    assert list(command_line.predict(fitted, frame)["prediction"]) == [3.0, 3.0, 3.0]
