"""What both estimators share: a search behind scikit-learn's contract."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, Self

import joblib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from automl.errors import DataError, HistoryError, SettingsError
from automl.execution import Limits
from automl.execution.local import borrow_executor
from automl.execution.worker import write_problem
from automl.files import temporary_folder, write_whole
from automl.pipelines import Catalogue, export_script
from automl.pipelines.operators.operator import Task
from automl.problem import NestedCV, Problem, nested_cv
from automl.problem.dataset import Dataset, as_frame, read_dataset, target_of
from automl.problem.metric import Scoring, resolve_metric
from automl.problem.pose import pose_problem
from automl.problem.splits import Tuner
from automl.randomness import seed_of
from automl.report import (
    ProgressLine,
    ablation_table,
    leaderboard,
    nested_results,
    pareto_front,
)
from automl.report.picking import pick
from automl.search.budget import Budget
from automl.search.history import History
from automl.search.make import Run, fingerprint, make_search, rank
from automl.search.observer import OBSERVED, Observer
from automl.search.search import Search
from automl.selection import Refit, make_reserve, simplify
from automl.strategies import STRATEGIES, find_strategy
from automl.winner.fitted import facts_of
from automl.winner.model_file import write_model
from automl.winner.script_facts import describe_winner
from automl.winner.winner import Winner, best_unfitted, find_winner, fit_alone


def was_refitted(search: Any) -> bool:
    """Tell whether there is a fitted pipeline; for `available_if`."""
    if not search.refit:
        raise AttributeError("refit=False leaves no fitted pipeline; fit best_pipeline_ yourself")
    return True


def _named(X: Any, frame: pd.DataFrame) -> Any:
    """Return what scikit-learn is to check: it refuses names of several types."""
    return frame if isinstance(X, pd.DataFrame) else X


class BaseAutoML(BaseEstimator):  # type: ignore[misc]
    """Fit, predict, export and save; the task is a subclass's own."""

    _task: Task

    def __init__(
        self,
        *,
        scoring: Scoring = None,
        time_budget: float | None = 300,
        max_evaluations: int | None = None,
        cv: Any = 5,
        strategy: Literal["genetic", "random", "grid", "bayesian", "hyperopt"] = "genetic",
        tuner: Tuner = "auto",
        catalogue: str | Catalogue = "default",
        ensemble_size: int = 5,
        refit: bool | Literal["bagged"] = True,
        limits: Limits | None = None,
        n_jobs: int | None = -1,
        history: str | os.PathLike[str] | None = None,
        callbacks: Sequence[Observer] = (),
        random_state: Any = None,
        verbose: int = 1,
    ) -> None:
        self.scoring = scoring
        self.time_budget = time_budget
        self.max_evaluations = max_evaluations
        self.cv = cv
        self.strategy = strategy
        self.tuner = tuner
        self.catalogue = catalogue
        self.ensemble_size = ensemble_size
        self.refit = refit
        self.limits = limits
        self.n_jobs = n_jobs
        self.history = history
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        kinds: Mapping[str, str] | None = None,
        resume: bool = False,
    ) -> Self:
        """Search for the best pipeline and fit it on all rows.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
            Numbers, texts, booleans and dates, with or without missing cells.
        y : array-like of shape (n_rows,), or (n_rows, n_outputs) for a regression
            The target, or several that are predicted at once.
        sample_weight : array-like of shape (n_rows,), optional
            Used in every score and by every model; models that take none are left out, and what
            comes before a model learns without weights.
        groups : array-like of shape (n_rows,), optional
            Rows of a group are never on both sides of a fold, unless `cv` is a splitter that
            takes no notice of groups.
        kinds : mapping of str to str, optional
            The kinds of columns that you know better: numeric, ordered, categorical,
            high_cardinality, dates, durations, texts or "left out"; `describe` shows how they are
            read.
        resume : bool
            Continue the run in the file that `history` names.

        Returns
        -------
        self

        Raises
        ------
        DataError, SettingsError, BudgetError, HistoryError
            With what was given, what was expected and what to do.
        """
        budget = Budget(self.time_budget, self.max_evaluations)
        cv = self._check_settings(resume)
        limits = self.limits or Limits()
        workers = self._workers()
        with ExitStack() as stack:
            # Workers import what they need while the data are read.
            executor = stack.enter_context(borrow_executor(workers, limits.mebibytes_of(workers)))
            dataset = self._read(X, y, sample_weight, groups, kinds)
            folder = Path(stack.enter_context(temporary_folder()))
            history = stack.enter_context(History(self.history or folder / "history.db"))
            problem = pose_problem(
                dataset,
                catalogue=self.catalogue,
                cv=cv,
                scoring=self.scoring,
                seed=self._seed(history, resume),
                refit=self.refit,
            )
            size = self._most_members(problem)
            history.open_run(fingerprint(problem, self.strategy, size, budget), resume=resume)
            path = write_problem(problem, folder)
            refit = Refit(problem, path, executor, budget, limits, size)
            stack.callback(refit.curve.stop)
            progress = [ProgressLine(problem.metric.name)] if self.verbose else []
            search = make_search(
                problem,
                path=path,
                strategy=self.strategy,
                executor=executor,
                budget=budget,
                limits=limits,
                history=history,
                reserve=make_reserve(problem, refit if self.refit else None),
                keep=size,
                observers=[*progress, *self.callbacks],
            )
            search.run()
            winner = self._conclude(search, refit, size)
            self.history_ = history.table()
        self._keep(problem, winner)
        self.run_ = Run(
            seconds=budget.elapsed(),
            first_model_seconds=search.first_model_seconds,
            pipelines=len(search.evaluated),
            evaluations=sum(outcome.score is not None for _, outcome in search.evaluated),
            estimator_seconds=search.estimator_seconds + refit.estimator_seconds,
            workers=workers,
        )
        return self

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def predict(self, X: Any) -> NDArray[Any]:
        """Predict with the ensemble, or with the best pipeline where that is as good.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_outputs)
        """
        frame = self._frame(X)
        return np.asarray(self.ensemble_.predict(frame))

    def _score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None) -> float:
        frame = self._frame(X)
        metric = resolve_metric(self.scoring, self._task, getattr(self, "classes_", None))
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        return float(metric.scorer(self.ensemble_, frame, y, **options))

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def export(self, path: str | os.PathLike[str]) -> None:
        """Write what predicts as a Python script that stands alone.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all.
        """
        check_is_fitted(self)
        write_whole(path, self.script_.encode())

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what predicts to a file that `automl.load` reads; it holds no pickle.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all.
        """
        check_is_fitted(self)
        write_model(path, self.ensemble_, facts_of(self))

    @available_if(was_refitted)  # type: ignore[untyped-decorator]
    def select(
        self,
        which: str | int,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        kinds: Mapping[str, str] | None = None,
    ) -> Self:
        """Fit another pipeline of the leaderboard, without a new search.

        Parameters
        ----------
        which : {"best", "smallest", "fastest", "interpretable"} or int
            The best; the one with the fewest operators, or the quickest prediction, among those
            whose score is within one standard error of the best; the best of operators that
            people can read (the preset "interpretable"); or a rank of `leaderboard_`.
        X, y, sample_weight, groups, kinds
            What `fit` was given.

        Returns
        -------
        AutoMLClassifier or AutoMLRegressor
            A new one that predicts, exports and saves that pipeline. It has no `honest_score_`
            and no intervals: you chose it, not the search.

        Raises
        ------
        DataError, SettingsError
            If the data are others, or the leaderboard has no such pipeline.
        """
        check_is_fitted(self)
        if not hasattr(self, "_outcomes"):
            raise SettingsError("a loaded model knows no other pipelines; select before you save")
        genome = pick(self.leaderboard_, which)
        other = type(self)(**{**self.get_params(deep=False), "history": None})
        dataset = other._read(X, y, sample_weight, groups, kinds)
        if dataset.digest != self._data or dataset.columns != self.columns_:
            raise DataError("expected the data and kinds that fit was given, got others")
        problem = pose_problem(
            dataset,
            catalogue=self.catalogue,
            cv=self._cv_used,
            scoring=self.scoring,
            seed=self._seed_used,
            refit=self.refit,
        )
        workers = self._workers()
        mebibytes = (self.limits or Limits()).mebibytes_of(workers)
        with borrow_executor(workers, mebibytes) as executor:
            winner = fit_alone(problem, executor, genome, self._outcomes[genome])
        other.leaderboard_, other.history_ = self.leaderboard_, self.history_
        other.ablation_ = self.ablation_
        other._outcomes = self._outcomes
        other._keep(problem, winner)
        return other

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "best_pipeline_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _read(self, X: Any, y: Any, sample_weight: Any, groups: Any, kinds: Any) -> Dataset:
        frame = as_frame(X)
        validate_data(self, _named(X, frame), skip_check_array=True)
        if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
            y = y.iloc[:, 0]
        dataset = read_dataset(frame, y, self._task, sample_weight, groups, kinds)
        self._column_names = list(frame.columns)
        self.target_ = target_of(y, dataset.n_outputs)
        return dataset

    def _check_settings(self, resume: bool) -> NestedCV:
        if resume and self.history is None:
            raise SettingsError("resume=True needs history= to name the file of the run")
        if resume and not Path(self.history or "").is_file():
            raise HistoryError(f"there is no file {str(self.history)!r} with a run to resume")
        for callback in self.callbacks:
            lacking = [name for name in OBSERVED if not callable(getattr(callback, name, None))]
            if lacking:
                raise SettingsError(
                    f"expected a callback with {OBSERVED}, {callback!r} lacks {lacking}"
                )
        size: Any = self.ensemble_size
        if isinstance(size, bool) or not isinstance(size, Integral) or int(size) < 1:
            raise SettingsError(f"expected ensemble_size of 1 or more, got {size!r}")
        cv = nested_cv(self.cv, self.tuner)
        if cv.tuner in STRATEGIES:
            find_strategy(str(cv.tuner))  # which raises where its package is missing
        if cv.tunes_inside and not self.refit:
            raise SettingsError(
                f"tuner={cv.tuner!r} chooses the settings for all rows in the final fit; leave "
                "refit=True, or let the tuner be 'auto'"
            )
        return cv

    def _workers(self) -> int:
        if self.n_jobs == 0 or not isinstance(self.n_jobs, Integral | None):
            raise SettingsError(
                f"expected n_jobs to be a number of processes or -1, got {self.n_jobs!r}"
            )
        return int(joblib.effective_n_jobs(self.n_jobs))

    def _seed(self, history: History, resume: bool) -> int:
        if resume and self.random_state is None and history.settings():
            return int(history.settings()["seed"])
        return seed_of(self.random_state)

    def _most_members(self, problem: Problem) -> int:
        """Return how many pipelines may predict together."""
        return int(self.ensemble_size) if self.refit and problem.averages else 1

    def _conclude(self, search: Search, refit: Refit, size: int) -> Winner:
        """Keep what the search has seen, and return what comes of it."""
        self._outcomes = search.outcomes
        ranked, ablations = simplify(rank(search), self._outcomes)
        self.ablation_ = ablation_table(ablations)
        self.leaderboard_ = leaderboard(search.evaluated, first=ranked[0][0])
        if self.refit:
            return find_winner(search, refit, ranked, size)
        return best_unfitted(search, refit, ranked)

    def _keep(self, problem: Problem, winner: Winner) -> None:
        """Keep what users ask for."""
        best = winner.best
        self.ensemble_ = winner.predictor
        self.best_pipeline_ = best.pipeline
        self.metric_ = problem.metric.name
        self.best_score_ = best.outcome.score
        self.best_genome_ = best.genome.text
        self.honest_score_ = winner.honest
        self.members_ = winner.table()
        self.columns_ = problem.dataset.columns
        if problem.dataset.classes is not None:
            self.classes_ = problem.dataset.classes
        self.pareto_front_ = pareto_front(self.leaderboard_)
        self.nested_results_ = nested_results(best)
        self._residuals = winner.residuals
        self._seed_used, self._cv_used = problem.seed, problem.cv
        self._data = problem.dataset.digest
        if self.refit:
            script = describe_winner(problem, winner, self.target_, len(self.leaderboard_))
            self.script_ = export_script(script)

    def _frame(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self)
        frame = as_frame(X)
        validate_data(self, _named(X, frame), reset=False, skip_check_array=True)
        if not hasattr(X, "columns"):
            frame.columns = self._column_names
        return frame
