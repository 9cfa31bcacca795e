"""The score to maximize: scikit-learn's scorers, made fit for folds.

A scorer by name takes the classes from the rows that it is given. Two things go wrong then: a fold
may lack a class, and a score of one class looks for the label 1. So some scorers are made anew,
with the classes of all data.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    brier_score_loss,
    d2_brier_score,
    d2_log_loss_score,
    get_scorer,
    log_loss,
    make_scorer,
    mean_pinball_loss,
    roc_auc_score,
    top_k_accuracy_score,
)

from automl.errors import SettingsError
from automl.pipelines.building.build import make
from automl.pipelines.operators.calls import Call, Name
from automl.pipelines.operators.operator import Task
from automl.problem.scorer_names import ALIASES, scorer_name

Scorer = Callable[..., float]

# Scores that compare probabilities column by column, for which all classes have to be given: a
# held-out part may lack a class. Each entry is the function with its arguments.
LABELLED: dict[str, tuple[Callable[..., float], dict[str, Any]]] = {
    "neg_log_loss": (log_loss, {"greater_is_better": False}),
    "roc_auc_ovr": (roc_auc_score, {"multi_class": "ovr"}),
    "roc_auc_ovo": (roc_auc_score, {"multi_class": "ovo"}),
    "roc_auc_ovr_weighted": (roc_auc_score, {"multi_class": "ovr", "average": "weighted"}),
    "roc_auc_ovo_weighted": (roc_auc_score, {"multi_class": "ovo", "average": "weighted"}),
}

# Of these, scikit-learn's own scorer serves for two classes.
COLUMNS: dict[str, tuple[Callable[..., float], dict[str, Any]]] = {
    "d2_brier_score": (d2_brier_score, {}),
    "d2_log_loss_score": (d2_log_loss_score, {}),
    "neg_brier_score": (brier_score_loss, {"greater_is_better": False}),
    "top_k_accuracy": (top_k_accuracy_score, {}),
}

# Scores of a single class, which scikit-learn expects to be 1; of other labels the second is taken.
# Each entry is the name of the function with the arguments of `make_scorer`. Functions are named
# rather than imported, because the scorer of a tuned threshold is written into scripts.
ONE_CLASS: dict[str, tuple[str, dict[str, Any]]] = {
    "f1": ("f1_score", {}),
    "precision": ("precision_score", {}),
    "recall": ("recall_score", {}),
    "jaccard": ("jaccard_score", {}),
    "average_precision": ("average_precision_score", {"response_method": "predict_proba"}),
    "neg_brier_score": (
        "brier_score_loss",
        {"response_method": "predict_proba", "greater_is_better": False},
    ),
}


@dataclass(frozen=True)
class Quantile:
    """Predict a quantile instead of the mean, or several, scored by the (mean) pinball loss.

    Examples
    --------
    >>> from automl import AutoMLRegressor, Quantile
    >>> search = AutoMLRegressor(scoring=Quantile(0.9))  # nine of ten targets should be below
    >>> search = AutoMLRegressor(scoring=Quantile([0.05, 0.5, 0.95]))  # three columns, rising
    """

    level: float | tuple[float, ...]
    """The share of targets below, between 0 and 1; or several shares that rise."""

    def __post_init__(self) -> None:
        level: Any = self.level
        if isinstance(level, list | np.ndarray):  # lists have no hash, which records have
            object.__setattr__(self, "level", tuple(np.asarray(level).tolist()))


@dataclass(frozen=True)
class TunedThreshold:
    """Score classes after tuning the probability from which a row is of the second class.

    Out-of-fold predictions inside the training part choose it, also in the final pipeline and in
    the exported script.

    Examples
    --------
    >>> from automl import AutoMLClassifier, TunedThreshold
    >>> search = AutoMLClassifier(scoring=TunedThreshold("f1"))
    """

    scoring: str
    """"accuracy", "balanced_accuracy", "f1", "jaccard", "matthews_corrcoef", "precision" or
    "recall", as scikit-learn has them."""


# Of classes rather than of probabilities: only these change with the threshold.
THRESHOLD_SCORES = (
    "accuracy",
    "balanced_accuracy",
    "f1",
    "jaccard",
    "matthews_corrcoef",
    "precision",
    "recall",
)
# Of probabilities: these stay where a threshold is set.
PROBABILITY_SCORES = frozenset({*LABELLED, *COLUMNS, "average_precision", "roc_auc"})
Scoring: TypeAlias = str | Scorer | Quantile | TunedThreshold | None


@dataclass(frozen=True)
class Metric:
    """A scorer with a name; greater is better."""

    name: str
    """The name that scikit-learn knows it by, or that of the function."""
    scorer: Scorer
    """Called as ``scorer(estimator, X, y)``."""
    quantile: float | tuple[float, ...] | None = None
    """The quantile that is predicted instead of the mean, or several."""
    threshold: str | Call | None = None
    """The score for which the decision threshold is tuned: a name, or the call of a scorer."""
    is_own: bool = False
    """Whether it is a function of the user. Its name may be that of a scorer, so nothing can be
    concluded from that."""
    parts: tuple["Metric", ...] = ()
    """The metrics of several targets of classes, whose mean it is."""


def resolve_metric(scoring: Scoring, task: Task, classes: Sequence[Any] | None) -> Metric:
    """Return the metric that a `scoring` argument stands for.

    Parameters
    ----------
    scoring : str, callable, Quantile, TunedThreshold or None
        None stands for ROC AUC (two classes), log loss (more) or RMSE (regression).
    task : {"classification", "regression"}
    classes : sequence of labels, or None for regression

    Raises
    ------
    SettingsError
        If scikit-learn knows no such scorer, or it does not go with the task.

    Examples
    --------
    >>> resolve_metric(None, "regression", None).name
    'neg_root_mean_squared_error'
    """
    if isinstance(scoring, Quantile):
        return _of_quantile(scoring, task)
    if isinstance(scoring, TunedThreshold):
        return _of_threshold(scoring, classes)
    if callable(scoring):
        _check_takes_three(scoring)
        return Metric(getattr(scoring, "__name__", str(scoring)), scoring, is_own=True)
    name = scoring or _default(task, classes)
    if not isinstance(name, str):
        raise SettingsError(
            f"expected scoring to be None, a callable, a name or a list of these, got {scoring!r}"
        )
    name = scorer_name(name, task, None if classes is None else len(classes))
    if classes is not None and (name in LABELLED or (len(classes) > 2 and name in COLUMNS)):
        function, options = {**LABELLED, **COLUMNS}[name]
        options = {**options, "labels": list(classes), "response_method": "predict_proba"}
        return Metric(name, make_scorer(function, **options))
    # scikit-learn's own scorer prefers decision values, which an average of pipelines has not.
    if name == "roc_auc" and classes is not None and len(classes) == 2:
        return Metric(name, make_scorer(roc_auc_score, response_method="predict_proba"))
    if name in ONE_CLASS and classes is not None and len(classes) == 2 and 1 not in classes:
        return Metric(name, make(_second_class(name, classes)))
    return Metric(name, get_scorer(name))


def _check_takes_three(scoring: Scorer) -> None:
    """Raise an error if a function cannot be called as a scorer; every fold would fail later."""
    try:
        inspect.signature(scoring).bind("estimator", "X", "y")
    except TypeError as error:
        raise SettingsError(
            f"expected scoring to be called as (estimator, X, y), got {scoring!r}: {error}; "
            "sklearn.metrics.make_scorer makes such a function of one of (y_true, y_pred)"
        ) from error
    except ValueError:  # compiled functions do not tell
        return


def _of_quantile(scoring: Quantile, task: Task) -> Metric:
    if task != "regression":
        raise SettingsError(f"expected a score of classes, got {scoring}; AutoMLRegressor takes it")
    level = scoring.level
    if isinstance(level, tuple):
        if not are_levels(level) or len(level) < 2:
            raise SettingsError(
                "expected two or more quantiles between 0 and 1, each above the one before, got "
                f"{scoring}"
            )
        name = "_".join(f"{part:g}" for part in level)
        scorer = make_scorer(mean_pinball_losses, greater_is_better=False, levels=level)
        return Metric(f"neg_pinball_loss_{name}", scorer, quantile=level)
    if not are_levels([level]):
        raise SettingsError(f"expected a quantile between 0 and 1, got {scoring}")
    scorer = make_scorer(mean_pinball_loss, greater_is_better=False, alpha=level)
    return Metric(f"neg_pinball_loss_{level:g}", scorer, quantile=float(level))


def are_levels(levels: Sequence[Any]) -> bool:
    """Tell whether levels are numbers between 0 and 1, each above the one before."""
    if not all(isinstance(level, Real) and 0 < float(level) < 1 for level in levels):
        return False
    return all(low < high for low, high in pairwise(levels))


def mean_pinball_losses(
    y_true: Any, y_pred: NDArray[Any], *, levels: Sequence[float], sample_weight: Any = None
) -> float:
    """Return the mean of the pinball losses of several quantiles.

    Parameters
    ----------
    y_true : array-like of shape (n_rows,)
    y_pred : ndarray of shape (n_rows, n_levels)
    levels : sequence of float
    sample_weight : array-like of shape (n_rows,), optional
    """
    losses = [
        mean_pinball_loss(y_true, quantile, sample_weight=sample_weight, alpha=level)
        for quantile, level in zip(y_pred.T, levels, strict=True)
    ]
    return float(np.mean(losses))


def _of_threshold(scoring: TunedThreshold, classes: Sequence[Any] | None) -> Metric:
    if classes is None or len(classes) != 2:
        target = "numbers" if classes is None else f"{len(classes)} classes"
        raise SettingsError(f"expected two classes to tune a threshold between, got {target}")
    name = ALIASES.get(scoring.scoring, scoring.scoring)
    if name not in THRESHOLD_SCORES:
        raise SettingsError(f"expected a score of {list(THRESHOLD_SCORES)}, got {scoring}")
    metric = resolve_metric(name, "classification", classes)
    needs_label = name in ONE_CLASS and 1 not in classes
    threshold = _second_class(name, classes) if needs_label else name
    return Metric(name, metric.scorer, threshold=threshold)


def _second_class(name: str, classes: Sequence[Any]) -> Call:
    """Return the call of a scorer that looks for the second class."""
    function, options = ONE_CLASS[name]
    settings = {"score_func": Name(f"sklearn.metrics.{function}"), **options}
    return Call("sklearn.metrics.make_scorer", {**settings, "pos_label": classes[1]})


def _default(task: Task, classes: Sequence[Any] | None) -> str:
    if task == "regression":
        return "neg_root_mean_squared_error"
    return "roc_auc" if classes is not None and len(classes) == 2 else "neg_log_loss"
