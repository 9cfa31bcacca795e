"""Some columns of numbers at a time: a large frame is looked at without a copy of all of it."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BLOCK_CELLS = 4_000_000  # 32 MB, in which the overhead of a block no longer shows


def number_blocks(
    frame: pd.DataFrame, places: Sequence[int]
) -> Iterator[tuple[list[int], NDArray[np.float64]]]:
    """Yield columns of numbers by blocks, as floats whose gaps are NaN.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    places : sequence of int
        The columns, whose dtypes are of numbers or booleans.

    Yields
    ------
    places : list of int
        Those of the block.
    cells : ndarray of shape (n_rows, n_block_columns)

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [31, 45], "city": ["Oslo", "Rome"]})
    >>> [(places, cells.tolist()) for places, cells in number_blocks(frame, [0])]
    [([0], [[31.0], [45.0]])]
    """
    width = max(1, BLOCK_CELLS // max(len(frame), 1))
    for start in range(0, len(places), width):
        block = list(places[start : start + width])
        yield block, frame.iloc[:, block].to_numpy(dtype=np.float64, na_value=np.nan)
