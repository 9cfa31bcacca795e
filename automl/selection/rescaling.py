"""Rescaled probabilities that come true, where held-out rows show that this helps.

::

    held-out probabilities p ──► log(p) ──► slope × log(p) + shift of the class ──► probabilities
                                   slope below 1: less sure · above 1: surer · shifts: other shares

Slope and shifts are few numbers, so that the held-out rows are enough to find them. No
pipeline is fitted again, and with two classes the order of the rows, so ROC AUC, stays.
"""

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

PARTS = 5  # of the folds: each is judged by a rescaling that the other parts gave
MOST_CELLS = 40_000  # rows times classes: more hardly move so few numbers
OFFSET = 1e-4  # added as in `RescaledClassifier`: forests give 0, whose logarithm is infinite
SLOPES = (0.05, 10.0)  # above 0, so that the order of probabilities stays
# Standard errors by which rescaled probabilities have to be better: one in forty by chance alone.
CERTAINTY = 2.0
DIGITS = 6  # significant digits of a slope or shift: a script shows them


def can_rescale(problem: Problem) -> bool:
    """Tell whether the problem has probabilities that should come true as frequencies.

    Frequencies of weighted rows have no such meaning, and a tuned threshold predicts labels.
    """
    data = problem.dataset
    return data.is_classification and data.sample_weight is None and problem.averages


def rescaled(choice: Choice, evidence: Evidence) -> tuple[Choice, Rescaling | None]:
    """Rescale the probabilities of a choice, if that makes them come true.

    The rows of a fold are judged with slope and shifts from the other folds. The rescaling helps if
    the log loss falls by two standard errors or more, and the metric by no more than its noise.

    Parameters
    ----------
    choice : Choice
    evidence : Evidence

    Returns
    -------
    Choice
        With the values and the scores of the rescaled probabilities, if they are taken.
    Rescaling or None
        None if the rescaling does not help, or a class was never held out.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin
    Classifiers. For more than two classes as one slope and a shift for each: Guo, C. and others
    (2017). On calibration of modern neural networks. ICML 34.
    """
    codes = evidence.target.astype(np.intp)
    # A fold is never split between parts: its rows come from the same fits.
    fold_of = np.repeat(np.arange(len(evidence.folds)), [len(rows) for rows in evidence.folds])
    parts = fold_of % PARTS
    classes = evidence.problem.dataset.classes
    has_all_classes = classes is not None and len(np.unique(codes)) == len(classes)
    if not can_rescale(evidence.problem) or len(evidence.folds) < 2 or not has_all_classes:
        return choice, None
    held_out = evidence.average(choice.members, np.array(choice.weights))
    before = np.concatenate([held_out[fold] for fold in range(len(evidence.folds))]).astype(float)
    after = np.empty_like(before)
    for part in np.unique(parts):
        inside, outside = parts == part, parts != part
        after[inside] = rescale(before[inside], find_rescaling(before[outside], codes[outside]))
    gains = evidence.by_unit(_log_likelihood(after, codes) - _log_likelihood(before, codes))
    sizes = evidence.sizes
    if not np.average(gains, weights=sizes) > CERTAINTY * standard_error(gains, sizes):
        return choice, None
    changed = {fold: after[fold_of == fold].astype(np.float32) for fold in held_out}
    lead = evidence.values(changed) - evidence.values(held_out)
    gain = float(np.average(lead, weights=sizes))
    # Labels may get worse, and so may the ranks of rows from folds with different rescalings.
    if not gain >= -standard_error(lead, sizes):
        return choice, None
    better = replace(
        choice,
        values=choice.values + lead,
        naive=choice.naive + gain,
        estimate=choice.estimate + gain,
        rescaled=changed,
    )
    return better, find_rescaling(before, codes)  # that of the winner may learn from all folds


def find_rescaling(probabilities: Numbers, codes: NDArray[np.intp]) -> Rescaling:
    """Return the slope and the shifts with the least log loss.

    Slope and shifts have a normal prior around 1 and 0, with a standard deviation of 1. Without it,
    no slope would be large enough for separable classes.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)
    codes : ndarray of shape (n_rows,)
        The places of the true classes.

    Examples
    --------
    >>> unsure = np.repeat([[0.6, 0.4], [0.4, 0.6]], 50, axis=0)
    >>> rescaling = find_rescaling(unsure, np.repeat([0, 1], 50))
    >>> rescaling.slope > 3, abs(rescaling.shifts[1]) < 1e-6
    (True, True)
    """
    n_classes = probabilities.shape[1]
    sample = np.random.default_rng(0).permutation(len(codes))[: max(MOST_CELLS // n_classes, 1)]
    logs, codes = np.log(probabilities[sample] + OFFSET), codes[sample]
    of_truth = np.arange(len(codes)), codes
    # Shifts have no meaning but by their differences, so that of the first class is 0.
    start = np.append(1.0, np.zeros(n_classes - 1))

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        log_probabilities = log_softmax(theta[0] * logs + np.append(0, theta[1:]), axis=1)
        # The derivative of the log loss by the argument of a softmax: probability less truth.
        errors = np.exp(log_probabilities)
        errors[of_truth] -= 1
        gradient = np.append((errors * logs).sum(), errors.sum(axis=0)[1:])
        deviation = theta - start  # from the prior
        log_loss = -float(log_probabilities[of_truth].sum())
        return log_loss + deviation @ deviation / 2, gradient + deviation

    bounds = [SLOPES, *[(None, None)] * (n_classes - 1)]
    theta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    slope, *shifts = (float(f"{number:.{DIGITS}g}") for number in theta)
    return Rescaling(slope, (0.0, *shifts))


def rescale(probabilities: NDArray[np.floating], rescaling: Rescaling) -> NDArray[np.floating]:
    """Return rescaled probabilities, as `RescaledClassifier` computes them in a winner."""
    logs = np.log(probabilities.astype(float) + OFFSET)
    scaled = softmax(rescaling.slope * logs + np.array(rescaling.shifts), axis=1)
    return np.asarray(scaled, dtype=probabilities.dtype)


def _log_likelihood(probabilities: Numbers, codes: NDArray[np.intp]) -> Numbers:
    return np.log(np.clip(probabilities[np.arange(len(codes)), codes], EPSILON, 1))
