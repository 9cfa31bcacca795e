"""What both estimators share: a search behind scikit-learn's contract."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from copy import copy
from typing import Any, Literal, Self

import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted, validate_data

from automl.derived import DerivedModels
from automl.execution import Evaluator, Limits, by_address, lend_executor
from automl.onnx import OnnxExport, export_onnx
from automl.page.views import FittedViews
from automl.pipelines import Catalogue
from automl.problem import NestedCV, Problem
from automl.problem.dataset import Dataset, as_frame, read_dataset
from automl.problem.objectives import Scorings, resolve_objectives
from automl.problem.pose import pose_problem
from automl.problem.splits import Tuner, is_in_time
from automl.problem.target_name import name_apart
from automl.problem.thrift import Thrift, check_named_folds
from automl.randomness import seed_of
from automl.report import ablation_table, leaderboard, progress_views, show_summary
from automl.search.budget import Budget
from automl.search.fingerprint import fingerprint
from automl.search.history import RESULT, RUN, History
from automl.search.interruption import Interruption
from automl.search.make import (
    make_grammar,
    make_search,
    user_pipelines,
    warn_of_unreached,
)
from automl.search.observer import Observer, Phase
from automl.selection import FinalFits, Reserve, simplify
from automl.settings import check_settings, was_refitted
from automl.sklearn_types import BaseEstimator, available_if
from automl.winner.default_output import default_output
from automl.winner.facts import plain
from automl.winner.fitted import Fitted, Names, SearchRecord, fitted_of, origin_of
from automl.winner.model_file import write_model
from automl.winner.new_rows import named, predicted
from automl.winner.run_note import ResultNote, RunNote
from automl.winner.script_files import write_script
from automl.winner.winner import best_unfitted, find_winner


class BaseAutoML(DerivedModels, FittedViews):
    """Fit, predict, export and save; the task is a subclass's own."""

    def __init__(
        self,
        *,
        scoring: Scorings = None,
        time_budget: float | None = 300,
        max_evaluations: int | None = None,
        cv: Any = None,
        strategy: Literal["genetic", "random", "grid", "bayesian", "hyperopt"] = "genetic",
        tuner: Tuner = "auto",
        catalogue: str | Catalogue = "default",
        ensemble_size: int = 5,
        refit: bool | Literal["bagged"] = True,
        limits: Limits | None = None,
        starts: Sequence[str | BaseEstimator] = (),
        n_jobs: int | None = -1,
        executor: Any = None,
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
        self.starts = starts
        self.n_jobs = n_jobs
        self.executor = executor
        self.history = history
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | str | None = None,
        groups: ArrayLike | str | None = None,
        kinds: Mapping[str, str] | None = None,
        time: ArrayLike | str | None = None,
        resume: bool = False,
    ) -> Self:
        """Search for the best pipeline and fit it on all rows.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)
            Numbers, texts, booleans and dates, with or without missing cells.
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
            The target, or several that are predicted at once; of classes, up to five.
        sample_weight : array-like of shape (n_rows,) or str, optional
            Used in every score and by every model; models that take none are left out, and what
            comes before a model learns without weights.
        groups : array-like of shape (n_rows,) or str, optional
            Rows of a group are never on both sides of a fold, unless `cv` is a splitter that
            takes no notice of groups. The name of a column, as for `sample_weight`, leaves that
            column out.
        kinds : mapping of str to str, optional
            The kinds of columns that you know better: numeric, ordered, categorical,
            high_cardinality, dates, durations, texts or "left out"; `describe` shows how they are
            read.
        time : array-like of shape (n_rows,) or str, optional
            Dates or numbers, or the name of a column of them: each of the folds learns from the
            rows before those that it predicts. ``cv="time"`` takes the only column of dates.
        resume : bool
            Continue the run in the file that `history` names. With fewer `max_evaluations` than it
            holds, the first pipelines of the run are the result.

        Returns
        -------
        self

        Raises
        ------
        DataError, SettingsError, BudgetError, HistoryError, FileError
            With what was given, what was expected and what to do.
        """
        self._fit((X, y, sample_weight, groups, kinds, time), resume)
        if self.verbose:
            show_summary(self)
        return self

    def _fit(self, data: tuple[Any, ...], resume: bool) -> None:
        """Fit without the summary, which the command line prints in its own way."""
        # The clock runs from here: reading the data is part of the budget, too.
        budget = Budget(self.time_budget, self.max_evaluations)
        with Interruption(budget), default_output():
            self._keep(self._search(budget, data, resume))

    def _search(self, budget: Budget, data: tuple[Any, ...], resume: bool) -> Fitted:
        """Return what a search for the best pipeline gives."""
        cv = check_settings(self, resume)
        limits = self.limits or Limits()
        with ExitStack() as stack:
            # Workers import what they need while the data are read.
            executor = stack.enter_context(lend_executor(self.executor, self.n_jobs, limits))
            dataset, names = self._read(*data)
            history = stack.enter_context(History(self.history, budget.seconds))
            thrift = history.thrift() if resume else None
            check_named_folds(cv, thrift)
            seed = self._seed(history, resume)
            problem = self._problem(dataset, cv, seed, budget.seconds, thrift)
            size = self._most_members(problem)
            grammar = make_grammar(problem)
            starts = user_pipelines(self.starts, grammar)
            parameters = self._plain_parameters()
            settings = fingerprint(problem, budget, names.columns, starts, parameters)
            # Before any fit: a history of another run must not be mixed with this one.
            history.open_run(settings, resume=resume)
            note = RunNote.of_fit(problem, budget, names, parameters, data[2:])
            history.note(RUN, plain(note))
            history.note(RESULT, None)  # that of the run before it was resumed
            evaluator = stack.enter_context(Evaluator(problem, executor, limits, budget.seconds))
            final_fits = FinalFits(evaluator, budget, size)
            search = make_search(
                evaluator,
                grammar,
                budget,
                history,
                Reserve(problem, budget, final_fits if self.refit else None),
                strategy=self.strategy,
                size=size,
                starts=starts,
                observers=self._observers(final_fits.fallback),
            )
            stack.callback(search.enter, Phase.DONE)  # also after an error
            budget.pulse = search.pulse
            result = search.run()
            warn_of_unreached(starts, result)
            # Inside of the context, because final fits need the workers.
            search.enter(Phase.CHOOSING)
            ranked, ablations = simplify(result.ranked(problem), result.outcomes)
            if self.refit:
                winner = find_winner(final_fits, result, ranked, search.enter)
            else:
                winner = best_unfitted(final_fits, result, ranked)
            table = history.table(problem.objectives.scores)
            origin = origin_of(problem, result, winner, table)
            further, axes = problem.objectives.scores, problem.objectives.columns
            board = leaderboard(result.evaluated, ranked[0].genome, further)
            run = result.run(budget.elapsed(), final_fits.estimator_seconds, executor.workers)
            record = SearchRecord(board, ablation_table(ablations), run, axes, origin)
            fitted = fitted_of(problem, winner, names, record, bool(self.refit))
            history.note(RESULT, plain(ResultNote.of_fitted(fitted)))
        return fitted

    @available_if(was_refitted)
    def predict(self, X: Any) -> NDArray[Any]:
        """Predict with the ensemble, or with the best pipeline where that is as good.

        Parameters
        ----------
        X : dataframe or array-like of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows,), or (n_rows, n_outputs) for several targets or quantiles
        """
        predictions: NDArray[Any] = self._predicted("predict", X)
        return predictions

    def _score(self, X: Any, y: ArrayLike, sample_weight: Any, scoring: Scorings) -> float:
        frame = self._frame(X)
        classes = getattr(self, "classes_", None)
        metric, _ = resolve_objectives(scoring, self._task, classes)
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        with default_output():
            return float(metric.scorer(self.ensemble_, frame, y, **options))

    @available_if(was_refitted)
    def export(
        self,
        path: str | os.PathLike[str],
        *,
        requirements: bool = True,
        dockerfile: bool = False,
    ) -> None:
        """Write what predicts as a Python script that stands alone, and what it takes to run it.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all, behind a link and in its old mode.
        requirements : bool
            Whether the packages that it imports are written beside it, in the versions of now:
            ``best.requirements.txt`` for ``best.py``.
        dockerfile : bool
            Whether a Dockerfile around both is written, such as ``best.Dockerfile``.

        Raises
        ------
        FileError, SettingsError
            If a file cannot be written or is another's, or a loaded model has operators that are
            not there.
        """
        check_is_fitted(self)
        source = self._source()
        write_script(path, source, self._form, requirements=requirements, dockerfile=dockerfile)

    @available_if(was_refitted)
    def export_onnx(self, path: str | os.PathLike[str], X: Any) -> OnnxExport:
        """Write what predicts as an ONNX model, once it predicts the same for some rows.

        The model has an input of shape (n_rows, 1) for each column that the pipelines use: doubles,
        whose missing cells are NaN, or texts, whose missing cells are empty. Its outputs are
        ``label`` and ``probabilities``, or ``prediction``. It needs the extra ``onnx``.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all, behind a link and in its old mode.
        X : dataframe or array-like of shape (n_rows, n_columns)
            The rows on which the model is compared with `predict_proba` or `predict`, such as those
            of the fit.

        Returns
        -------
        OnnxExport
            The largest difference, and the inputs of the model.

        Raises
        ------
        DataError, FileError, SettingsError
            If there are no rows, the file cannot be written, a step has no ONNX form, or the model
            predicts something else. No file is written then.
        """
        check_is_fitted(self)
        with default_output():
            return export_onnx(self._fitted, self._frame(X), path)

    @available_if(was_refitted)
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what predicts to a file that `automl.load` reads; it holds no pickle.

        Parameters
        ----------
        path : path
            The file; it is replaced as a whole or not at all, behind a link and in its old mode. A
            new one is for your eyes only: neighbors and kernel machines hold rows that they learnt.

        Raises
        ------
        FileError, SettingsError
            If it cannot be written, or the pipeline holds what `automl.load` would refuse.
        """
        check_is_fitted(self)
        write_model(path, self._fitted, self._plain_parameters())

    def _plain_parameters(self) -> dict[str, Any]:
        """Return the parameters as they can be stored: a client cannot, but its address can."""
        return {
            name: by_address(value) if name == "executor" else value
            for name, value in self.get_params(deep=False).items()
        }

    def __sklearn_clone__(self) -> Self:
        """Return a clone, which shares the client of a cluster: that cannot be copied."""
        bare = copy(self)  # with what it was told of metadata, which a clone keeps, too
        bare.executor = None
        return super(BaseAutoML, bare).__sklearn_clone__().set_params(executor=self.executor)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled and copied: for a client, the address of its scheduler."""
        return {**super().__getstate__(), "executor": by_address(self.executor)}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def _read(
        self, X: Any, y: Any, sample_weight: Any, groups: Any, kinds: Any, time: Any
    ) -> tuple[Dataset, Names]:
        """Check the data, and return them with their names."""
        frame = as_frame(X)
        # Another estimator checks: this one stays as it was if the fit fails.
        checker = type(self)(**self.get_params(deep=False))
        validate_data(checker, named(X, frame), skip_check_array=True)
        # A frame of one column would be read as several targets.
        if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
            y = y.iloc[:, 0]
        dataset = read_dataset(
            frame, y, self._task, sample_weight, groups, kinds, time, is_in_time(self.cv)
        )
        names = Names(
            columns=tuple(frame.columns),
            has_names=hasattr(checker, "feature_names_in_"),
            target=name_apart(frame, y),
        )
        return dataset, names

    def _problem(
        self,
        dataset: Dataset,
        cv: NestedCV,
        seed: int,
        seconds: float | None = None,
        thrift: Thrift | None = None,
    ) -> Problem:
        return pose_problem(
            dataset,
            catalogue=self.catalogue,
            cv=cv,
            scoring=self.scoring,
            seed=seed,
            refit=self.refit,
            seconds=seconds,
            thrift=thrift,
        )

    def _seed(self, history: History, resume: bool) -> int:
        # The seed was drawn by the first run, and only its file knows it.
        stored = history.seed() if resume and self.random_state is None else None
        return seed_of(self.random_state) if stored is None else stored

    def _observers(self, fallback: Observer) -> list[Observer]:
        own: list[Observer] = [fallback] if self.refit else []
        return [*own, *progress_views(int(self.verbose)), *self.callbacks]

    def _most_members(self, problem: Problem) -> int:
        """Return how many pipelines may predict together."""
        return int(self.ensemble_size) if self.refit and problem.averages else 1

    def _predicted(self, method: str, X: Any) -> Any:
        with default_output():
            return predicted(self._frame(X), self.ensemble_, method)
