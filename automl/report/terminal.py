"""The live view of a search on a terminal."""

import logging
import sys
from typing import TYPE_CHECKING, Any

from automl.report.view import View
from automl.report.wording import printable
from automl.search.observer import RunningSearch

if TYPE_CHECKING:
    from rich.console import Console

BAR_WIDTH = 16  # the sentence beside it fits into 80 columns
LABEL_WIDTH = 11
ASCII = str.maketrans({"±": "+-", "×": "x", "∞": "no limit"})


class TerminalView(View):
    """Keeps some lines at the end of a terminal up to date; they go when the fit ends.

    What others print meanwhile stands above the view: to the standard streams, and by handlers of
    `logging` that write to the same terminal.

    Parameters
    ----------
    console : rich.console.Console
        A terminal.
    """

    def __init__(self, console: "Console") -> None:
        # Imported here, for rich takes a while, and a quiet search has no use for it.
        from rich.live import Live

        super().__init__()
        self.console = console
        self._stream: Any = None
        self._handlers: list[logging.StreamHandler[Any]] = []
        self._live = Live(
            console=console,
            transient=True,
            # It is drawn by the pulses of the search, so it needs no thread.
            auto_refresh=False,
            # rich would send what is printed to the terminal even where it was meant for a file.
            redirect_stdout=is_terminal(sys.stdout),
        )

    def write(self, line: str) -> None:
        """Write a line above the view."""
        line = _shown(line, is_plain=self.console.options.ascii_only)
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def open(self, search: RunningSearch) -> None:
        """Show the view."""
        self._stream = sys.stderr
        self._handlers = _handlers_of(self._stream)
        self._live.start()  # from here on, the standard error is what writes above the view
        for handler in self._handlers:
            handler.setStream(sys.stderr)
        self.draw(search)

    def draw(self, search: RunningSearch) -> None:
        """Bring the view up to date."""
        from rich.text import Text

        is_plain = self.console.options.ascii_only
        rows = self.course.rows(search, is_plain=is_plain)
        head = (
            f"{_bar(self.course.share(search), is_plain=is_plain)}  {self.course.headline(search)}"
        )
        lines = [head, *(f"{label:<{LABEL_WIDTH}}{text}" for label, text in rows)]
        text = "\n".join(_shown(line, is_plain=is_plain) for line in lines)
        # No line is wrapped, so that the view keeps its height.
        overflow: Any = "crop" if is_plain else "ellipsis"
        self._live.update(Text(text, no_wrap=True, overflow=overflow), refresh=True)

    def close(self, search: RunningSearch) -> None:
        """Take the view away."""
        for handler in self._handlers:
            handler.setStream(self._stream)
        self._live.stop()


def _handlers_of(stream: Any) -> "list[logging.StreamHandler[Any]]":
    """Return the handlers of the root and of this package that write to a stream."""
    loggers = logging.getLogger(), logging.getLogger("automl")
    return [
        handler
        for logger in loggers
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler) and handler.stream is stream
    ]


def is_terminal(stream: Any) -> bool:
    """Tell whether a stream is a terminal; what stands for one may have no such method."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # ValueError: it is closed
        return False


def _shown(text: str, *, is_plain: bool) -> str:
    """Return a line without what would move the cursor, or what the terminal cannot show."""
    text = printable(text)
    return text.translate(ASCII).encode("ascii", "replace").decode() if is_plain else text


def _bar(share: float, *, is_plain: bool) -> str:
    """Return a bar that is filled up to a share of its width."""
    full, empty = "#." if is_plain else "━╌"
    n_full = round(share * BAR_WIDTH)
    return full * n_full + empty * (BAR_WIDTH - n_full)
