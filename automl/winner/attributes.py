"""The public attributes of a fitted estimator, with their only writer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from automl.errors import SettingsError
from automl.execution import Limits
from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.operators.operator import Task
from automl.problem.dataset import as_frame
from automl.problem.objectives import Scorings
from automl.report import pareto_front, with_models
from automl.search.result import Run
from automl.selection import HonestScore
from automl.sklearn_types import BaseEstimator
from automl.winner.fitted import Fitted
from automl.winner.new_rows import columns_of_fit, named
from automl.winner.price import Price
from automl.winner.script import script_of
from automl.winner.threshold import Threshold


class FittedAttributes(BaseEstimator):
    """The attributes that `fit`, `select` and `load` give to an estimator.

    `AutoMLClassifier` documents them.
    """

    # Type checkers and editors see these; the classifier adds `classes_`.
    ensemble_: Pipeline
    best_pipeline_: Pipeline
    metric_: str
    best_score_: float
    best_genome_: str
    honest_score_: HonestScore | None
    members_: pd.DataFrame
    threshold_: Threshold | None
    price_: Price | None
    structure_: pd.DataFrame
    nested_results_: pd.DataFrame
    leaderboard_: pd.DataFrame
    pareto_front_: pd.DataFrame
    ablation_: pd.DataFrame
    run_: Run
    columns_: Columns
    target_: str | list[str]
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    script_: str
    _fitted: Fitted

    # The parameters and the task that its methods need.
    _task: Task
    scoring: Scorings
    limits: Limits | None
    executor: Any
    n_jobs: int | None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "best_pipeline_")

    @property
    def history_(self) -> pd.DataFrame:
        """Every fold of every pipeline, in the order of asking."""
        origin = self._fitted.search.origin if hasattr(self, "_fitted") else None
        if origin is None:
            raise AttributeError(
                f"this {type(self).__name__} has no history_: only fit makes it, and a saved model "
                "does not hold it; give history='run.db' before fit to keep it in a file"
            )
        return origin.history

    def _source(self) -> str:
        """Return the script.

        Raises
        ------
        SettingsError
            If operators of a loaded model are not there.
        """
        if absent := self._fitted.absent:
            raise SettingsError(
                f"the operators {absent} of this model are in no catalogue that load was given, or "
                "changed since the fit, so that no script can be made of them; give load(..., "
                "catalogue=) the catalogue of the fit"
            )
        return self.script_

    def _frame(self, X: Any) -> pd.DataFrame:
        """Return the rows of X with the columns of fit."""
        check_is_fitted(self)
        frame, names = as_frame(X), self._fitted.names
        if hasattr(X, "columns") and names.has_names:
            return columns_of_fit(frame, self._fitted)
        validate_data(self, named(X, frame), reset=False, skip_check_array=True)
        return frame.set_axis(list(names.columns), axis=1)

    def _keep(self, fitted: Fitted) -> None:
        """Set all attributes; nothing else does, but `_keep_form` for the script."""
        self._fitted = fitted
        self.ensemble_ = fitted.predictor
        self.best_pipeline_ = fitted.pipelines[0]
        self.metric_ = fitted.metric
        self.best_score_ = fitted.best_score
        self.best_genome_ = fitted.best_genome
        self.honest_score_ = fitted.expected
        self.members_ = fitted.members
        self.threshold_ = fitted.threshold
        self.price_ = fitted.price
        self.structure_ = fitted.structure
        self.nested_results_ = fitted.nested_results
        self.leaderboard_ = with_models(fitted.search.leaderboard, fitted.catalogue)
        self.pareto_front_ = pareto_front(self.leaderboard_, fitted.search.axes)
        self.ablation_ = fitted.search.ablation
        self.run_ = fitted.search.run
        self.columns_ = fitted.columns
        self.target_ = fitted.names.target
        self.n_features_in_ = len(fitted.names.columns)
        names = np.array(fitted.names.columns, dtype=object)
        self._keep_or_drop("feature_names_in_", names if fitted.names.has_names else None)
        self._keep_or_drop("classes_", fitted.classes)
        self._keep_or_drop("script_", script_of(fitted))
        self._keep_or_drop("explanation_", None)  # that of an earlier fit

    @property
    def _form(self) -> ReadOptions:
        """The form of the file of the fit."""
        script = self._fitted.script
        return ReadOptions() if script is None else script.form

    def _keep_form(self, form: ReadOptions) -> None:
        """Let the script read files of the form that the file of the fit has."""
        if self._fitted.script is not None and form != self._form:
            script = replace(self._fitted.script, form=form)
            self._fitted = replace(self._fitted, script=script)
            self._keep_or_drop("script_", script_of(self._fitted))

    def _forget_stop(self) -> None:
        """Take a search for one that went to its end: its pipelines were only told once more."""
        record = self._fitted.search
        assert record.origin is not None  # it was fitted a moment ago
        origin = replace(record.origin, was_stopped=False)
        self._fitted = replace(self._fitted, search=replace(record, origin=origin))

    def _keep_or_drop(self, name: str, value: Any) -> None:
        if value is not None:
            setattr(self, name, value)
        elif hasattr(self, name):  # an earlier fit had it
            delattr(self, name)
