"""The settings of an estimator, checked before its data are read."""

from numbers import Integral
from typing import Any

from automl.errors import SettingsError
from automl.execution import Limits, check_executor
from automl.problem import NestedCV, nested_cv
from automl.search.history_file import check_path
from automl.search.observer import check_callbacks
from automl.strategies import STRATEGIES, find_strategy


def check_settings(estimator: Any, resume: bool) -> NestedCV:
    """Return the folds and the tuner of an estimator whose settings are right.

    Parameters
    ----------
    estimator : AutoMLClassifier or AutoMLRegressor
    resume : bool
        Whether a run is continued.

    Raises
    ------
    SettingsError, HistoryError
        With what was given, what was expected and what to do.
    """
    check_path(estimator.history, resume=resume)  # before the data are read
    check_callbacks(estimator.callbacks)
    check_verbose(estimator.verbose)
    check_executor(estimator.executor)
    limits, size = estimator.limits, estimator.ensemble_size
    if limits is not None and not isinstance(limits, Limits):
        raise SettingsError(f"expected limits as in Limits(seconds=30), got {limits!r}")
    if isinstance(size, bool) or not isinstance(size, Integral) or int(size) < 1:
        raise SettingsError(f"expected ensemble_size of 1 or more, got {size!r}")
    if not isinstance(estimator.starts, list | tuple):
        raise SettingsError(
            f"expected starts as a list of pipelines, got {estimator.starts!r:.100}"
        )
    cv = nested_cv(estimator.cv, estimator.tuner)
    find_strategy(estimator.strategy)  # before a history is written
    if cv.tuner in STRATEGIES:
        # Workers would fail on a missing package one by one; here it is one error.
        find_strategy(str(cv.tuner))  # which raises where its package is missing
    if cv.tunes_inside and not estimator.refit:
        raise SettingsError(
            f"tuner={cv.tuner!r} chooses the settings for all rows in the final fit; leave "
            "refit=True, or let the tuner be 'auto'"
        )
    return cv


def was_refitted(search: Any) -> bool:
    """Tell whether there is a fitted pipeline; for `available_if`."""
    if not search.refit:
        raise AttributeError("refit=False leaves no fitted pipeline; fit best_pipeline_ yourself")
    return True


def check_verbose(verbose: Any) -> None:
    """Raise an error if `verbose` is none of its values."""
    if not isinstance(verbose, Integral) or int(verbose) not in (0, 1, 2):
        raise SettingsError(
            "expected verbose=0 (silent), 1 (progress and summary) or 2 (a line for each pipeline, "
            f"too), got {verbose!r}"
        )
