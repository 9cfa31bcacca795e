"""Scores of several targets of classes: the mean of the ordinary scores of the targets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import SettingsError
from automl.pipelines.operators.operator import Task
from automl.problem.labels import Classes
from automl.problem.metric import Metric, Scorer, Scoring, TunedThreshold, resolve_metric
from automl.problem.stored import StoredProbabilities


@dataclass(frozen=True)
class MeanScorer:
    """The mean of the scores of several targets, called as ``scorer(estimator, X, y)``."""

    scorers: Sequence[Scorer]
    """The scorer of each target."""
    classes: Sequence[NDArray[Any]]
    """The labels of each target, sorted."""

    def __call__(self, estimator: Any, X: Any, y: Any, **options: Any) -> float:
        """Return the mean score; of every target, the likeliest label is the prediction."""
        table = pd.DataFrame(y)
        scores = []
        for place, probabilities in enumerate(estimator.predict_proba(X)):
            labels = np.array(table.iloc[:, place].tolist())
            stored = StoredProbabilities(probabilities, self.classes[place])
            scores.append(self.scorers[place](stored, X, labels, **options))
        return float(np.mean(scores))


def metric_of(scoring: Scoring, task: Task, classes: Classes | None) -> Metric:
    """Return the metric that a `scoring` argument stands for, of one target or several.

    Parameters
    ----------
    scoring : str, callable, Quantile, TunedThreshold or None
        None stands for ROC AUC if every target has two classes, and for log loss if one has more.
        A function of the user gets all targets at once.
    task : {"classification", "regression"}
    classes : ndarray, list of ndarray or None
        The labels, or those of each target.

    Raises
    ------
    SettingsError
        If scikit-learn knows no such scorer, or it does not go with the task.

    Examples
    --------
    >>> classes = [np.array(["no", "yes"]), np.array(["high", "low", "medium"])]
    >>> metric_of(None, "classification", classes).name
    'neg_log_loss'
    """
    if not isinstance(classes, list):
        return resolve_metric(scoring, task, None if classes is None else classes.tolist())
    if isinstance(scoring, TunedThreshold):
        raise SettingsError(
            f"a decision threshold is tuned for one target, got {len(classes)}; fit one for each"
        )
    longest = max(classes, key=len)
    metric = resolve_metric(scoring, task, longest.tolist())
    if metric.is_own:
        return metric
    # The default of all targets is that of the target with most classes.
    name = metric.name if scoring is None else scoring
    parts = tuple(resolve_metric(name, task, own.tolist()) for own in classes)
    scorer = MeanScorer([part.scorer for part in parts], classes)
    return Metric(metric.name, scorer, parts=parts)
