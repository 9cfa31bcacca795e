"""Models that a fitted search gives without a new search, and refits that explain its own.

::

                 ┌─ select ─────────► another pipeline, fitted on the same rows, with its price
    fitted search┼─ fit_winner ─────► the same pipelines, fitted on other rows
                 ├─ set_threshold ──► the same model, which decides at another probability
                 └─ explain ────────► the same pipelines, fitted on training parts and looked into
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from numbers import Real
from typing import Any, Self

from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from automl.errors import SettingsError
from automl.execution import threads_at_home
from automl.explanation import Explanation, explain
from automl.pipelines import Genome
from automl.problem.arrays import read_weights
from automl.problem.dataset import as_frame, column_named
from automl.problem.metric import PROBABILITY_SCORES
from automl.problem.target import read_target
from automl.report.picking import pick
from automl.search.budget import Budget
from automl.selection import FinalFits
from automl.settings import was_refitted
from automl.sklearn_types import available_if
from automl.winner.attributes import FittedAttributes
from automl.winner.default_output import default_output
from automl.winner.fit_again import evaluator_of, problem_of_fit
from automl.winner.fitted import fitted_of
from automl.winner.other_rows import fitted_on
from automl.winner.price import price_of
from automl.winner.threshold import threshold_of
from automl.winner.winner import fit_alone


class DerivedModels(FittedAttributes):
    """The methods of a fitted estimator that fit or set what a search has chosen."""

    explanation_: Explanation  # only after `explain`

    @available_if(was_refitted)
    def select(
        self,
        rule: str | int,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | str | None = None,
        groups: ArrayLike | str | None = None,
        kinds: Mapping[str, str] | None = None,
        time: ArrayLike | str | None = None,
    ) -> Self:
        """Fit another pipeline of the leaderboard, without a new search.

        Parameters
        ----------
        rule : {"best", "smallest", "fastest", "interpretable"} or int
            The best; the one with the fewest operators, or the quickest prediction, among those
            whose score is within one standard error of the best; the best of operators that
            people can read (the preset "interpretable"); or a rank of `leaderboard_`.
        X, y, sample_weight, groups, kinds, time
            What `fit` was given.

        Returns
        -------
        AutoMLClassifier or AutoMLRegressor
            A new one that predicts, exports and saves that pipeline. Its `price_` is the score to
            expect of it, and what it costs against what the search chose. It has no
            `honest_score_` and no intervals: you chose it, not the search.

        Raises
        ------
        DataError, SettingsError
            If the data are others, or the leaderboard has no such pipeline.
        """
        check_is_fitted(self)
        fitted = self._fitted
        origin = fitted.origin("select")
        honest = fitted.honest_score
        error = 0.0 if honest is None else honest.standard_error
        genome = pick(fitted.search.leaderboard, rule, error)
        picked = origin.evaluated[genome]
        data = X, y, sample_weight, groups, kinds, time
        problem, names = problem_of_fit(self, "select", data, [genome])
        with evaluator_of(self, problem) as evaluator:
            # Whoever asks for this pipeline waits for it, so no budget ends the fit.
            final_fits = FinalFits(evaluator, Budget(seconds=None, evaluations=1))
            winner = fit_alone(final_fits, picked)
        price = price_of(picked.outcome.scores, origin.fold_scores, origin.correction, problem)
        selected = self._derived()
        selected._keep(replace(fitted_of(problem, winner, names, fitted.search), price=price))
        return selected

    @available_if(was_refitted)
    def fit_winner(
        self, X: Any, y: ArrayLike, *, sample_weight: ArrayLike | str | None = None
    ) -> Self:
        """Fit what predicts on other rows, without a search.

        Its pipelines keep their settings and weights, and columns are read as in `fit`. Rescaled
        probabilities and a threshold keep their numbers. All of it runs in this process, without a
        budget. `refit` is the parameter that says how `fit` itself makes the final fits.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
            With the columns of `fit`.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
            With the classes of `fit`.
        sample_weight : array-like of shape (n_rows,) or str, optional

        Returns
        -------
        AutoMLClassifier or AutoMLRegressor
            A new one that predicts, exports and saves. It has no `honest_score_` and no intervals:
            nobody has seen it predict rows that it did not learn.

        Raises
        ------
        DataError, SettingsError
            If columns or classes are not those of `fit`, or what predicts takes no weights.
        """
        check_is_fitted(self)
        frame, target = self._frame(X), read_target(y, self._task)
        check_consistent_length(frame, target)
        weights = sample_weight
        if isinstance(weights, str):
            weights = column_named(as_frame(X), weights, "sample_weight")
        if weights is not None:
            weights = read_weights(weights)
            check_consistent_length(frame, weights)
        threads = threads_at_home(self.executor, self.n_jobs)
        with default_output():
            fitted = fitted_on(self._fitted, frame, target, weights, threads)
        refitted = self._derived()
        refitted._keep(fitted)
        return refitted

    @available_if(was_refitted)
    def set_threshold(self, threshold: str | float | None) -> Self:
        """Set the probability from which a row is of the second class; nothing is fitted.

        `predict`, `export`, `save` and the report keep to it. Probabilities stay as they are.

        Parameters
        ----------
        threshold : str, float or None
            A number between 0 and 1. Or a score of classes for which held-out rows choose the
            best: "accuracy", "balanced_accuracy", "f1", "jaccard", "matthews_corrcoef",
            "precision" or "recall". None takes the threshold back.

        Returns
        -------
        self
            With `threshold_`, which says in words what was chosen, and what it gains over a half.
            `honest_score_` is None where it is a score of labels, since these change.

        Raises
        ------
        SettingsError
            If there are no two classes, sample weights were given, or a score is named where there
            are no held-out rows: after `load`, `select` and `fit_winner`.

        Examples
        --------
        >>> from automl import AutoMLClassifier
        >>> from sklearn.datasets import load_breast_cancer
        >>> X, y = load_breast_cancer(as_frame=True, return_X_y=True)
        >>> search = AutoMLClassifier(max_evaluations=2, n_jobs=2, random_state=0, verbose=0)
        >>> print(search.fit(X, y).set_threshold(0.3).threshold_)
        A row is of the class 1 from a probability of 0.3 on.
        """
        check_is_fitted(self)
        fitted = self._fitted
        chosen = None
        if threshold is not None:
            assert fitted.script is not None  # only refit=False has none
            if fitted.script.is_weighted:
                raise SettingsError(
                    "a decision threshold cannot be set with sample_weight; compare predict_proba "
                    "with a number of your own"
                )
            has_probabilities = not fitted.script.tunes_threshold
            rows, classes = fitted.held_out, fitted.classes
            chosen = threshold_of(threshold, classes, rows, has_probabilities=has_probabilities)
        # One of a score of probabilities stays true, for these stay.
        explanation = getattr(self, "explanation_", None)
        self._keep(replace(fitted, threshold=chosen))
        if explanation is not None and fitted.metric in PROBABILITY_SCORES:
            self.explanation_ = explanation
        return self

    @available_if(was_refitted)
    def explain(
        self,
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
            explanation = explain(self._fitted, evaluator, clock)
        self.explanation_ = explanation
        return explanation

    def _derived(self) -> Self:
        """Return a new estimator with the same settings."""
        # Its history would be that of a search that never was.
        return type(self)(**{**self.get_params(deep=False), "history": None})
