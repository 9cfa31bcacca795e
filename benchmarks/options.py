"""Types of the options of the command line."""

import argparse


def names(text: str) -> list[str]:
    """Read names with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def numbers(text: str) -> list[int]:
    """Read numbers with commas between them."""
    return [int(name) for name in names(text)]


def positive(text: str) -> float:
    """Read a number above zero."""
    value = float(text)
    # An infinite budget would never end, and NaN fails this as well.
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text}")
    return value


def count(text: str) -> int:
    """Read a whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return value
