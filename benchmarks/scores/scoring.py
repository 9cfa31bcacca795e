"""Scores of predictions, by the same code for every adapter, with scikit-learn's metrics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error
from sklearn.utils import resample

from benchmarks.adapters import Predictions
from benchmarks.errors import ScoringError
from benchmarks.tasks.split import Split
from benchmarks.tasks.task import Kind


@dataclass(frozen=True)
class Metric:
    """A metric by its name."""

    name: str
    """The name in the journal."""
    greater_is_better: bool
    """The direction."""

    @property
    def sign(self) -> int:
        """The factor that makes greater scores better: 1, or -1 for a loss."""
        return 1 if self.greater_is_better else -1


ROC_AUC = Metric("roc_auc", greater_is_better=True)
LOG_LOSS = Metric("log_loss", greater_is_better=False)
RMSE = Metric("rmse", greater_is_better=False)

METRICS = {Kind.BINARY: ROC_AUC, Kind.MULTICLASS: LOG_LOSS, Kind.REGRESSION: RMSE}
N_RESAMPLES = 200  # five beyond each end of a 95 % interval, and short lines in the journal
BY_NAME = {metric.name: metric for metric in METRICS.values()}


def score_predictions(split: Split, predictions: Predictions) -> float:
    """Score predictions for the held-out rows of a split with the metric of its kind.

    Parameters
    ----------
    split : Split
    predictions : Predictions

    Raises
    ------
    ScoringError
        If there is not one finite prediction per row, or a class is unknown.
    """
    y = split.test_y.to_numpy()
    if not split.task.kind.is_classification:
        _check(predictions.values, (len(y),))
        return float(root_mean_squared_error(y, predictions.values))
    classes = split.task.classes
    _check(predictions.values, (len(y), len(predictions.classes)))
    probabilities = align_probabilities(predictions, classes)
    if split.task.kind is Kind.BINARY:
        # scikit-learn would only warn and return NaN, which no journal can hold.
        if len(np.unique(y)) < 2:
            raise ScoringError(f"expected both classes among the held-out rows, got only {y[0]!r}")
        return float(roc_auc_score(y == classes[1], probabilities[:, 1]))
    return float(log_loss(np.searchsorted(classes, y), probabilities, labels=range(len(classes))))


def gain_score(split: Split, predictions: Predictions) -> float:
    """Score predictions for the held-out rows of a split; greater is better."""
    return METRICS[split.task.kind].sign * score_predictions(split, predictions)


def gain_name(split: Split) -> str:
    """Return the name of what `gain_score` gives, as scikit-learn names it."""
    metric = METRICS[split.task.kind]
    return metric.name if metric.greater_is_better else f"neg_{metric.name}"


def resampled_scores(split: Split, predictions: Predictions) -> list[float]:
    """Score predictions on resamples of the held-out rows, the same for every adapter.

    The difference of two adapters' scores, resample by resample, is distributed as their
    difference would be on other held-out rows: a paired bootstrap without any row leaving the
    suite.

    Parameters
    ----------
    split : Split
    predictions : Predictions
        That can be scored.

    Returns
    -------
    list of float
        `N_RESAMPLES` scores.

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapman & Hall.
    """
    is_classification = split.task.kind.is_classification
    scores = []
    for seed in range(N_RESAMPLES):
        rows = resample(
            np.arange(len(split.test_y)),
            random_state=seed,
            # A resample without a rare class has no ROC AUC.
            stratify=split.test_y if is_classification else None,
        )
        drawn = replace(split, test_y=split.test_y.iloc[rows])
        scores.append(
            score_predictions(drawn, Predictions(predictions.values[rows], predictions.classes))
        )
    return scores


def align_probabilities(predictions: Predictions, classes: Sequence[Any]) -> NDArray[np.float64]:
    """Return probabilities with one column per class of the whole task, each row summing to one.

    A class that an adapter does not know, because no training row has it, gets probability zero.

    Parameters
    ----------
    predictions : Predictions
    classes : sequence of labels

    Returns
    -------
    ndarray of shape (n_rows, n_classes)

    Raises
    ------
    ScoringError
        If a class is unknown to the task, or probabilities are negative.
    """
    places = {label: place for place, label in enumerate(classes)}
    # A label of another type, such as "1" for 1, would otherwise lose all its probability.
    unknown = [label for label in predictions.classes if label not in places]
    if unknown or len(set(predictions.classes)) != len(predictions.classes):
        raise ScoringError(
            f"expected different classes out of {list(classes)}, got {predictions.classes}"
        )
    aligned = np.zeros((len(predictions.values), len(classes)))
    aligned[:, [places[label] for label in predictions.classes]] = predictions.values
    # Some tools give probabilities as floats of 32 bits, whose sums are a little off.
    sums = aligned.sum(axis=1, keepdims=True)
    if (aligned < 0).any() or not (sums > 0).all():
        raise ScoringError("expected probabilities of 0 or more that sum to 1, got others")
    normalized: NDArray[np.float64] = aligned / sums
    return normalized


def constant_predictions(split: Split) -> Predictions:
    """Return what the training targets alone predict, without any feature."""
    n_rows = len(split.test_y)
    if not split.task.kind.is_classification:
        # The mean, because the metric is the squared error.
        return Predictions(np.full(n_rows, split.train_y.mean()), [])
    labels, counts = np.unique(split.train_y, return_counts=True)
    return Predictions(np.tile(counts / counts.sum(), (n_rows, 1)), labels.tolist())


def _check(values: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise ScoringError(f"expected predictions of shape {shape}, got shape {values.shape}")
    wrong = int((~np.isfinite(values)).sum())
    if wrong:
        raise ScoringError(
            f"expected finite predictions, got {wrong} of {values.size} that are not"
        )
