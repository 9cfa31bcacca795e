"""Acts that leave something running or open."""

import asyncio
import atexit
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

from joblib import Parallel, delayed

A_WHILE = 600.0  # seconds: longer than any fit here, and yet no orphan stays for ever
HOARD: list[object] = []


def _sleep() -> None:
    time.sleep(A_WHILE)


def _spin() -> None:
    end = time.monotonic() + A_WHILE
    while time.monotonic() < end:
        pass


def busy_thread() -> None:
    threading.Thread(target=_spin, daemon=True).start()


def thread_that_is_waited_for() -> None:
    threading.Thread(target=_sleep).start()


def many_threads() -> None:
    for _ in range(300):
        threading.Thread(target=_sleep, daemon=True).start()


def many_files() -> None:
    for _ in range(900):
        HOARD.append(open(os.devnull, "rb"))  # noqa: SIM115


def many_sockets() -> None:
    for _ in range(300):
        HOARD.append(socket.socket())


def shared_memory() -> None:
    block = SharedMemory(create=True, size=2**20)
    block.close()
    # Whoever tracks it would warn; so it is removed by its name once nobody can be harmed.
    block.unlink()


def temporary_files() -> None:
    for _ in range(20):
        handle, _ = tempfile.mkstemp(prefix="estimator-")
        os.close(handle)


def child() -> None:
    HOARD.append(subprocess.Popen(["sleep", str(A_WHILE)]))


def child_that_ignores_sigterm() -> None:
    HOARD.append(subprocess.Popen(["sh", "-c", f"trap '' TERM HUP INT; sleep {A_WHILE}"]))


def child_in_its_own_session() -> None:
    HOARD.append(subprocess.Popen(["sleep", str(A_WHILE)], start_new_session=True))


def fork() -> None:
    if os.fork() == 0:
        time.sleep(A_WHILE)
        os._exit(0)


def fork_that_goes_on() -> None:
    os.fork()  # from here on there are two workers where there was one


def daemon() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(A_WHILE)
        os._exit(0)
    os.wait()


def joblib_pool() -> None:
    Parallel(n_jobs=2)(delayed(abs)(number) for number in range(4))


def multiprocessing_pool() -> None:
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    pool = multiprocessing.get_context("fork").Pool(2)
    pool.map(abs, range(4))
    HOARD.append(pool)


def pool_of_futures() -> None:
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    pool = ProcessPoolExecutor(2, multiprocessing.get_context("fork"))
    list(pool.map(abs, range(4)))
    HOARD.append(pool)


def event_loop() -> None:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()


def exit_that_hangs() -> None:
    atexit.register(_sleep)


def exit_that_raises() -> None:
    atexit.register(int, "no number")


def server() -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    HOARD.append(listening)


def program_on_disk() -> None:
    path = Path(tempfile.mkdtemp(prefix="estimator-")) / "script.py"
    path.write_text(f"import time\ntime.sleep({A_WHILE})\n")
    HOARD.append(subprocess.Popen([sys.executable, str(path)]))


ACTS: dict[str, Callable[[], object]] = {
    "a busy thread": busy_thread,
    "a thread that is waited for": thread_that_is_waited_for,
    "many threads": many_threads,
    "many files": many_files,
    "many sockets": many_sockets,
    "shared memory": shared_memory,
    "temporary files": temporary_files,
    "a child": child,
    "a child that ignores SIGTERM": child_that_ignores_sigterm,
    "a child in a session of its own": child_in_its_own_session,
    "a fork": fork,
    "a fork that goes on": fork_that_goes_on,
    "a daemon": daemon,
    "a pool of joblib": joblib_pool,
    "a pool of multiprocessing": multiprocessing_pool,
    "a pool of futures": pool_of_futures,
    "an event loop": event_loop,
    "an exit that hangs": exit_that_hangs,
    "an exit that raises": exit_that_raises,
    "a server": server,
    "a program": program_on_disk,
}
