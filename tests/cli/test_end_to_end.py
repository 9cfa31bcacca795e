"""Files of several forms, from the fit to predictions of the saved model and of the script."""

import io
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from automl.cli import main

TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
QUICK = ["--target", "y", "--evaluations", "2", "--seed", "0", "--jobs", "2"]
N = 120


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return a table with codes, decimals, texts and a target, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    size = rng.normal(size=N).round(3)
    code = rng.choice(["01067", "10115", "80331"], N)
    town = rng.choice(["Köln", "Málaga", "Århus", "São Paulo"], N)
    labels = np.where(size + (code == "01067") + rng.normal(size=N) / 9 > 0.3, "yes", "no")
    return pd.DataFrame({"größe": size, "plz": code, "ort": town, "y": labels})


def as_text(table, **options):
    return table.to_csv(index=False, **options)


def german(table):
    return as_text(table, sep=";", decimal=",").encode("cp1252")


def with_comments(table):
    head, *rows = as_text(table, sep="\t").splitlines()
    return "\n".join(["# made by, a tool", head, *rows, "# the end", ""]).encode("utf-16")


def with_ends(table):
    head, *rows = as_text(table).splitlines()
    return "\n".join([head, *(f"{row}," for row in rows), ""]).encode("utf-8-sig")


def with_spaces(table):
    return as_text(table).replace(",", ", ").encode()


def with_row_names(table):
    head, *rows = as_text(table).splitlines()
    named = [f'"{number}",{row}' for number, row in enumerate(rows, start=1)]
    return "\n".join([head, *named, ""]).encode()


@pytest.mark.slow
@pytest.mark.parametrize("write", [german, with_comments, with_ends, with_spaces, with_row_names])
def test_model_and_script_read_what_the_fit_read(table, tmp_path, write):
    (tmp_path / "train.csv").write_bytes(write(table))
    (tmp_path / "new.csv").write_bytes(write(table.drop(columns="y").head(30)))
    assert main(["fit", "train.csv", *QUICK, "--save", "model", "--export", "best.py"]) == 0
    assert main(["predict", "model", "new.csv", "--out", "predictions.csv"]) == 0
    predictions = pd.read_csv("predictions.csv")
    assert (predictions["prediction"] == table["y"].head(30)).mean() > 0.8
    script = [sys.executable, "-I", "best.py", "train.csv", "--verify", "--predict", "new.csv"]
    subprocess.run([*script, "--out", "of_script.csv"], check=True, timeout=TIMEOUT)
    pd.testing.assert_frame_equal(predictions, pd.read_csv("of_script.csv"), rtol=0, atol=1e-9)
    assert main(["export", "model", "again.py"]) == 0
    assert (tmp_path / "again.py").read_text() == (tmp_path / "best.py").read_text()


@pytest.mark.filterwarnings("always::automl.AutoMLWarning")
@pytest.mark.slow
def test_gaps_groups_and_weights(table, tmp_path, capsys):
    table["größe"] = table["größe"].astype(object).where(table.index % 10 > 0, "?")
    table["y"] = table["y"].where(table.index % 20 > 0)
    table = table.assign(patient=table.index // 3, weight=1 + table.index % 2)
    table.to_csv("train.csv", index=False)
    options = ["--missing", "?", "--groups", "patient", "--weights", "weight", "--json"]
    files = ["--save", "model", "--export", "best.py"]
    assert main(["fit", "train.csv", *QUICK, *options, *files]) == 1
    assert "6 of 120 rows have no target 'y'" in capsys.readouterr().err
    options.append("--drop-rows-without-target")
    assert main(["fit", "train.csv", *QUICK, *options, *files]) == 0
    captured = capsys.readouterr()
    summary = json.loads(captured.out)
    assert (summary["task"], summary["metric"]) == ("classification", "roc_auc")
    assert (summary["model"], summary["script"]) == ("model", "best.py")
    assert "6 rows without a target are left out" in captured.err
    assert main(["predict", "model", "train.csv", "--out", "predictions.csv"]) == 0
    assert capsys.readouterr().err.count("ignored: ['patient', 'weight']") == 1
    script = [sys.executable, "-I", "best.py", "train.csv", "--weight", "weight", "--verify"]
    script += ["--predict", "train.csv", "--out", "of_script.csv"]
    subprocess.run(script, check=True, timeout=TIMEOUT)
    predictions, of_script = pd.read_csv("predictions.csv"), pd.read_csv("of_script.csv")
    assert len(predictions) == N
    pd.testing.assert_frame_equal(predictions, of_script, rtol=0, atol=1e-9)


@pytest.mark.slow
def test_streams_and_other_formats(table, tmp_path, monkeypatch, capsys):
    text = as_text(table).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["fit", "-", *QUICK, "--quiet", "--save", "model"]) == 0
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["predict", "model", "-"]) == 0
    expected = capsys.readouterr().out
    table.to_csv("new.csv.xz", index=False)
    table.to_json("new.jsonl", orient="records", lines=True)
    names = ["new.csv.xz", "new.jsonl"]
    for name, package in [("new.xlsx", "openpyxl"), ("new.parquet", "pyarrow")]:
        if pytest.importorskip(package):
            write = table.to_excel if name.endswith("xlsx") else table.to_parquet
            write(name, index=False)
            names.append(name)
    for name in names:
        assert main(["predict", "model", name]) == 0
        assert capsys.readouterr() == (expected, "")


@pytest.mark.filterwarnings("always::automl.AutoMLWarning")
def test_an_order_in_time(table, capsys):
    days = pd.date_range("2020-01-01", periods=N, freq="D")
    table.assign(tag=days.strftime("%d.%m.%Y")).to_csv("train.csv", index=False)
    assert main(["fit", "train.csv", *QUICK, "--save", "model"]) == 0
    errors = capsys.readouterr().err
    assert "pass --time 'tag' if the future is to be predicted" in errors
    assert "where folds respect 'tag', the best pipeline has roc_auc" in errors
    assert main(["fit", "train.csv", *QUICK, "--save", "model", "--time", "tag"]) == 0
    assert "tag" not in capsys.readouterr().err
    assert main(["predict", "model", "train.csv"]) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--time", "when"], "expected a column 'when' (--time) in 'train.csv'"),
        (["--time", "y"], "a column of its own for each of --target 'y', --time 'y'"),
        (["--time", "ort"], "expected dates or numbers as time, got categorical"),
        (["--groups", "patient"], "expected a column 'patient' (--groups) in 'train.csv'"),
        (["--weights", "ort"], "as --weights says, but 120 of 120 cells are none, such as"),
        (["--groups", "y"], "a column of its own for each of --target 'y', --groups 'y'"),
        (["--sep", ";;"], "expected --sep to be one character"),
        (["--sep", ";"], "is the separator another one (--sep)?"),
        (["--encoding", "ascii"], "is not a text in ascii"),
        (["--task", "regression"], "120 of 120 cells are none, such as ['"),
        (["--budget", "0"], "expected --budget above 0 seconds"),
        (["--scoring", "best"], "expected --scoring to be"),
    ],
)
def test_mistakes_are_told_in_the_words_of_the_command_line(table, capsys, options, words):
    table.to_csv("train.csv", index=False)
    assert main(["fit", "train.csv", *QUICK, "--quiet", *options]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("automl: ")
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1
