"""The jobs of a problem, and the folder that they read."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl.errors import FileError
from automl.execution import Evaluator, Limits
from automl.execution import evaluator as module
from automl.pipelines import load_catalogue
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
