"""The jobs of a problem, and the folder that they read."""

import os
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


HARMS = {
    "removed": lambda path: path.unlink(),
    "cut off": lambda path: os.truncate(path, 10),
    "overwritten": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("suffix", ["", ".settings"])
def test_files_that_a_job_has_harmed_are_written_again(folders, harm, suffix, caplog):
    paths = []
    executor = SimpleNamespace(workers=1, submit=lambda _, path, *__, **___: paths.append(path))
    leaf = load_catalogue().without_gaps()
    genome = Genome.parse("ridge(standard_scaler(numeric), alpha=1.0)")
    with Evaluator(problem_of(leaf), executor, Limits()) as evaluator:
        evaluator.fold(genome, 0, 1.0)
        evaluator.fold(genome, 0, 1.0)
        assert paths[0] == paths[1]
        HARMS[harm](Path(paths[0] + suffix))
        evaluator.final(genome, None, 1, None)
        evaluator.fold(genome, 0, 1.0)
        assert paths[1] != paths[2] == paths[3]
        assert all(Path(paths[2] + end).stat().st_size > 10 for end in ("", ".settings"))
    assert len(caplog.messages) == 1
    assert list(folders.iterdir()) == []
