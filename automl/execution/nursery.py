"""The nursery: a process that imports once, and forks a worker whenever one is asked for.

::

    main process ──"fork" and a socket──► nursery ──fork──► worker ◄──jobs by that socket── main
         ▲                                   │  reaps
         └──"ended", number, exit code───────┘  kills the group of the worker, and its orphans

The main process has threads, whose locks a fork would copy as they are, held for ever. The nursery
has none. Its socket has no name, so the temporary folder may have one of any length. It is no child
of `multiprocessing`, which starts none in daemonic processes.

The nursery is the parent of the workers, and only it reaps them. So a number of a process that it
kills is never that of another process that started since.
"""

import errno
import gc
import os
import select
import signal
import socket
import time
from collections.abc import Collection
from contextlib import suppress

import psutil

from automl.execution.kinship import adopt_orphans, die_with_parent
from automl.execution.messages import MARK, receive, send
from automl.execution.worker_process import serve

PULSE = 1.0  # seconds after which it looks whether its parent is still there
WITHOUT_REAPING = os.WEXITED | os.WNOHANG | os.WNOWAIT
ROUNDS, ROUND = 50, 0.002  # times and seconds to wait for orphans to end; each may leave others
# A worker may send any signal to its parent. Only those that nobody can ignore end the nursery.
IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE")


def main(number: int, parent: int) -> None:
    """Serve until the parent is gone.

    Parameters
    ----------
    number : int
        The file number of the control socket.
    parent : int
        The number of the process that started this one.
    """
    with socket.socket(fileno=number) as control:
        Nursery(control, parent).serve()


class Nursery:
    """Forks, kills and reaps workers.

    Parameters
    ----------
    control : socket.socket
        The connection to the main process.
    parent : int
        The number of the main process.
    """

    def __init__(self, control: socket.socket, parent: int) -> None:
        self._control = control
        self._parent = parent
        self._workers: dict[int, int] = {}  # the slot of each process
        self._pipe = os.pipe()

    def serve(self) -> None:
        """Take requests and report ends until the main process is gone."""
        gc.freeze()  # a collection would write to the pages that workers share
        adopt_orphans()
        self._wake_by_children()
        wakeup = self._pipe[0]
        try:
            send(self._control, None)
            while os.getppid() == self._parent:
                ready, _, _ = select.select([self._control.fileno(), wakeup], [], [], PULSE)
                if wakeup in ready:
                    os.read(wakeup, 1 << 10)
                self._reap()
                if self._control.fileno() in ready:
                    self._obey()
        except (EOFError, OSError):
            pass  # the main process is gone
        finally:
            self._end()

    def _wake_by_children(self) -> None:
        """Let a pipe have something to read whenever a child ended."""
        for name in IGNORED:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        os.set_blocking(self._pipe[1], False)
        signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _obey(self) -> None:
        """Do what the next message asks for."""
        mark, sockets, _, _ = socket.recv_fds(self._control, len(MARK), 1)
        if not mark:
            raise EOFError("the main process is gone")
        command, slot, *arguments = receive(self._control)
        if command == "fork":
            self._fork(slot, sockets, *arguments)
        elif command == "kill":
            for process in [pid for pid, number in self._workers.items() if number == slot]:
                _kill_group(process)
        else:
            self._kill_orphans()

    def _fork(self, slot: int, sockets: list[int], mebibytes: float) -> None:
        nursery = os.getpid()
        try:
            if not sockets:
                raise OSError(errno.EMFILE, "no file number is left for the socket")
            process = os.fork()
            if process == 0:
                self._become_worker(sockets[0], mebibytes, nursery)
            self._workers[process] = slot
        except OSError as error:  # the system has no room for one more process
            send(self._control, (slot, error.errno))
        finally:
            for number in sockets:
                os.close(number)

    def _become_worker(self, number: int, mebibytes: float, nursery: int) -> None:
        """Go on as a worker, and never come back."""
        code = 1
        try:
            os.setsid()  # so that whatever it starts can be killed with it
            die_with_parent()
            if os.getppid() != nursery:  # it has died already, so no signal comes
                os._exit(code)
            self._control.close()
            signal.set_wakeup_fd(-1)
            for end in self._pipe:
                os.close(end)
            for name in (*IGNORED, "SIGCHLD"):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as in any Python process
            signal.signal(signal.SIGINT, signal.default_int_handler)
            with socket.socket(fileno=number) as connection:
                serve(connection, mebibytes)
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Report the workers that ended, and end whatever they left behind."""
        ended = []
        with suppress(ChildProcessError):
            # The number of a process is its own until it is reaped, so it is killed before.
            while (child := os.waitid(os.P_ALL, 0, WITHOUT_REAPING)) is not None:
                if child.si_pid in self._workers:
                    _kill_group(child.si_pid)
                _, status = os.waitpid(child.si_pid, 0)
                if (slot := self._workers.pop(child.si_pid, None)) is not None:
                    ended.append((slot, os.waitstatus_to_exitcode(status)))
        if ended:
            self._kill_orphans(self._workers)
            for slot, code in ended:
                send(self._control, (slot, code))

    def _kill_orphans(self, spared: Collection[int] = ()) -> None:
        """Kill the processes that workers started and left: the system gives them to this one.

        Parameters
        ----------
        spared : collection of int
            The workers whose processes may live on, as long as these have not left their session.
        """
        for _ in range(ROUNDS):
            orphans = [pid for pid in _children() if pid not in self._workers]
            orphans = [pid for pid in orphans if _session(pid) not in spared]
            if not orphans:
                return
            for pid in orphans:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(ROUND)
            for pid in orphans:
                with suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)

    def _end(self) -> None:
        for process in self._workers:
            _kill_group(process)
        self._workers.clear()
        self._kill_orphans()


def _kill_group(process: int) -> None:
    """Kill a worker with all that it started, but what has made itself independent."""
    for kill in (os.killpg, os.kill):  # it may not have a group of its own yet
        with suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)


def _session(pid: int) -> int | None:
    with suppress(OSError):
        return os.getsid(pid)
    return None


def _children() -> list[int]:
    return [child.pid for child in psutil.Process().children()]
