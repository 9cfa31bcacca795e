"""Importance of the raw columns, with intervals over folds."""

from typing import Any, Self

import numpy as np
import pandas as pd

from automl.plots.display import Display, explanation_of


class ImportancesDisplay(Display):
    """A point for each column, with its interval; the most important stands on top.

    Parameters
    ----------
    importances : DataFrame
        As in `Explanation.importances`.
    metric : str
        The name of the score.

    Attributes
    ----------
    ax_, figure_ : matplotlib axes and figure
    container_ : matplotlib ErrorbarContainer
        The points with their intervals.

    Examples
    --------
    >>> from automl import AutoMLRegressor
    >>> from automl.plots import ImportancesDisplay
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> search = AutoMLRegressor(max_evaluations=2, n_jobs=1, random_state=0, verbose=0).fit(X, y)
    >>> explanation = search.explain(X, y)
    >>> display = ImportancesDisplay.from_estimator(search)
    >>> display.figure_.savefig("importances.png")
    """

    def __init__(self, importances: pd.DataFrame, *, metric: str) -> None:
        self.importances = importances
        self.metric = metric

    @classmethod
    def from_estimator(cls, estimator: Any, *, n_columns: int = 20, ax: Any = None) -> Self:
        """Draw the importances that `estimator.explain` has found.

        Parameters
        ----------
        estimator : AutoMLClassifier or AutoMLRegressor
        n_columns : int
            The most columns.
        ax : matplotlib axes, optional

        Raises
        ------
        SettingsError
            If there is no explanation, or matplotlib is not installed.
        """
        explanation = explanation_of(estimator)
        return cls(explanation.importances.head(n_columns), metric=explanation.metric).plot(ax)

    def _draw(self, ax: Any) -> None:
        table = self.importances.iloc[::-1]
        places = np.arange(len(table))
        middle = table["importance"].to_numpy()
        ends = np.abs(table[["low", "high"]].to_numpy().T - middle)
        # A single fold has no interval.
        self.container_ = ax.errorbar(
            middle, places, xerr=None if np.isnan(ends).any() else ends, fmt="o"
        )
        ax.axvline(0, color="0.6", linewidth=1)
        ax.set_yticks(places, [plain(name) for name in table["column"]])
        ax.set_xlabel(f"fall of {self.metric} when the column is shuffled")


def plain(text: Any) -> str:
    r"""Return a text whose dollar signs do not begin a formula.

    Examples
    --------
    >>> plain("price in $")
    'price in \\$'
    """
    return str(text).replace("$", r"\$")
