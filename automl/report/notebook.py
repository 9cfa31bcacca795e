"""The live view of a search in a notebook."""

import importlib
import sys
from collections.abc import Iterable
from html import escape
from types import ModuleType
from typing import Any

from automl.report.view import View
from automl.search.observer import RunningSearch

# Colors are those of the notebook, light or dark.
CELL = "text-align:left;vertical-align:top;padding:0 1em 0 0;white-space:nowrap"
TEXT = "text-align:left;font-family:monospace;white-space:nowrap;overflow:hidden"
WRAPPED = "text-align:left;white-space:normal"


def notebook_display() -> ModuleType | None:
    """Return `IPython.display` where a kernel shows HTML; None elsewhere.

    IPython is no dependency: whoever runs in a kernel has imported it before.
    """
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    # The shell of a terminal has no kernel, and would print an object of HTML as such.
    if getattr(shell, "kernel", None) is None:
        return None
    return importlib.import_module("IPython.display")


class NotebookView(View):
    """Keeps a display below the cell up to date.

    Parameters
    ----------
    display : module
        As `IPython.display`.
    """

    def __init__(self, display: ModuleType) -> None:
        super().__init__()
        self._display = display
        self._handle: Any = None

    def open(self, search: RunningSearch) -> None:
        """Show the display."""
        content = self._display.HTML(self._page(search))
        self._handle = self._display.display(content, display_id=True)

    def draw(self, search: RunningSearch) -> None:
        """Bring the display up to date."""
        self._handle.update(self._display.HTML(self._page(search)))

    def close(self, search: RunningSearch) -> None:
        """Leave a line, for the summary says the rest."""
        line = f'<div style="{TEXT}">{escape(self.course.line(search))}</div>'
        self._handle.update(self._display.HTML(line))

    def _page(self, search: RunningSearch) -> str:
        share = self.course.share(search)
        return (
            f'<div><progress max="1" value="{share:.3f}" aria-label="budget"></progress> '
            f"{escape(self.course.headline(search))}</div>"
            f"{as_table(self.course.rows(search), TEXT)}"
        )


def as_table(rows: Iterable[tuple[str, str]], style: str = WRAPPED) -> str:
    """Return labels with their texts as a table.

    Parameters
    ----------
    rows : iterable of tuple of str
    style : str
        Of the texts.
    """
    lines = [
        f'<tr><th scope="row" style="{CELL}">{escape(label)}</th>'
        f'<td style="{style}">{escape(text)}</td></tr>'
        for label, text in rows
    ]
    return f"<table>{''.join(lines)}</table>"
