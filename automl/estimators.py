"""AutoMLClassifier and AutoMLRegressor: a search behind scikit-learn's contract."""

import os
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import joblib
import numpy as np
import pandas as pd
from automl.budget import Budget
from automl.data import Dataset, as_frame, read_dataset
from automl.errors import AutoMLWarning, BudgetError, DataError, SettingsError
from automl.evaluation import Problem, outer_splits
from automl.evaluation.nested import accepts_weights
from automl.execution import Limits, LocalExecutor
from automl.execution.local import borrow_executor
from automl.execution.worker import write_problem
from automl.history import History
from automl.metric import resolve_metric
from automl.outcome import Outcome
from automl.pipelines import (
    Catalogue,
    Grammar,
    Script,
    export_script,
    load_catalogue,
    starting_pipelines,
)
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.operator import Task
from automl.pipelines.portfolio import baseline_pipeline
from automl.randomness import generator, seed_of
from automl.report import ProgressLine, leaderboard, pareto_front
from automl.search import Observer, Search, Trial
from automl.selection import Refit, Refitted
from automl.strategies import GeneticStrategy
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

STRATEGIES = {"genetic": GeneticStrategy}
CHECK_ROWS = 5  # whose predictions an exported script carries, to verify itself
START_BIRTH = 0  # the birth number of the start population; children count from 1


@dataclass(frozen=True)
class Run:
    """What a fit cost."""

    seconds: float
    """Wall seconds of the whole fit."""
    first_model_seconds: float | None
    """Seconds until the first pipeline other than the baseline had its score."""
    pipelines: int
    """Pipelines that were evaluated, in whatever way that ended."""
    evaluations: int
    """Those that have a score."""
    estimator_seconds: float
    """Seconds inside estimators, summed over the workers."""
    workers: int
    """Worker processes."""


def _was_refitted(search: Any) -> bool:
    if not search.refit:
        raise AttributeError("refit=False leaves no fitted pipeline; fit best_pipeline_ yourself")
    return True


class _AutoML(BaseEstimator):  # type: ignore[misc]
    """What both estimators share."""

    _task: Task

    def __init__(
        self,
        *,
        scoring: str | Callable[..., float] | None = None,
        time_budget: float | None = 300,
        max_evaluations: int | None = None,
        cv: Any = 5,
        strategy: Literal["genetic"] = "genetic",
        catalogue: str | Catalogue = "default",
        refit: bool = True,
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
        self.catalogue = catalogue
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
        resume: bool = False,
    ) -> Self:
        """Search for the best pipeline and fit it on all rows.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
            Numbers, texts, booleans and dates, with or without missing cells.
        y : array-like of shape (n_rows,)
            The target.
        sample_weight : array-like of shape (n_rows,), optional
            Used in every fit and every score; models that take none are left out.
        groups : array-like of shape (n_rows,), optional
            Rows of a group are never on both sides of a fold.
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
        dataset = self._read(X, y, sample_weight, groups)
        if resume and self.history is None:
            raise SettingsError("resume=True needs history= to name the file of the run")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="automl-")))
            history = stack.enter_context(History(self.history or folder / "history.db"))
            problem = self._problem(dataset, self._seed(history, resume))
            history.open_run(self._settings(problem), resume=resume)
            path = write_problem(problem, folder)
            executor = stack.enter_context(self._executor())
            refit = Refit(problem, path, executor, budget)
            search = self._search(problem, path, executor, budget, history, refit)
            search.run()
            self.history_ = history.table()
            self._finish(search, refit)
            self.run_ = Run(
                seconds=budget.elapsed(),
                first_model_seconds=search.first_model_seconds,
                pipelines=len(search.finished),
                evaluations=sum(outcome.score is not None for _, outcome in search.finished),
                estimator_seconds=search.estimator_seconds,
                workers=executor.workers,
            )
        return self

    @available_if(_was_refitted)
    def predict(self, X: Any) -> NDArray[Any]:
        """Predict with the best pipeline.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        frame = self._frame(X)
        return np.asarray(self.best_pipeline_.predict(frame))

    def _score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None) -> float:
        frame = self._frame(X)
        metric = resolve_metric(self.scoring, self._task, getattr(self, "classes_", None))
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        return float(metric.scorer(self.best_pipeline_, frame, y, **options))

    def export(self, path: str | os.PathLike[str]) -> None:
        """Write the best pipeline as a Python script that stands alone.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all.
        """
        check_is_fitted(self)
        write_whole(Path(path), self.script_.encode())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted pipeline to a file that `automl.load` reads; it holds no pickle."""
        from automl.persistence import save

        save(self, path)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "best_pipeline_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _read(self, X: Any, y: Any, sample_weight: Any, groups: Any) -> Dataset:
        frame = as_frame(X)
        validate_data(self, X, skip_check_array=True)
        if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
            y = y.iloc[:, 0]
        dataset = read_dataset(frame, y, self._task, sample_weight, groups)
        self._column_names = list(frame.columns)
        self._target = str(getattr(y, "name", None) or "target")
        return dataset

    def _seed(self, history: History, resume: bool) -> int:
        if resume and self.random_state is None and history.settings():
            return int(history.settings()["seed"])
        return seed_of(self.random_state)

    def _problem(self, dataset: Dataset, seed: int) -> Problem:
        baseline = BASELINES[self._task]
        classes = None if dataset.classes is None else dataset.classes.tolist()
        return Problem(
            dataset=dataset,
            catalogue=self._catalogue(dataset).with_operator(baseline),
            splits=outer_splits(dataset, self.cv, seed),
            metric=resolve_metric(self.scoring, self._task, classes),
            seed=seed,
        )

    def _catalogue(self, dataset: Dataset) -> Catalogue:
        if isinstance(self.catalogue, str):
            try:
                catalogue = load_catalogue(self.catalogue)
            except ValueError as error:
                raise SettingsError(str(error)) from error
        elif isinstance(self.catalogue, Catalogue):
            catalogue = self.catalogue
        else:
            raise SettingsError(f"expected a catalogue or the name of one, got {self.catalogue!r}")
        return catalogue if dataset.sample_weight is None else catalogue.filter(accepts_weights)

    def _settings(self, problem: Problem) -> dict[str, Any]:
        """Return what has to be the same for a run to be resumed."""
        data = problem.dataset
        parts = [data.frame, *(pd.Series(part) for part in (data.y, data.sample_weight, data.groups))]
        hashes = [pd.util.hash_pandas_object(part).to_numpy() for part in parts]
        return {
            "seed": problem.seed,
            "data": joblib.hash(hashes),
            "cv": joblib.hash(problem.splits),
            "scoring": problem.metric.name,
            "catalogue": joblib.hash([repr(operator) for operator in problem.catalogue.values()]),
            "strategy": self.strategy,
        }

    def _executor(self) -> Any:
        workers = joblib.effective_n_jobs(self.n_jobs)
        return borrow_executor(workers, self._limits().mebibytes_of(workers))

    def _limits(self) -> Limits:
        return self.limits or Limits()

    def _search(
        self,
        problem: Problem,
        path: str,
        executor: LocalExecutor,
        budget: Budget,
        history: History,
        refit: Refit,
    ) -> Search:
        if self.strategy not in STRATEGIES:
            raise SettingsError(f"expected strategy in {list(STRATEGIES)}, got {self.strategy!r}")
        columns = problem.dataset.columns
        catalogue = problem.catalogue.without(BASELINES[self._task].name)
        try:
            grammar = Grammar(catalogue, columns, self._task, problem.training_rows)
        except ValueError as error:
            raise SettingsError(str(error)) from error
        starts = starting_pipelines(grammar, self._task, generator(problem.seed, START_BIRTH))
        progress = [ProgressLine(problem.metric.name)] if self.verbose else []

        def reserve(best: tuple[Trial, Outcome] | None) -> float:
            return refit.reserve(best and (best[0].genome, best[1])) if self.refit else 0.0

        return Search(
            problem=problem,
            problem_path=path,
            strategy=STRATEGIES[self.strategy](grammar, starts),
            baseline=baseline_pipeline(self._task, columns),
            executor=executor,
            budget=budget,
            limits=self._limits(),
            history=history,
            reserve=reserve,
            observers=[*progress, *self.callbacks],
        )

    def _finish(self, search: Search, refit: Refit) -> None:
        """Choose the winner, fit it and keep what users ask for."""
        ranked = self._ranked(search)
        if self.refit:
            winner = refit.best_of(ranked)
        else:
            genome, outcome = ranked[0]
            rounds = refit.rounds(genome, outcome)
            pipeline = search.problem.build(genome, rounds=rounds, final=True)
            winner = Refitted(genome, outcome, pipeline, rounds)
        data = search.problem.dataset
        self.best_pipeline_ = winner.pipeline
        self.best_score_ = winner.outcome.score
        self.best_genome_ = winner.genome.text
        self.columns_ = data.columns
        if data.classes is not None:
            self.classes_ = data.classes
        self.leaderboard_ = leaderboard(search.finished)
        self.pareto_front_ = pareto_front(self.leaderboard_)
        self.nested_results_ = pd.DataFrame(
            {
                "fold": range(len(winner.outcome.folds)),
                "score": winner.outcome.scores,
                "rounds": [fold.rounds for fold in winner.outcome.folds],
                "fit_seconds": [fold.fit_seconds for fold in winner.outcome.folds],
            }
        )
        self.script_ = export_script(self._script(search, winner))

    def _ranked(self, search: Search) -> list[tuple[Any, Outcome]]:
        """Return the pipelines with a score, best first, the baseline last."""
        scored = [(trial, outcome) for trial, outcome in search.finished if outcome.score is not None]
        if not scored:
            causes = {outcome.cause for _, outcome in search.finished if outcome.cause}
            if causes:
                raise DataError(f"no pipeline could be fitted to these data: {sorted(causes)[:3]}")
            raise BudgetError(
                f"time_budget={self.time_budget} s ended before one pipeline was evaluated: "
                f"starting took {search.budget.elapsed():.1f} s; give it 10 s or more"
            )
        if all(trial.number == 0 for trial, _ in scored):
            causes = sorted({outcome.cause for _, outcome in search.finished if outcome.cause})
            message = (
                f"only the constant baseline has a score after {search.budget.elapsed():.1f} s: "
                f"{causes[:3] or 'give a larger budget'}"
            )
            warnings.warn(message, AutoMLWarning, stacklevel=4)
        scored.sort(key=lambda pair: (pair[0].number > 0, pair[1].score), reverse=True)
        return [(trial.genome, outcome) for trial, outcome in scored]

    def _script(self, search: Search, winner: Refitted) -> Script:
        data, metric = search.problem.dataset, search.problem.metric
        rows = np.unique(np.linspace(0, len(data) - 1, CHECK_ROWS).astype(int))
        values = self._check_values(winner.pipeline, data.frame.iloc[rows]) if self.refit else []
        score, deviation = winner.outcome.score or 0.0, winner.outcome.deviation or 0.0
        return Script(
            genome=winner.genome,
            catalogue=search.problem.catalogue,
            columns=data.columns,
            task=self._task,
            target=self._target,
            random_state=search.problem.seed,
            rounds=winner.rounds,
            classes=None if data.classes is None else data.classes.tolist(),
            weighted=data.sample_weight is not None,
            n_rows=len(data),
            check_rows=rows.tolist() if self.refit else (),
            check_values=values,
            notes=[
                f"Score: {metric.name} {score:.6g} +- {deviation:.2g} (mean and standard deviation",
                f"over {len(winner.outcome.folds)} outer folds of nested cross-validation on",
                f"{len(data)} rows). It is the best of {len(search.finished)} pipelines: expect a",
                "little less on new data.",
            ],
        )

    def _check_values(self, pipeline: BaseEstimator, frame: pd.DataFrame) -> list[list[float]]:
        raise NotImplementedError

    def _frame(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self)
        frame = as_frame(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        if not hasattr(X, "columns"):
            frame.columns = self._column_names
        return frame


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    if not path.parent.is_dir():
        raise SettingsError(f"expected a path in a folder that exists, got {str(path)!r}")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class AutoMLClassifier(ClassifierMixin, _AutoML):  # type: ignore[misc]
    """Search whole classification pipelines and keep the best.

    Parameters
    ----------
    scoring : str, callable or None
        A scorer of scikit-learn; None stands for ROC AUC with two classes and log loss with more.
    time_budget : float or None
        Wall seconds of the whole `fit`.
    max_evaluations : int or None
        Pipelines to evaluate, the baseline among them. With it and `random_state` the result is
        the same for every `n_jobs`, if the time budget does not end first.
    cv : int, splitter or iterable
        The outer folds: stratified, and grouped where `fit` is given groups.
    strategy : {"genetic"}
        Who proposes pipelines.
    catalogue : str or Catalogue
        What they are made of.
    refit : bool
        Whether the winner is fitted on all rows.
    limits : Limits or None
        Seconds and MiB of one pipeline on one fold.
    n_jobs : int or None
        Worker processes; -1 is one a core.
    history : path or None
        A file that keeps every evaluation the moment it ends, so that the run can be resumed.
    callbacks : sequence of Observer
        Hear of every outcome.
    random_state : int, generator or None
        The seed.
    verbose : int
        0 is silent; 1 keeps a line up to date on a terminal.

    Attributes
    ----------
    best_pipeline_ : Pipeline
        The winner, fitted on all rows; it takes the raw dataframe.
    best_score_ : float
        Its mean score over the outer folds; greater is better.
    best_genome_ : str
        Its text.
    leaderboard_, pareto_front_, nested_results_, history_ : DataFrame
        All pipelines; those that no smaller one beats; the winner fold by fold; every fold of
        every pipeline.
    script_ : str
        The winner as Python source.
    classes_ : ndarray of shape (n_classes,)
    columns_ : Columns
        The kinds of the columns.
    run_ : Run
        What the fit cost.

    Examples
    --------
    >>> from automl import AutoMLClassifier
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(as_frame=True, return_X_y=True)
    >>> search = AutoMLClassifier(max_evaluations=3, n_jobs=2, random_state=0, verbose=0)
    >>> search.fit(X, y).predict(X).shape
    (150,)
    """

    _task: Task = "classification"

    @available_if(_was_refitted)
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of every class, in the order of `classes_`.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
        """
        frame = self._frame(X)
        return np.asarray(self.best_pipeline_.predict_proba(frame))

    @available_if(_was_refitted)
    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the score on new data; greater is better.

        By `scoring`; where that is None by what scikit-learn's own classifiers use, accuracy.
        """
        if self.scoring is None:
            return float(super().score(X, y, sample_weight))
        return self._score(X, y, sample_weight)

    def _check_values(self, pipeline: BaseEstimator, frame: pd.DataFrame) -> list[list[float]]:
        return [[float(value) for value in row] for row in pipeline.predict_proba(frame)]


class AutoMLRegressor(RegressorMixin, _AutoML):  # type: ignore[misc]
    """Search whole regression pipelines and keep the best.

    It takes the parameters of `AutoMLClassifier`, where ``scoring=None`` stands for the root mean
    squared error, and has its attributes but for `classes_`.

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

    @available_if(_was_refitted)
    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the score on new data; greater is better.

        By `scoring`; where that is None by what scikit-learn's own regressors use, R2.
        """
        if self.scoring is None:
            return float(super().score(X, y, sample_weight))
        return self._score(X, y, sample_weight)

    def _check_values(self, pipeline: BaseEstimator, frame: pd.DataFrame) -> list[list[float]]:
        return [[float(value)] for value in pipeline.predict(frame)]
