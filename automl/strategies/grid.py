"""Grid search."""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome, Skeleton
from automl.pipelines.operators.domains import Domain
from automl.pipelines.spaces.space import Space

VALUES = (21, 11, 7, 5, 4, 3)  # of every hyperparameter: as many as MOST_POINTS allows, or three
MOST_POINTS = 250


class GridStrategy:
    """Goes through every combination of some values, of one starting structure after the other.

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
    >>> sorted(dict(strategy.ask(rng).settings)["alpha"] for _ in range(21))[:4]
    [1e-05, 1.995e-05, 3.981e-05, 7.943e-05]
    >>> strategy.ask(rng) is None
    True
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        skeletons = [Skeleton(start, space.operators) for start in starts]
        different = {one.structure: one for one in skeletons}.values()
        self._points = _in_turn([one.grid(_size(one)) for one in different])

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the next point of the grid, or None after the last."""
        return next(self._points, None)

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Take no note."""


def _size(skeleton: Skeleton) -> int:
    domains = skeleton.hyperparameters().values()
    sizes = (size for size in VALUES if _n_points(domains, size) <= MOST_POINTS)
    return next(sizes, VALUES[-1])


def _n_points(domains: Iterable[Domain], size: int) -> int:
    return math.prod(len(domain.grid(size)) for domain in domains)


def _in_turn(grids: list[Iterator[Genome]]) -> Iterator[Genome]:
    while grids:
        for grid in list(grids):
            point = next(grid, None)
            if point is None:
                grids.remove(grid)
            else:
                yield point
