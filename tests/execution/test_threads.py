"""The threads of workers, wherever the process that fits stands itself."""

import sys

import joblib
import pytest

from tests.recording import check_threads, recording_search
from tests.searches import X, labels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the threads are counted as on Linux"),
]

TARGET = labels(0.4)
NOTEBOOK = """
from tests.recording import recording_search
from tests.searches import X, labels

recording_search({folder!r}, n_jobs=2).fit(X, labels(0.4)).predict(X)
"""


def fit(folder, n_jobs):
    return recording_search(folder, n_jobs=n_jobs).fit(X, TARGET).run_.workers


def test_in_a_plain_process(tmp_path):
    search = recording_search(tmp_path, n_jobs=2).fit(X, TARGET)
    check_threads(tmp_path, least=3)  # two folds, and the final fit
    search.explain(X, TARGET, seconds=600)
    search.select(1, X, TARGET)
    check_threads(tmp_path, least=6)


@pytest.mark.parametrize("n_jobs", [1, -1])
def test_inside_of_workers_of_joblib(tmp_path, n_jobs):
    with joblib.parallel_config("loky"):
        parallel = joblib.Parallel(n_jobs=2)
        workers = parallel(joblib.delayed(fit)(str(tmp_path), n_jobs) for _ in range(2))
    assert workers == [1, 1]
    check_threads(tmp_path, least=6)


def test_inside_of_a_notebook(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    cell = nbformat.v4.new_code_cell(NOTEBOOK.format(folder=str(tmp_path)))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbclient.NotebookClient(notebook, timeout=None, kernel_name="python3").execute()
    check_threads(tmp_path, least=3)
