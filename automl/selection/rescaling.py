"""Probabilities that come true: another scale for them, where held-out rows say that it helps."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from automl.pipelines import Rescaling
from automl.problem import Problem
from automl.selection.choice import Choice
from automl.selection.evidence import Evidence, standard_error
from automl.selection.row_values import EPSILON, Numbers

PARTS = 5  # that are judged by what was found on the others
MOST_CELLS = 40_000  # rows times classes by which slope and shifts are found
SECONDS_PER_CELL = 1.5e-5  # of all parts together, measured on one core of 2.6 GHz
OFFSET = 1e-4  # of probabilities, as in `RescaledClassifier`: forests are sure of much
SLOPES = (0.05, 10.0)  # the order of probabilities is kept
CERTAINTY = 2.0  # standard errors by which rescaled probabilities have to be better
DIGITS = 6  # that are enough of a slope or shift


def can_rescale(problem: Problem) -> bool:
    """Whether there are probabilities that should be frequencies.

    They are none of rows with sample weights, and labels are what a tuned threshold predicts.
    """
    data = problem.dataset
    return data.classes is not None and data.sample_weight is None and problem.averages


def rescaling_seconds(problem: Problem) -> float:
    """Return the seconds that `rescaled` takes at most."""
    classes = problem.dataset.classes
    if classes is None or not can_rescale(problem):
        return 0.0
    return SECONDS_PER_CELL * min(len(problem.dataset) * len(classes), MOST_CELLS)


def rescaled(choice: Choice, evidence: Evidence) -> tuple[Choice, Rescaling | None]:
    """Rescale the probabilities of a choice, if that makes them come true.

    Slope and shifts are found on the other folds before the rows of a fold are judged. They help if
    the log loss falls by two standard errors or more, and the metric by no more than its noise.

    Parameters
    ----------
    choice : Choice
    evidence : Evidence

    Returns
    -------
    Choice
        With what its units add to the score after that.
    Rescaling or None
        None if nothing is gained, or a class was never held out.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin
    Classifiers. For more than two classes as one slope and a shift for each: Guo, C. and others
    (2017). On calibration of modern neural networks. ICML 34.
    """
    codes = evidence.target.astype(np.intp)
    fold_of = np.repeat(np.arange(len(evidence.folds)), [len(rows) for rows in evidence.folds])
    parts = fold_of % PARTS
    classes = evidence.problem.dataset.classes
    is_known = classes is not None and len(np.unique(codes)) == len(classes)
    if not can_rescale(evidence.problem) or len(evidence.folds) < 2 or not is_known:
        return choice, None
    held = evidence.average(choice.members, np.array(choice.weights))
    before = np.concatenate([held[fold] for fold in range(len(evidence.folds))]).astype(float)
    after = np.empty_like(before)
    for part in np.unique(parts):
        mine, others = parts == part, parts != part
        after[mine] = rescale(before[mine], find_rescaling(before[others], codes[others]))
    gains = evidence.by_unit(_log_likelihood(after, codes) - _log_likelihood(before, codes))
    sizes = evidence.sizes
    if not np.average(gains, weights=sizes) > CERTAINTY * standard_error(gains, sizes):
        return choice, None
    changed = {fold: after[fold_of == fold].astype(np.float32) for fold in held}
    lead = evidence.values(changed) - evidence.values(held)
    gain = float(np.average(lead, weights=sizes))
    if not gain >= -standard_error(lead, sizes):  # labels may be worse, or the ranks of two folds
        return choice, None
    better = replace(
        choice,
        values=choice.values + lead,
        naive=choice.naive + gain,
        estimate=choice.estimate + gain,
    )
    return better, find_rescaling(before, codes)


def find_rescaling(probabilities: Numbers, codes: NDArray[np.intp]) -> Rescaling:
    """Return slope and shifts with the least log loss.

    A slope of 1 and shifts of 0 weigh as much as a normal distribution around them with a standard
    deviation of 1: otherwise separable classes would have no slope that is large enough.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)
    codes : ndarray of shape (n_rows,)
        The places of the true classes.

    Examples
    --------
    >>> unsure = np.repeat([[0.6, 0.4], [0.4, 0.6]], 50, axis=0)
    >>> found = find_rescaling(unsure, np.repeat([0, 1], 50))
    >>> found.slope > 3, abs(found.shifts[1]) < 1e-6
    (True, True)
    """
    n_classes = probabilities.shape[1]
    some = np.random.default_rng(0).permutation(len(codes))[: max(MOST_CELLS // n_classes, 1)]
    logs, codes = np.log(probabilities[some] + OFFSET), codes[some]
    picked = np.arange(len(codes)), codes
    start = np.append(1.0, np.zeros(n_classes - 1))

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        found = log_softmax(theta[0] * logs + np.append(0, theta[1:]), axis=1)
        slopes = np.exp(found)
        slopes[picked] -= 1
        gradient = np.append((slopes * logs).sum(), slopes.sum(axis=0)[1:])
        apart = theta - start
        return -float(found[picked].sum()) + apart @ apart / 2, gradient + apart

    bounds = [SLOPES, *[(None, None)] * (n_classes - 1)]
    theta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    slope, *shifts = (float(f"{number:.{DIGITS}g}") for number in theta)
    return Rescaling(slope, (0.0, *shifts))


def rescale(probabilities: NDArray[np.floating], rescaling: Rescaling) -> NDArray[np.floating]:
    """Return what `RescaledClassifier` makes of probabilities."""
    logs = np.log(probabilities.astype(float) + OFFSET)
    found = softmax(rescaling.slope * logs + np.array(rescaling.shifts), axis=1)
    return np.asarray(found, dtype=probabilities.dtype)


def _log_likelihood(probabilities: Numbers, codes: NDArray[np.intp]) -> Numbers:
    return np.log(np.clip(probabilities[np.arange(len(codes)), codes], EPSILON, 1))
