"""The mean prediction by the values of a raw column."""

from typing import Any, Self

import pandas as pd

from automl.errors import SettingsError
from automl.plots.display import Display, explanation_of
from automl.plots.importances import plain


class DependenceDisplay(Display):
    """A line for each output with its interval, or points where the values are texts.

    Parameters
    ----------
    dependence : DataFrame
        The rows of a column in `Explanation.dependence`.

    Attributes
    ----------
    ax_, figure_ : matplotlib axes and figure
    lines_ : list of matplotlib artists
        One for each output.
    """

    def __init__(self, dependence: pd.DataFrame) -> None:
        self.dependence = dependence

    @classmethod
    def from_estimator(cls, estimator: Any, *, column: str | None = None, ax: Any = None) -> Self:
        """Draw the dependence that `estimator.explain` has found.

        Parameters
        ----------
        estimator : AutoMLClassifier or AutoMLRegressor
        column : str, optional
            By default the most important of those with a dependence.
        ax : matplotlib axes, optional

        Raises
        ------
        SettingsError
            If there is no explanation or no such column in it, or matplotlib is not installed.
        """
        table = explanation_of(estimator).dependence
        names = list(table["column"].unique())
        if not names or (column is not None and column not in names):
            raise SettingsError(f"expected a column with a dependence out of {names}, got {column}")
        chosen = names[0] if column is None else column
        return cls(table[table["column"] == chosen]).plot(ax)

    def _draw(self, ax: Any) -> None:
        self.lines_ = []
        for output, curve in self.dependence.groupby("output", sort=False):
            values = curve["value"].tolist()
            is_text = any(isinstance(value, str) for value in values)
            places = [plain(value) for value in values] if is_text else values
            middle, low, high = (curve[name].to_numpy() for name in ("prediction", "low", "high"))
            style = "o" if is_text else "-"
            (line,) = ax.plot(places, middle, style, label=plain(output))
            if is_text:
                ax.vlines(places, low, high, color=line.get_color())
            else:
                ax.fill_between(places, low, high, color=line.get_color(), alpha=0.2)
            self.lines_.append(line)
        ax.set_xlabel(plain(self.dependence["column"].iloc[0]))
        ax.set_ylabel("mean prediction")
        ax.legend()
