"""Names of scores: those that people try stand for those of scikit-learn, which fit a task."""

from difflib import get_close_matches

from sklearn.metrics import get_scorer_names

from automl.errors import SettingsError
from automl.pipelines.operators.operator import Task

ALIASES = {
    "acc": "accuracy",
    "ap": "average_precision",
    "auc": "roc_auc",
    "auroc": "roc_auc",
    "brier": "neg_brier_score",
    "logloss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mape": "neg_mean_absolute_percentage_error",
    "mcc": "matthews_corrcoef",
    "medae": "neg_median_absolute_error",
    "mse": "neg_mean_squared_error",
    "msle": "neg_mean_squared_log_error",
    "pr_auc": "average_precision",
    "r_squared": "r2",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
}
OF_NUMBERS = frozenset(
    {
        "d2_absolute_error_score",
        "explained_variance",
        "neg_max_error",
        "neg_mean_absolute_error",
        "neg_mean_absolute_percentage_error",
        "neg_mean_gamma_deviance",
        "neg_mean_poisson_deviance",
        "neg_mean_squared_error",
        "neg_mean_squared_log_error",
        "neg_median_absolute_error",
        "neg_root_mean_squared_error",
        "neg_root_mean_squared_log_error",
        "r2",
    }
)
# Scores of two classes, with the scores that take their place for more.
OF_TWO_CLASSES = {
    "f1": "f1_macro",
    "jaccard": "jaccard_macro",
    "neg_negative_likelihood_ratio": "balanced_accuracy",
    "positive_likelihood_ratio": "balanced_accuracy",
    "precision": "precision_macro",
    "recall": "recall_macro",
    "roc_auc": "roc_auc_ovr",
}
OF_MANY_LABELS = "_samples"  # how the names of scores of several labels a row end


def scorer_name(name: str, task: Task, n_classes: int | None) -> str:
    """Return the name that scikit-learn has for a score.

    Parameters
    ----------
    name : str
        Such as "rmse", "auc" or "f1_macro".
    task : {"classification", "regression"}
    n_classes : int or None
        None for a regression, or where nobody knows them.

    Raises
    ------
    SettingsError
        If there is no such score, or it is of another task.

    Examples
    --------
    >>> scorer_name("rmse", "regression", None)
    'neg_root_mean_squared_error'
    >>> scorer_name("auc", "classification", 3)
    'roc_auc_ovr'
    """
    names = get_scorer_names()
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    plain = ALIASES.get(plain.replace("log_loss", "logloss"), plain) if name not in names else name
    if plain not in names and f"neg_{plain}" in names:
        plain = f"neg_{plain}"
    fitting = [scorer for scorer in names if _fits(scorer, task, n_classes)]
    if plain not in names:
        similar = get_close_matches(name, fitting, n=3)
        raise SettingsError(
            f"expected scoring to be None, a callable (estimator, X, y) or the name of a scorer of "
            f"scikit-learn, got {name!r}; near it: {similar or 'none'}"
        )
    if plain in fitting:
        return plain
    substitute = OF_TWO_CLASSES.get(plain) if task == "classification" else None
    if substitute is not None and plain != name:
        return substitute  # who says "auc" means that of any number of classes
    target = "numbers" if task == "regression" else f"{n_classes or 'two or more'} classes"
    remedy = f"take {substitute!r}" if substitute else f"those that fit: {fitting}"
    raise SettingsError(f"scoring={name!r} is no score of {target}; {remedy}")


def _fits(name: str, task: Task, n_classes: int | None) -> bool:
    """Tell whether a scorer of scikit-learn goes with a task."""
    if task == "regression":
        return name in OF_NUMBERS
    if name in OF_NUMBERS or name.endswith(OF_MANY_LABELS):
        return False
    return n_classes is None or n_classes == 2 or name not in OF_TWO_CLASSES
