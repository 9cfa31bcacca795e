"""Tables of pipelines as people print them: short columns first, in 80 columns of a screen."""

from typing import Any

import pandas as pd

MODEL = "model"  # the column with a pipeline in words
LONG = ("size", "fit_seconds", "predict_seconds", "pipeline", "cause")  # the columns not printed
N_ROWS = 20
WIDTH = 80  # characters: the terminals of many people have no more
LEAST_WIDTH = 20  # characters of the last column: where many scores stand before it, it is wider


class PipelineTable(pd.DataFrame):
    """A dataframe of pipelines that prints its short columns, the model in words last.

    All columns are there by their names; `print(table.to_string())` prints all of them.

    Examples
    --------
    >>> columns = {"rank": [1], "score": [0.91234], "model": ["ridge"], "pipeline": ["ridge(...)"]}
    >>> PipelineTable(columns)
     rank  score model
        1 0.9123 ridge
    """

    @property
    def _constructor(self) -> Any:
        return PipelineTable  # `head` and the like print as the whole does

    def __repr__(self) -> str:
        if MODEL not in self:
            return str(super().__repr__())
        return in_columns(_short(self), N_ROWS)

    def _repr_html_(self) -> str:
        if MODEL not in self:
            return str(super()._repr_html_())  # type: ignore[misc]
        return _short(self).to_html(
            index=False, border=0, max_rows=N_ROWS, float_format="{:.4g}".format
        )


def in_columns(table: pd.DataFrame, n_rows: int) -> str:
    """Return a table as text whose last column is cut so that a row fits on a line.

    Parameters
    ----------
    table : DataFrame
        Its last column is a text.
    n_rows : int
        The most rows.
    """
    options: dict[str, Any] = {"index": False, "max_rows": n_rows, "float_format": "{:.4g}".format}
    before = table.iloc[:, :-1].to_string(**options).splitlines()[0]
    width = max(WIDTH - len(before) - 1, LEAST_WIDTH)
    return str(table.to_string(**options, max_colwidth=width))


def _short(table: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in table if name not in (*LONG, MODEL)]
    return pd.DataFrame(table)[[*names, MODEL]]
