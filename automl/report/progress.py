"""The views of a search: which of them suit the place where it runs.

::

    verbose 0    none
    a notebook   NotebookView     ┐ verbose 2: PipelineLines, too
    a terminal   TerminalView     ┘
    elsewhere    ProgressLines to the standard error, verbose 2: PipelineLines

Where `logging` takes messages of the level INFO, the lines go there, too. They are not written
twice: a handler that writes to the standard error stands for the view.
"""

import logging
import sys
from collections.abc import Callable, Iterator

from automl.errors import warn
from automl.report.lines import PipelineLines, ProgressLines
from automl.report.notebook import NotebookView, as_table, notebook_display
from automl.report.summary import FittedSearch, in_lines, summary_rows
from automl.report.terminal import TerminalView, is_terminal
from automl.search.observer import Observer

logger = logging.getLogger("automl")

EACH_PIPELINE = 2  # the value of `verbose`


def progress_views(verbose: int) -> list[Observer]:
    """Return the observers that show a search.

    Parameters
    ----------
    verbose : {0, 1, 2}
    """
    if not verbose:
        return []
    views: list[Observer] = [_lines(logger.info, verbose)] if _is_logged() else []
    if not _is_on_screen():
        views += _screen(verbose)
    return views


def show_summary(search: FittedSearch) -> None:
    """Show the summary of a fit where its progress was shown."""
    try:
        _show(summary_rows(search))
    except Exception as error:  # noqa: BLE001 the fit is done, whatever its summary meets
        warn(f"the fit is done, but its summary failed: {type(error).__name__}: {error}")


def _show(rows: list[tuple[str, str]]) -> None:
    text = in_lines(rows)
    if _is_logged():
        logger.info("%s", text)
    if _is_on_screen():
        return
    if (display := notebook_display()) is not None:
        display.display(display.HTML(as_table(rows)))  # which wraps at any width of a notebook
    elif sys.stderr is not None:
        _print(text)


def _screen(verbose: int) -> list[Observer]:
    """Return the views that a person looks at."""
    if (display := notebook_display()) is not None:
        view: Observer = NotebookView(display)
        return [view, PipelineLines(_print)] if verbose == EACH_PIPELINE else [view]
    if sys.stderr is None:  # as in a program without a console
        return []
    if not is_terminal(sys.stderr):
        return [_lines(_print, verbose)]
    # Imported here, for rich takes a while, and a quiet search has no use for it.
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_interactive:  # it cannot move its cursor
        return [_lines(_print, verbose)]
    terminal = TerminalView(console)
    return [terminal, PipelineLines(terminal.write)] if verbose == EACH_PIPELINE else [terminal]


def _lines(write: Callable[[str], None], verbose: int) -> Observer:
    return PipelineLines(write) if verbose == EACH_PIPELINE else ProgressLines(write)


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _is_logged() -> bool:
    return logger.isEnabledFor(logging.INFO) and logger.hasHandlers()


def _is_on_screen() -> bool:
    """Tell whether log messages of the level INFO are written to the standard error."""
    return _is_logged() and any(
        isinstance(handler, logging.StreamHandler)
        and handler.stream in (sys.stderr, sys.__stderr__)
        and handler.level <= logging.INFO
        for handler in _handlers()
    )


def _handlers() -> Iterator[logging.Handler]:
    """Yield the handlers that hear of a message of this package."""
    ancestor: logging.Logger | None = logger
    while ancestor is not None:
        yield from ancestor.handlers
        ancestor = ancestor.parent if ancestor.propagate else None
