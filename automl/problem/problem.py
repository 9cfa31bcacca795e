"""All that the evaluation of a pipeline needs."""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from automl.pipelines import Bagging, Catalogue, Genome, Operator, Traits
from automl.pipelines.building.bagging import bagged
from automl.pipelines.building.build import make, model_of, pipeline_call
from automl.pipelines.operators.calls import locate
from automl.problem.dataset import Dataset
from automl.problem.metric import Metric
from automl.problem.splits import NestedCV, Split, inner_splits

LARGEST_SHARE = 0.9  # of a training part that is worth looking at as fewer rows


@dataclass(frozen=True)
class Problem:
    """All that the evaluation of a pipeline needs, and that does not change during a search."""

    dataset: Dataset
    """The data."""
    catalogue: Catalogue
    """The operators, the baseline among them."""
    splits: list[Split]
    """The outer folds."""
    metric: Metric
    """What is maximized."""
    seed: int
    """The seed of every operator that draws."""
    cv: NestedCV = field(default_factory=NestedCV)
    """How folds lie inside folds, and who chooses the settings there."""
    bagging: Bagging | None = None
    """How final fits are made on folds, if not on all rows at once."""

    @property
    def inner_splits(self) -> list[list[Split]]:
        """The inner folds of every outer training part, if a tuner needs them."""
        if self.cv.tuner is None:
            return []
        return [inner_splits(self.dataset, train, self.cv, self.seed) for train, _ in self.splits]

    @property
    def folds_per_repeat(self) -> int:
        """The outer folds that hold every row out once, where they are drawn more than once."""
        return len(self.splits) // self.cv.repeats_of(len(self.dataset))

    @property
    def averages(self) -> bool:
        """Whether averages of predictions are predictions: not of labels, nor of several targets.

        Where a threshold is tuned, labels are what is predicted.
        """
        return self.dataset.n_outputs == 1 and self.metric.threshold is None

    def held_out(self, fold: int) -> NDArray[np.intp]:
        """Return the rows that are held out in an outer fold; those of weight 0 do not count."""
        return self.dataset.weighted_rows(self.splits[fold][1])

    @cached_property
    def smaller_share(self) -> float:
        """The share of its training part that a fold learns from to see what fewer rows do.

        It is that of training parts in all rows, or nine tenths where that is more.
        """
        parts = [len(train) for train, _ in self.splits[: self.folds_per_repeat]]
        return min(fmean(parts) / len(self.dataset), LARGEST_SHARE)

    def fewer_rows(self, fold: int) -> NDArray[np.intp]:
        """Return rows of the training part of an outer fold, `smaller_share` of them.

        They are the training part of a fold inside; in the order of time, the last ones.
        """
        train, test = self.splits[fold]
        if train.max() < test.min():
            return train[-max(int(len(train) * self.smaller_share), 1) :]
        inner = max(round(1 / (1 - self.smaller_share)), 2)
        return inner_splits(self.dataset, train, replace(self.cv, inner=inner), self.seed)[-1][0]

    def tuning_fold(self, number: int) -> int:
        """Return the outer fold in whose training part a leader of that number is tuned."""
        return number % len(self.splits)

    @cached_property
    def training_rows(self) -> int:
        """The rows of the smallest training part."""
        return min(len(train) for train, _ in self.splits)

    @cached_property
    def traits(self) -> Traits:
        """What decides which operators are offered."""
        data = self.dataset
        return Traits(
            task=data.task,
            n_rows=self.training_rows,
            n_columns=len(data.columns.names),
            n_outputs=data.n_outputs,
            least_target=float(data.y.min()) if data.task == "regression" else -math.inf,
            quantile=self.metric.quantile,
        )

    def model(self, genome: Genome) -> Operator:
        """Return the operator that predicts at the end of a pipeline."""
        return self.catalogue[model_of(genome, self.catalogue).operator]

    def build(self, genome: Genome, *, final: bool = False, **options: Any) -> BaseEstimator:
        """Return the estimator of a genome, by default as it is tried on folds."""
        call = pipeline_call(
            genome,
            self.catalogue,
            self.dataset.columns,
            random_state=self.seed,
            quantile=self.metric.quantile,
            threshold=self.metric.threshold,
            final=final,
            **options,
        )
        return make(bagged(call, self.bagging if final else None))


def accepts_weights(operator: Operator) -> bool:
    """Tell whether a model takes sample weights; what is no model does not have to."""
    return not operator.is_model or has_fit_parameter(locate(operator.path), "sample_weight")
