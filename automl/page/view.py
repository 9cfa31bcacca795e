"""A view of held-out rows, and what views of several kinds share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from automl.page.charts import Point, Series, chart, thinned
from automl.page.tables import Table

TABLE_ROWS = 11  # of a curve: its ends, and a row for every tenth of its points


@dataclass(frozen=True)
class View:
    """A view of held-out rows: a sentence, a chart and the same as a table."""

    title: str
    """The heading."""
    words: str
    """A sentence on how to read it."""
    table: Table
    """The numbers."""
    chart: str | None = None
    """The chart as SVG; None where the table says it best."""


def curve_view(
    words: tuple[str, str], axes: tuple[str, str], guide: Sequence[Point], points: Sequence[Point]
) -> View:
    """Return a curve beside a guide.

    Parameters
    ----------
    words : tuple of str
        The heading, and a sentence.
    axes : tuple of str
        The words of the horizontal and the vertical axis.
    guide : sequence of points
        What guessing gives.
    points : sequence of points
    """
    title, sentence = words
    series = [Series("model", thinned(points)), Series("guessing", tuple(guide), "guide")]
    table = Table.from_rows(axes, thinned(points, TABLE_ROWS))
    return View(title, sentence, table, chart(title, axes, series))


def pairs_of(first: NDArray[Any], second: NDArray[Any]) -> list[Point]:
    """Return the points of two arrays of coordinates."""
    return [(float(x), float(y)) for x, y in zip(first, second, strict=True)]
