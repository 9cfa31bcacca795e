"""The methods of a fitted estimator that show what it has."""

import os
from html import escape
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from automl.page.new_rows_board import new_rows_board
from automl.page.write import write_report
from automl.problem.objectives import resolve_objectives
from automl.settings import was_refitted
from automl.sklearn_types import available_if
from automl.winner.attributes import FittedAttributes
from automl.winner.default_output import default_output

N_ROWS = 5  # of the leaderboard in a notebook: the estimator is often the last line of a cell
SHOWN = ["rank", "score", "deviation", "folds", "model"]


class FittedViews(FittedAttributes):
    """The methods of a fitted estimator that show what it has."""

    @available_if(was_refitted)
    def leaderboard(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> pd.DataFrame:
        """Score what predicts, and each of its members, on new rows.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        sample_weight : array-like of shape (n_rows,), optional

        Returns
        -------
        DataFrame
            The model in words, its weight, the score of the search and further ones, and the text
            of the pipeline. `leaderboard_` has the scores of the search.
        """
        frame, classes = self._frame(X), getattr(self, "classes_", None)
        metric, objectives = resolve_objectives(self.scoring, self._task, classes)
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        with default_output():
            return new_rows_board(self._fitted, metric, objectives, (frame, y), options)

    def report(
        self,
        path: str | os.PathLike[str],
        X: Any = None,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        by: ArrayLike | str | None = None,
    ) -> None:
        """Write what there is to know of the fit to a file that needs no network.

        Parameters
        ----------
        path : path
            A page (.html), or the same facts as Markdown (.md) or JSON (.json). The file is
            replaced as a whole or not at all. It holds names of columns and classes, and a few
            predictions for training rows.
        X : dataframe or array-like of shape (n_rows, n_columns), optional
            Rows that the search has not seen. The report then has the scores on them and the
            importance of each column, which takes five predictions a column. The rows of the fit
            are known again: they give the training score, by which overfitting is checked.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs), optional
        sample_weight : array-like of shape (n_rows,), optional
        by : str or array-like of shape (n_rows,), optional
            A column of X, or its cells: the rows are scored by its categories, or by ranges of its
            numbers. Where X holds the rows of the fit, held-out predictions are scored.

        Raises
        ------
        SettingsError, FileError, DataError
            If the path ends in something else or cannot be written, only one of X and y is given,
            or there is no column `by`.
        """
        check_is_fitted(self)
        write_report(self, path, X, y, sample_weight, by)

    def _html_repr(self) -> str:
        """Return what a notebook shows: score and leaderboard, or scikit-learn's diagram."""
        if not self.__sklearn_is_fitted__():
            return super()._html_repr()
        score = self.honest_score_
        words = f"{self.metric_} {self.best_score_:.4g}" if score is None else str(score)
        table = self.leaderboard_[SHOWN].head(N_ROWS)
        rows = table.to_html(index=False, border=0, float_format="{:.4g}".format)
        return f"<div><p><b>{type(self).__name__}</b>: {escape(words)}</p>{rows}</div>"
