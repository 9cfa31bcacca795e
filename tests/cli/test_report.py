"""`automl report` and `automl watch`: a run in a history file, also while it goes on."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from automl.cli import main

TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
FIT = "fit train.csv --target target --evaluations 4 --folds 3 --jobs 1 --seed 0 --quiet".split()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the training file and the history of a run."""
    from sklearn.datasets import load_iris

    folder = tmp_path_factory.mktemp("run")
    frame = load_iris(as_frame=True).frame
    frame["target"] = frame["target"].map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    frame.to_csv(folder / "train.csv", index=False)
    before = os.getcwd()
    os.chdir(folder)
    try:
        assert main([*FIT, "--history", "run.db"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def folder(run, tmp_path, monkeypatch):
    for name in ("train.csv", "run.db"):
        shutil.copy(run / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path):
    return json.loads(Path(path).read_text("utf-8"))


def test_a_history_alone(folder, capsys):
    assert main(["report", "run.db", "--out", "report.json"]) == 0
    assert capsys.readouterr() == ("", "automl: report: report.json\n")
    facts = read("report.json")
    assert facts["title"] == "Classification of target"
    assert facts["script"] is None
    assert "train.csv" in facts["missing"][0]
    assert {path.name for path in folder.iterdir()} == {"train.csv", "run.db", "report.json"}


def test_a_history_with_its_training_file(folder):
    before = Path("run.db").read_bytes()
    assert main(["report", "run.db", "train.csv", "--out", "report.json", "--quiet"]) == 0
    facts = read("report.json")
    assert "pd.read_csv" in facts["script"]
    assert [view["title"] for view in facts["held_out"]] == ["Confusion matrix"]
    assert facts["explanation"]["importances"]["table"]["rows"]
    assert facts["explanation"]["dependence"]
    assert "Expected on new rows" in facts["verdict"]["sentences"][0]
    assert Path("run.db").read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {"train.csv", "run.db", "report.json"}
    # It is what the run found, so the history alone says the same.
    assert main(["report", "run.db", "--out", "alone.json", "--quiet"]) == 0
    for name in ("verdict", "members", "states"):
        assert read("alone.json")[name] == facts[name], name


def test_columns_of_the_run_are_remembered(folder, monkeypatch):
    text = Path("train.csv").read_text()
    lines = [f"{line},{number % 30}" for number, line in enumerate(text.splitlines()[1:])]
    head = f"{text.splitlines()[0]},visit"
    Path("train.csv").write_text("\n".join([head, *lines]) + "\n")
    Path("run.db").unlink()
    assert main([*FIT, "--groups", "visit", "--history", "run.db"]) == 0
    assert main(["report", "run.db", "train.csv", "--out", "report.json", "--quiet"]) == 0
    facts = read("report.json")
    # Were it not remembered, the rows would have a column that the run has not seen.
    assert [row[0] for row in facts["columns"]["rows"]] == text.splitlines()[0].split(",")[:-1]
    assert facts["held_out"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("report none.db --out r.html", "there is no file 'none.db'"),
        ("report train.csv --out r.html", "train.csv is not a history"),
        ("report run.db --out r.pdf", "expected a path that ends in one of"),
        ("report run.db --out run.db", "is the same file as HISTORY"),
        ("report run.db none.csv --out r.html", "none.csv"),
        ("report run.db train.csv --target price --out r.html", "expected a column 'price'"),
        ("report run.db train.csv --task regression --out r.html", "expected --task classif"),
        ("watch none.db", "there is no file 'none.db'"),
        ("watch run.db --port 70000", "expected --port between 0 and 65535"),
    ],
)
def test_errors_are_sentences(folder, capsys, arguments, message):
    assert main(arguments.split()) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_rows_of_another_file_are_refused(folder, capsys):
    lines = Path("train.csv").read_text().splitlines()
    Path("train.csv").write_text("\n".join(lines[:-1]) + "\n")
    assert main(["report", "run.db", "train.csv", "--out", "report.json", "--quiet"]) == 1
    assert "holds a run with other settings" in capsys.readouterr().err
    assert not Path("report.json").exists()


def test_a_catalogue_that_a_history_names_is_not_read(folder, capsys):
    Path("mine.toml").write_text('[operators.evil]\npath = "evil.Model"\n')
    Path("evil.py").write_text("raise SystemExit('it was imported')\n")
    with sqlite3.connect("run.db") as database:
        [(text,)] = database.execute("SELECT value FROM facts WHERE name = 'run'").fetchall()
        note = json.loads(text)
        note["parameters"]["values"]["catalogue"] = "mine.toml"
        database.execute("UPDATE facts SET value = ? WHERE name = 'run'", (json.dumps(note),))
    assert main(["report", "run.db", "train.csv", "--out", "report.json", "--quiet"]) == 1
    assert "give it with --catalogue" in capsys.readouterr().err


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "automl", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_page_is_served_until_ctrl_c(folder):
    process = start("watch", "run.db")
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}report.json", timeout=TIMEOUT) as answer:
            assert json.load(answer)["title"] == "Classification of target"
        port = address.split(":")[2].split("/")[0]
        taken = start("watch", "run.db", "--port", port)
        assert f"the port {port} cannot be used" in taken.communicate(timeout=TIMEOUT)[1]
        assert taken.returncode == 1
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=TIMEOUT)
        assert (process.returncode, error) == (0, "")
    finally:
        process.kill()
        process.wait()
