"""The commands that users run."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.running.journal import Journal

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_run_then_report(tmp_path, capsys):
    path = tmp_path / "results.jsonl"
    command = "run --suite small --tasks iris --adapters dummy,random_forest --budget 1"
    arguments = [*command.split(), "--jobs", "1", "--journal", str(path)]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 2
    assert err.startswith("iris split 0 dummy: log_loss 1.0")
    assert "| random_forest | 1.00 | 1.000 | – |" in out
    assert [row.failure for row in Journal(path).rows] == [""] * 2

    assert main(arguments) == 0  # everything is there already
    assert capsys.readouterr() == (out, "")

    command = [sys.executable, "-m", "benchmarks", "report", "--journal", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == out


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run", "expected --suite, --data or --openml"),
        ("run --suite public", "needs --data FOLDER"),
        ("run --suite small --tasks boston", "expected --tasks out of ['iris'"),
        ("run --suite small --adapters tpott", "or module:Class, got 'tpott'"),
        ("run --suite small --adapters nowhere:Foo", "expected a module 'nowhere'"),
        ("run --suite small --adapters no.where:Foo", "expected a module 'no.where'"),
        ("run --suite small --adapters benchmarks.tasks.suite:Foo", "expected a class 'Foo' in"),
        ("run --data nowhere", "index.json, got nowhere without"),
    ],
)
def test_mistakes(command, message, capsys):
    assert main(command.split()) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--budget 0", "--budget inf", "--jobs 0", "--splits x"])
def test_numbers_that_make_no_sense(option, capsys):
    with pytest.raises(SystemExit):
        main(["run", "--suite", "small", *option.split()])
    assert option.split()[0] in capsys.readouterr().err
