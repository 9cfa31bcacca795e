"""How well the seconds of a start are foretold on a set whose portfolio does not know it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.studies.portfolio.learn import Evidence, learn

SEEN = 5  # starts that have ended before the others are foretold


@dataclass(frozen=True)
class Forecast:
    """Predicted seconds in those that a fit took, of all later starts on all sets."""

    by_start: NDArray[np.float64]
    """By what the starts took on other sets, and the factor of the first that ended on this one."""
    by_model: NDArray[np.float64]
    """By the quickest start of the same model that ended on this set, 0 where there is none."""


def forecast(evidence: Evidence) -> Forecast:
    """Return how well seconds are foretold, with each set left out in turn.

    Parameters
    ----------
    evidence : Evidence
    """
    own = evidence.of_size()
    by_start: list[float] = []
    by_model: list[float] = []
    for place, name in enumerate(own.sets):
        others = evidence.without(name)
        if not others.sets:
            continue
        typical = others.typical_seconds()
        chosen = [one for one in learn(others) if typical[one] and own.scored[one, place]]
        if len(chosen) <= SEEN:
            continue
        elsewhere = typical[chosen]
        here = own.seconds[chosen, place]
        factor = np.median(here[:SEEN] / elsewhere[:SEEN])
        by_start += list(factor * elsewhere[SEEN:] / here[SEEN:])
        models = [evidence.models[one] for one in chosen]
        by_model += [_quickest(models, here, later) for later in range(SEEN, len(chosen))]
    return Forecast(np.array(by_start), np.array(by_model))


def _quickest(models: Sequence[str], here: NDArray[np.float64], later: int) -> float:
    """Return the seconds of the quickest start of the same model before one, in its own."""
    same = [here[one] for one in range(later) if models[one] == models[later]]
    return float(min(same, default=0.0) / here[later])
