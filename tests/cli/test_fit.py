"""The commands that search: fit and resume."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from automl import Patience, load
from automl.cli import main
from tests.terminals import read_terminal

FIT = ["fit", "train.csv", "--target", "target", "--evaluations", "3", "--seed", "0", "--jobs", "2"]
FIT += ["--folds", "3"]
TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
COMMAND = Path(sys.executable).with_name("automl")


def run_script(*arguments):
    command = [sys.executable, "-I", "best.py", *arguments, "--out", "of_script.csv"]
    subprocess.run(command, check=True, timeout=TIMEOUT)
    return pd.read_csv("of_script.csv")


@pytest.mark.slow
def test_fit_export_save_predict(folder, capsys):
    assert main([*FIT, "--export", "best.py", "--save", "model"]) == 0
    output = capsys.readouterr().out
    assert "3 pipelines in" in output
    assert "score     neg_log_loss -" in output
    assert "next      automl predict model NEW" in output
    assert output.endswith("model: model\nscript: best.py\n")
    assert main(["predict", "model", "train.csv", "--out", "predictions.csv"]) == 0
    predictions = pd.read_csv("predictions.csv")
    of_script = run_script("train.csv", "--predict", "train.csv")
    pd.testing.assert_frame_equal(predictions, of_script, rtol=0, atol=1e-9)
    assert list(predictions) == [
        "prediction",
        *(f"probability_{name}" for name in predictions["prediction"].unique()),
    ]
    assert main(["export", "model", "again.py"]) == 0
    assert (folder / "again.py").read_text() == (folder / "best.py").read_text()


@pytest.mark.slow
def test_several_scorings_are_axes_of_the_front(folder, capsys):
    scorings = ["--scoring", "logloss", "--scoring", "mcc", "--scoring", "size"]
    assert main([*FIT, *scorings, "--save", "model"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:5] == ["rank", "score", "deviation", "matthews_corrcoef", "folds"]
    assert "not beaten in logloss, mcc, size at once (the Pareto front):" in lines
    assert load("model").scoring == ["logloss", "mcc", "size"]
    assert main([*FIT, "--scoring", "accuracy", "--save", "model"]) == 0
    assert load("model").scoring == "accuracy"


@pytest.mark.slow
def test_several_targets(folder, capsys):
    table = pd.read_csv("train.csv")
    table["wide"] = (table["petal width (cm)"] > 1).astype(int)
    table.drop(columns=["petal width (cm)"]).to_csv("train.csv", index=False)
    assert main([*FIT, "--target", "wide", "--export", "best.py", "--save", "model"]) == 0
    captured = capsys.readouterr()
    assert "score     neg_log_loss -" in captured.out
    assert "automl: the labels of all targets are taken as texts" in captured.err
    assert main(["predict", "model", "train.csv", "--out", "predictions.csv"]) == 0
    predictions = pd.read_csv("predictions.csv")
    of_script = run_script("train.csv", "--verify", "--predict", "train.csv")
    pd.testing.assert_frame_equal(predictions, of_script, rtol=0, atol=1e-9)
    assert list(predictions)[:3] == [
        "prediction_target",
        "prediction_wide",
        "probability_target_setosa",
    ]
    assert (predictions["prediction_wide"] == table["wide"]).mean() > 0.9


@pytest.mark.slow
def test_resume(folder, capsys):
    assert main([*FIT, "--history", "run.db"]) == 0
    assert main([*FIT, "--history", "run.db"]) == 1
    assert "resume" in capsys.readouterr().err
    longer = ["resume", *FIT[1:5], "6", *FIT[6:], "--history", "run.db"]
    assert main(longer) == 0
    assert "6 pipelines in" in capsys.readouterr().out


@pytest.mark.slow
def test_patience_ends_a_search(folder, capsys):
    many = [*FIT[:5], "100000", *FIT[6:], "--patience"]
    options = ["--catalogue", "linear", "--folds", "3"]
    assert main([*many, "0", *options]) == 1
    assert "expected --patience of more than 0 seconds, got 0.0" in capsys.readouterr().err
    assert main([*many, "0.1", *options, "--save", "model"]) == 0
    assert load("model").callbacks == (Patience(0.1),)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "none.csv", "--target", "target"], "'none.csv' cannot be read"),
        (
            ["fit", "train.csv", "--target", "label"],
            "expected a column 'label' (--target) in 'train.csv', got",
        ),
        (["fit", "train.csv", "--target", "target", "--save", "no/model"], "folder that exists"),
        (["fit", "train.csv", "--target", "target", "--export", "no/a.py"], "folder that exists"),
        (["fit", "train.csv", "--target", "target", "--history", "no/a.db"], "folder that exists"),
        (["fit", "train.csv", "--target", "target", "--budget", "0"], "above 0 seconds"),
        (["fit", "train.csv", "--target", "target", "--jobs", "0"], "got 0"),
        ([*FIT, "--jobs", "10000"], "got 10000; --jobs=-1 starts one for each core"),
        ([*FIT, "--kind", "petal"], "expected --kind COLUMN=KIND, got ['petal']"),
        ([*FIT, "--kind", "petal=numeric"], "--kind has ['petal'], but the columns are"),
        ([*FIT, "--kind", "petal width (cm)=words"], "got {'petal width (cm)': 'words'}"),
        ([*FIT, "--scoring", "size"], "the first scoring decides, so it has to be a scorer"),
        ([*FIT, "--scoring", "auc", "--scoring", "rmse"], "no score of 3 classes"),
        ([*FIT, "--catalogue", "all"], "['default', 'fast', "),
        (["resume", *FIT[1:], "--history", "none.db"], "no file 'none.db'"),
        ([*FIT, "--history", ""], "path of a file, such as 'run.db'"),
        ([*FIT, "--history", "."], "is a folder"),
        ([*FIT, "--history", "a" * 300], "File name too long"),
    ],
)
def test_mistakes_are_told_in_one_line(folder, capsys, arguments, words):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("automl: ")
    # Notes on what is kept and guessed come before it.
    *notes, error = captured.err.splitlines()
    assert words in error
    assert all("nothing is kept" in note or "a classification" in note for note in notes)


@pytest.mark.slow
def test_codes_stay_texts(folder, capsys):
    codes = ["A1", "02", "2", None] * 10
    target = [code == "02" for code in codes]
    train = pd.DataFrame({"code": codes, "size": range(40), "target": target})
    train.to_csv("codes.csv", index=False)
    train[train["code"] == "02"].to_csv("only.csv", index=False)
    assert main(["fit", "codes.csv", *FIT[2:], "--save", "model", "--export", "best.py"]) == 0
    assert main(["predict", "model", "only.csv", "--out", "predictions.csv"]) == 0
    predictions = pd.read_csv("predictions.csv")
    assert predictions["prediction"].all()
    of_script = run_script("codes.csv", "--predict", "only.csv")
    pd.testing.assert_frame_equal(predictions, of_script)


def test_strategy_tuner_catalogue_and_folds(folder, capsys):
    options = ["--strategy", "random", "--tuner", "none", "--catalogue", "fast", "--folds", "3"]
    assert main([*FIT, *options, "--history", "run.db"]) == 0
    assert "3 pipelines in" in capsys.readouterr().out
    assert main(["resume", *FIT[1:], *options[:-1], "4", "--history", "run.db"]) == 1
    assert "other settings (--folds" in capsys.readouterr().err


@pytest.mark.slow
def test_kind_and_catalogue(folder, capsys):
    frame = pd.read_csv("train.csv").assign(zip=["01", "1", "2"] * 50)
    frame.to_csv("zip.csv", index=False)
    (folder / "few.toml").write_text('preset = "default"\ninclude = ["gaussian_nb"]\n')
    options = ["--kind", "zip=categorical", "--catalogue", "few.toml"]
    files = ["--save", "model", "--export", "best.py"]
    assert main(["fit", "zip.csv", *FIT[2:], *options, *files]) == 0
    assert "gaussian_nb" in capsys.readouterr().out
    assert load("model").columns_.categorical == ("zip",)
    assert main(["predict", "model", "zip.csv", "--out", "predictions.csv"]) == 0
    of_script = run_script("zip.csv", "--verify", "--predict", "zip.csv")
    predictions = pd.read_csv("predictions.csv")
    pd.testing.assert_frame_equal(predictions, of_script, rtol=0, atol=1e-9)


def test_the_target_decides_on_the_task(folder, capsys):
    arguments = ["fit", "train.csv", "--target", "sepal length (cm)", "--evaluations", "2"]
    assert main([*arguments, "--seed", "0"]) == 0
    assert "ridge" in capsys.readouterr().out


@pytest.mark.slow
def test_a_terminal_shows_what_goes_on(folder):
    reading_end, writing_end = pty.openpty()
    command = [COMMAND, *FIT]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=writing_end) as process:
        os.close(writing_end)
        content = b""
        while chunk := read_terminal(reading_end):
            content += chunk
    os.close(reading_end)
    assert process.returncode == 0
    lines = [line for line in content.decode().split("\r") if "left of 5:00" in line]
    assert len(set(lines)) > 1
    assert "predicts" not in content.decode()  # the summary stands on the output, once


@pytest.mark.slow
def test_a_pipe_gets_lines_and_the_output_a_summary(folder, capfd):
    process = subprocess.run([COMMAND, *FIT], capture_output=True, text=True, timeout=TIMEOUT)
    assert process.returncode == 0
    assert process.stdout.count("\npredicts  ") == 1
    lines = process.stderr.splitlines()
    assert [line for line in lines if " of 300 s: " not in line] == [
        "automl: nothing is kept of this fit but what is printed; --save, --export or --history do",
        "automl: a classification, because 'target' holds texts (--task)",
    ]
    assert main([*FIT, "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")
