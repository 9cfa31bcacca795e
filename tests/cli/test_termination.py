"""Signals: the first is a wish, and the best so far is kept; the second ends everything at once."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from automl import load
from automl.cli.termination import Termination, deferred

COMMAND = Path(sys.executable).with_name("automl")
TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
LONG = ["fit", "train.csv", "--target", "target", "--budget", "500", "--jobs", "2"]
FILES = ["--history", "run.db", "--save", "model", "--export", "best.py"]


def n_scored():
    """Return the folds that the history has of its furthest pipeline beyond the constant."""
    with contextlib.suppress(sqlite3.Error):
        database = sqlite3.connect("file:run.db?mode=ro", uri=True)
        with contextlib.closing(database):
            query = "SELECT count(*) FROM folds WHERE state = 'done' AND number > 0 GROUP BY number"
            return max((count for (count,) in database.execute(query)), default=0)
    return 0


def interrupted(*numbers, n_folds):
    """Send signals to a fit that has so many folds with a score, and return its end."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([COMMAND, *LONG, *FILES], **options) as process:
        end = time.monotonic() + TIMEOUT
        while n_scored() < n_folds:
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        for number in numbers:
            process.send_signal(number)
            time.sleep(0.05)  # two of a kind at once are one signal
        output, errors = process.communicate(timeout=TIMEOUT)
    assert "Traceback" not in errors
    return process.returncode, output, errors


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGHUP, 129)])
def test_the_best_so_far_is_kept(folder, number, status):
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("these tests run where the signal is ignored, as by nohup")
    returned, output, _ = interrupted(number, n_folds=6)
    assert returned == status
    assert "pipelines in" in output
    assert load("model").best_score_ > -1
    compile((folder / "best.py").read_text(), "best.py", "exec")


@pytest.mark.slow
def test_the_second_signal_ends_at_once(folder):
    returned, _, errors = interrupted(signal.SIGTERM, signal.SIGTERM, n_folds=1)
    # The second one may come when the last word is said, and the system ends the process.
    assert returned in (128 + signal.SIGTERM, -signal.SIGTERM)
    assert "interrupted" in errors
    assert not (folder / "model").exists()


@pytest.mark.slow
def test_a_command_that_ignores_ctrl_c_hears_sigterm(folder):
    """A shell without job control starts commands in the background like that."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # children inherit it
    try:
        returned, output, _ = interrupted(signal.SIGTERM, n_folds=6)
    finally:
        signal.signal(signal.SIGINT, before)
    assert returned == 128 + signal.SIGTERM
    assert "pipelines in" in output
    assert load("model").best_score_ > -1


@pytest.fixture
def python_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Termination().heard():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_waits_for_files(python_handler):
    written = []

    def write():
        with deferred():
            signal.raise_signal(signal.SIGINT)
            written.append("model")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert written == ["model"]
