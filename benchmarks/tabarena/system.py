"""The system that TabArena fits and asks for predictions, in TabArena's own environment.

Nothing here imports `automl`: `process` says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tabarena.benchmark.exec_models import ExternalSystemModel

from benchmarks.tabarena.process import SearchProcess

# AutoGluon's names of metrics, which are TabArena's, to scikit-learn's of scorers. The suite of
# v0.1 has the first of each problem.
CLASSES = {
    "log_loss": "neg_log_loss",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
}
SCORINGS = {
    "binary": {"roc_auc": "roc_auc", "average_precision": "average_precision", **CLASSES},
    "multiclass": {
        **CLASSES,
        "roc_auc_ovo": "roc_auc_ovo",
        "roc_auc_ovo_weighted": "roc_auc_ovo_weighted",
        "roc_auc_ovr": "roc_auc_ovr",
        "roc_auc_ovr_weighted": "roc_auc_ovr_weighted",
    },
    "regression": {
        "root_mean_squared_error": "neg_root_mean_squared_error",
        "mean_squared_error": "neg_mean_squared_error",
        "mean_absolute_error": "neg_mean_absolute_error",
        "median_absolute_error": "neg_median_absolute_error",
        "r2": "r2",
    },
}


class AutoMLSystem(ExternalSystemModel):  # type: ignore[misc]
    """A search of this project.

    Parameters
    ----------
    python : str
        The Python that this project is installed for.
    settings : dict or None
        Parameters of the search beside those that TabArena decides; they go before these.
    **kwargs
        What TabArena's base class takes.
    """

    def __init__(self, *, python: str, settings: dict[str, Any] | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.python = python
        self.settings = settings or {}
        self._process: SearchProcess | None = None
        self._labels: list[Any] = []

    @property
    def warmup_fn(self) -> Callable[[], None]:
        """What TabArena calls before it measures time: Python starts and imports."""
        return self._warm

    def _warm(self) -> None:
        self._start().warm()

    def _start(self) -> SearchProcess:
        if self._process is None:
            self._process = SearchProcess(self.python)
        return self._process

    def _fit_system(
        self,
        X: pd.DataFrame,
        y: pd.Series[Any],
        *,
        target_name: str,
        problem_type: str,
        eval_metric: Any,
        num_cpus: int | None,
        time_limit: float | None,
        random_state: int | None,
        **ignored: Any,
    ) -> AutoMLSystem:
        """Search for `time_limit` seconds.

        Parameters
        ----------
        X : DataFrame
        y : Series
        target_name : str
        problem_type : {"binary", "multiclass", "regression"}
        eval_metric : Scorer
        num_cpus : int or None
            None is all cores.
        time_limit : float or None
            Seconds of the whole fit; None is the default of the search.
        random_state : int or None
            None is 0.
        **ignored
            The other limits and what TabArena knows of its splits.
        """
        settings: dict[str, Any] = {
            "n_jobs": -1 if num_cpus is None else num_cpus,
            "random_state": 0 if random_state is None else random_state,
            "verbose": 0,
        }
        if time_limit is not None:
            settings["time_budget"] = time_limit
        try:
            settings["scoring"] = find_scoring(eval_metric.name, problem_type)
            target = self._encode(y)
            self._start().fit(X, target, problem_type, target_name, settings | self.settings)
        except Exception:
            self.cleanup()  # TabArena does so only after a split that succeeds
            raise
        return self

    def _encode(self, y: pd.Series[Any]) -> NDArray[Any]:
        """Return numbers: those of labels travel as they are, whatever type the labels have."""
        if self.problem_type == "regression":
            return y.to_numpy(dtype=float)
        self._labels = sort_labels(y)
        return np.asarray(pd.Categorical(y.astype(object), categories=self._labels).codes)

    def _predict(self, X: pd.DataFrame) -> pd.Series[Any]:
        return pd.Series(self._start().predict(X), index=X.index)

    def _predict_proba(self, X: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(self._start().predict(X), index=X.index, columns=self._labels)

    def cleanup(self) -> None:
        """End the process of the search."""
        if self._process is not None:
            self._process.close()
            self._process = None


def find_scoring(metric: str, problem: str) -> str:
    """Return what stands for a metric of TabArena in the `scoring` of a search.

    Parameters
    ----------
    metric : str
    problem : {"binary", "multiclass", "regression"}

    Raises
    ------
    ValueError
        If there is no such problem, or nothing that stands for the metric.
    """
    if problem not in SCORINGS:
        raise ValueError(f"expected a problem out of {list(SCORINGS)}, got {problem!r}")
    if metric not in SCORINGS[problem]:
        raise ValueError(
            f"{metric!r} is no metric for {problem} problems that the search knows, expected one "
            f"of {list(SCORINGS[problem])}; add its scorer to SCORINGS"
        )
    return SCORINGS[problem][metric]


def sort_labels(y: pd.Series[Any]) -> list[Any]:
    """Return the classes in AutoGluon's order.

    Of two classes, its scores take the second column for the positive class, whatever its name is.
    So the order counts, and it is not that of pandas' categories.
    """
    labels = list(y.astype(object).unique())
    try:
        return sorted(labels)
    except TypeError:  # texts beside numbers, which AutoGluon leaves as they come, too
        return labels
