"""Nested fitness: what a pipeline is worth on rows that had no part in anything it chose.

Of every outer fold, the training part is all that a pipeline sees: encoders, imputers and
selectors learn there, early stopping holds rows of it out, regularization paths split it again,
and so does a tuner. The held-out part is predicted once, for the score.
"""

import math
import time
import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import has_fit_parameter

from automl.evaluation.held_out import AskedOnce
from automl.evaluation.tuning import Tuned, tune
from automl.outcome import FoldOutcome, State
from automl.pipelines import Bagging, Catalogue, Genome, Operator, Skeleton, Traits
from automl.pipelines.building.bagging import bagged
from automl.pipelines.building.build import make, model_of, pipeline_call
from automl.pipelines.operators.operator import locate
from automl.problem.dataset import Dataset
from automl.problem.metric import Metric
from automl.problem.splits import NestedCV, Split, inner_splits

LARGEST_SHARE = 0.9  # of a training part that is worth looking at as fewer rows
LOOKED_AT = 100  # rows on which the final pipeline is tried
# Settings that halving compares for a pipeline that leads, by the rows of the training part: with
# few rows it has no rungs to save on. Either way it costs about as much as ten fits.
LEADER_TRIALS = {1_500: 9, 0: 3}


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
        return _weighed(self.dataset, self.splits[fold][1])

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


@dataclass(frozen=True)
class FinalFit:
    """A pipeline fitted on all rows, or bagged."""

    pipeline: BaseEstimator
    """Fitted; it takes the raw dataframe."""
    genome: str
    """The text of the pipeline with the settings that it has."""
    rounds: int | None
    """The rounds that it was fitted with."""
    seconds: float
    """Processor seconds that it took, over all threads."""


def evaluate_fold(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Fit a pipeline on the training part of one outer fold and score it on the rest.

    Where a tuner works inside, it chooses the settings in the training part first.
    """
    train, test = problem.splits[fold]
    if not problem.cv.tunes_inside:
        return fit_and_score(problem, genome, train, test)
    started = time.perf_counter()
    tuned = _tuned(problem, genome, train)
    seconds = time.perf_counter() - started
    outcome = fit_and_score(problem, tuned.genome, train, test)
    return replace(
        outcome,
        tune_seconds=seconds,
        tuned=tuned.genome.text,
        inner_score=tuned.outcome.score,
        n_fits=tuned.n_fits + outcome.n_fits,
    )


def evaluate_fewer(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Score a pipeline on the held-out part of a fold after learning from fewer rows."""
    return fit_and_score(problem, genome, problem.fewer_rows(fold), problem.splits[fold][1])


def tune_fold(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Find better settings by a few halving trials inside the training part of one outer fold."""
    train, _ = problem.splits[fold]
    started = time.perf_counter()
    trials = next(count for rows, count in LEADER_TRIALS.items() if len(train) >= rows)
    leader = replace(problem, cv=replace(problem.cv, tuner="halving", trials=trials))
    tuned = _tuned(leader, genome, train)
    return FoldOutcome(
        State.TUNED,
        tune_seconds=time.perf_counter() - started,
        tuned=tuned.genome.text,
        inner_score=tuned.outcome.score,
        n_fits=tuned.n_fits,
    )


def fit_and_score(
    problem: Problem, genome: Genome, train: NDArray[np.intp], test: NDArray[np.intp]
) -> FoldOutcome:
    """Fit a pipeline as it is on some rows and score it on others."""
    data = problem.dataset
    train, test = _weighed(data, train), _weighed(data, test)
    pipeline = problem.build(genome)
    X_test = data.frame.iloc[test]
    started = time.perf_counter()
    _fit(pipeline, data, train)
    fitted = time.perf_counter()
    options = {} if data.sample_weight is None else {"sample_weight": data.sample_weight[test]}
    asked = AskedOnce(pipeline, data.classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = float(problem.metric.scorer(asked, X_test, data.y[test], **options))
        predictions = asked.held_out(X_test, labels=problem.metric.threshold is not None)
    if not np.isfinite(score):
        raise ValueError(f"the score {problem.metric.name} of this pipeline is {score}")
    return FoldOutcome(
        State.DONE,
        score=score,
        fit_seconds=fitted - started,
        predict_seconds=time.perf_counter() - fitted,
        rounds=_rounds(pipeline, problem.model(genome)),
        predictions=predictions,
    )


def fit_final(problem: Problem, genome: Genome, rounds: int | None, n_jobs: int) -> FinalFit:
    """Fit a pipeline on all rows, or bagged, with the rounds that were found inside the folds.

    Where a tuner works inside the folds, it does here what it did there.
    """
    data, started = problem.dataset, time.process_time()
    rows = np.arange(len(data))
    if problem.cv.tunes_inside:
        tuned = _tuned(problem, genome, rows)
        genome, rounds = tuned.genome, tuned.outcome.rounds or rounds
    pipeline = problem.build(genome, rounds=rounds, final=True)
    model = pipeline.steps[-1][1]
    parallel = problem.model(genome).parallel and "n_jobs" in model.get_params(deep=False)
    if parallel:
        model.set_params(n_jobs=n_jobs)
    _fit(pipeline, data, _weighed(data, rows))
    if parallel:
        model.set_params(n_jobs=None)
    predict = pipeline.predict if data.classes is None else pipeline.predict_proba
    if not np.isfinite(predict(data.frame.iloc[:LOOKED_AT])).all():
        raise ValueError("fitted on all rows, it predicts what is not finite")
    return FinalFit(pipeline, genome.text, rounds, time.process_time() - started)


def _tuned(problem: Problem, genome: Genome, rows: NDArray[np.intp]) -> Tuned:
    return tune(
        Skeleton(genome, problem.catalogue),
        inner_splits(problem.dataset, rows, problem.cv, problem.seed),
        str(problem.cv.tuner),
        problem.cv.trials,
        partial(fit_and_score, problem),
        problem.seed,
    )


def accepts_weights(operator: Operator) -> bool:
    """Tell whether a model takes sample weights; what is no model does not have to."""
    return not operator.is_model or has_fit_parameter(locate(operator.path), "sample_weight")


def _weighed(data: Dataset, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Leave out rows of weight 0, which are as good as not there."""
    return rows if data.sample_weight is None else rows[data.sample_weight[rows] > 0]


def _fit(pipeline: BaseEstimator, data: Dataset, rows: NDArray[np.intp]) -> None:
    options = {}
    if data.sample_weight is not None:
        options[f"{pipeline.steps[-1][0]}__sample_weight"] = data.sample_weight[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # thousands of fits: what matters ends up in the score
        pipeline.fit(data.frame.iloc[rows], data.y[rows], **options)


def _rounds(pipeline: BaseEstimator, operator: Operator) -> int | None:
    if operator.rounds is None or operator.rounds.found is None:
        return None
    return int(getattr(_predicting(pipeline.steps[-1][1]), operator.rounds.found))


def _predicting(model: Any) -> Any:
    """Return the fitted model inside the meta-estimators around it."""
    if hasattr(model, "calibrated_classifiers_"):
        return _predicting(model.calibrated_classifiers_[0].estimator)
    for name in ("regressor_", "estimator_"):
        if hasattr(model, name) and not hasattr(model, "estimators_"):
            return _predicting(getattr(model, name))
    return model
