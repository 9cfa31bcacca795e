"""Ctrl-C as a wish: the first ends the search, the second everything."""

import signal
import threading
import weakref
from types import FrameType
from typing import ClassVar, Self

from automl.search.budget import Budget

AGAIN = 0.02  # seconds until a signal is raised again that came at a moment without exceptions


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

    entered: ClassVar[list["Interruption"]] = []
    """Those of the main thread, for signals that mean the same where Ctrl-C is ignored."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._is_installed = False

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self
        self.entered.append(self)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self.hear)
            self._is_installed = True
        return self

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Take a signal as a wish, and a second one as an order.

        Raises
        ------
        KeyboardInterrupt
            At the second one.
        """
        if not self._budget.is_interrupted:
            self._budget.interrupt()
        elif _is_dropped(frame):
            again = threading.Timer(AGAIN, signal.raise_signal, [number])
            again.daemon = True
            again.start()
        else:
            raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        if self in self.entered:
            self.entered.remove(self)
        if self._is_installed and signal.getsignal(signal.SIGINT) == self.hear:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_dropped(frame: FrameType | None) -> bool:
    """Tell whether Python prints and drops exceptions here: where objects end."""
    while frame is not None:
        if frame.f_code.co_name == "__del__" or frame.f_code.co_filename == weakref.__file__:
            return True
        frame = frame.f_back
    return False
