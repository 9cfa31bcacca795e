"""Dask clusters on the loopback, which are those of the torture chamber."""

import time
from contextlib import contextmanager

from benchmarks.torture.dask_cluster import DaskCluster
from benchmarks.torture.sandbox import Sandbox

PLENTY = 300.0  # seconds: what takes them hangs, also on a busy machine


def wait_until(is_true):
    """Wait until a condition holds."""
    end = time.monotonic() + PLENTY
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def started_cluster(n_workers):
    """Yield a scheduler with workers, all of which are killed afterwards."""
    with Sandbox() as sandbox:
        cluster = DaskCluster(sandbox)
        try:
            for _ in range(n_workers):
                cluster.start_worker()
            yield cluster
        finally:
            cluster.close()


def files_of(cluster):
    """Return what fits have in the folders of the workers."""
    return list((cluster.folder / "local").rglob("automl-*"))
