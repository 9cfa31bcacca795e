"""The command line does the main job."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from automl import AutoMLClassifier, AutoMLRegressor, AutoMLWarning, load
from automl.cli.parser import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    frame = load_iris(as_frame=True).frame
    frame["target"] = frame["target"].map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    frame.to_csv(tmp_path / "train.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


FIT = ["fit", "train.csv", "--target", "target", "--evaluations", "3", "--seed", "0", "--jobs", "2"]


def test_fit_export_save_predict(folder, capsys):
    assert main([*FIT, "--export", "best.py", "--save", "model"]) == 0
    shown = capsys.readouterr().out
    assert "3 pipelines in" in shown
    assert "best neg_log_loss: -" in shown
    assert main(["predict", "model", "train.csv", "--out", "ours.csv"]) == 0
    script = [sys.executable, "-I", "best.py", "train.csv", "--predict", "train.csv"]
    subprocess.run([*script, "--out", "theirs.csv"], check=True, timeout=120)
    ours, theirs = pd.read_csv("ours.csv"), pd.read_csv("theirs.csv")
    pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=1e-9)
    assert list(ours) == [
        "prediction",
        *(f"probability_{name}" for name in ours.prediction.unique()),
    ]
    assert main(["export", "model", "again.py"]) == 0
    assert (folder / "again.py").read_text() == (folder / "best.py").read_text()


def test_predictions_of_several_targets_have_their_names(folder, capsys):
    frame = pd.read_csv("train.csv")
    y = frame[["petal length (cm)", "petal width (cm)"]].set_axis(["long", "wide"], axis=1)
    X = frame.filter(like="sepal")
    search = AutoMLRegressor(max_evaluations=2, n_jobs=2, random_state=0, verbose=0).fit(X, y)
    search.save("model")
    search.export("best.py")
    assert main(["predict", "model", "train.csv", "--out", "ours.csv"]) == 0
    script = [sys.executable, "-I", "best.py", "train.csv", "--predict", "train.csv"]
    pd.concat([X, y], axis=1).to_csv("train.csv", index=False)
    subprocess.run([*script, "--out", "theirs.csv"], check=True, timeout=120)
    ours, theirs = pd.read_csv("ours.csv"), pd.read_csv("theirs.csv")
    assert list(ours) == ["prediction_long", "prediction_wide"]
    pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=1e-9)


def test_resume(folder, capsys):
    assert main([*FIT, "--history", "run.db"]) == 0
    assert main([*FIT, "--history", "run.db"]) == 1
    assert "resume" in capsys.readouterr().err
    longer = ["resume", *FIT[1:5], "6", *FIT[6:], "--history", "run.db"]
    assert main(longer) == 0
    assert "6 pipelines in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "none.csv", "--target", "target"], "'none.csv' cannot be read"),
        (["fit", "train.csv", "--target", "label"], "expected a column 'label', got"),
        (["fit", "train.csv", "--target", "target", "--save", "no/model"], "folder that exists"),
        (["fit", "train.csv", "--target", "target", "--budget", "0"], "above 0 seconds"),
        (["fit", "train.csv", "--target", "target", "--jobs", "0"], "got 0"),
        (["predict", "train.csv", "train.csv"], "not a model"),
        ([*FIT, "--kind", "petal"], "expected --kind COLUMN=KIND, got ['petal']"),
        ([*FIT, "--kind", "petal=numeric"], "kinds has ['petal'], but the columns are"),
        ([*FIT, "--kind", "petal width (cm)=words"], "got {'petal width (cm)': 'words'}"),
        ([*FIT, "--catalogue", "all"], "['default', 'fast', "),
        (["catalogue", "everything"], "['default', 'fast', "),
    ],
)
def test_mistakes_are_told_in_one_line(folder, capsys, arguments, words):
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("automl: ")
    assert words in error
    assert len(error.splitlines()) == 1


def test_codes_stay_texts(folder, capsys):
    codes = ["A1", "02", "2", None] * 10
    train = pd.DataFrame({"code": codes, "size": range(40), "target": [c == "02" for c in codes]})
    train.to_csv("codes.csv", index=False)
    train[train["code"] == "02"].to_csv("only.csv", index=False)
    assert main(["fit", "codes.csv", *FIT[2:], "--save", "model", "--export", "best.py"]) == 0
    assert main(["predict", "model", "only.csv", "--out", "ours.csv"]) == 0
    script = [sys.executable, "-I", "best.py", "codes.csv", "--predict", "only.csv"]
    subprocess.run([*script, "--out", "theirs.csv"], check=True, timeout=120)
    assert pd.read_csv("ours.csv")["prediction"].all()
    pd.testing.assert_frame_equal(pd.read_csv("ours.csv"), pd.read_csv("theirs.csv"))


def test_a_text_that_pandas_takes_for_missing_stays_a_text(folder, capsys):
    codes = np.tile(["NA", "SA", "EU"], 20)
    frame = pd.DataFrame({"code": codes, "size": np.arange(60)})
    with pytest.warns(AutoMLWarning, match="tell the target"):
        AutoMLClassifier(max_evaluations=2, n_jobs=2, random_state=0, verbose=0).fit(
            frame, codes == "NA"
        ).save("model")
    frame.to_csv("new.csv", index=False)
    assert main(["predict", "model", "new.csv", "--out", "ours.csv"]) == 0
    assert (pd.read_csv("ours.csv")["prediction"] == (codes == "NA")).all()


def test_strategy_and_tuner_are_given(folder, capsys):
    options = ["--strategy", "random", "--tuner", "none", "--catalogue", "fast", "--folds", "3"]
    assert main([*FIT, *options]) == 0
    assert "3 pipelines in" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_is_no_error():
    code = 'from automl.cli import main; raise SystemExit(main(["catalogue"]))'
    command = f"{sys.executable} -c '{code}'"
    done = subprocess.run(
        f"{command} | head -1", shell=True, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_kind_and_a_catalogue_are_given(folder, capsys):
    frame = pd.read_csv("train.csv").assign(zip=["01", "1", "2"] * 50)
    frame.to_csv("zip.csv", index=False)
    (folder / "few.toml").write_text('preset = "default"\ninclude = ["gaussian_nb"]\n')
    given = ["--kind", "zip=categorical", "--catalogue", "few.toml"]
    assert main(["fit", "zip.csv", *FIT[2:], *given, "--save", "model", "--export", "best.py"]) == 0
    assert "gaussian_nb(" in capsys.readouterr().out
    assert load("model").columns_.categorical == ("zip",)
    assert main(["predict", "model", "zip.csv", "--out", "ours.csv"]) == 0
    script = [sys.executable, "-I", "best.py", "zip.csv", "--verify", "--predict", "zip.csv"]
    subprocess.run([*script, "--out", "theirs.csv"], check=True, timeout=120)
    ours, theirs = pd.read_csv("ours.csv"), pd.read_csv("theirs.csv")
    pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=1e-9)


def test_the_target_decides_on_the_task(folder, capsys):
    number = ["fit", "train.csv", "--target", "sepal length (cm)", "--evaluations", "2"]
    assert main([*number, "--seed", "0"]) == 0
    assert "ridge" in capsys.readouterr().out


def test_the_catalogue_is_listed(capsys):
    assert main(["catalogue"]) == 0
    shown = capsys.readouterr().out
    assert "svc_rbf  (sklearn.svm.SVC)" in shown
    assert "C: 0.01 to 10000, logarithmic, 1.0 by default" in shown


def test_the_demo_does_the_whole_job(capfd):
    assert main(["demo", "--budget", "6"]) == 0
    shown = capfd.readouterr().out
    assert "verified" in shown
    difference = float(shown.split("difference to the script's predictions: ")[1])
    assert difference <= 1e-9


def test_a_terminal_shows_a_line_that_moves(folder):
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).with_name("automl"), *FIT, "--evaluations", "15"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    lines = [line for line in shown.decode().split("\r") if "pipelines" in line]
    assert len(set(lines)) > 1
    assert "of 300 s" in lines[-1]


def test_a_pipe_gets_no_line(folder):
    command = [Path(sys.executable).with_name("automl"), *FIT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr == ""


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux tells the end of a terminal by an error
        return b""
