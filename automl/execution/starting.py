"""The ways to start, kill and watch worker processes, from the main process.

::

    ForkServer    one nursery, which has made the imports; each worker is a fork of it
    Interpreters  a new interpreter for each worker; for systems without fork

Both are used by one thread, and wait only for the end of a process that they have killed.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from math import inf
from multiprocessing.spawn import get_executable
from typing import Any, Protocol

import psutil

from automl.execution.messages import MARK, Channel, pack, socket_pair

# Variables that numeric libraries read once, when they are loaded. More threads than cores make
# OpenMP spin: a fit beside another then takes 30 times as long. By the last one, a `n_jobs=-1` in
# an operator of the user is a single job: joblib would count all cores in each worker.
THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",
)
STUCK = 1.0  # seconds after which a nursery that did not kill is looked at: a worker may stop it
LOST = 60.0  # seconds after which it is killed in any case; on a busy machine it may be slow
START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import automl.execution.preload; "
NURSERY = "from automl.execution.nursery import main; main(int(sys.argv[2]), int(sys.argv[3]))"
WORKER = "from automl.execution.interpreter import main; main(sys.argv[2], float(sys.argv[3]))"
STOPPED = (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
CLOSING = 5.0  # seconds in which a nursery ends
# Elsewhere a fork may break libraries of the system, or leaves orphans that nobody adopts.
CAN_FORK = sys.platform == "linux"


class Starter(Protocol):
    """Starts worker processes, kills them, and tells which of them ended."""

    @property
    def connection(self) -> socket.socket | None:
        """A socket that can be read when there is news; None if somebody has to ask."""

    def start(self, slot: int, connection: socket.socket, mebibytes: float) -> None:
        """Start the worker of a slot, which serves at a socket; that may be closed here.

        Parameters
        ----------
        slot : int
        connection : socket.socket
        mebibytes : float
            The memory that a job may use.
        """

    def kill(self, slot: int) -> None:
        """Kill the worker of a slot with all that it has started."""

    def ended(self) -> list[tuple[int, int | None]]:
        """Return the slots whose workers ended since the last call, with their exit codes."""

    def sweep(self) -> None:
        """Kill what workers have started and left behind."""

    def close(self) -> None:
        """Kill everything."""


class StartError(Exception):
    """The server of the workers ended before it could start one."""


class ForkServer:
    """The nursery, as the main process sees it; a new one is started when it has died."""

    def __init__(self) -> None:
        self._slots: set[int] = set()
        self._kills: dict[int, float] = {}  # when each kill was asked for
        self._is_ready = False
        self._begin()

    def _begin(self) -> None:
        own_end, its_end = socket_pair()
        with ExitStack() as stack, its_end:
            stack.callback(own_end.close)  # if the system starts no process
            arguments = [str(its_end.fileno()), str(os.getpid())]
            self._process = _interpreter(NURSERY, arguments, pass_fds=[its_end.fileno()])
            stack.pop_all()
        self._channel = Channel(own_end)

    @property
    def connection(self) -> socket.socket:
        """The control socket."""
        return self._channel.connection

    def start(self, slot: int, connection: socket.socket, mebibytes: float) -> None:
        """Ask for a fork.

        Parameters
        ----------
        slot : int
        connection : socket.socket
        mebibytes : float
        """
        self._slots.add(slot)
        self._ask(("fork", slot, mebibytes), [connection.fileno()])

    def kill(self, slot: int) -> None:
        """Ask for the end of a worker."""
        self._kills.setdefault(slot, time.monotonic())
        self._ask(("kill", slot))

    def sweep(self) -> None:
        """Ask for the end of orphans."""
        self._ask(("sweep", None))

    def _ask(self, request: tuple[Any, ...], sockets: Sequence[int] = ()) -> None:
        message = MARK + pack(request)
        try:
            if sockets:
                socket.send_fds(self.connection, [message], sockets)
            else:
                self.connection.send(message)
        except BlockingIOError:  # a worker has stopped it, for it takes nothing any more
            self._process.kill()
        except OSError:
            pass  # it has died, which `ended` tells

    def ended(self) -> list[tuple[int, int | None]]:
        """Return the slots whose workers ended; all of them if the nursery itself has died.

        Raises
        ------
        StartError
            If the nursery died before it was ready.
        """
        messages, is_open = self._channel.receive()
        self._is_ready = self._is_ready or bool(messages)
        ended: list[tuple[int, int | None]] = [message for message in messages if message]
        if not is_open:
            self._restart()
            ended += [(slot, None) for slot in self._slots - {slot for slot, _ in ended}]
        for slot, _ in ended:
            self._slots.discard(slot)
            self._kills.pop(slot, None)
        if self._is_stuck():
            self._process.kill()
        return ended

    def _is_stuck(self) -> bool:
        """Tell whether the nursery will not answer any more."""
        pending = time.monotonic() - min(self._kills.values(), default=inf)
        if pending < STUCK:
            return False
        with suppress(psutil.Error):
            return pending > LOST or psutil.Process(self._process.pid).status() in STOPPED
        return False

    def _restart(self) -> None:
        self._channel.close()
        self._process.kill()
        code = self._process.wait()
        if not self._is_ready:
            raise StartError(
                f"the process that starts workers ended with exit code {code}; its error is above"
            )
        self._is_ready = False
        self._begin()

    def close(self) -> None:
        """Leave the nursery, which then kills all workers and ends."""
        self._channel.close()
        if not self._slots:  # it may be importing still, and has nothing to kill
            self._process.kill()
        try:
            self._process.wait(CLOSING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Interpreters:
    """An interpreter of its own for each worker, which has to make all imports first."""

    connection = None

    def __init__(self) -> None:
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, slot: int, connection: socket.socket, mebibytes: float) -> None:
        """Start an interpreter.

        Parameters
        ----------
        slot : int
        connection : socket.socket
        mebibytes : float
        """
        arguments = [str(connection.fileno()), str(mebibytes)]
        if sys.platform == "win32":
            process = _interpreter(WORKER, arguments, stdin=subprocess.PIPE)
            assert process.stdin is not None
            process.stdin.write(connection.share(process.pid))
            process.stdin.close()
        else:
            process = _interpreter(WORKER, arguments, pass_fds=[connection.fileno()])
        self._processes[slot] = process

    def kill(self, slot: int) -> None:
        """Kill an interpreter with all that it has started."""
        process = self._processes[slot]
        with suppress(psutil.Error):
            worker = psutil.Process(process.pid)
            for child in [*worker.children(recursive=True), worker]:
                with suppress(psutil.Error):
                    child.kill()

    def ended(self) -> list[tuple[int, int | None]]:
        """Return the slots whose interpreters ended."""
        codes = [(slot, process.poll()) for slot, process in self._processes.items()]
        ended: list[tuple[int, int | None]] = [pair for pair in codes if pair[1] is not None]
        for slot, _ in ended:
            del self._processes[slot]
        return ended

    def sweep(self) -> None:
        """Do nothing: without a nursery, the orphans of workers belong to the system."""

    def close(self) -> None:
        """Kill all interpreters."""
        for slot, process in list(self._processes.items()):
            self.kill(slot)
            process.wait()


def _interpreter(code: str, arguments: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Start an interpreter with the module path of this one, and one thread for each library."""
    # The user's script is not run again: its functions travel by value. A script that has no
    # `if __name__ == "__main__"` would call `fit` once more.
    # Without `-P`, a file of the working folder, such as `json.py`, would hide a module.
    return subprocess.Popen(
        [get_executable(), "-P", "-c", START + code, json.dumps(_module_path()), *arguments],
        env={**os.environ, **dict.fromkeys(THREAD_SETTINGS, "1")},
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for the user's process
        **{"stdin": subprocess.DEVNULL, **options},
    )


def _module_path() -> list[str]:
    """Return where modules are looked for, by absolute names and in the order of this process.

    Python looks at texts only, and not at a working folder that was removed.
    """
    folders = (_working_folder() if path == "" else path for path in sys.path)
    return list(dict.fromkeys(folder for folder in folders if isinstance(folder, str)))


def _working_folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None
