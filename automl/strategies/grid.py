"""Grid search."""

from collections.abc import Iterator, Sequence

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome, Skeleton
from automl.pipelines.space import Space

VALUES = 3  # of every hyperparameter: its bounds and its middle


class GridStrategy:
    """Goes through every combination of a few values, of one starting structure after the other.

    It makes no structures of its own: over whole pipelines, the grid is that of the settings of
    the starts, taken in turn, so that each has its share whenever the budget ends.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        The structures.

    Examples
    --------
    >>> from automl.pipelines import load_catalogue
    >>> start = Genome.parse("lasso(max_abs_scaler(numeric), alpha=1.0)")
    >>> strategy = GridStrategy(Skeleton(start, load_catalogue("linear")), [start])
    >>> rng = np.random.default_rng(0)
    >>> [dict(strategy.ask(rng).settings)["alpha"] for _ in range(3)]
    [1e-05, 10.0, 0.01]
    >>> strategy.ask(rng) is None
    True
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        skeletons = [Skeleton(start, space.operators) for start in starts]
        different = {one.structure: one for one in skeletons}.values()
        self._points = _in_turn([one.grid(VALUES) for one in different])

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the next point of the grid, or None after the last."""
        return next(self._points, None)

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Take no note."""


def _in_turn(grids: list[Iterator[Genome]]) -> Iterator[Genome]:
    while grids:
        for grid in list(grids):
            point = next(grid, None)
            if point is None:
                grids.remove(grid)
            else:
                yield point
