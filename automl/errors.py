"""The errors and warnings of this project, all of which a user can act upon.

Family::

    AutoMLError
    ├── DataError (ValueError)        the data cannot be learnt from
    ├── SettingsError (ValueError)    an argument is not one of those that are understood
    ├── BudgetError (RuntimeError)    the fit ended before there was anything to give back
    ├── HistoryError (ValueError)     a history file is in use, damaged, or that of another run
    └── FileError (ValueError)        a file cannot be read or written, or has other content
    AutoMLWarning (UserWarning)       the result is sound, but may differ from what you expect
"""

import inspect
import re
import warnings

# Texts in quotes, such as cells and names of columns, which may have a megabyte each. A quote after
# a letter is an apostrophe.
QUOTED = re.compile(r"""(?<!\w)(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")""", re.DOTALL)
LONGEST, HEAD, TAIL = 300, 200, 50  # characters of a text in quotes, of its start and of its end


def shortened(message: str) -> str:
    """Return a message in which texts in quotes are cut in the middle where they are long.

    Parameters
    ----------
    message : str

    Examples
    --------
    >>> text = shortened(f"expected a number, got {'x' * 1_000_000!r}; correct it")
    >>> len(text), text[-30:]
    (290, "xxxxxxxxxxxxxxxxx'; correct it")
    """
    return QUOTED.sub(_short, message)


def _short(match: re.Match[str]) -> str:
    text = match[0]
    return text if len(text) <= LONGEST else f"{text[:HEAD]} ... {text[-TAIL:]}"


class AutoMLError(Exception):
    """An error of this project, in whose messages long texts in quotes are cut."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*(shortened(x) if isinstance(x, str) else x for x in arguments))


class DataError(AutoMLError, ValueError):
    """The data cannot be learnt from."""


class SettingsError(AutoMLError, ValueError):
    """An argument is not one of those that are understood."""


class BudgetError(AutoMLError, RuntimeError):
    """The fit ended before there was anything to give back."""


class HistoryError(AutoMLError, ValueError):
    """A history file is in use, damaged, or that of another run."""


class FileError(AutoMLError, ValueError):
    """A file cannot be read or written, or has other content."""


class AutoMLWarning(UserWarning):
    """The result is sound, but may differ from what you expect."""


def warn(message: str) -> None:
    """Issue an `AutoMLWarning` that points at the user's line.

    That is the innermost line of the call stack outside of this package, however deep the caller.
    """
    frame = inspect.currentframe()
    level = 0
    while frame is not None and _is_own(str(frame.f_globals.get("__name__"))):
        frame = frame.f_back
        level += 1
    warnings.warn(shortened(message), AutoMLWarning, stacklevel=level + 1)


def _is_own(module: str) -> bool:
    """Tell whether a module is part of this package."""
    return module.split(".")[0] == "automl"
