"""The methods of a fitted estimator that show what it has."""

import os
from collections.abc import Mapping
from html import escape
from math import inf
from numbers import Real
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from automl.errors import SettingsError
from automl.explanation import Explanation, explain
from automl.page.new_rows_board import new_rows_board
from automl.page.write import write_report
from automl.pipelines import Genome
from automl.problem.objectives import resolve_objectives
from automl.search.budget import Budget
from automl.settings import was_refitted
from automl.winner.default_output import default_output
from automl.winner.fit_again import evaluator_of, problem_of_fit

N_ROWS = 5  # of the leaderboard in a notebook: the estimator is often the last line of a cell
SHOWN = ["rank", "score", "deviation", "folds", "model"]


class FittedViews:
    """The methods of a fitted estimator that show what it has."""

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def leaderboard(
        self: Any, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
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

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def explain(
        self: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | str | None = None,
        groups: ArrayLike | str | None = None,
        kinds: Mapping[str, str] | None = None,
        time: ArrayLike | str | None = None,
        seconds: float = 60,
    ) -> Explanation:
        """Tell what the model makes of the raw columns, by rows that its fits did not see.

        What predicts is fitted anew on each training part of the first draw of the folds, by the
        workers. At most 2,000 held-out rows are looked at. `report` shows the result from then on.

        Parameters
        ----------
        X, y, sample_weight, groups, kinds, time
            What `fit` was given.
        seconds : float
            The wall seconds for all of it. Columns and folds for which there is no time are left
            out, which a warning says.

        Returns
        -------
        Explanation
            Importance and partial dependence with intervals, and contributions for any rows. It is
            kept as `explanation_`.

        Raises
        ------
        DataError, SettingsError, BudgetError
            If the data are others, the model was loaded, or nothing can be refitted in time.
        """
        check_is_fitted(self)
        duration: Any = seconds  # users may give anything
        if not (isinstance(duration, Real) and 0 < float(duration) < inf):
            raise SettingsError(f"expected seconds above 0 for explain, got {seconds!r}")
        clock = Budget(float(seconds))
        genomes = list(map(Genome.parse, self._fitted.members["pipeline"]))
        data = X, y, sample_weight, groups, kinds, time
        problem, _ = problem_of_fit(self, "explain", data, genomes)
        with evaluator_of(self, problem) as evaluator:
            self.explanation_: Explanation = explain(self._fitted, evaluator, clock)
        return self.explanation_

    def _html_repr(self: Any) -> str:
        """Return what a notebook shows: score and leaderboard, or scikit-learn's diagram."""
        if not self.__sklearn_is_fitted__():
            return str(BaseEstimator._html_repr(self))
        score = self.honest_score_
        words = f"{self.metric_} {self.best_score_:.4g}" if score is None else str(score)
        table = self.leaderboard_[SHOWN].head(N_ROWS)
        rows = table.to_html(index=False, border=0, float_format="{:.4g}".format)
        return f"<div><p><b>{type(self).__name__}</b>: {escape(words)}</p>{rows}</div>"
