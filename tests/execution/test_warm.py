"""The executor that is kept between fits."""

import multiprocessing
import os
import subprocess
import sys

import pytest

from automl.execution.warm import borrow_executor

PLENTY = 600.0  # seconds: a job that takes them hangs, also on a busy machine


def pid_of(executor):
    return executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)


def test_workers_are_warm_for_the_next_fit():
    with borrow_executor(1, 512.0) as first:
        pid = pid_of(first)
    with borrow_executor(1, 512.0) as second:
        assert pid_of(second) == pid


def parent_and_limit():
    import resource

    return os.getppid(), resource.getrlimit(resource.RLIMIT_AS)[0]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker makes its imports")
def test_another_size_keeps_the_process_that_made_the_imports():
    sizes = []
    for workers, mebibytes in ((1, 512.0), (2, 2048.0), (1, 512.0)):
        with borrow_executor(workers, mebibytes) as executor:
            assert executor.workers == workers
            jobs = [executor.submit(parent_and_limit, timeout=PLENTY) for _ in range(4)]
            sizes.append([job.result(PLENTY) for job in jobs])
    assert len({parent for jobs in sizes for parent, _ in jobs}) == 1
    small, large, again = (max(limit for _, limit in jobs) for jobs in sizes)
    assert large - small > 1024 * 2**20
    assert large - again > 1024 * 2**20


def test_a_fit_beside_another_gets_an_executor_of_its_own():
    with borrow_executor(1, 512.0) as first, borrow_executor(1, 512.0) as second:
        assert first is not second
        assert pid_of(first) != pid_of(second)
    assert not second.is_alive


def test_a_fit_that_failed_leaves_no_executor():
    with pytest.raises(KeyboardInterrupt), borrow_executor(1, 512.0) as executor:
        raise KeyboardInterrupt
    assert not executor.is_alive


def borrow_in_a_child():
    with borrow_executor(1, 512.0) as executor:
        return pid_of(executor)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the fork beside threads
def test_a_forked_child_has_workers_of_its_own():
    """The children of a pool are daemonic, too, and may start no process by multiprocessing."""
    with borrow_executor(1, 512.0) as executor:
        pid = pid_of(executor)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(borrow_in_a_child) != pid
    with borrow_executor(1, 512.0) as executor:
        assert pid_of(executor) == pid


@pytest.mark.slow
def test_the_temporary_folder_may_have_a_long_name(tmp_path):
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    code = (
        "import os; from automl.execution.warm import borrow_executor\n"
        "with borrow_executor(1, 512.0) as executor:\n"
        "    assert executor.submit(os.getpid, timeout=None).result() > 0"
    )
    environment = {**os.environ, "TMPDIR": str(folder)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
