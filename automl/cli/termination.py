"""The signals that end a command: the first as a wish, with the best so far, the second at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from automl.search.interruption import Interruption

# The names of signals that ask a process to end: by `kill`, and by a terminal that closes.
NAMES = ("SIGTERM", "SIGHUP")
BASE = 128  # of the exit status of a process that a signal ended


class Termination:
    """Makes SIGTERM and SIGHUP do what Ctrl-C does.

    A signal that is ignored, as by `nohup`, stays ignored.
    """

    def __init__(self) -> None:
        self._number: int | None = None

    @property
    def status(self) -> int | None:
        """The exit status of a command that a signal ended; None if there was none."""
        return None if self._number is None else BASE + self._number

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear the signals, as long as the context lasts."""
        is_main = threading.current_thread() is threading.main_thread()  # only it hears signals
        numbers = [getattr(signal, name) for name in NAMES if is_main and hasattr(signal, name)]
        replaced = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
        for number in replaced:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number in replaced:
                signal.signal(number, signal.SIG_DFL)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._number = number
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.raise_signal(signal.SIGINT)
        elif Interruption.entered:  # a shell lets commands in the background ignore Ctrl-C
            Interruption.entered[-1].hear(number, frame)
        else:
            raise KeyboardInterrupt


@contextmanager
def deferred() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the context, in which files are written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        signal.raise_signal(signal.SIGINT)
