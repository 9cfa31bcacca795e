"""Forecasts of the seconds of starts, on sets that the portfolio was not learnt from."""

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
        elsewhere = evidence.without(name)
        if not elsewhere.sets:
            continue
        typical = elsewhere.typical_seconds()
        chosen = [
            start for start in learn(elsewhere) if typical[start] and own.scored[start, place]
        ]
        if len(chosen) <= SEEN:
            continue
        usual = typical[chosen]
        here = own.seconds[chosen, place]
        # Rows, columns and the machine slow all starts down alike.
        factor = np.median(here[:SEEN] / usual[:SEEN])
        by_start += list(factor * usual[SEEN:] / here[SEEN:])
        models = [evidence.models[start] for start in chosen]
        by_model += [_quickest(models, here, later) for later in range(SEEN, len(chosen))]
    return Forecast(np.array(by_start), np.array(by_model))


def _quickest(models: Sequence[str], here: NDArray[np.float64], later: int) -> float:
    """Return the seconds of the quickest earlier start of the same model, in those of a start."""
    earlier = [here[start] for start in range(later) if models[start] == models[later]]
    return float(min(earlier, default=0.0) / here[later])
