"""What is maximized: scikit-learn's scorers, told all classes where a fold may lack one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sklearn.metrics import get_scorer, get_scorer_names, log_loss, make_scorer, roc_auc_score

from automl.errors import SettingsError
from automl.pipelines.operator import Task

Scorer = Callable[..., float]

# These compare probabilities column by column, and so have to be told all classes: a held-out part
# may lack one. Each entry is the function with its arguments.
LABELLED: dict[str, tuple[Callable[..., float], dict[str, Any]]] = {
    "neg_log_loss": (log_loss, {"greater_is_better": False}),
    "roc_auc_ovr": (roc_auc_score, {"multi_class": "ovr"}),
    "roc_auc_ovo": (roc_auc_score, {"multi_class": "ovo"}),
    "roc_auc_ovr_weighted": (roc_auc_score, {"multi_class": "ovr", "average": "weighted"}),
    "roc_auc_ovo_weighted": (roc_auc_score, {"multi_class": "ovo", "average": "weighted"}),
}


@dataclass(frozen=True)
class Metric:
    """A scorer with a name; greater is better."""

    name: str
    """The name that scikit-learn knows it by, or that of the function."""
    scorer: Scorer
    """Called as ``scorer(estimator, X, y)``."""


def resolve_metric(
    scoring: str | Scorer | None, task: Task, classes: Sequence[Any] | None
) -> Metric:
    """Return the metric that a `scoring` argument stands for.

    Parameters
    ----------
    scoring : str, callable or None
        None stands for ROC AUC (two classes), log loss (more) or RMSE (regression).
    task : {"classification", "regression"}
    classes : sequence of labels, or None for regression

    Raises
    ------
    SettingsError
        If scikit-learn knows no such scorer.

    Examples
    --------
    >>> resolve_metric(None, "regression", None).name
    'neg_root_mean_squared_error'
    """
    if callable(scoring):
        return Metric(getattr(scoring, "__name__", str(scoring)), scoring)
    name = scoring or _default(task, classes)
    if name in LABELLED and classes is not None:
        function, options = LABELLED[name]
        options = {**options, "labels": list(classes), "response_method": "predict_proba"}
        return Metric(name, make_scorer(function, **options))
    try:
        return Metric(name, get_scorer(name))
    except (ValueError, TypeError) as error:
        near = get_close_matches(str(scoring), get_scorer_names(), n=3)
        raise SettingsError(
            f"expected scoring to be None, a callable (estimator, X, y) or the name of a scorer of "
            f"scikit-learn, got {scoring!r}; near it: {near or 'none'}"
        ) from error


def _default(task: Task, classes: Sequence[Any] | None) -> str:
    if task == "regression":
        return "neg_root_mean_squared_error"
    return "roc_auc" if classes is not None and len(classes) == 2 else "neg_log_loss"
