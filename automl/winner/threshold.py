"""The decision threshold between two classes, set after the fit.

::

    a number ───────────────────────────────────────────► threshold
    "f1", ... ──best on held-out rows (no fit is made)──► threshold, with what it gains

The held-out rows stand by for new ones: no fit has seen the rows that it predicts. A threshold is
judged on other rows than those that it was chosen by, for the best of many looks too good there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import SettingsError
from automl.problem.arrays import short
from automl.problem.metric import THRESHOLD_SCORES, TunedThreshold
from automl.problem.several import metric_of
from automl.winner.held_out import HeldOutRows

HALF = 0.5  # the threshold of every classifier that nobody gave another one
CANDIDATES = 200  # thresholds that are compared: more lie closer than held-out rows can tell
PARTS = 5  # of the rows: each is judged by the threshold that the other parts gave
ROUNDING = 1e-12  # of sums: scores that differ by less are equal
DIGITS = 6  # significant digits of a threshold: a script shows them

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Threshold:
    """The probability from which a row is of the second class."""

    value: float
    """The probability."""
    label: str
    """The second class."""
    metric: str | None = None
    """The score that it was chosen for; None for a number of the user."""
    score: float | None = None
    """That score of held-out rows, each judged by a threshold that other rows gave."""
    at_half: float | None = None
    """The score of the same rows at a half."""

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"

    def __str__(self) -> str:
        decision = f"A row is of the class {self.label} from a probability of {self.value:.4g} on."
        if self.score is None or self.at_half is None:
            return decision
        return (
            f"{decision} Held-out rows chose that for {self.metric}, which is {self.score:.4g} on "
            f"rows that had no part in the choice, and {self.at_half:.4g} at a half."
        )


def threshold_of(
    threshold: Any, classes: Any, rows: HeldOutRows | None, *, has_probabilities: bool
) -> Threshold:
    """Return the threshold that an argument stands for.

    Parameters
    ----------
    threshold : str or float
        A score of `TunedThreshold`, or a number between 0 and 1.
    classes : ndarray, list of ndarray or None
        The labels of a classification, sorted, or those of each target.
    rows : HeldOutRows or None
        What is predicted for held-out rows.
    has_probabilities : bool
        Whether these are probabilities, rather than labels.

    Raises
    ------
    SettingsError
        If there are no two classes, no such score, or no rows to choose by.
    """
    is_number = isinstance(threshold, Real) and not isinstance(threshold, bool | np.bool_)
    if not is_number and not isinstance(threshold, str):
        raise SettingsError(_expectation(threshold))
    metric = metric_of(TunedThreshold("f1" if is_number else threshold), _task(classes), classes)
    label = short(classes[1].item() if hasattr(classes[1], "item") else classes[1])
    if is_number:
        if not 0 <= float(threshold) <= 1:
            raise SettingsError(_expectation(threshold))
        return Threshold(float(threshold), label)
    if rows is None:
        raise SettingsError(
            "a loaded, selected or refitted model has no held-out rows to choose a threshold by; "
            "give a number, or set the threshold of the search itself before you save it"
        )
    if not has_probabilities:
        raise SettingsError(
            "the search tuned a threshold itself, so that held-out rows have labels and no "
            "probabilities; give a number, or search with another scoring"
        )
    judge = _Judge(metric.name, is_second_positive=classes[0] != 1)
    truth, scores = rows.target.astype(np.intp), rows.predictions[:, 1].astype(np.float64)
    weights = np.ones(len(truth)) if rows.weights is None else rows.weights
    if scores.min() == scores.max():
        raise SettingsError(
            f"all held-out rows have the probability {scores[0]:.4g}, between which no threshold "
            "can be chosen; give a number"
        )
    parts = np.random.default_rng(0).permutation(len(truth)) % PARTS
    values = np.empty(len(truth))
    for part in range(PARTS):
        outside = parts != part
        values[~outside] = judge.best(truth[outside], scores[outside], weights[outside])
    return Threshold(
        judge.best(truth, scores, weights),
        label,
        metric.name,
        judge.score(truth, scores >= values, weights),
        judge.score(truth, scores >= HALF, weights),
    )


def _share(part: Numbers, total: Numbers) -> Numbers:
    """Return a share; 0 of nothing, as scikit-learn has it."""
    return np.divide(part, total, out=np.zeros_like(total, dtype=np.float64), where=total > 0)


# By the sums of true negative, false positive, false negative and true positive rows.
SCORES: dict[str, Callable[[Numbers, Numbers, Numbers, Numbers], Numbers]] = {
    "accuracy": lambda tn, fp, fn, tp: _share(tn + tp, tn + fp + fn + tp),
    "balanced_accuracy": lambda tn, fp, fn, tp: (_share(tn, tn + fp) + _share(tp, tp + fn)) / 2,
    "f1": lambda tn, fp, fn, tp: _share(2 * tp, 2 * tp + fp + fn),
    "jaccard": lambda tn, fp, fn, tp: _share(tp, tp + fp + fn),
    "matthews_corrcoef": lambda tn, fp, fn, tp: _share(
        tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    ),
    "precision": lambda tn, fp, fn, tp: _share(tp, tp + fp),
    "recall": lambda tn, fp, fn, tp: _share(tp, tp + fn),
}


def _task(classes: Any) -> Any:
    return "regression" if classes is None else "classification"


def _expectation(threshold: Any) -> str:
    return (
        f"expected a threshold between 0 and 1 or a score of {list(THRESHOLD_SCORES)}, got "
        f"{short(threshold)}"
    )


@dataclass(frozen=True)
class _Judge:
    """Scores decisions between two classes by sums of weights.

    scikit-learn's functions give the same, at some milliseconds for each of a thousand thresholds.
    """

    name: str
    is_second_positive: bool
    """Whether the second class is positive; scikit-learn takes the label 1 where there is one."""

    def score(
        self, truth: NDArray[np.intp], is_second: NDArray[np.bool_], weights: Numbers
    ) -> float:
        """Return the score of decisions."""
        sums = np.bincount(2 * truth + is_second, weights, 4).astype(np.float64)
        return float(self._scores(sums.reshape(2, 2, 1))[0])

    def best(self, truth: NDArray[np.intp], scores: Numbers, weights: Numbers) -> float:
        """Return the best threshold; of several, that in the middle."""
        steps = np.unique(np.quantile(scores, np.linspace(0, 1, CANDIDATES + 1)))
        if len(steps) == 1:
            return HALF
        candidates = (steps[1:] + steps[:-1]) / 2
        # The place of a row is the number of candidates that it reaches.
        n_places = len(candidates) + 1
        cells = truth * n_places + np.searchsorted(candidates, scores, side="right")
        sums = np.bincount(cells, weights, 2 * n_places).reshape(2, n_places)
        below = sums.cumsum(axis=1)[:, :-1]
        reached = self._scores(np.stack([below, sums.sum(axis=1)[:, None] - below], axis=1))
        ties = np.flatnonzero(reached >= reached.max() - ROUNDING)
        return float(f"{candidates[ties[len(ties) // 2]]:.{DIGITS}g}")

    def _scores(self, sums: Numbers) -> Numbers:
        """Return scores; `sums` are by true class, decided class and threshold."""
        if not self.is_second_positive:
            sums = sums[::-1, ::-1]
        (tn, fp), (fn, tp) = sums
        return SCORES[self.name](tn, fp, fn, tp)
