"""The honest score: the score to expect of the winner on new rows.

::

    naive score ──correction for the choice──► corrected ──growth by more rows──► estimate
                                                   │
                      units of the score ──► standard error ──► 95 % interval, gain over a forest

The correction comes from `Choice`, the growth from `LearningCurve`. Here they are put together with
the interval and the comparison.
"""

from dataclasses import dataclass
from html import escape
from math import hypot, inf, sqrt

import numpy as np
from scipy.stats import norm

from automl.problem import Metric
from automl.search.bank import Candidate
from automl.selection.choice import Choice
from automl.selection.evidence import Evidence, skewness, standard_error
from automl.selection.row_values import EPSILON, Numbers

CONFIDENCE = 0.95
# The number of standard errors on either side of the estimate.
QUANTILE = float(norm.ppf((1 + CONFIDENCE) / 2))
EVEN = 0.5  # the probability that says "no better": neither of two is ahead
SURE = 99.5  # percent, from which a rounded share would read as certain
ROUNDING = 1e-9  # of a score: pipelines that predict the same may differ by as much
MANY_ROWS = 10**15  # as good as endless
UNBOUNDED = ("positive_likelihood_ratio",)  # other scorers of scikit-learn end at 1, losses at 0


@dataclass(frozen=True)
class Growth:
    """The gain of a final fit over the fits of the folds, which learn from fewer rows."""

    gain: float = 0.0
    """In units of the score; never below 0."""
    error: float = 0.0
    """Its standard error."""


NO_GROWTH = Growth()


@dataclass(frozen=True)
class HonestScore:
    """The score to expect of the winner on new rows; greater is better.

    References
    ----------
    Tsamardinos, I., Greasidou, E. and Borboudakis, G. (2018). Bootstrapping the out-of-sample
    predictions for efficient and accurate cross-validation. Machine Learning 107.
    Hall, P. (1992). On the removal of skewness by transformation. Journal of the Royal Statistical
    Society B 54. Its correction of the first order moves the worse end of the interval.
    """

    estimate: float
    """The score to expect on new rows. It is corrected for the choice among all pipelines, and for
    the rows that only the final fit learns from."""
    low: float
    """The lower end of its 95 % interval; further out where few rows decide."""
    high: float
    """The upper end."""
    naive: float
    """The mean over the folds, not corrected."""
    baseline: float
    """The score to expect of the pipeline in `compared_with`, if it grew as much."""
    gain_probability: float
    """The probability that the winner is better than that on new rows."""
    metric: str
    """The name of the score."""
    compared_with: str
    """The pipeline that the winner is compared with, such as "a random forest"."""
    growth: float = 0.0
    """The part of the estimate that is for more rows: the final fit learns from all of them."""
    spread: float = 0.0
    """The standard error of the score of one new row; that of n rows is smaller by sqrt(n)."""
    best: float | None = None
    """The best score that there is; None if nobody knows."""

    @property
    def standard_error(self) -> float:
        """The standard error of the estimate, by its distance to the lower end of the interval."""
        return (self.estimate - self.low) / QUANTILE  # the upper end is cut at the best score

    def on(self, n_rows: int) -> tuple[float, float]:
        """Return the 95 % interval of the score of a test part with so many rows.

        It is wider than `low` to `high`, for few rows are a noisy test: the score of a hold-out
        may lie outside of `low` to `high` though the promise is kept.

        Parameters
        ----------
        n_rows : int
            Rows that the search never saw; groups count as often as they have rows.

        Returns
        -------
        tuple of (float, float)
            The lower and the upper end.

        Examples
        --------
        >>> score = HonestScore(0.8, 0.75, 0.84, 0.8, 0.7, 0.9, "roc_auc", "a forest", spread=0.4)
        >>> low, high = score.on(200)
        >>> f"{low:.3f} to {high:.3f}"
        '0.725 to 0.868'
        """
        if isinstance(n_rows, bool) or n_rows < 1 or n_rows % 1:
            raise ValueError(f"expected n_rows as a whole number of 1 or more, got {n_rows!r:.50}")
        noise = QUANTILE * self.spread / sqrt(min(n_rows, MANY_ROWS))
        low, high = self.estimate - self.low, self.high - self.estimate
        best = inf if self.best is None else self.best
        return self.estimate - hypot(low, noise), min(self.estimate + hypot(high, noise), best)

    def __str__(self) -> str:
        probability = self.gain_probability
        reference = f"{self.compared_with} ({self.baseline:.4g})"
        verdict = f"No better than {reference}."
        if probability != EVEN:
            better = "Better" if probability > EVEN else "Worse"
            share = 100 * max(probability, 1 - probability)
            percent = f"{share:.0f}" if share < SURE else "more than 99"  # nothing is sure
            verdict = f"{better} than {reference} with a probability of {percent} %."
        return (
            f"{self.metric} {self.estimate:.4g} on new rows, with 95 % confidence between "
            f"{self.low:.4g} and {self.high:.4g}. {verdict} "
            f"Not corrected, it would be {self.naive:.4g}."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"


def honest_score(
    evidence: Evidence,
    choice: Choice,
    reference: Candidate,
    name: str,
    growth: Growth = NO_GROWTH,
    *,
    grows: bool = True,
) -> HonestScore:
    """Return the score to expect of a choice, beside a pipeline that was not chosen.

    Parameters
    ----------
    evidence : Evidence
    choice : Choice
    reference : Candidate
        Compared on the folds that it came through.
    name : str
        The name of the reference, in words.
    growth : Growth
        The gain by more rows.
    grows : bool
        Whether the reference gains as much by more rows; a constant gains nothing.
    """
    perfect = perfect_score(evidence.problem.metric)
    own_error = standard_error(choice.values, evidence.sizes)
    # Three reasons to be unsure, which know nothing of each other, so that their squares add up.
    few_error = evidence.error_of_few(choice.naive)
    around = QUANTILE * hypot(own_error, growth.error, few_error)
    further = own_error * _further(choice.values, evidence.sizes)
    # On few rows a correction can be upwards, beyond what the metric allows.
    corrected = min(choice.estimate, perfect)
    estimate = corrected + _grown(corrected, growth.gain, perfect)
    # Both are compared on the same units, whose difficulty cancels out. Where they predict the
    # same, a correction for the choice says nothing: neither is ahead.
    leads, sizes = evidence.lead(choice.values, reference.held_out)
    lead = float(np.average(leads, weights=sizes))
    own = float(np.average(choice.values, weights=evidence.sizes)) - lead
    gain = lead + corrected - choice.naive if grows else estimate - own
    is_even = evidence.is_constant or np.abs(leads).max() <= ROUNDING * abs(choice.naive)
    return HonestScore(
        estimate=estimate,
        low=estimate - around - further,
        high=min(estimate + around, perfect),
        naive=choice.naive,
        baseline=min(estimate - gain, perfect),
        gain_probability=EVEN if is_even else _probability(gain, standard_error(leads, sizes)),
        metric=evidence.problem.metric.name,
        compared_with=name,
        growth=estimate - corrected,
        spread=own_error * sqrt(np.count_nonzero(evidence.units >= 0)),
        best=None if perfect == inf else perfect,
    )


def _probability(gain: float, error: float) -> float:
    """Return the probability that a gain with a standard error is above 0."""
    if error > 0:
        return float(norm.cdf(gain / error))
    return EVEN if gain == 0 else float(gain > 0)


def perfect_score(metric: Metric) -> float:
    """Return the best score that there is; infinity if nobody knows."""
    if metric.is_own or metric.name in UNBOUNDED:
        return inf
    return 0.0 if metric.name.startswith("neg_") else 1.0


def _grown(corrected: float, gain: float, perfect: float) -> float:
    """Return the gain by more rows; a loss falls by a factor, as along a power of the rows.

    So a loss does not get to 0, however steep the learning curve is.
    """
    loss = perfect - corrected
    return gain if loss == inf else -loss * float(np.expm1(-gain / max(loss, EPSILON)))


def _further(values: Numbers, sizes: Numbers) -> float:
    """Return by how many standard errors the worse end of the interval lies further out.

    A mean that a few large losses decide is mostly too good, and then looks too sure. The better
    end stays, for the few that tell the skewness are those that decide.
    """
    # Only losses that are worse than their mean make the interval longer.
    skew = skewness(values, sizes)
    return float(np.clip(-skew * (2 * QUANTILE**2 + 1) / 6, 0, QUANTILE / 2))
