"""Grid search."""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome, Skeleton
from automl.pipelines.operators.domains import Domain
from automl.pipelines.spaces.space import Space

# Values of every hyperparameter: the most with which a grid stays below the bound on points, and
# three at least, which are both ends and the middle.
VALUES = (21, 11, 7, 5, 4, 3)
MOST_POINTS = (
    250  # a grid of a structure; a search of some minutes evaluates about as many pipelines
)


class GridStrategy:
    """Proposes every combination of evenly spaced values, for the structures of the starts.

    It makes no structures of its own. Over whole pipelines, the grids of the starts take turns, so
    that each has its share whenever the budget ends.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        Pipelines with the structures.

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
        # Starts that differ in settings only have the same grid.
        structures = {skeleton.structure: skeleton for skeleton in skeletons}.values()
        self._points = _in_turn([skeleton.grid(_size(skeleton)) for skeleton in structures])

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the next point of the grid, or None after the last."""
        return next(self._points, None)

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Ignore the outcome: a grid is fixed beforehand."""


def _size(skeleton: Skeleton) -> int:
    """Return the number of values of every hyperparameter."""
    domains = skeleton.hyperparameters().values()
    sizes = (size for size in VALUES if _n_points(domains, size) <= MOST_POINTS)
    return next(sizes, VALUES[-1])


def _n_points(domains: Iterable[Domain], size: int) -> int:
    return math.prod(len(domain.grid(size)) for domain in domains)


def _in_turn(grids: list[Iterator[Genome]]) -> Iterator[Genome]:
    """Yield a point of every grid in turn until all grids end."""
    while grids:
        for grid in list(grids):
            point = next(grid, None)
            if point is None:
                grids.remove(grid)
            else:
                yield point
