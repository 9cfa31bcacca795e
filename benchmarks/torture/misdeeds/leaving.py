"""Acts that end the process, or try to."""

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn


class OwnError(BaseException):
    """An error that no `except Exception` catches."""


def _raise(error: BaseException) -> NoReturn:
    raise error


def read_nowhere() -> None:
    ctypes.string_at(0)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def send_to_group(number: signal.Signals) -> None:
    os.killpg(os.getpgrp(), number)


def send_to_parent(number: signal.Signals) -> None:
    if os.getppid() > 1:  # never to the first process of the machine
        os.kill(os.getppid(), number)


def set_a_timer() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.3)


def die_a_moment_later() -> None:
    timer = threading.Timer(0.2, os._exit, [1])
    timer.daemon = True
    timer.start()


def exit_in_a_thread() -> None:
    thread = threading.Thread(target=sys.exit, args=[1])
    thread.start()
    thread.join()


def become_another_program() -> None:
    os.execvp("sleep", ["sleep", "1000000"])


def become_a_program_that_ends() -> None:
    os.execvp("true", ["true"])


def recurse() -> None:
    recurse()


def recurse_in_compiled_code() -> None:
    sys.setrecursionlimit(10**9)
    nested: list[Any] = []
    for _ in range(10**6):
        nested = [nested]
    repr(nested)


ACTS: dict[str, Callable[[], object]] = {
    "os._exit(0)": partial(os._exit, 0),
    "os._exit(1)": partial(os._exit, 1),
    "sys.exit(0)": partial(sys.exit, 0),
    "sys.exit()": sys.exit,
    "sys.exit of a text": partial(sys.exit, "enough"),
    "sys.exit in a thread": exit_in_a_thread,
    "KeyboardInterrupt": partial(_raise, KeyboardInterrupt()),
    "GeneratorExit": partial(_raise, GeneratorExit()),
    "StopIteration": partial(_raise, StopIteration()),
    "an error of its own": partial(_raise, OwnError("not an Exception")),
    "a group of errors": partial(
        _raise, BaseExceptionGroup("many", [SystemExit(1), KeyboardInterrupt()])
    ),
    "os.abort": os.abort,
    "a segmentation fault": read_nowhere,
    "SIGKILL to itself": partial(send, signal.SIGKILL),
    "SIGTERM to itself": partial(send, signal.SIGTERM),
    "SIGINT to itself": partial(send, signal.SIGINT),
    "SIGHUP to itself": partial(send, signal.SIGHUP),
    "SIGQUIT to itself": partial(send, signal.SIGQUIT),
    "SIGUSR1 to itself": partial(send, signal.SIGUSR1),
    "SIGINT to its group": partial(send_to_group, signal.SIGINT),
    "SIGTERM to its group": partial(send_to_group, signal.SIGTERM),
    "SIGKILL to its group": partial(send_to_group, signal.SIGKILL),
    "SIGTERM to its parent": partial(send_to_parent, signal.SIGTERM),
    "SIGINT to its parent": partial(send_to_parent, signal.SIGINT),
    "a timer, and returns": set_a_timer,
    "an alarm, and returns": partial(signal.alarm, 1),
    "dies a moment later": die_a_moment_later,
    "faulthandler's exit": partial(faulthandler.dump_traceback_later, 0.3, exit=True),
    "becomes another program": become_another_program,
    "becomes a program that ends": become_a_program_that_ends,
    "endless recursion": recurse,
    "deep recursion in compiled code": recurse_in_compiled_code,
}
