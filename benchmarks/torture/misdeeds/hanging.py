"""Acts that never end."""

import asyncio
import collections
import ctypes
import fcntl
import itertools
import os
import queue
import re
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable

import numpy as np

FOREVER = 10**6  # seconds


def loop() -> None:
    while True:
        pass


def compiled_loop() -> None:
    collections.deque(itertools.repeat(0), maxlen=0)  # never looks whether a signal came


def linear_algebra() -> None:
    np.linalg.eigvals(np.random.default_rng(0).normal(size=(5_000, 5_000)))


def regular_expression() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def power() -> None:
    str(len(str(7 ** (10**8))))


def sleep() -> None:
    time.sleep(FOREVER)


def sleep_in_compiled_code() -> None:
    ctypes.PyDLL(None).sleep(FOREVER)  # holds the interpreter's lock


def ignore_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(FOREVER)


def ignore_sigterm_in_compiled_code() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.PyDLL(None).sleep(FOREVER)


def block_all_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(FOREVER)


def swallow_all_errors() -> None:
    while True:
        try:
            time.sleep(FOREVER)
        except BaseException:  # noqa: BLE001
            continue


def ignore_all_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    time.sleep(FOREVER)


def leave_the_group() -> None:
    os.setsid() if os.getpgrp() != os.getpid() else None
    time.sleep(FOREVER)


def pause() -> None:
    signal.pause()


def stop_itself() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def deadlock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def wait_for_input() -> None:
    input()
    time.sleep(FOREVER)


def wait_for_a_pipe() -> None:
    os.read(os.pipe()[0], 1)


def wait_for_a_terminal() -> None:
    with open("/dev/tty", "rb", buffering=0) as terminal:
        terminal.read(1)


def wait_for_a_child() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as child:
        child.wait()


def wait_for_a_child_that_ignores_sigterm() -> None:
    subprocess.run(["sh", "-c", "trap '' TERM INT HUP; sleep 1000000"], check=False)


def wait_for_a_thread() -> None:
    thread = threading.Thread(target=time.sleep, args=[FOREVER])
    thread.start()
    thread.join()


def wait_for_a_queue() -> None:
    queue.Queue[int]().get()


def wait_for_a_connection() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.accept()


def wait_for_nothing() -> None:
    select.select([], [], [])


def wait_for_a_file_lock() -> None:
    with tempfile.NamedTemporaryFile() as file, open(file.name, "rb") as again:
        fcntl.flock(file, fcntl.LOCK_EX)
        fcntl.flock(again, fcntl.LOCK_EX)


async def _never() -> None:
    await asyncio.Event().wait()


def run_an_event_loop() -> None:
    asyncio.run(_never())


ACTS: dict[str, Callable[[], object]] = {
    "a loop": loop,
    "a loop in compiled code": compiled_loop,
    "linear algebra": linear_algebra,
    "a regular expression": regular_expression,
    "a power": power,
    "sleep": sleep,
    "sleep in compiled code": sleep_in_compiled_code,
    "ignores SIGTERM": ignore_sigterm,
    "ignores SIGTERM in compiled code": ignore_sigterm_in_compiled_code,
    "blocks all signals": block_all_signals,
    "swallows all errors": swallow_all_errors,
    "ignores all signals": ignore_all_signals,
    "leaves its process group": leave_the_group,
    "signal.pause": pause,
    "SIGSTOP to itself": stop_itself,
    "a deadlock": deadlock,
    "waits for input": wait_for_input,
    "waits for a pipe": wait_for_a_pipe,
    "waits for a terminal": wait_for_a_terminal,
    "waits for a child": wait_for_a_child,
    "waits for a child that ignores SIGTERM": wait_for_a_child_that_ignores_sigterm,
    "waits for a thread": wait_for_a_thread,
    "waits for a queue": wait_for_a_queue,
    "waits for a connection": wait_for_a_connection,
    "waits for nothing": wait_for_nothing,
    "waits for a lock of a file": wait_for_a_file_lock,
    "an event loop": run_an_event_loop,
}
