"""Nested fitness: the score of a pipeline on rows that had no part in anything it chose.

::

    outer training part ──tuner: inner folds──► settings ─┐
            │                                             ▼
            └──────────── encoders, selectors, early stopping, model ──► fitted pipeline
                                                                               │
    held-out part ─────────────────────────────── predicted once ──► score, predictions

A pipeline sees nothing but the training part of an outer fold: encoders, imputers and selectors
learn there. Early stopping holds rows of it out, and regularization paths and tuners split it
again.
"""

import time
import warnings
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from automl.evaluation.device import on_device, predict_on_processor
from automl.evaluation.held_out import CachingPredictor
from automl.evaluation.tuning import Tuned, tune
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome, Operator, Skeleton
from automl.pipelines.carried.quantiles import QuantilesRegressor
from automl.problem.dataset import Dataset
from automl.problem.objectives import SINGLE
from automl.problem.problem import Problem

# On which a final pipeline has to predict finite numbers. Overflow shows in most rows, so few tell.
CHECKED_ROWS = 100
# Settings that halving compares for a pipeline that leads, by the rows of the training part: with
# few rows it has no rungs to save on. Either way it costs about as much as ten fits.
LEADER_TRIALS = {1_500: 9, 0: 3}


@dataclass(frozen=True)
class FinalFit:
    """A pipeline fitted on all rows, or bagged."""

    pipeline: BaseEstimator
    """The fitted pipeline; it takes the raw dataframe."""
    genome: str
    """The text of the pipeline with the settings that it has."""
    rounds: int | None
    """The rounds that it was fitted with."""
    seconds: float
    """The processor seconds of the fit, over all threads."""
    left_device: bool = False
    """Whether the CPU made a fit that was too large for the GPU."""


def evaluate_fold(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Fit a pipeline on the training part of one outer fold and score it on the held-out part.

    Where a method tunes every pipeline, it chooses the settings in the training part first.

    Parameters
    ----------
    problem : Problem
    genome : Genome
    fold : int
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
    """Score a pipeline on the held-out part of a fold after learning from fewer rows.

    Parameters
    ----------
    problem : Problem
    genome : Genome
    fold : int
    """
    return fit_and_score(problem, genome, problem.fewer_rows(fold), problem.splits[fold][1])


def evaluate_structured(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Score a pipeline on a fold that respects the structure which the outer folds ignore.

    Parameters
    ----------
    problem : Problem
    genome : Genome
    fold : int
        The place among the `structured_folds`.
    """
    return fit_and_score(problem, genome, *problem.structured_folds[fold].split)


def tune_fold(problem: Problem, genome: Genome, fold: int) -> FoldOutcome:
    """Find better settings by a few halving trials inside the training part of one outer fold.

    Parameters
    ----------
    problem : Problem
    genome : Genome
        A leader. Its own settings are compared, too, and stay if no others are better.
    fold : int
    """
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
    """Fit a pipeline as it is on some rows and score it on others.

    Parameters
    ----------
    problem : Problem
    genome : Genome
    train : ndarray
        The rows to learn from.
    test : ndarray
        The rows to predict.

    Raises
    ------
    ValueError
        If the score is not finite; any error of the pipeline is raised as it is.
    """
    fit = partial(_fit_and_score, genome=genome, train=train, test=test)
    outcome, left_device = on_device(problem, genome, fit)
    return replace(outcome, left_device=left_device)


def _fit_and_score(
    problem: Problem, genome: Genome, train: NDArray[np.intp], test: NDArray[np.intp]
) -> FoldOutcome:
    data = problem.dataset
    train, test = data.weighted_rows(train), data.weighted_rows(test)
    pipeline = problem.build(genome)
    X_test = data.frame.iloc[test]
    started = time.perf_counter()
    _fit(pipeline, data, train)
    fitted = time.perf_counter()
    options = {} if data.sample_weight is None else {"sample_weight": data.sample_weight[test]}
    # The metric and the bank both need the predictions, which may take longer than the fit.
    predictor = CachingPredictor(pipeline, data.classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as a class that is never predicted
        score = float(problem.metric.scorer(predictor, X_test, data.y[test], **options))
        predictions = predictor.held_out(X_test, labels=problem.metric.threshold is not None)
        predict_seconds = time.perf_counter() - fitted
        further, cause = problem.objectives.score(predictor, X_test, data.y[test], **options)
    if not np.isfinite(score):
        raise ValueError(f"the score {problem.metric.name} of this pipeline is {score}")
    return FoldOutcome(
        State.DONE,
        score=score,
        fit_seconds=fitted - started,
        predict_seconds=predict_seconds,
        rounds=_rounds(pipeline, problem.model(genome)),
        predictions=predictions,
        further=further,
        cause=cause,
    )


def fit_final(
    problem: Problem, genome: Genome, rounds: int | None, n_jobs: int, fold: int | None = None
) -> FinalFit:
    """Fit a pipeline on all rows, or bagged, with the rounds that the folds chose.

    Where a method tunes every pipeline in the folds, it chooses the settings here on all rows.
    On the training part of a fold, a pipeline keeps the settings that it has.

    Parameters
    ----------
    problem : Problem
    genome : Genome
    rounds : int or None
        The rounds of the fit, where the model has such.
    n_jobs : int
        The threads that the model may use.
    fold : int, optional
        The outer fold whose training part takes the place of all rows.

    Raises
    ------
    ValueError
        If predictions are not finite; any error of the pipeline is raised as it is.
    """
    fit = partial(_fit_final, genome=genome, rounds=rounds, n_jobs=n_jobs, fold=fold)
    final, left_device = on_device(problem, genome, fit)
    return replace(final, left_device=left_device)


def _fit_final(
    problem: Problem, genome: Genome, rounds: int | None, n_jobs: int, fold: int | None
) -> FinalFit:
    data, started = problem.dataset, time.process_time()
    rows = problem.final_rows if fold is None else problem.splits[fold][0]
    if problem.cv.tunes_inside and fold is None:
        tuned = _tuned(problem, genome, rows)
        genome, rounds = tuned.genome, tuned.outcome.rounds or rounds
    pipeline = problem.build(genome, rounds=rounds, final=True)
    model = pipeline.steps[-1][1]
    parallel = problem.model(genome).parallel and "n_jobs" in model.get_params(deep=False)
    if parallel:
        model.set_params(n_jobs=n_jobs)
    _fit(pipeline, data, data.weighted_rows(rows))
    if parallel:
        model.set_params(n_jobs=None)  # the machine that predicts may be another one
    if problem.uses_device(genome):
        predict_on_processor(model)  # for the same reason
    predict = pipeline.predict_proba if data.is_classification else pipeline.predict
    predictions = predict(data.frame.iloc[:CHECKED_ROWS])  # row by row, or target by target
    if not all(np.isfinite(part).all() for part in predictions):
        raise ValueError("after its final fit, the pipeline predicts numbers that are not finite")
    return FinalFit(pipeline, genome.text, rounds, time.process_time() - started)


def _tuned(problem: Problem, genome: Genome, rows: NDArray[np.intp]) -> Tuned:
    problem = replace(problem, objectives=SINGLE)  # a tuner looks at the score that decides
    return tune(
        Skeleton(genome, problem.catalogue),
        problem.inner_splits_of(rows),
        str(problem.cv.tuner),
        problem.cv.trials,
        partial(fit_and_score, problem),
        problem.seed,
    )


def _fit(pipeline: BaseEstimator, data: Dataset, rows: NDArray[np.intp]) -> None:
    options = {}
    if data.sample_weight is not None:
        options[f"{pipeline.steps[-1][0]}__sample_weight"] = data.sample_weight[rows]
    with warnings.catch_warnings():
        # Thousands of fits would warn of slow convergence and such; the score has the last word.
        warnings.simplefilter("ignore")
        pipeline.fit(data.frame.iloc[rows], data.y[rows], **options)


def _rounds(pipeline: BaseEstimator, operator: Operator) -> int | None:
    if operator.rounds is None or operator.rounds.attribute is None:
        return None
    model = pipeline.steps[-1][1]
    # Of several quantiles, each has a model; the final fit gives them the same rounds.
    models = model.estimators_ if isinstance(model, QuantilesRegressor) else [model]
    rounds = [getattr(_predicting(part), operator.rounds.attribute) for part in models]
    return round(fmean(rounds))


def _predicting(model: Any) -> Any:
    """Return the fitted model inside the meta-estimators around it."""
    # Of the fits on folds inside, the first stands for all: the rounds differ little.
    if hasattr(model, "calibrated_classifiers_"):
        return _predicting(model.calibrated_classifiers_[0].estimator)
    # In an ensemble such as a forest, `estimator_` is only the template of its members.
    for name in ("regressor_", "estimator_"):
        if hasattr(model, name) and not hasattr(model, "estimators_"):
            return _predicting(getattr(model, name))
    return model
