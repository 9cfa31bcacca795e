"""A curve in a line of text."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-~=+*#"  # where the terminal has no blocks


def sparkline(values: Sequence[float], *, is_plain: bool = False) -> str:
    """Return a character for every value, the higher the greater.

    Parameters
    ----------
    values : sequence of float
    is_plain : bool
        Whether only ASCII can be shown.

    Examples
    --------
    >>> sparkline([0, 1, 2, 7])
    '▁▂▃█'
    """
    levels = PLAIN if is_plain else BLOCKS
    low, high = min(values, default=0.0), max(values, default=0.0)
    step = (high - low) / (len(levels) - 1)
    return "".join(levels[round((value - low) / step) if step > 0 else 0] for value in values)
