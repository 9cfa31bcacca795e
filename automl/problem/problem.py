"""Everything that the evaluation of a pipeline needs."""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from automl.errors import DataError
from automl.pipelines import Bagging, BuildOptions, Catalogue, Genome, Operator, Traits
from automl.pipelines.building.bagging import bagged
from automl.pipelines.building.build import make, model_of, pipeline_call
from automl.pipelines.catalogue import on_processor, uses_device
from automl.pipelines.operators.calls import locate
from automl.problem.dataset import Dataset
from automl.problem.metric import Metric
from automl.problem.objectives import Objectives
from automl.problem.scorable import Scorable
from automl.problem.scored_splits import scored_inner
from automl.problem.splits import NestedCV, Split, inner_splits
from automl.problem.structure import Structure
from automl.problem.structured_splits import StructuredFold, structured_folds
from automl.problem.thrift import Thrift

LARGEST_SHARE = 0.9  # of a training part: with a larger share, fewer rows make no difference


@dataclass(frozen=True)
class Problem:
    """Everything that the evaluation of a pipeline needs, and that a search does not change.

    Workers read it once from a file, so it holds nothing of the state of a search.
    """

    dataset: Dataset
    """The data."""
    catalogue: Catalogue
    """The operators, the baseline among them."""
    splits: list[Split]
    """The outer folds."""
    metric: Metric
    """The score to maximize."""
    seed: int
    """The seed of every operator that draws."""
    cv: NestedCV = field(default_factory=NestedCV)
    """The folds of both levels, and the tuner of settings."""
    bagging: Bagging | None = None
    """The folds of final fits; None if these are made on all rows at once."""
    structure: Structure = field(default_factory=Structure)
    """The columns by which rows are related, where the folds take no notice of it."""
    objectives: Objectives = field(default_factory=Objectives)
    """What pipelines are compared by beside that score."""
    learnt_rows: NDArray[np.intp] | None = None
    """The rows that pipelines learn from; None for all."""

    def compact(self) -> "Problem":
        """Return the problem without the rows that no pipeline learns from or predicts."""
        if self.learnt_rows is None:
            return self
        parts = [rows for split in self.splits for rows in split]
        used = np.unique(np.concatenate([self.learnt_rows, *parts]))
        train_and_test = [np.searchsorted(used, rows) for rows in parts]
        return replace(
            self,
            dataset=self.dataset.take(used),
            # Fewer rows would be drawn several times by default.
            cv=replace(self.cv, repeats=self.cv.repeats_of(len(self.dataset))),
            splits=list(zip(train_and_test[::2], train_and_test[1::2], strict=True)),
            learnt_rows=np.searchsorted(used, self.learnt_rows),
        )

    @property
    def inner_splits(self) -> list[list[Split]]:
        """The inner folds of every outer training part, if a tuner needs them."""
        if self.cv.tuner is None:
            return []
        return [self.inner_splits_of(train) for train, _ in self.splits]

    def inner_splits_of(self, rows: NDArray[np.intp]) -> list[Split]:
        """Return the inner folds of some rows; none where validation parts would have no score."""
        scorable = Scorable(self.dataset, self.metric)
        return scored_inner(self.dataset, rows, self.cv, self.seed, scorable)

    @property
    def folds_per_repeat(self) -> int:
        """The number of outer folds of one draw, which holds every row out once."""
        return len(self.splits) // self.cv.repeats_of(len(self.dataset))

    @property
    def thrift(self) -> Thrift:
        """The folds and rows that the fit does without."""
        is_held_out = len(self.splits) == 1 and isinstance(self.cv.outer, Integral)
        return Thrift(is_held_out, None if self.learnt_rows is None else len(self.learnt_rows))

    @property
    def final_rows(self) -> NDArray[np.intp]:
        """The rows of the final fits; those of weight 0 do not count."""
        rows = np.arange(len(self.dataset)) if self.learnt_rows is None else self.learnt_rows
        return self.dataset.weighted_rows(rows)

    @property
    def averages(self) -> bool:
        """Whether predictions can be averaged, as an ensemble does.

        Labels cannot, and a tuned threshold predicts labels. Several targets and several quantiles
        are not supported.
        """
        is_several = self.dataset.n_outputs > 1 or isinstance(self.metric.quantile, tuple)
        return not is_several and self.metric.threshold is None

    def held_out(self, fold: int) -> NDArray[np.intp]:
        """Return the rows that are held out in an outer fold; those of weight 0 do not count."""
        return self.dataset.weighted_rows(self.splits[fold][1])

    @cached_property
    def smaller_share(self) -> float:
        """The share of a training part that the learning curve takes as its fewer rows.

        It is the share of training parts in all rows, at most nine tenths. So the step from the
        fewer rows to a training part is like the step from there to all rows.
        """
        data, splits = self.dataset, self.splits[: self.folds_per_repeat]
        parts = [len(data.weighted_rows(train)) for train, _ in splits]
        return min(fmean(parts) / len(self.final_rows), LARGEST_SHARE)

    def fewer_rows(self, fold: int) -> NDArray[np.intp]:
        """Return rows of the training part of an outer fold, `smaller_share` of them.

        They are the training part of an inner fold, so that groups and classes are kept together as
        in the outer folds. Where the folds follow time, they are the last rows.
        """
        train, test = self.splits[fold]
        times = self.dataset.times
        moments = np.arange(len(self.dataset)) if times is None else times
        # Held-out rows come after the training part: old rows would be the wrong ones to keep.
        if moments[train].max() < moments[test].min():
            latest = train[np.argsort(moments[train], kind="stable")]
            return latest[-max(int(len(train) * self.smaller_share), 1) :]
        # Of n folds, each leaves 1 - 1/n of the rows to learn from.
        inner = max(round(1 / (1 - self.smaller_share)), 2)
        return inner_splits(self.dataset, train, replace(self.cv, inner=inner), self.seed)[-1][0]

    @cached_property
    def structured_folds(self) -> list[StructuredFold]:
        """The folds that respect the structure; none where each would take many fits."""
        # The rows of these folds are none of those that workers have of a compact problem.
        if self.cv.tunes_inside or self.learnt_rows is not None:
            return []
        try:
            return structured_folds(self.dataset, self.structure, self.seed)
        except DataError:  # too few groups or moments, for which words have to do
            return []

    def tuning_fold(self, number: int) -> int:
        """Return the outer fold in whose training part a leader of that number is tuned.

        Leaders take turns, so that settings are not fitted to a single training part.
        """
        return number % len(self.splits)

    @cached_property
    def training_rows(self) -> int:
        """The rows of the smallest training part."""
        return min(len(train) for train, _ in self.splits)

    @cached_property
    def traits(self) -> Traits:
        """The traits of the data by which operators are offered."""
        data = self.dataset
        return Traits(
            task=data.task,
            n_rows=self.training_rows,  # an operator has to work in the smallest fold, too
            n_columns=len(data.columns.names),
            n_outputs=data.n_outputs,
            has_categories=data.columns.has_categories,
            least_target=-math.inf if data.is_classification else float(data.y.min()),
            quantile=self.metric.quantile,
        )

    def model(self, genome: Genome) -> Operator:
        """Return the operator that predicts at the end of a pipeline."""
        return self.catalogue[model_of(genome, self.catalogue).operator]

    def own_classes(self, genome: Genome) -> str:
        """Return the paths of the classes of a pipeline that are the user's, or an empty text."""
        steps = (node for node in genome.walk() if not (node.is_leaf or node.is_join))
        operators = (self.catalogue[step.operator] for step in steps)
        return " ".join(sorted({operator.path for operator in operators if operator.is_own}))

    def uses_device(self, genome: Genome) -> bool:
        """Tell whether a part of a pipeline is fitted on a GPU."""
        names = self._device_operators
        return bool(names) and any(node.operator in names for node in genome.walk())

    @cached_property
    def _device_operators(self) -> frozenset[str]:
        operators = self.catalogue.values()
        return frozenset(operator.name for operator in operators if uses_device(operator))

    def on_processor(self) -> "Problem":
        """Return the problem with all fits on the processor."""
        return replace(self, catalogue=on_processor(self.catalogue))

    @property
    def build_options(self) -> BuildOptions:
        """The settings that all estimators of the problem share."""
        metric = self.metric
        return BuildOptions(self.seed, metric.quantile, metric.threshold, self.dataset.n_outputs)

    def build(
        self, genome: Genome, *, rounds: int | None = None, final: bool = False
    ) -> BaseEstimator:
        """Return the estimator of a genome.

        Parameters
        ----------
        genome : Genome
        rounds : int, optional
            The number of rounds that early stopping chose.
        final : bool
            Whether it is for the final fit; by default it is for an outer fold.
        """
        columns, options = self.dataset.columns, self.build_options
        call = pipeline_call(genome, self.catalogue, columns, options, rounds=rounds, final=final)
        return make(bagged(call, self.bagging if final else None))


def accepts_weights(operator: Operator) -> bool:
    """Tell whether an operator works with sample weights: a model has to take them in `fit`."""
    return not operator.is_model or has_fit_parameter(locate(operator.path), "sample_weight")
