"""What differences are worth: over tasks by ranks, on one task by resamples of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import friedmanchisquare, studentized_range

from benchmarks.running.journal import Row
from benchmarks.scores.scoring import BY_NAME
from benchmarks.scores.standings import Standings

ALPHA = 0.05
LEAST_TASKS = 2  # ranks of one task say nothing of the next


@dataclass(frozen=True)
class Significance:
    """What the mean ranks of some adapters say."""

    critical_difference: float
    """Mean ranks that are closer than this may well be equal."""
    p_value: float
    """How likely ranks so far apart are if all adapters are equally good (Friedman's test)."""


def compare_ranks(standings: Standings) -> Significance | None:
    """Test the ranks of a journal; None with fewer than three adapters or two tasks.

    Parameters
    ----------
    standings : Standings

    References
    ----------
    Demšar, J. (2006). Statistical Comparisons of Classifiers over Multiple Data Sets. Journal of
    Machine Learning Research 7.
    """
    ranks = [[of[adapter] for of in standings.ranks.values()] for adapter in standings.adapters]
    n_adapters, n_tasks = len(ranks), len(standings.ranks)
    if n_adapters < 3 or n_tasks < LEAST_TASKS:
        return None
    quantile = float(studentized_range.ppf(1 - ALPHA, n_adapters, np.inf)) / sqrt(2)
    difference = quantile * sqrt(n_adapters * (n_adapters + 1) / (6 * n_tasks))
    return Significance(difference, float(friedmanchisquare(*ranks).pvalue))


@dataclass(frozen=True)
class Difference:
    """By how much one adapter is better than another on a task."""

    gain: float
    """In units of the metric, greater than 0 if it is better."""
    low: float
    """The lower end of the 95 % interval."""
    high: float
    """Its upper end."""

    @property
    def is_clear(self) -> bool:
        """Whether the interval is on one side of zero."""
        return self.low > 0 or self.high < 0


def paired_differences(rows: Sequence[Row], ours: str) -> dict[str, dict[str, Difference]]:
    """Return what an adapter is ahead of others by task and name of the other.

    Parameters
    ----------
    rows : sequence of Row
        Of one budget.
    ours : str
        The name of the adapter.
    """
    cells: dict[str, dict[str, list[Row]]] = {}
    for row in sorted(rows, key=lambda row: (row.key.split, row.key.seed)):
        cells.setdefault(row.key.task, {}).setdefault(row.key.adapter, []).append(row)
    return {
        task: {
            name: found
            for name, theirs in of.items()
            if name != ours and (found := paired_difference(of.get(ours, []), theirs))
        }
        for task, of in cells.items()
    }


def paired_difference(ours: Sequence[Row], theirs: Sequence[Row]) -> Difference | None:
    """Return what one adapter is ahead of another on the splits of a task.

    The interval is that of other held-out rows from the same source. It does not know what other
    training rows would have changed, so it is rather too narrow.

    Parameters
    ----------
    ours, theirs : sequence of Row
        Of one task, with the same splits and seeds in the same order.

    Returns
    -------
    Difference, or None if a row has no score
    """
    pairs = list(zip(ours, theirs, strict=False))
    if len(ours) != len(theirs) or any(not (one.resampled and two.resampled) for one, two in pairs):
        return None
    sign = 1 if BY_NAME[ours[0].metric].greater_is_better else -1
    gains = [sign * ((one.score or 0.0) - (two.score or 0.0)) for one, two in pairs]
    drawn = [sign * (np.array(one.resampled) - np.array(two.resampled)) for one, two in pairs]
    low, high = np.quantile(np.mean(drawn, axis=0), [ALPHA / 2, 1 - ALPHA / 2])
    return Difference(float(np.mean(gains)), float(low), float(high))
