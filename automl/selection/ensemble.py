"""Weights of an ensemble, chosen on held-out predictions: greedily, or by least squares.

::

    step        1   2   3   4  ...  12        the pipeline that makes the average best is added;
    added       A   B   A   C  ...            the average with the least loss of all steps wins
    weights     A: 2/4, B: 1/4, C: 1/4 after four steps

Greedy selection works with any loss, and its coarse weights hardly overfit. Least squares gives
finer weights, for the squared loss only.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import nnls

from automl.outcome import HeldOut
from automl.selection.row_values import Numbers

STEPS = 12  # additions, so that a weight is a twelfth or more: coarse weights overfit less

Loss = Callable[[HeldOut], Numbers]


def greedy_weights(predictions: HeldOut, loss: Loss, size: int) -> Numbers:
    """Return weights from adding pipelines one by one, each time the one that helps most.

    A pipeline may be added several times, which gives it more weight.

    Parameters
    ----------
    predictions : ndarray of shape (n_pipelines, n_rows)
        The best pipeline first: with it the ensemble begins, and it stays a member.
    loss : callable
        Takes averages of shape (n_averages, n_rows); returns the losses, shape (n_averages,).
    size : int
        The number of pipelines that may have a weight.

    Returns
    -------
    ndarray of shape (n_pipelines,)
        Weights that sum to 1.

    References
    ----------
    Caruana, R., Niculescu-Mizil, A., Crew, G. and Ksikes, A. (2004). Ensemble selection from
    libraries of models. ICML 21.

    Examples
    --------
    >>> truth = np.array([0.0, 1.0, 2.0])
    >>> predictions = np.array([[0.1, 1.1, 2.1], [-0.1, 0.9, 1.9], [9, 9, 9]], dtype="float32")
    >>> greedy_weights(predictions, lambda means: ((means - truth) ** 2).sum(axis=1), size=2)
    array([0.5, 0.5, 0. ])
    """
    counts = _additions(predictions, loss)
    members = np.argsort(-counts, kind="stable")[:size]
    # The best pipeline stays a member, however few additions it has.
    members = np.union1d([0], members if 0 in members else members[: size - 1])
    if np.count_nonzero(counts) > len(members):
        # Weights are made for all that were added: without some of them, others are better.
        counts = np.zeros_like(counts)
        counts[members] = _additions(predictions[members], loss)
    return np.asarray(counts / counts.sum())


def _additions(predictions: HeldOut, loss: Loss) -> Numbers:
    """Return the number of additions of each pipeline, at the step whose average was best."""
    counts = np.zeros(len(predictions))
    counts[0] = 1
    total = predictions[0].copy()
    best, least = counts.copy(), float(loss(predictions[:1])[0])
    # An addition is made even if it raises the loss, for the next one may make up for it.
    for step in range(2, STEPS + 1):
        losses = loss((total + predictions) / step)
        chosen = int(losses.argmin())
        counts[chosen] += 1
        total += predictions[chosen]
        if losses[chosen] < least:
            best, least = counts.copy(), float(losses[chosen])
    return best


def stacked_weights(
    predictions: HeldOut, target: Numbers, row_weights: Numbers, size: int
) -> Numbers:
    """Return weights of pipelines by least squares, none of them negative, the heaviest only.

    Pipelines err alike. Without the bound, large weights of both signs would cancel out on these
    rows, and not on others.

    Parameters
    ----------
    predictions : ndarray of shape (n_pipelines, n_rows)
    target : ndarray of shape (n_rows,)
        The true values.
    row_weights : ndarray of shape (n_rows,)
    size : int
        The number of pipelines that may have a weight.

    Returns
    -------
    ndarray of shape (n_pipelines,)
        Weights that sum to 1.

    References
    ----------
    Breiman, L. (1996). Stacked regressions. Machine Learning 24.

    Examples
    --------
    >>> predictions = np.array([[0, 1, 2], [2, 1, 0]], dtype="float32")
    >>> stacked_weights(predictions, np.array([0.5, 1, 1.5]), np.ones(3), size=2)
    array([0.75, 0.25])
    """
    # The error of an average is the average of the errors, so weights of 0 would have no error at
    # all. The last row asks for a sum of 1 instead. However much it counts, the proportions of the
    # weights are the same.
    errors = ((predictions - target) * np.sqrt(row_weights)).astype(np.float64)
    heavy = float(np.linalg.norm(errors)) or 1.0
    members = np.arange(len(predictions))
    for _ in range(2):  # with all pipelines, and once more with the heaviest
        table = np.vstack([errors[members].T, np.full(len(members), heavy)])
        shares = nnls(table, np.append(np.zeros(len(target)), heavy))[0]
        heaviest = np.argsort(-shares, kind="stable")[:size]
        heaviest = heaviest[shares[heaviest] > 0]
        members, shares = members[heaviest], shares[heaviest]
    weights = np.zeros(len(predictions))
    weights[members] = shares / shares.sum()
    return weights
