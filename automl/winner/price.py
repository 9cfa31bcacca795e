"""The price of a pipeline that was picked by hand: its score, and what it costs.

::

    scores of its folds ──────┬─ mean ──correction──► score, with an interval
    scores of what predicts ──┴─ differences fold by fold ──► cost, with an interval

No pipeline is fitted for it: the search has the scores of both on the same folds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan

import numpy as np

from automl.problem import Problem
from automl.selection.fold_interval import held_out_ratio, interval_over
from automl.selection.honest_score import perfect_score


@dataclass(frozen=True)
class Price:
    """What is to be expected of a picked pipeline, and what it costs; greater is better.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52.
    Its error of a mean over folds, which share training rows, is larger than the usual one.
    """

    metric: str
    """The name of the score."""
    score: float
    """The mean over its folds, lowered by the correction for the choice of the winner. The picked
    pipeline is the best of fewer, so that this is rather too low. The gain of the final fit by
    more rows is not in it."""
    low: float | None
    """The lower end of its 95 % interval; None with a single fold."""
    high: float | None
    """The upper end."""
    naive: float
    """The mean over its folds, not corrected."""
    winner: float
    """The mean of what the search chose on the folds that both have, not corrected."""
    cost: float
    """The mean lead of what the search chose on these folds."""
    cost_low: float | None
    """The lower end of its 95 % interval; None with a single fold."""
    cost_high: float | None
    """The upper end."""
    folds: int
    """The folds that both have."""

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"

    def __str__(self) -> str:
        words = f"{self.metric} {self.score:.4g} on new rows"
        if self.low is not None and self.high is not None:
            words += f", with 95 % confidence between {self.low:.4g} and {self.high:.4g}"
        shared = "the shared fold" if self.folds == 1 else f"{self.folds} shared folds"
        words += f". What the search chose is at {self.winner:.4g} on {shared}"
        if self.cost_low is None or self.cost_high is None:
            return f"{words}, {self.cost:.2g} ahead; a single fold has no interval."
        if self.cost == self.cost_low == self.cost_high == 0:
            return f"{words}, and predicts as well on each of them."
        span = f"between {self.cost_low:.2g} and {self.cost_high:.2g} with 95 % confidence"
        verdict = "which may be chance" if self.cost_low <= 0 <= self.cost_high else "not by chance"
        position = "ahead" if self.cost >= 0 else "behind"
        return f"{words}, {abs(self.cost):.2g} {position} (a cost {span}, {verdict})."


def price_of(
    picked: Sequence[float], winner: Sequence[float], correction: float, problem: Problem
) -> Price:
    """Return the price of a pipeline.

    Parameters
    ----------
    picked : sequence of float
        Its scores by fold.
    winner : sequence of float
        Those of what the search chose, on the same folds; either may have seen more of them.
    correction : float
        The change of the winner's score for having been chosen, 0 or less.
    problem : Problem
    """
    n_folds = min(len(picked), len(winner))
    leads = np.subtract(winner[:n_folds], picked[:n_folds])
    ratio = held_out_ratio(problem.splits)
    errors = [float(interval_over(scores, ratio).half) for scores in (picked, leads)]
    error, cost_error = (None if isnan(error) else error for error in errors)
    naive, cost = float(np.mean(picked)), float(np.mean(leads))
    perfect = perfect_score(problem.metric)
    score = naive + correction
    return Price(
        metric=problem.metric.name,
        score=score,
        low=None if error is None else score - error,
        high=None if error is None else min(score + error, perfect),
        naive=naive,
        winner=float(np.mean(winner[:n_folds])),
        cost=cost,
        cost_low=None if cost_error is None else cost - cost_error,
        cost_high=None if cost_error is None else cost + cost_error,
        folds=n_folds,
    )
