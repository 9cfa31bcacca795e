"""A real Dask cluster on the loopback: a scheduler and workers in processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PLENTY = 300.0  # seconds: what takes them hangs, also on a busy machine


def wait_until(is_true):
    """Wait until a condition holds."""
    end = time.monotonic() + PLENTY
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.05)


class Cluster:
    """A scheduler at a port that was free, and workers with one thread each."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.workers = []
        self.port = 0
        self.start_scheduler()

    def start_scheduler(self):
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        options = ("--host", "127.0.0.1", "--port", str(self.port), "--scheduler-file", str(file))
        self.scheduler = self._start("scheduler", *options, "--no-dashboard")
        wait_until(file.exists)
        import json

        wait_until(lambda: file.read_text("utf-8").endswith("}"))
        self.address = json.loads(file.read_text("utf-8"))["address"]
        self.port = int(self.address.rpartition(":")[2])

    def start_worker(self, *options, path=""):
        """Start a worker, below whose packages come those of a folder."""
        options = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", *options)
        folder = ("--local-directory", str(self.folder / "local"))
        worker = self._start("worker", self.address, *options, *folder, path=path)
        self.workers.append(worker)
        return worker

    def _start(self, kind, *options, path=""):
        modules = os.pathsep.join(filter(None, [str(path), str(ROOT)]))
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options],
            env={**os.environ, "PYTHONPATH": modules},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def files(self):
        """Return what fits have in the folders of the workers."""
        return list((self.folder / "local").rglob("automl-*"))

    def close(self):
        for process in self.processes:
            end(process)


def end(process):
    """Kill a process with all its descendants."""
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                child.send_signal(signal.SIGKILL)
    process.kill()
    process.wait()
