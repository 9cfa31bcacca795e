"""The number of workers that `n_jobs` stands for, here and inside of the pools of others."""

import joblib
import pytest

from automl.errors import AutoMLWarning, SettingsError
from automl.execution.cores import workers_for
from automl.execution.lending import threads_at_home


@pytest.fixture
def single_core(monkeypatch):
    """Let joblib count a single core, as on a machine that has no other."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")


def test_numbers_are_counted_as_by_joblib():
    cores = joblib.cpu_count()
    assert workers_for(1) == workers_for(None) == 1
    assert workers_for(-1) == workers_for(cores) == cores
    assert workers_for(-2) == max(cores - 1, 1)
    with joblib.parallel_config("threading", n_jobs=cores):
        assert workers_for(None) == workers_for(-1) == cores


@pytest.mark.parametrize("n_jobs", [0, 1.5, "all"])
def test_no_number_of_processes(n_jobs):
    with pytest.raises(SettingsError, match=f"number of processes or -1, got {n_jobs!r}"):
        workers_for(n_jobs)


@pytest.mark.parametrize("n_jobs", [2, 4])
def test_more_than_the_cores_is_a_warning(single_core, n_jobs):
    reason = f"^n_jobs={n_jobs} is more than the single core .* n_jobs=-1 starts one for each core$"
    with pytest.warns(AutoMLWarning, match=reason) as warned:
        assert workers_for(n_jobs) == n_jobs
    assert len(warned) == 1


def test_more_than_four_for_each_core_is_an_error(single_core):
    with pytest.raises(SettingsError, match=r"at most 4, 4 for each of the single core .*, got 5;"):
        workers_for(5)
    with joblib.parallel_config("loky", n_jobs=9), pytest.raises(SettingsError, match="got 9"):
        workers_for(None)


def test_the_cores_of_a_large_machine_are_named(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 16)
    with pytest.warns(AutoMLWarning, match="n_jobs=20 is more than the 16 cores"):
        assert workers_for(20) == 20
    with pytest.raises(SettingsError, match="at most 64, 4 for each of the 16 cores"):
        workers_for(65)


@pytest.mark.parametrize(
    "backend",
    [
        "threading",
        pytest.param("loky", marks=pytest.mark.slow),
        pytest.param("multiprocessing", marks=pytest.mark.slow),
    ],
)
def test_inside_of_a_pool_all_cores_are_a_single_worker(backend):
    """Joblib would count all cores once more, for each of its workers."""
    parallel = joblib.Parallel(n_jobs=2, backend=backend)
    assert parallel(joblib.delayed(workers_for)(n_jobs) for n_jobs in (-1, -2, None, 1)) == [1] * 4


def test_for_a_cluster_the_number_says_nothing_of_this_machine(single_core):
    assert threads_at_home("tcp://127.0.0.1:9", 1000) == 1
    with pytest.raises(SettingsError, match="got 1000"):
        threads_at_home(None, 1000)
