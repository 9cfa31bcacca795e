"""A real Dask cluster on the loopback, whose processes can be killed one by one.

::

    DaskCluster ─┬─ scheduler        at one port, also when it is started again
                 └─ nanny (one of several) ─► worker ─► nursery ─► slots
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.errors import BenchmarkError
from benchmarks.torture.sandbox import LOOK, Sandbox

STARTING = 300.0  # seconds of a start, on a busy machine
HOST = "127.0.0.1"
DASK = ("-m", "distributed.cli.dask_")
WORKER = "spawn_main"  # in the command of a worker that a nanny has started

ADAPTIVE = """
import pathlib, sys
from distributed import LocalCluster

if __name__ == "__main__":
    address, folder = sys.argv[1:]
    options = {"host": "127.0.0.1", "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(n_workers=0, local_directory=folder, **options) as cluster:
        bounds = {"minimum": 2, "maximum": 3, "interval": "1s", "target_duration": "1s"}
        cluster.adapt(**bounds)
        pathlib.Path(address).write_text(f"{cluster.scheduler_address}\\n")
        for line in sys.stdin:
            cluster.adapt(**bounds | {"minimum": int(line), "maximum": int(line)})
"""


class DaskCluster:
    """A scheduler, and nannies with one worker of one thread each.

    Parameters
    ----------
    sandbox : Sandbox
    name : str
        Of its folder.
    prefix : sequence of str
        What stands before its commands, such as one that enters a namespace.
    environment : mapping, optional
        Variables of its processes.
    protocol : str
        "tcp" or "tls".
    """

    def __init__(
        self,
        sandbox: Sandbox,
        name: str = "cluster",
        prefix: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        protocol: str = "tcp",
    ) -> None:
        self.folder = sandbox.folder / name
        self.folder.mkdir()
        self.nannies: list[subprocess.Popen[bytes]] = []
        self._sandbox, self._prefix = sandbox, prefix
        self._environment, self._protocol = environment or {}, protocol
        self._port = 0
        self.start_scheduler()

    def start_scheduler(self) -> None:
        """Start the scheduler, at the port that it had before if it had one."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        options = ["--host", HOST, "--port", str(self._port), "--no-dashboard"]
        options += ["--protocol", self._protocol, "--scheduler-file", str(file)]
        self.scheduler = self._start("scheduler", options, self._prefix)
        self._await(file)
        self.address: str = json.loads(file.read_text("utf-8"))["address"]
        self._port = int(self.address.rpartition(":")[2])

    def _await(self, file: Path) -> None:
        """Wait for what the scheduler writes when it is ready."""
        end = time.monotonic() + STARTING
        while not (file.exists() and file.read_text("utf-8").endswith(("}", "\n"))):
            if self.scheduler.poll() is not None or time.monotonic() > end:
                raise BenchmarkError("the scheduler of Dask did not start")
            time.sleep(LOOK)

    def kill_scheduler(self) -> None:
        """Send SIGKILL to the scheduler."""
        self.scheduler.kill()
        self.scheduler.wait()

    def start_worker(
        self,
        prefix: Sequence[str] = (),
        local: Path | None = None,
        options: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Start a nanny with its worker.

        Parameters
        ----------
        prefix : sequence of str
            What stands before its command, in addition.
        local : path, optional
            The folder for its files.
        options : sequence of str
            Of Dask's program, in addition.
        environment : mapping, optional
            Variables in addition.
        """
        options = [*options, self.address, "--host", HOST, "--nthreads", "1", "--no-dashboard"]
        options += ["--memory-limit", "4GiB", "--protocol", self._protocol]
        options += ["--local-directory", str(local or self.folder / "local")]
        nanny = self._start("worker", options, [*self._prefix, *prefix], environment)
        self.nannies.append(nanny)
        return nanny

    def _start(
        self,
        kind: str,
        options: Sequence[str],
        prefix: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.Popen[bytes]":
        module, program = DASK
        command = [*prefix, sys.executable, module, f"{program}{kind}", *options]
        # What Dask says about workers that are killed is no output of a fit.
        log = (self.folder / "log").open("ab")
        with log:
            variables = {**self._environment, **(environment or {})}
            return self._sandbox.start(command, variables, stdout=log, stderr=log)

    def worker_of(self, nanny: "subprocess.Popen[bytes]") -> psutil.Process | None:
        """Return the worker of a nanny; None while there is none."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(nanny.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if any(WORKER in word for word in child.cmdline()):
                        return child
        return None

    def replace_ended(self) -> None:
        """Start a nanny for each that has ended, as the supervisor of a machine does."""
        for nanny in [nanny for nanny in self.nannies if nanny.poll() is not None]:
            self.nannies.remove(nanny)
            self.start_worker()

    def close(self) -> None:
        """Kill all of it."""
        for process in [self.scheduler, *self.nannies]:
            end(process)


class AdaptiveCluster(DaskCluster):
    """A cluster of Dask's own, which starts and ends workers as jobs come, between two bounds.

    Parameters
    ----------
    sandbox : Sandbox
    name : str
        Of its folder.
    """

    def start_scheduler(self) -> None:
        """Start the program that holds the scheduler."""
        file = self.folder / "address"
        self.scheduler = self._sandbox.start(
            [sys.executable, "-c", ADAPTIVE, str(file), str(self.folder / "local")],
            stdin=subprocess.PIPE,
        )
        self._await(file)
        self.address = file.read_text("utf-8").strip()

    def adapt(self, size: int) -> None:
        """Set the number of workers, as a scale of the cluster's adaption."""
        assert self.scheduler.stdin is not None
        self.scheduler.stdin.write(f"{size}\n".encode())
        self.scheduler.stdin.flush()


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process with all its descendants.

    Parameters
    ----------
    process : Popen
    """
    signal_tree(process.pid, signal.SIGKILL)
    process.communicate()


def signal_tree(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all its descendants.

    Parameters
    ----------
    pid : int
    number : Signals
    """
    with contextlib.suppress(psutil.Error):
        for child in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            with contextlib.suppress(psutil.Error):
                os.kill(child.pid, number)
