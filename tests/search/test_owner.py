"""A history has one owner, for as long as that lives."""

import json
import os
import signal
import subprocess
import sys
from multiprocessing import get_context

import pytest

from automl.errors import HistoryError
from automl.search.history import History
from automl.search.owner import Owner

OWNING = """
import sys, time
from pathlib import Path
from automl.search.owner import Owner
owner = Owner(Path(sys.argv[1]))
print("owned", flush=True)
time.sleep(600)
"""


@pytest.fixture
def process(tmp_path):
    """Return another process that owns a history."""
    command = [sys.executable, "-c", OWNING, str(tmp_path / "run.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "owned\n"
        yield process
        process.kill()


def test_another_process_is_named(tmp_path, process):
    with History(tmp_path / "run.db") as history:  # anybody may read
        assert history.trials() == []
        with pytest.raises(
            HistoryError, match=rf"process {process.pid} on '.*' writes to it; wait"
        ):
            history.open_run({"random_state": 0}, resume=True)


def test_a_process_that_is_killed_owns_nothing(tmp_path, process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (tmp_path / "run.db-owner").exists()
    Owner(tmp_path / "run.db").release()
    assert not (tmp_path / "run.db-owner").exists()


def test_a_second_run_of_the_same_process_is_refused(tmp_path):
    path = tmp_path / "run.db"
    (tmp_path / "link").symlink_to(path)
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=False)
        for name in (path, tmp_path / "link"):
            with History(name) as second, pytest.raises(HistoryError, match="this process"):
                second.open_run({"random_state": 0}, resume=True)
        with History(path) as reader:  # closing one of several connections ends no lock
            assert reader.seed() == 0
        command = [sys.executable, "-c", OWNING, str(path)]
        refused = subprocess.run(command, capture_output=True, text=True)
        assert f"process {os.getpid()} on" in refused.stderr
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=True)


def own_in_child(path, answers):
    try:
        Owner(path)
    except HistoryError as error:
        answers.put(str(error))


def release_in_child(owner, answers):
    owner.release()
    answers.put("released")


def test_a_forked_child_owns_nothing(tmp_path):
    context = get_context("fork")
    path = tmp_path / "run.db"
    owner = Owner(path)
    answers = context.SimpleQueue()
    for target, argument in ((own_in_child, path), (release_in_child, owner)):
        child = context.Process(target=target, args=(argument, answers))
        child.start()
        child.join()
    assert f"process {os.getpid()}" in answers.get()
    assert answers.get() == "released"
    assert json.loads((tmp_path / "run.db-owner").read_text())["pid"] == os.getpid()
    owner.release()


def test_the_name_of_an_owner_may_be_anything(tmp_path, process):
    for text in ("", "{}", "[", "3", '{"pid": "x", "host": 3}', "[" * 5_000):
        (tmp_path / "run.db-owner").write_text(text)
        with pytest.raises(HistoryError, match="in use: another process writes"):
            Owner(tmp_path / "run.db")


def test_no_link_is_followed(tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "run.db-owner").symlink_to(tmp_path / "precious")
    with pytest.raises(HistoryError, match="cannot be kept for one run"):
        Owner(tmp_path / "run.db")
    assert (tmp_path / "precious").read_text() == "mine"
