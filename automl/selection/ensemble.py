"""Weights of an ensemble, chosen on held-out predictions: greedily, or by least squares."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from automl.selection.row_values import Numbers

STEPS = 12  # additions: weights are multiples of a twelfth or more

Loss = Callable[[NDArray[np.float32]], Numbers]


def greedy_weights(predictions: NDArray[np.float32], loss: Loss, size: int) -> Numbers:
    """Add pipelines one by one, whichever makes the average best, some of them repeatedly.

    Parameters
    ----------
    predictions : ndarray of shape (n_pipelines, n_rows)
        The best pipeline first: with it the ensemble begins, and it stays a member.
    loss : callable
        Takes averages of shape (n_averages, n_rows); returns the losses, shape (n_averages,).
    size : int
        Pipelines that may have a weight.

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
    keep = np.argsort(-counts, kind="stable")[:size]
    keep = np.union1d([0], keep if 0 in keep else keep[: size - 1])
    if np.count_nonzero(counts) > len(keep):
        counts = np.zeros_like(counts)
        counts[keep] = _additions(predictions[keep], loss)
    return np.asarray(counts / counts.sum())


def _additions(predictions: NDArray[np.float32], loss: Loss) -> Numbers:
    """Return how often each pipeline was added when the average was best."""
    counts = np.zeros(len(predictions))
    counts[0] = 1
    total = predictions[0].copy()
    best, least = counts.copy(), float(loss(predictions[:1])[0])
    for step in range(2, STEPS + 1):
        losses = loss((total + predictions) / np.float32(step))
        chosen = int(losses.argmin())
        counts[chosen] += 1
        total += predictions[chosen]
        if losses[chosen] < least:
            best, least = counts.copy(), float(losses[chosen])
    return best


def stacked_weights(
    predictions: NDArray[np.float32], target: Numbers, row_weights: Numbers, size: int
) -> Numbers:
    """Weigh pipelines by least squares without negative weights, and keep the heaviest.

    Parameters
    ----------
    predictions : ndarray of shape (n_pipelines, n_rows)
    target : ndarray of shape (n_rows,)
        What they should have been.
    row_weights : ndarray of shape (n_rows,)
    size : int
        Pipelines that may have a weight.

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
    # The error of an average is the average of the errors. The last row keeps the weights from
    # being 0; in proportion they are the same however heavy it is.
    errors = ((predictions - target) * np.sqrt(row_weights)).astype(np.float64)
    heavy = float(np.linalg.norm(errors)) or 1.0
    keep = np.arange(len(predictions))
    for _ in range(2):  # with all, and once more with those that stay
        table = np.vstack([errors[keep].T, np.full(len(keep), heavy)])
        found = nnls(table, np.append(np.zeros(len(target)), heavy))[0]
        heaviest = np.argsort(-found, kind="stable")[:size]
        heaviest = heaviest[found[heaviest] > 0]
        keep, found = keep[heaviest], found[heaviest]
    weights = np.zeros(len(predictions))
    weights[keep] = found / found.sum()
    return weights
