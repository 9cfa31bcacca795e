"""Predictions of saved pipelines, beside those of their scripts."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor, AutoMLWarning
from automl.cli import main

TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
QUICK = {"max_evaluations": 2, "n_jobs": 2, "random_state": 0, "verbose": 0}


@pytest.fixture
def classifier(folder):
    frame = pd.read_csv("train.csv")
    search = AutoMLClassifier(**QUICK).fit(frame.drop(columns="target"), frame["target"])
    search.save("model")
    return search


@pytest.mark.filterwarnings("always::automl.AutoMLWarning")
def test_predictions_are_printed_or_written(classifier, capsys):
    frame = pd.read_csv("train.csv")
    # Columns are found by their names, in any order, among others.
    frame[frame.columns[::-1]].assign(note="new").to_csv("new.csv", index=False)
    assert main(["predict", "model", "new.csv"]) == 0
    captured = capsys.readouterr()
    ignored = "automl: columns that fit has not seen are ignored: ['note']\n"
    assert captured.err == ignored
    assert main(["predict", "model", "new.csv", "--out", "predictions.csv"]) == 0
    assert capsys.readouterr() == ("", ignored)
    with open("predictions.csv", encoding="utf-8") as file:
        assert file.read() == captured.out
    table = pd.read_csv("predictions.csv")
    assert list(table) == ["prediction", *(f"probability_{name}" for name in classifier.classes_)]
    X = frame.drop(columns="target")
    assert (table["prediction"] == classifier.predict(X)).all()
    np.testing.assert_allclose(table.iloc[:, 1:], classifier.predict_proba(X), rtol=0, atol=1e-9)


@pytest.mark.filterwarnings("always::automl.AutoMLWarning")
def test_of_parquet_only_the_columns_of_the_model_are_read(classifier, capsys, monkeypatch):
    pytest.importorskip("pyarrow")
    pd.read_csv("train.csv").assign(note="new").to_parquet("new.parquet", index=False)
    columns, read = [], pd.read_parquet

    def recorded(*args, **options):
        columns.append(options["columns"])
        return read(*args, **options)

    monkeypatch.setattr(pd, "read_parquet", recorded)
    assert main(["predict", "model", "new.parquet"]) == 0
    assert columns == [list(classifier.columns_.names)]
    ignored = "automl: columns that fit has not seen are ignored: ['note']\n"
    assert capsys.readouterr().err == ignored


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sepal length (cm),note\n5,new\n", "'new.csv': expected the columns of fit, got none of"),
        (None, "'new.csv': expected one row or more to predict, got 0"),
    ],
)
def test_a_wrong_table_is_an_error(classifier, capsys, content, words):
    with open("new.csv", "w", encoding="utf-8") as file:
        file.write(content or ",".join(classifier.columns_.names))
    assert main(["predict", "model", "new.csv"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("automl: ")
    assert words in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train.csv", "train.csv"], "not a model"),
        (["model", "train.csv", "--out", "no/predictions.csv"], "folder that exists"),
    ],
)
def test_a_wrong_file_is_an_error(folder, capsys, arguments, words):
    assert main(["predict", *arguments]) == 1
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1


@pytest.mark.slow
def test_predictions_of_several_targets_have_their_names(folder, capsys):
    frame = pd.read_csv("train.csv")
    y = frame[["petal length (cm)", "petal width (cm)"]].set_axis(["long", "wide"], axis=1)
    X = frame.filter(like="sepal")
    search = AutoMLRegressor(**QUICK).fit(X, y)
    search.save("model")
    search.export("best.py")
    pd.concat([X, y], axis=1).to_csv("train.csv", index=False)
    assert main(["predict", "model", "train.csv", "--out", "predictions.csv"]) == 0
    script = [sys.executable, "-I", "best.py", "train.csv", "--predict", "train.csv"]
    subprocess.run([*script, "--out", "of_script.csv"], check=True, timeout=TIMEOUT)
    table = pd.read_csv("predictions.csv")
    assert list(table) == ["prediction_long", "prediction_wide"]
    pd.testing.assert_frame_equal(table, pd.read_csv("of_script.csv"), rtol=0, atol=1e-9)


def test_a_text_that_pandas_takes_for_missing_stays_a_text(folder, capsys):
    codes = np.tile(["NA", "SA", "EU"], 20)
    frame = pd.DataFrame({"code": codes, "size": np.arange(60)})
    with pytest.warns(AutoMLWarning, match="tell the target"):
        AutoMLClassifier(**QUICK).fit(frame, codes == "NA").save("model")
    frame.to_csv("new.csv", index=False)
    assert main(["predict", "model", "new.csv", "--out", "predictions.csv"]) == 0
    assert (pd.read_csv("predictions.csv")["prediction"] == (codes == "NA")).all()


OWN_OPERATOR = """
preset = "linear"

[operators.my_ridge]
path = "my_models.MyRidge"
takes = "Scaled"
gives = "Prediction"
tasks = ["regression"]
"""


OWN_FIT = f"""
import pandas as pd
from automl import AutoMLRegressor
from automl.pipelines import load_catalogue

own = load_catalogue("own.toml").filter(
    lambda operator: operator.name == "my_ridge" or not operator.is_model
)
frame = pd.read_csv("numbers.csv")
target = frame.pop("y")
AutoMLRegressor(catalogue=own, ensemble_size=1, **{QUICK}).fit(frame, target).save("own")
"""


def test_a_model_of_an_own_operator_needs_its_catalogue(folder, monkeypatch, capsys):
    """The advice of the error can be followed from the shell."""
    (folder / "my_models.py").write_text(
        "from sklearn.linear_model import Ridge\n\n\nclass MyRidge(Ridge):\n    pass\n"
    )
    (folder / "own.toml").write_text(OWN_OPERATOR)
    monkeypatch.syspath_prepend(str(folder))
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    frame.assign(y=frame["a"] + rng.normal(size=60)).to_csv("numbers.csv", index=False)
    # In a process of its own, whose workers find the module.
    subprocess.run([sys.executable, "-c", OWN_FIT], check=True, timeout=TIMEOUT)
    assert main(["predict", "own", "numbers.csv"]) == 1
    assert "my_models.MyRidge" in capsys.readouterr().err
    assert main(["predict", "own", "numbers.csv", "--catalogue", "own.toml"]) == 0
    assert capsys.readouterr().out.startswith("prediction\n")
    assert main(["export", "own", "own.py", "--catalogue", "own.toml"]) == 0
    assert "MyRidge" in (folder / "own.py").read_text()


@pytest.mark.parametrize("model", ["folder", "pipe", "none", "x" * 300, "train.csv", "/dev/null"])
def test_a_wrong_model_is_told_in_a_line(folder, capsys, model):
    (folder / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
    for command in (["predict", model, "train.csv"], ["export", model, "best.py"]):
        assert main(command) == 1
        error = capsys.readouterr().err
        assert error.startswith("automl: ")
        assert len(error.splitlines()) == 1
    assert not (folder / "best.py").exists()


def test_predictions_are_written_through_links_and_compressed_by_name(classifier, folder):
    (folder / "inner").mkdir()
    (folder / "link.csv").symlink_to(folder / "inner" / "out.csv")
    assert main(["predict", "model", "train.csv", "--out", "link.csv"]) == 0
    assert main(["predict", "model", "train.csv", "--out", "out.csv.gz"]) == 0
    assert (folder / "link.csv").is_symlink()
    pd.testing.assert_frame_equal(
        pd.read_csv(folder / "out.csv.gz"), pd.read_csv(folder / "inner" / "out.csv")
    )


@pytest.mark.parametrize("option", ["--save", "--export", "--history"])
def test_a_path_that_cannot_be_written_is_told_before_the_search(folder, capsys, option):
    (folder / "file").write_text("")
    # A history may be the file that standard output goes to; a pipe or a terminal it cannot be.
    odd = ["/dev/null"] if option == "--history" else ["/dev/stdout"]
    for path in ("file/inner", "x" * 300, *odd, "."):
        arguments = ["fit", "train.csv", "--target", "target", option, path]
        assert main(arguments) == 1
        error = capsys.readouterr().err
        assert error.startswith("automl: ")
        assert len(error.splitlines()) == 1
