"""The objectives of a search: a score that decides, and axes that count beside it.

::

    scoring=["roc_auc",          the first decides: race, ranking, ensemble, honest score
             "f1", "size", ...]  axes: survival in the genetic strategy, and the Pareto front
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias

from automl.errors import SettingsError
from automl.outcome import Outcome, cause_of
from automl.pipelines import Genome
from automl.pipelines.operators.operator import Task
from automl.problem.labels import Classes
from automl.problem.metric import Metric, Quantile, Scoring, TunedThreshold
from automl.problem.several import metric_of

Scorings: TypeAlias = Scoring | Sequence[Scoring]

# What costs something, by the word that asks for it: its column in tables. Less is better.
COSTS = {"size": "size", "predict_time": "predict_seconds"}
WORST = -1e300  # in place of a missing score: NSGA-II takes differences, which have to be finite
# Columns of tables, and words: no function can have a column of such a name.
RESERVED = frozenset(
    """
    cause deviation fit_seconds fold folds further genome inner_score model n_fits number pipeline
    predict_seconds predict_time rank rounds score size state tells_before told tune_seconds tuned
    """.split()
)


@dataclass(frozen=True)
class Objectives:
    """What pipelines are compared by beside the score that decides.

    Examples
    --------
    >>> import numpy as np
    >>> classes = np.array([0, 1])
    >>> metric, objectives = resolve_objectives(["auc", "mcc", "size"], "classification", classes)
    >>> metric.name, objectives.names, objectives.weights
    ('roc_auc', ('matthews_corrcoef', 'size'), (1.0, 1.0, -1.0))
    """

    names: tuple[str, ...] = ()
    """The axes in the order of the user: scores, "size" and "predict_time"; none by default."""
    metrics: tuple[Metric, ...] = ()
    """The scorers among them."""

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of the further scores."""
        return tuple(metric.name for metric in self.metrics)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the Pareto front compares; by default all that costs something."""
        return tuple(COSTS.get(name, name) for name in self.names or COSTS)

    @property
    def weights(self) -> tuple[float, ...]:
        """1 for the score and each `values` of which more is better, else -1."""
        return 1.0, *(-1.0 if name in COSTS else 1.0 for name in self._evolved)

    @property
    def _evolved(self) -> tuple[str, ...]:
        # By default, seconds are left out: proposals would depend on the machine.
        return self.names or ("size",)

    def values(self, genome: Genome, outcome: Outcome) -> tuple[float, ...]:
        """Return what a pipeline is worth on each axis, after its score.

        Parameters
        ----------
        genome : Genome
        outcome : Outcome
            One with a score.
        """
        amounts: dict[str, float | None] = dict(zip(self.scores, outcome.further, strict=True))
        amounts |= {"size": genome.size, "predict_time": outcome.predict_seconds}
        values = (amounts[name] for name in self._evolved)
        return tuple(WORST if value is None else value for value in values)

    def score(
        self, estimator: Any, X: Any, y: Any, **options: Any
    ) -> tuple[tuple[float | None, ...], str]:
        """Return the further scores of an estimator, and why some of them are None.

        Parameters
        ----------
        estimator : estimator
            Fitted.
        X : dataframe
        y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        **options
            Further arguments of each scorer.
        """
        scores: list[float | None] = []
        causes = []
        for metric in self.metrics:
            try:
                score = float(metric.scorer(estimator, X, y, **options))
                cause = "" if isfinite(score) else f"it is {score}"
            except BaseException as error:  # noqa: BLE001 a scorer may raise anything, or exit
                score, cause = 0.0, cause_of(error)
            scores.append(None if cause else score)
            causes += [f"{metric.name}: {cause}"] if cause else []
        return tuple(scores), "; ".join(causes)


SINGLE = Objectives()


def resolve_objectives(
    scoring: Scorings, task: Task, classes: Classes | None
) -> tuple[Metric, Objectives]:
    """Return the score that decides, and the axes beside it, of a `scoring` argument.

    Parameters
    ----------
    scoring : str, callable, Quantile, TunedThreshold, None, or a list of these
        After the first, a list may also have "size" and "predict_time".
    task : {"classification", "regression"}
    classes : ndarray, list of ndarray or None
        The labels, or those of each target; None for a regression.

    Raises
    ------
    SettingsError
        If one of them is no scorer of the task, names an axis twice, or stands in a wrong place.
    """
    scorings: Sequence[Any] = scoring if isinstance(scoring, list | tuple) else [scoring]
    if not scorings:
        raise SettingsError("expected a scorer or more, got scoring=[]; None is the default one")
    first, *further = scorings
    if isinstance(first, str) and first in COSTS:
        raise SettingsError(f"the first scoring decides, so it has to be a scorer, got {first!r}")
    metric = metric_of(first, task, classes)
    axes = [_resolve_axis(axis, task, classes) for axis in further]
    names = [axis if isinstance(axis, str) else axis.name for axis in axes]
    if twice := [name for name in names if [metric.name, *names].count(name) > 1]:
        raise SettingsError(
            f"expected each axis of scoring once, got {twice[0]!r} twice; leave one of them out, "
            "or give the function another name"
        )
    metrics = tuple(axis for axis in axes if isinstance(axis, Metric))
    return metric, Objectives(tuple(names), metrics)


def _resolve_axis(scoring: Scoring, task: Task, classes: Classes | None) -> str | Metric:
    """Return the word of an axis that costs something, or the metric of another one."""
    if isinstance(scoring, str) and scoring in COSTS:
        return scoring
    if isinstance(scoring, Quantile | TunedThreshold):
        raise SettingsError(
            f"{scoring} changes what is predicted, so it can only be the first scoring of a list"
        )
    metric = metric_of(scoring, task, classes)
    if metric.name in RESERVED:
        raise SettingsError(f"{metric.name!r} is a column of tables; rename that function")
    return metric
