"""What fails while a search runs on a cluster."""

import contextlib
import signal
import subprocess
import time
from pathlib import Path

import psutil

from benchmarks.torture.dask_cluster import AdaptiveCluster, signal_tree
from benchmarks.torture.stage import HUNG, Stage
from benchmarks.torture.surroundings import DISK

KILLS = 20  # of workers, in a try
EVERY = 4  # reported folds between two faults
AFTER = 0.5  # seconds, at most, between a report and the kill
LOST = 2  # fits of a worker of one thread: the running one, and an answer under way
SILENCE = 10.0  # seconds without any traffic
STOPPED = 60.0  # seconds for which a worker is stopped, twice the patience of one scheduler
PERIOD, AWAKE = 1.0, 0.1  # seconds: a worker that runs for a tenth of the time
DROP = ("tc", "qdisc", "replace", "dev", "lo", "root", "blackhole")
PASS = ("tc", "qdisc", "delete", "dev", "lo", "root")
USUAL, SIZES = 2, (3, 1, 0)  # workers of an adaptive cluster


def kill_workers(stage: Stage) -> None:
    """Kill workers and nannies, and start the scheduler again half way."""
    for number in range(KILLS):
        if not stage.wait_for(EVERY):
            return
        if number == KILLS // 2:
            _restart_scheduler(stage)
        _kill_one(stage)


def _kill_one(stage: Stage) -> None:
    time.sleep(stage.rng.uniform(0, AFTER))
    running: list[tuple[subprocess.Popen[bytes], psutil.Process]] = []
    while not running:  # nannies start their next worker
        stage.cluster.replace_ended()
        pairs = [(nanny, stage.cluster.worker_of(nanny)) for nanny in stage.cluster.nannies]
        running = [(nanny, worker) for nanny, worker in pairs if worker is not None]
    nanny, worker = running[stage.rng.integers(len(running))]
    stage.note(LOST)
    victim = worker if stage.rng.random() < 0.5 else nanny  # whose worker then ends by itself
    with contextlib.suppress(psutil.NoSuchProcess):
        victim.kill()


def restart_schedulers(stage: Stage) -> None:
    """Kill the scheduler three times."""
    for _ in range(3):
        if not stage.wait_for(EVERY):
            return
        time.sleep(stage.rng.uniform(0, AFTER))
        _restart_scheduler(stage)


def _restart_scheduler(stage: Stage) -> None:
    stage.note(stage.capacity)
    stage.cluster.kill_scheduler()
    stage.cluster.start_scheduler()


def kill_home(stage: Stage) -> None:
    """Kill the process at home twice; each time, another cluster goes on."""
    for name in ("second", "third"):
        if not stage.wait_for(EVERY):
            return
        time.sleep(stage.rng.uniform(0, AFTER))
        stage.kill_fit()
        stage.note(stage.capacity)
        stage.cluster.close()
        stage.cluster = stage.surroundings.cluster(name)
        stage.start_fit()


def stop_worker(stage: Stage) -> None:
    """Stop a worker with all its slots for a while."""
    if stage.wait_for(EVERY):
        stage.note(LOST)
        pid = stage.cluster.nannies[0].pid
        signal_tree(pid, signal.SIGSTOP)
        time.sleep(STOPPED)
        signal_tree(pid, signal.SIGCONT)


def slow_worker(stage: Stage) -> None:
    """Let a worker with all its slots run for a tenth of the time."""
    if stage.wait_for(EVERY):
        stage.note(0)
        pid = stage.cluster.nannies[0].pid
        end = time.monotonic() + HUNG
        while stage.is_running and time.monotonic() < end:
            signal_tree(pid, signal.SIGSTOP)
            time.sleep(PERIOD - AWAKE)
            signal_tree(pid, signal.SIGCONT)
            time.sleep(AWAKE)


def drop_traffic(stage: Stage) -> None:
    """Drop all packets between home, scheduler and workers, twice."""
    for _ in range(2):
        if not stage.wait_for(EVERY):
            return
        stage.note(stage.capacity)
        subprocess.run([*stage.surroundings.prefix, *DROP], check=True)
        time.sleep(SILENCE)
        subprocess.run([*stage.surroundings.prefix, *PASS], check=True)


def fill_disk(stage: Stage) -> None:
    """Fill the disk of a worker that has the data."""
    if stage.wait_for(EVERY):
        stage.note(LOST)
        worker = stage.cluster.worker_of(stage.cluster.nannies[-1])
        if worker is not None:
            disk = Path(f"/proc/{worker.pid}/root{stage.sandbox.folder / DISK}")
            with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass


def resize(stage: Stage) -> None:
    """Let an adaptive cluster grow and shrink, also to nothing."""
    assert isinstance(stage.cluster, AdaptiveCluster)
    for size in SIZES:
        if not stage.wait_for(EVERY):
            return
        stage.note(LOST * max(SIZES))
        stage.cluster.adapt(size)
        time.sleep(SILENCE)
        stage.cluster.adapt(USUAL)


def watch(stage: Stage) -> None:
    """Do no more than look how the search goes on."""
    if stage.wait_for(EVERY):
        stage.note(0)
