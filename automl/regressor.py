"""AutoMLRegressor."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from automl.base import BaseAutoML
from automl.pipelines.operators.operator import Task
from automl.settings import was_refitted
from automl.sklearn_types import RegressorMixin, available_if
from automl.winner.intervals import half_width


class AutoMLRegressor(RegressorMixin, BaseAutoML):
    """Search whole regression pipelines and keep the best.

    Where `y` has several columns, one pipeline predicts the numbers of all of them.

    Parameters
    ----------
    scoring : str, callable, Quantile, None, or a list of these
        A scorer of scikit-learn. None is the root mean squared error. ``Quantile(0.9)`` is the
        pinball loss of a quantile, which is then predicted instead of the mean;
        ``Quantile([0.05, 0.5, 0.95])`` predicts a column for each quantile. Of several targets it
        is the mean of their scores. A function gets all targets at once. Of a list, the first
        decides and has the honest score. The others, also "size" and "predict_time", are axes of
        the genetic strategy and of `pareto_front_`. With "predict_time", a search depends on the
        machine.
    time_budget : float or None
        Wall seconds of the whole `fit`.
    max_evaluations : int or None
        Pipelines to evaluate, the baseline among them. With it and `random_state` the result is
        the same for every `n_jobs`, if the time budget does not end first.
    cv : int, splitter, iterable, NestedCV or None
        The outer folds, grouped where `fit` is given groups. None is five folds, or one hold-out
        where these would leave the budget too few pipelines. `NestedCV` has more settings.
    strategy : {"genetic", "random", "grid", "bayesian", "hyperopt"}
        The method that proposes pipelines. The last two need the extras of their names.
    tuner : {"auto", "halving", "random", "grid", "bayesian", "hyperopt", "genetic"} or None
        The method that chooses settings inside the outer training parts. "auto" tries more settings
        for the leading pipelines only. A named method tunes every pipeline in every training part,
        so that one pipeline takes many fits.
    catalogue : str or Catalogue
        The operators of the pipelines.
    ensemble_size : int
        The most pipelines that predict together; 1 is the best pipeline alone.
    refit : bool or "bagged"
        Whether the winner is fitted on all rows. "bagged" fits it as often as there are folds, each
        time without one of them, and averages: predictions vary less, the model is larger. It needs
        a number of folds and no groups.
    limits : Limits or None
        Seconds and MiB of one pipeline on one fold.
    starts : sequence of str or estimator
        Pipelines that are evaluated first: texts as in `best_genome_`, in which settings may be
        left out, or models and pipelines of scikit-learn. What the catalogue cannot do as given is
        warned of.
    n_jobs : int or None
        Worker processes; -1 is one a core, and a single one inside of a worker of joblib or Dask.
        More than the cores is a warning, more than four times as many an error.
    executor : str, dask.distributed.Client or None
        A Dask cluster that runs the jobs: the address of its scheduler, or a client. None is this
        machine, or inside of ``joblib.parallel_config("dask")`` the cluster of that. A cluster has
        as many workers as threads, so `n_jobs` is ignored. Whoever reaches its scheduler runs code.
    history : path or None
        A file that keeps every evaluation the moment it ends, so that the run can be resumed. One
        run at a time writes to it. If it cannot be written any more, the search goes on with a
        warning.
    callbacks : sequence of Observer
        Observers of the search, which may also stop it, such as `Patience`.
    random_state : int, generator or None
        The seed.
    verbose : int
        0 is silent. 1 shows the progress: live on a terminal and in a notebook, elsewhere a line to
        the standard error every 5 s; at the end, a summary. 2 also writes a line for each pipeline.
        Where `logging` is set to take INFO of the logger "automl", the lines go there, too.

    Attributes
    ----------
    ensemble_ : Pipeline
        The predictor, which takes the raw dataframe. It is several pipelines with weights, or the
        best one where that is ahead of them. With ``refit=False`` it is the best pipeline, not
        fitted. ``clone(ensemble_).fit(...)`` fits all members anew. Cross-validating `ensemble_`
        leaves out the choosing, so the score flatters: cross-validate the estimator.
    best_pipeline_ : Pipeline
        The best pipeline by itself. It takes the raw dataframe, too.
    members_ : DataFrame
        The pipelines that predict, the best first: weight, score and pipeline.
    honest_score_ : HonestScore or None
        The score to expect of `ensemble_` on new rows. Printed, it is a few sentences. None if the
        scorer looks at more than predictions, and after `select` and `fit_winner`.
    price_ : Price or None
        After `select`, the score to expect of that pipeline, and what it costs against what the
        search chose. Printed, it is a few sentences.
    best_score_ : float
        The mean score of the best pipeline over the outer folds; greater is better.
    best_genome_ : str
        The text of the best pipeline, with its settings.
    metric_ : str
        The name of the score.
    leaderboard_ : DataFrame
        All pipelines, the best first, with the settings that they had before a named tuner. `model`
        names the model and its steps. `folds` shows why a higher score may stand lower: a pipeline
        that has seen more draws of the folds ranks before one with fewer. Each further scorer has a
        column; where it failed, the cell is NaN and `cause` says why.
    pareto_front_ : DataFrame
        The pipelines of the leaderboard that no other beats in rank, size and prediction time; with
        a list as `scoring`, in rank and the other axes of that list.
    nested_results_ : DataFrame
        The best pipeline fold by fold, with the settings that each training part chose.
    ablation_ : DataFrame
        The `worth` of each step of the best pipeline: its score less that of the pipeline without
        the step, with the standard error. Steps within their noise are `dropped`. It is empty where
        the search had no time to leave steps out.
    structure_ : DataFrame
        What it costs to ignore related rows: for a `column` that suggests groups or an order in
        time, the `score` of the best pipeline on folds that respect it, beside that `at_random`.
        It is empty where no column does, where the budget had no time to measure it, after
        `select`, with ``refit=False``, and where a tuner fits each fold many times.
    explanation_ : Explanation
        The result of `explain`; missing before.
    history_ : DataFrame
        Every fold of every pipeline in the order of asking (`number`), with the settings that a
        tuner chose (`tuned`), their score inside (`inner_score`) and the number of fits
        (`n_fits`). A loaded model has none: `history` keeps it in a file of its own.
    run_ : Run
        The cost of the fit.
    script_ : str
        The predictor as Python source; not there with ``refit=False``.
    columns_ : Columns
        The kinds of the columns.
    target_ : str or list of str
        The name of the target, or the names of several.

    Examples
    --------
    >>> from automl import AutoMLRegressor
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(as_frame=True, return_X_y=True)
    >>> search = AutoMLRegressor(max_evaluations=3, n_jobs=2, random_state=0, verbose=0)
    >>> search.fit(X, y).leaderboard_["rank"].tolist()
    [1, 2, 3]
    """

    _task: Task = "regression"

    @available_if(was_refitted)
    def predict_interval(self, X: Any, coverage: float = 0.9) -> NDArray[np.float64]:
        """Return intervals that the targets of new rows lie in, as often as `coverage` says.

        Their half width is that within which as many of the held-out rows were predicted: the same
        for every row. It presumes that new rows come from where the old ones came from.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
        coverage : float
            The share of targets inside, between 0 and 1.

        Returns
        -------
        ndarray of shape (n_rows, 2)
            The lower and the upper ends.

        Raises
        ------
        SettingsError
            If several targets or a quantile are predicted, or there are too few rows for the
            coverage.

        References
        ----------
        Vovk, V. (2015). Cross-conformal predictors. Annals of Mathematics and Artificial
        Intelligence 74.
        """
        # Conformal: held-out rows are as new to the pipelines as the rows of X.
        predicted = self._predicted("predict", X).astype(np.float64)
        width = half_width(self._fitted.residuals, coverage)
        return np.column_stack([predicted - width, predicted + width])

    @available_if(was_refitted)
    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the score on new data; greater is better.

        It is that of `scoring`; None stands here for the score that scikit-learn's own regressors
        have, R2.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        sample_weight : array-like of shape (n_rows,), optional
        """
        if self.scoring is None:
            return super().score(X, y, sample_weight)
        return self._score(X, y, sample_weight, self.scoring)
