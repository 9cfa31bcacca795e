"""A check of a fit: a result, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Result = Literal["fine", "look at this", "unknown"]


@dataclass(frozen=True)
class Check:
    """A check of a fit."""

    name: str
    """What is checked, as data scientists call it."""
    result: Result
    """Unknown where a loaded model does not tell, or nothing was measured."""
    words: str
    """The numbers, and what to do where it asks for a look."""


def check_of(name: str, is_fine: bool, numbers: str, advice: str) -> Check:
    """Return a check with its advice only where that is needed.

    Parameters
    ----------
    name : str
    is_fine : bool
    numbers : str
        A sentence.
    advice : str
        Another.
    """
    return (
        Check(name, "fine", numbers)
        if is_fine
        else Check(name, "look at this", f"{numbers} {advice}")
    )
