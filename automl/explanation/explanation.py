"""The explanation of a fitted estimator, as tables of its raw columns."""

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from automl.errors import DataError
from automl.explanation.contributions import sampled_contributions
from automl.explanation.outputs import Outputs
from automl.problem.dataset import as_frame
from automl.report.wording import counted
from automl.winner.fitted import Fitted
from automl.winner.new_rows import columns_of_fit

N_NAMED = 3  # columns in the words of an explanation
N_ROWS = 10  # of its table in a notebook
BASE, PREDICTION = "base", "prediction"


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """What the model makes of the raw columns, as `search.explain` returns it.

    Examples
    --------
    >>> from automl import AutoMLRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> search = AutoMLRegressor(max_evaluations=2, n_jobs=1, random_state=0, verbose=0)
    >>> explanation = search.fit(X, y).explain(X, y)
    >>> explanation.importances["column"][0]
    's5'
    >>> row = explanation.contributions(X.head(1)).iloc[0]
    >>> bool(abs(row.drop("prediction").sum() - search.predict(X.head(1))[0]) < 1e-6)
    True
    """

    importances: pd.DataFrame
    """A row for each raw column, the most important first: the fall of the score when its cells are
    shuffled (`importance`), its 95 % interval over the folds (`low`, `high`), and the number of
    `folds`."""
    dependence: pd.DataFrame
    """The mean prediction by value of the most important columns: `column`, `value`, `output` (the
    target or a class), `prediction`, and its 95 % interval over the folds (`low`, `high`)."""
    metric: str
    """The name of the score."""
    n_rows: int
    """The number of held-out rows that were looked at."""
    n_folds: int
    """The number of folds that they are from."""
    left_out: tuple[str, ...]
    """The columns for which there was no time."""
    background: pd.DataFrame
    """The rows that contributions compare a row with."""
    outputs: Outputs
    """What is predicted."""
    fitted: Fitted
    """What predicts."""

    def contributions(self, X: Any) -> pd.DataFrame:
        """Return how much each raw column moves the prediction for a row.

        Sampled Shapley values: exact where the model is a sum over columns, as a linear one
        without crossed columns is. Each row takes some two hundred predictions a column.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
            Any rows with the columns of `fit`.

        Returns
        -------
        DataFrame
            A row for each row of X, or for each row and output where several are predicted. `base`
            is the mean prediction for the background, then come the signed contributions, in the
            unit of `prediction`, which is their sum. For classes it is a probability, of two that
            of the second.

        Raises
        ------
        DataError
            If X lacks columns of `fit`.
        """
        cells = self.fitted.columns.read(self._named(X))
        names = [str(name) for name in self.background]
        base = self._predict(self.background).mean(axis=0)
        tables = []
        for place, prediction in enumerate(self._predict(cells) if len(cells) else ()):
            row = cells.iloc[[place]]
            values = sampled_contributions(self._predict, row, self.background)
            table = pd.DataFrame(values.T, columns=names)
            table.insert(0, BASE, base)
            tables.append(table.assign(**{PREDICTION: prediction}))
        outputs = list(self.outputs.names)
        index: pd.Index[Any] = cells.index
        if len(outputs) > 1:
            index = pd.MultiIndex.from_product([index, outputs], names=["row", "output"])
        columns = [BASE, *names, PREDICTION]
        table = pd.concat(tables) if tables else pd.DataFrame(columns=columns, dtype="float64")
        return table.set_axis(index, axis=0)

    def _predict(self, frame: pd.DataFrame) -> Any:
        return self.outputs.predicted(self.fitted.predictor, frame)

    def _named(self, X: Any) -> pd.DataFrame:
        """Return rows with the names of the columns of fit."""
        frame, names = as_frame(X), self.fitted.names
        if hasattr(X, "columns") and names.has_names:
            return columns_of_fit(frame, self.fitted)
        if frame.shape[1] != len(names.columns):
            raise DataError(
                f"expected the {len(names.columns)} columns of fit, got {frame.shape[1]}"
            )
        return frame.set_axis(list(names.columns), axis=1)

    def __repr__(self) -> str:
        return (
            f"Most important of {counted(len(self.importances), 'column')}: "
            f"{', '.join(self._words())}. That is how much {self.metric} falls when the cells of a "
            f"column are shuffled, on {self.n_rows} held-out rows of "
            f"{counted(self.n_folds, 'fold')}."
        )

    def _words(self) -> list[str]:
        return [
            f"{row.column} ({row.importance:.3g}, {row.low:.3g} to {row.high:.3g})"
            if self.n_folds > 1
            else f"{row.column} ({row.importance:.3g})"
            for row in self.importances.head(N_NAMED).itertuples()
        ]

    def _repr_html_(self) -> str:
        table = self.importances.head(N_ROWS)
        rows = table.to_html(index=False, border=0, float_format="{:.4g}".format)
        return f"<div><p>{escape(str(self))}</p>{rows}</div>"
