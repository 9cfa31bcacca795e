"""The loop of a worker: take a job, do it, reply, and tell whether the process is still sound."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import cloudpickle
import psutil
from threadpoolctl import threadpool_limits

from automl.execution.health import Health
from automl.execution.messages import Hello, Reply, pack, receive, send
from automl.outcome import cause_of

if sys.platform != "win32":  # Windows has no limits of this kind
    import resource

FIRST_KILLED = "500"  # of 1000: the system should rather end a worker than the user's process


def serve(connection: socket.socket, mebibytes: float) -> None:
    """Do jobs until the main process closes the connection.

    Parameters
    ----------
    connection : socket.socket
    mebibytes : float
        The memory that a job may use beyond that of the process now.
    """
    process = psutil.Process()
    try:
        _mute()
        threadpool_limits(limits=1)
        _limit_memory(mebibytes)
        healthy = Health.now(process)
    except BaseException as error:
        send(connection, Hello(process.pid, cause_of(error)))
        raise
    send(connection, Hello(process.pid, None))
    with suppress(EOFError, OSError):  # the main process is gone
        while True:
            number, content = receive(connection)
            reply = _reply(content)
            if os.getpid() != process.pid:
                os._exit(0)  # a job forked, and its child came back
            connection.sendall(_packed(number, *reply, _is_sound(process, healthy, mebibytes)))


def _reply(content: bytes) -> tuple[bool, Any]:
    """Return whether a function returned, and its result or the text of its error."""
    try:
        function, arguments = cloudpickle.loads(content)
        return True, function(*arguments)
    except BaseException as error:  # noqa: BLE001 `sys.exit` in an estimator is an error, too
        return False, cause_of(error)


def _is_sound(process: psutil.Process, before: Health, mebibytes: float) -> bool:
    """Tell whether the process is as it was before its first job."""
    try:
        return Health.now(process).is_like(before, mebibytes)
    except BaseException:  # noqa: BLE001 a job may have changed what the look needs
        return False


def _packed(number: int, is_result: bool, value: Any, is_sound: bool) -> bytes:
    try:
        return pack(Reply(number, is_result, value, is_sound))
    except BaseException as error:  # noqa: BLE001 pickling runs code of the object
        return pack(Reply(number, False, cause_of(error), is_sound))


def _mute() -> None:
    """Let nothing that an estimator prints reach the user, and nothing wait for input."""
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        null = os.open(os.devnull, mode)
        os.dup2(null, number)
        os.close(null)


def _limit_memory(mebibytes: float) -> None:
    """Make allocations fail when a job needs more; else the system kills any process it likes.

    The limit counts the address space, to which imports and the nursery have added already.
    """
    if sys.platform == "win32":
        return
    limit = psutil.Process().memory_info().vms + int(mebibytes * 2**20)
    # Only a privileged process may go beyond the hard limit, which may be there already.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    with suppress(OSError, ValueError):  # some systems have no such limit
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    with suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(FIRST_KILLED)
