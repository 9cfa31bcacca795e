"""The jobs of a problem, and the folder that they read."""

import os
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl.errors import FileError
from automl.execution import Evaluator, Limits
from automl.execution import evaluator as module
from automl.pipelines import Genome, load_catalogue
from automl.problem import Problem
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric


def problem_of(catalogue=None):
    frame = pd.DataFrame({"number": np.arange(20.0)})
    dataset = read_dataset(frame, np.arange(20.0) % 7, "regression")
    metric = resolve_metric(None, "regression", None)
    return Problem(dataset, catalogue or load_catalogue(), [], metric, 0)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Return the folders that evaluators make, which lie below the test's own."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_there_inside_and_gone_afterwards(folders):
    executor = SimpleNamespace(workers=3)
    with Evaluator(problem_of(), executor, Limits(seconds=7)) as evaluator:
        assert len(list(folders.iterdir())) == 1
        assert evaluator.workers == 3
        assert evaluator.limit == 7
    assert list(folders.iterdir()) == []


def test_the_folder_is_gone_if_the_problem_cannot_be_written(folders, monkeypatch):
    def full(problem, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_problem", full)
    evaluator = Evaluator(problem_of(), SimpleNamespace(workers=1), Limits())
    with pytest.raises(FileError, match="temporary files cannot be written"), evaluator:
        pass
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize(("budget", "limit"), [(60.0, 12.0), (None, 600.0), (1.0, 5.0)])
def test_the_limit_is_a_share_of_the_budget(budget, limit):
    evaluator = Evaluator(problem_of(), SimpleNamespace(workers=1), Limits(), budget)
    assert evaluator.limit == limit


LEAF = load_catalogue().without_gaps()
GENOME = Genome.parse("ridge(standard_scaler(numeric), alpha=1.0)")


def executor_of(paths):
    """Return an executor that only notes the paths of the problem."""

    def submit(function, path, *_, **__):
        paths.append(path)
        return Future()

    return SimpleNamespace(workers=1, submit=submit)


HARMS = {
    "removed": lambda path: path.unlink(),
    "cut off": lambda path: os.truncate(path, 10),
    "overwritten": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("suffix", ["", ".settings"])
def test_files_that_a_job_has_harmed_are_written_again(folders, harm, suffix, caplog):
    paths = []
    executor = executor_of(paths)
    with Evaluator(problem_of(LEAF), executor, Limits()) as evaluator:
        evaluator.fold(GENOME, 0, 1.0)
        evaluator.fold(GENOME, 0, 1.0)
        assert paths[0] == paths[1]
        HARMS[harm](Path(paths[0] + suffix))
        evaluator.final(GENOME, None, 1, None)
        evaluator.fold(GENOME, 0, 1.0)
        assert paths[1] != paths[2] == paths[3]
        assert all(Path(paths[2] + end).stat().st_size > 10 for end in ("", ".settings"))
    assert len(caplog.messages) == 1
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("harm", HARMS)
def test_a_job_is_void_when_its_files_were_harmed(folders, harm):
    paths = []
    with Evaluator(problem_of(LEAF), executor_of(paths), Limits()) as evaluator:
        first, tuned = evaluator.fold(GENOME, 0, 1.0), evaluator.tune(GENOME, 0, 1.0)
        assert not evaluator.is_void(first)
        HARMS[harm](Path(paths[0]))
        later = evaluator.fold(GENOME, 0, 1.0)
        assert evaluator.is_void(first)
        assert evaluator.is_void(tuned)
        assert not evaluator.is_void(later)


def test_a_class_of_the_user_is_blamed_for_harmed_files(folders, monkeypatch):
    paths = []
    problem = problem_of(LEAF)
    monkeypatch.setattr(Problem, "own_classes", lambda self, genome: "its class")
    with Evaluator(problem, executor_of(paths), Limits()) as evaluator:
        job = evaluator.fold(GENOME, 0, 1.0)
        HARMS["removed"](Path(paths[0]))
        assert not evaluator.is_void(job)
