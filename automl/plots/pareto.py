"""The leaderboard by score and size, with its Pareto front."""

from typing import Any, Self

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from automl.errors import SettingsError
from automl.plots.display import Display


class ParetoDisplay(Display):
    """A point for each pipeline of the leaderboard; those of the Pareto front stand out.

    Parameters
    ----------
    leaderboard : DataFrame
    front : DataFrame
        The rows of the leaderboard that no other beats on all axes.
    axis : str
        The column that is drawn beside the score.
    metric : str
        The name of the score.

    Attributes
    ----------
    ax_, figure_ : matplotlib axes and figure
    points_, front_ : matplotlib collections
        All pipelines, and those of the front.
    """

    def __init__(
        self, leaderboard: pd.DataFrame, front: pd.DataFrame, *, axis: str, metric: str
    ) -> None:
        self.leaderboard = leaderboard
        self.front = front
        self.axis = axis
        self.metric = metric

    @classmethod
    def from_estimator(cls, estimator: Any, *, axis: str = "size", ax: Any = None) -> Self:
        """Draw the leaderboard of a fitted estimator.

        Parameters
        ----------
        estimator : AutoMLClassifier or AutoMLRegressor
        axis : str
            A column of numbers in the leaderboard, such as "size" or a further score.
        ax : matplotlib axes, optional

        Raises
        ------
        SettingsError
            If there is no such column, or matplotlib is not installed.
        """
        check_is_fitted(estimator)
        board = estimator.leaderboard_
        names = list(board.select_dtypes("number"))
        if axis not in names:
            raise SettingsError(f"expected a column of numbers out of {names}, got {axis!r}")
        front, metric = estimator.pareto_front_, estimator._fitted.metric
        return cls(board.dropna(subset="score"), front, axis=axis, metric=metric).plot(ax)

    def _draw(self, ax: Any) -> None:
        board, front = self.leaderboard, self.front
        self.points_ = ax.scatter(board[self.axis], board["score"], alpha=0.4, label="pipelines")
        self.front_ = ax.scatter(front[self.axis], front["score"], label="Pareto front")
        ax.set_xlabel(self.axis)
        ax.set_ylabel(self.metric)
        ax.legend()
