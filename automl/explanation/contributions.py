"""Contributions of raw columns to the prediction for a row, by sampled Shapley values.

::

    a background row ──► one column after another takes its value from the row ──► the row
    prediction  0.2  ──────► 0.3 (age: +0.1) ──────► 0.7 (city: +0.4) ──────►  0.7

Each background row is the start of two such ways, in a random order of columns and in the reverse
one. All ways begin at a background row and end at the row, so that contributions always sum to the
prediction less the mean prediction for the background. Where a model is a sum over columns, the
order does not matter: then the contributions are exact.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Predict = Callable[[pd.DataFrame], NDArray[np.float64]]

SEED = 0  # the same row gives the same contributions
MOST_CELLS = 2_000_000  # of a frame that is predicted at once, some 16 MiB of numbers


def sampled_contributions(
    predict: Predict, row: pd.DataFrame, background: pd.DataFrame
) -> NDArray[np.float64]:
    """Return how much each column moves the prediction for a row away from the mean prediction.

    Parameters
    ----------
    predict : callable
        Takes a dataframe, returns an ndarray of shape (n_rows, n_outputs).
    row : DataFrame of shape (1, n_columns)
    background : DataFrame of shape (n_background, n_columns)
        The rows that predictions are compared with.

    Returns
    -------
    ndarray of shape (n_columns, n_outputs)

    References
    ----------
    Štrumbelj, E. and Kononenko, I. (2014). Explaining prediction models and individual predictions
    with feature contributions. Knowledge and Information Systems 41. For orders in both directions:
    Mitchell, R., Cooper, J., Frank, E. and Holmes, G. (2022). Sampling permutations for Shapley
    value estimation. JMLR 23.

    Examples
    --------
    >>> background = pd.DataFrame({"a": [0.0, 2.0], "b": [1.0, 3.0]})
    >>> row = pd.DataFrame({"a": [4.0], "b": [0.0]})
    >>> sampled_contributions(lambda frame: frame[["a"]].to_numpy() * 10, row, background)
    array([[30.],
           [ 0.]])
    """
    n_background, n_columns = background.shape
    rng = np.random.default_rng(SEED)
    cells = pd.concat([row, background], ignore_index=True)
    n_ways = max(MOST_CELLS // ((n_columns + 1) * n_columns), 1)
    orders = [rng.permutation(n_columns) for _ in range(n_background)]
    ways = [(start, order[::step]) for start, order in enumerate(orders) for step in (1, -1)]
    total = 0.0
    for first in range(0, len(ways), n_ways):
        total = total + _steps(predict, cells, ways[first : first + n_ways]).sum(axis=0)
    return np.asarray(total / len(ways))


def _steps(
    predict: Predict, cells: pd.DataFrame, ways: list[tuple[int, NDArray[np.intp]]]
) -> NDArray[np.float64]:
    """Return the change of the prediction by each column on each way.

    Parameters
    ----------
    predict : callable
    cells : DataFrame of shape (1 + n_background, n_columns)
        The row comes first.
    ways : list of tuple
        The background row of each way, and the order of its columns.

    Returns
    -------
    ndarray of shape (n_ways, n_columns, n_outputs)
    """
    n_columns = cells.shape[1]
    starts = np.array([start for start, _ in ways]) + 1
    # The place of a column in the order of each way: it is of the row from the step after it on.
    places = np.array([np.argsort(order) for _, order in ways])
    is_changed = places[:, None, :] < np.arange(n_columns + 1)[None, :, None]
    sources = np.where(is_changed, 0, starts[:, None, None]).reshape(-1, n_columns)
    # Column by column, so that each keeps its type.
    mixed = {
        name: cells[name].take(sources[:, place]).reset_index(drop=True)
        for place, name in enumerate(cells)
    }
    values = predict(pd.DataFrame(mixed))
    changes = np.diff(values.reshape(len(ways), n_columns + 1, -1), axis=1)
    # From the order of the way to the order of the columns.
    return np.take_along_axis(changes, places[:, :, None], axis=1)
