"""The significance of differences: over tasks by ranks, on one task by resamples of its rows."""

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
    """The significance of mean ranks."""

    critical_difference: float
    """Mean ranks that are closer than this may well be equal."""
    p_value: float
    """The chance of ranks so far apart if all adapters are equally good (Friedman's test)."""


def compare_ranks(standings: Standings) -> Significance | None:
    """Test the ranks of a journal; None with fewer than three adapters or two tasks.

    References
    ----------
    Demšar, J. (2006). Statistical Comparisons of Classifiers over Multiple Data Sets. Journal of
    Machine Learning Research 7.
    """
    ranks = [[row[adapter] for row in standings.ranks.values()] for adapter in standings.adapters]
    n_adapters, n_tasks = len(ranks), len(standings.ranks)
    # Friedman's test needs three, and two adapters are compared pair by pair below.
    if n_adapters < 3 or n_tasks < LEAST_TASKS:
        return None
    quantile = float(studentized_range.ppf(1 - ALPHA, n_adapters, np.inf)) / sqrt(2)
    difference = quantile * sqrt(n_adapters * (n_adapters + 1) / (6 * n_tasks))
    return Significance(difference, float(friedmanchisquare(*ranks).pvalue))


@dataclass(frozen=True)
class Difference:
    """By how much an adapter is better than a peer on a task."""

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


def paired_differences(rows: Sequence[Row], adapter: str) -> dict[str, dict[str, Difference]]:
    """Return the lead of an adapter over its peers, by task and name of the peer.

    Parameters
    ----------
    rows : sequence of Row
        Of a single budget.
    adapter : str
    """
    cells: dict[str, dict[str, list[Row]]] = {}
    for row in sorted(rows, key=lambda row: (row.key.split, row.key.seed)):
        cells.setdefault(row.key.task, {}).setdefault(row.key.adapter, []).append(row)
    return {
        task: {
            name: difference
            for name, peer_rows in by_name.items()
            if name != adapter
            and (difference := paired_difference(by_name.get(adapter, []), peer_rows))
        }
        for task, by_name in cells.items()
    }


def paired_difference(rows: Sequence[Row], peer_rows: Sequence[Row]) -> Difference | None:
    """Return the lead of an adapter over a peer on the splits of a task.

    The interval is that of other held-out rows from the same source. It does not know what other
    training rows would have changed, so it is rather too narrow.

    Parameters
    ----------
    rows, peer_rows : sequence of Row
        Of one task, with the same splits and seeds in the same order.

    Returns
    -------
    Difference, or None if a row has no score
    """
    if len(rows) != len(peer_rows) or not all(row.resampled for row in (*rows, *peer_rows)):
        return None
    pairs = list(zip(rows, peer_rows, strict=True))
    sign = BY_NAME[rows[0].metric].sign
    gains = [sign * ((row.score or 0.0) - (peer.score or 0.0)) for row, peer in pairs]
    # Resamples have the same rows for all, so that what is hard for everybody cancels out.
    drawn = [sign * (np.array(row.resampled) - np.array(peer.resampled)) for row, peer in pairs]
    low, high = np.quantile(np.mean(drawn, axis=0), [ALPHA / 2, 1 - ALPHA / 2])
    return Difference(float(np.mean(gains)), float(low), float(high))
