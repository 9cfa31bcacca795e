"""Ctrl-C as a wish: the first ends the search, the second everything."""

import signal
import threading
from types import FrameType
from typing import Self

from automl.search.budget import Budget


class Interruption:
    """A context manager in which the first Ctrl-C leaves a budget a few seconds.

    An exception at a random instruction would leave locks held and rows half written. So the first
    signal only marks the budget, which all waits look at. The second raises `KeyboardInterrupt`.

    Only the main thread hears signals, and only the handler of Python itself is replaced: whoever
    has another one wants to know of the signal.

    Parameters
    ----------
    budget : Budget
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._is_installed = False

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._hear)
            self._is_installed = True
        return self

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._budget.is_interrupted:
            raise KeyboardInterrupt
        self._budget.interrupt()

    def __exit__(self, *_: object) -> None:
        if self._is_installed and signal.getsignal(signal.SIGINT) == self._hear:
            signal.signal(signal.SIGINT, signal.default_int_handler)
