"""Search, predict and hand back: the process that AMLB starts in the virtual environment."""

import logging
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from frameworks.shared.callee import call_run, output_subdir, result
from frameworks.shared.utils import Timer
from numpy.typing import NDArray
from sklearn.metrics import fbeta_score, make_scorer, recall_score

from automl import AutoMLClassifier, AutoMLRegressor

log = logging.getLogger(__name__)

Scoring = str | Callable[..., float]

ARTIFACTS = ("leaderboard", "script")

# AMLB's names of metrics to scikit-learn's of scorers, by what is predicted.
CLASSES: dict[str, Scoring] = {
    "acc": "accuracy",
    "balacc": "balanced_accuracy",
    "logloss": "neg_log_loss",
    "mean_pce": "balanced_accuracy",  # the mean error of the classes is one minus this
}
TWO_CLASSES: dict[str, Scoring] = {**CLASSES, "auc": "roc_auc", "pr_auc": "average_precision"}
MORE_CLASSES: dict[str, Scoring] = {
    **CLASSES,
    "auc_ovo": "roc_auc_ovo_weighted",
    "auc_ovr": "roc_auc_ovr_weighted",
}
NUMBERS: dict[str, Scoring] = {
    "mae": "neg_mean_absolute_error",
    "mse": "neg_mean_squared_error",
    "msle": "neg_mean_squared_log_error",
    "r2": "r2",
    "rmse": "neg_root_mean_squared_error",
    "rmsle": "neg_root_mean_squared_log_error",
}
BETAS = {"f05": 0.5, "f1": 1.0, "f2": 2.0}


def run(dataset: Any, config: Any) -> Any:
    """Fit on the training part of a fold and predict the rest of it.

    Parameters
    ----------
    dataset : Namespace
        Dataframes: `X`, and `y` of one column, of `train` and of `test`.
    config : Namespace
        The settings of the task.

    Returns
    -------
    dict
        What `frameworks.shared.callee.result` makes of predictions and costs.
    """
    log.info("automl-gp %s", version("automl-gp"))
    artifacts = asked_artifacts(config.framework_params)
    y = target(dataset.train.y, config)
    search = make_search(y, config)
    with Timer() as training:
        search.fit(dataset.train.X, y)
    with Timer() as prediction:
        predictions, probabilities = predict(search, dataset.test.X)
    save_artifacts(search, artifacts, config)
    return result(
        output_file=config.output_predictions_file,
        predictions=plain(predictions),
        truth=plain(target(dataset.test.y, config)),
        probabilities=probabilities,
        probabilities_labels=None if probabilities is None else list(map(str, search.classes_)),
        models_count=search.run_.evaluations,
        training_duration=training.duration,
        predict_duration=prediction.duration,
    )


def target(frame: pd.DataFrame, config: Any) -> "pd.Series[Any]":
    """Return the only column as numbers, or as texts where it holds classes.

    AMLB compares and sorts classes as texts. So the order of ours is the order of its columns, and
    the second of two is the one that its scores look for, whatever type the classes have.
    """
    return frame.iloc[:, 0].astype(str if config.type == "classification" else float)


def plain(values: Any) -> NDArray[Any]:
    """Return an array without objects.

    Those would travel as a pickle, which the NumPy of AMLB, older than ours, may be unable to read.
    """
    array = np.asarray(values)
    return array if np.issubdtype(array.dtype, np.number) else array.astype(str)


def make_search(y: "pd.Series[Any]", config: Any) -> Any:
    """Return the search that the settings of a task ask for.

    `time_budget` is that of the whole `fit`, final fit and all, and so needs no margin. Parameters
    of the framework's definition go to the search, but for those that begin with an underscore.
    """
    params = config.framework_params
    settings = {
        "scoring": find_scoring(config.metric, config.type, y),
        "time_budget": config.max_runtime_seconds,
        "n_jobs": params.get("_n_jobs", config.cores),
        "random_state": config.seed,
        "verbose": 0,
        **{name: value for name, value in params.items() if not name.startswith("_")},
    }
    if config.type == "classification":
        return AutoMLClassifier(**settings)
    return AutoMLRegressor(**settings)


def find_scoring(metric: str, task: str, y: "pd.Series[Any]") -> Scoring:
    """Return what stands for a metric of AMLB in the `scoring` of a search.

    Parameters
    ----------
    metric : str
    task : {"classification", "regression"}
    y : Series
        The target, whose classes count.

    Raises
    ------
    ValueError
        If AMLB has no such task or metric, or computes it for other numbers of classes only.
    """
    if task not in ("classification", "regression"):
        raise ValueError(f"expected a classification or a regression, got {task!r}")
    scorings = NUMBERS if task == "regression" else _of_classes(sorted(set(y)))
    if metric not in scorings:
        raise ValueError(
            f"{metric!r} is no metric of this {task}, expected one of {sorted(scorings)}; change "
            "metric in the benchmark's definition"
        )
    return scorings[metric]


def _of_classes(labels: Sequence[Any]) -> dict[str, Scoring]:
    """Return scorings for classes; F scores are of the second class of two, or weighted."""
    # AMLB weighs classes by their rows unless there are two, of which it takes the second.
    is_binary = len(labels) == 2
    options = {"pos_label": labels[1]} if is_binary else {"average": "weighted"}
    f_scores: dict[str, Scoring] = {
        name: make_scorer(fbeta_score, beta=beta, **options) for name, beta in BETAS.items()
    }
    return {
        **(TWO_CLASSES if is_binary else MORE_CLASSES),
        **f_scores,
        "max_pce": make_scorer(worst_recall),
    }


def worst_recall(y_true: Any, y_pred: Any) -> float:
    """Return the share of hits in the class with the fewest: one minus its error."""
    shares = recall_score(y_true, y_pred, labels=np.unique(y_true), average=None)
    return float(shares.min())


def predict(search: Any, X: pd.DataFrame) -> tuple[Any, NDArray[np.float64] | None]:
    """Return predictions and, of classes, the probabilities that they come from.

    AMLB's test mode wants the class of the highest probability.
    """
    if not hasattr(search, "classes_"):
        return search.predict(X), None
    probabilities = search.predict_proba(X)
    # `predict` may follow a tuned threshold, which AMLB's check of its files would refuse.
    return search.classes_[probabilities.argmax(axis=1)], probabilities


def asked_artifacts(params: dict[str, Any]) -> list[str]:
    """Return what to save beside predictions.

    Raises
    ------
    ValueError
        If it is no list out of `ARTIFACTS`; before the search rather than after it.
    """
    asked = params.get("_save_artifacts") or []
    # True is no sequence, and a text is one of letters.
    if not isinstance(asked, list) or not set(asked) <= set(ARTIFACTS):
        raise ValueError(
            f"expected _save_artifacts to be a list out of {list(ARTIFACTS)}, got {asked!r}; "
            "change params in the framework's definition"
        )
    return asked


def save_artifacts(search: Any, artifacts: Sequence[str], config: Any) -> None:
    """Leave artifacts in the folder of the run, by task and fold.

    Parameters
    ----------
    search : estimator
        Fitted.
    artifacts : sequence of str
        Out of `ARTIFACTS`.
    config : Namespace
    """
    if not artifacts:
        return
    folder = Path(output_subdir("artifacts", config))
    if "leaderboard" in artifacts:
        search.leaderboard_.to_csv(folder / "leaderboard.csv", index=False)
    if "script" in artifacts:
        search.export(folder / "best.py")


if __name__ == "__main__":
    call_run(run)
