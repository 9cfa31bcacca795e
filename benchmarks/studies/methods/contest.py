"""The contest of tuners: one hand-made pipeline, its ranges, folds, scorer and clock for all."""

import json
import math
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import get_scorer, log_loss, make_scorer
from sklearn.model_selection import KFold, StratifiedKFold

from automl.pipelines import (
    Catalogue,
    Choice,
    Columns,
    Genome,
    Grammar,
    Integer,
    Real,
    Skeleton,
    Start,
    Traits,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipeline,
)
from benchmarks.tasks.split import Split
from benchmarks.tasks.task import Kind

Place: TypeAlias = tuple[str, str]
Settings: TypeAlias = dict[str, Any]
Rows: TypeAlias = NDArray[np.intp]

N_FOLDS = 3  # inner folds, on which settings are compared
MODELS = ("svc_rbf", "svr_rbf")
PREPARED_BY = ("simple_imputer", "standard_scaler", "one_hot_encoder")
# Imputers and encoders keep their defaults: a contest of three ranges ends within seconds.
TUNED = {*MODELS, "kernel_scaler"}


class TimeUp(BaseException):
    """The seconds are over; no `Exception`, so that it passes through all that tuners catch."""


class Clock:
    """Counts and keeps what a method evaluates while it has time.

    Parameters
    ----------
    seconds : float
        What a method may take. A fit under way is not stopped, but what ends late counts only if
        there is nothing else.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.fits = 0
        self.evaluations = 0
        self.best: tuple[float, Settings] | None = None
        self.trace: list[list[float]] = []
        self._unfinished: dict[str, list[float]] = defaultdict(list)
        self._started = time.perf_counter()

    def elapsed(self) -> float:
        """Return the seconds since the start, pauses left out."""
        return time.perf_counter() - self._started

    def check(self) -> None:
        """Raise `TimeUp` if the seconds are over."""
        if self.elapsed() >= self.seconds:
            raise TimeUp

    def note(self, settings: Settings, score: float) -> None:
        """Take note of settings' score on one more fold; with the last one they are evaluated."""
        name = describe(settings)
        scores = self._unfinished[name]
        scores.append(score)
        if len(scores) < N_FOLDS:
            return
        del self._unfinished[name]
        self.evaluations += 1
        mean = math.fsum(scores) / N_FOLDS
        elapsed = self.elapsed()
        # A first score that comes late still counts: a method with nothing has no place at all.
        better = self.best is None or (elapsed <= self.seconds and mean > self.best[0])
        if better and math.isfinite(mean):
            self.best = mean, settings
            self.trace.append([elapsed, mean])

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let something happen that costs the method no time."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._started += time.perf_counter() - started


def describe(settings: Settings) -> str:
    """Return settings as JSON."""
    return json.dumps(settings, sort_keys=True, default=float)


@dataclass(frozen=True)
class Contest:
    """One pipeline whose settings are to be tuned on one training part."""

    catalogue: Catalogue
    """The operators of the pipeline; those that prepare columns have no settings."""
    columns: Columns
    """The kinds of the columns."""
    genome: Genome
    """The pipeline at its defaults."""
    cells: pd.DataFrame
    """The training part as pipelines take it, shape (n_rows, n_columns)."""
    y: NDArray[Any]
    """The target, shape (n_rows,)."""
    splits: list[tuple[Rows, Rows]]
    """The inner folds."""
    scorer: Any
    """Called as ``scorer(estimator, X, y)``; greater is better."""
    seed: int
    """Of pipelines and tuners."""
    names: dict[Place, str]
    """The name that scikit-learn has for every hyperparameter, by its place."""

    @property
    def domains(self) -> dict[str, Real | Integer | Choice]:
        """The ranges by scikit-learn's names."""
        domains = Skeleton(self.genome, self.catalogue).hyperparameters()
        return {self.names[place]: domain for place, domain in domains.items()}

    def build(self, genome: Genome | None = None) -> BaseEstimator:
        """Return the estimator of a genome, or that at its defaults."""
        return _build(genome or self.genome, self.catalogue, self.columns, self.seed)

    def settings(self, genome: Genome) -> Settings:
        """Return the settings of a genome by scikit-learn's names."""
        values = Skeleton(self.genome, self.catalogue).values(genome)
        return {self.names[place]: value for place, value in values.items()}

    def fold_score(self, estimator: BaseEstimator, train: Rows, test: Rows) -> float:
        """Fit on some rows and score on other rows.

        Parameters
        ----------
        estimator : estimator
        train, test : ndarray of shape (n_rows,)
            Places of rows.

        Raises
        ------
        ValueError
            If the score is not finite, and whatever the estimator raises.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(self.cells.iloc[train], self.y[train])
            score = float(self.scorer(estimator, self.cells.iloc[test], self.y[test]))
        if not math.isfinite(score):
            raise ValueError(f"the score is {score}")
        return score

    def evaluate(self, settings: Settings, clock: Clock) -> float:
        """Return the mean score of settings on all folds, and take note of it."""
        scores = []
        for train, test in self.splits:
            # Before every fold, so that no method is late by a whole cross-validation.
            clock.check()
            estimator = self.build().set_params(**settings)
            scores.append(self.fold_score(estimator, train, test))
            clock.fits += 1
            clock.note(settings, scores[-1])
        return math.fsum(scores) / len(scores)


def make_contest(split: Split, seed: int) -> Contest:
    """Return the contest on the training part of a hold-out.

    Parameters
    ----------
    split : Split
    seed : int
    """
    is_classification = split.task.kind.is_classification
    columns = read_columns(split.train_X)
    cells = columns.read(split.train_X)
    y = split.train_y.to_numpy()
    catalogue, genome = _hand_made(split, columns)
    folds = (StratifiedKFold if is_classification else KFold)(
        N_FOLDS, shuffle=True, random_state=seed
    )
    return Contest(
        catalogue=catalogue,
        columns=columns,
        genome=genome,
        cells=cells,
        y=y,
        splits=list(folds.split(cells, y)),
        scorer=_scorer(split),
        seed=seed,
        names=_parameter_names(genome, catalogue, columns, seed),
    )


def _hand_made(split: Split, columns: Columns) -> tuple[Catalogue, Genome]:
    """Return a support vector machine over scaled numbers and one-hot categories."""
    traits = Traits(
        task=split.task.kind.word,
        n_rows=len(split.train_X),
        n_columns=len(columns.names),
    )
    catalogue = load_catalogue("default", include=[*MODELS, *PREPARED_BY])
    start = _start(catalogue, columns, traits)
    # What has no domains has nothing that a tuner could touch.
    for name in {part.operator for part in start.walk()} & set(catalogue) - TUNED:
        operator = catalogue[name]
        fixed = {**operator.fixed, **operator.defaults()}
        catalogue = catalogue.with_operator(replace(operator, domains={}, fixed=fixed))
    start = _start(catalogue, columns, traits)
    return catalogue, start.with_settings(catalogue[start.operator].defaults())


def _start(catalogue: Catalogue, columns: Columns, traits: Traits) -> Genome:
    model = next(name for name in MODELS if traits.task in catalogue[name].tasks)
    start = starting_pipeline(Grammar(catalogue, columns, traits), Start(model))
    assert start is not None
    return start


def _build(genome: Genome, catalogue: Catalogue, columns: Columns, seed: int) -> BaseEstimator:
    return build_pipeline(genome, catalogue, columns, random_state=seed)


def _parameter_names(
    genome: Genome, catalogue: Catalogue, columns: Columns, seed: int
) -> dict[Place, str]:
    """Find scikit-learn's name of every hyperparameter: what differs when only that is changed."""
    skeleton = Skeleton(genome, catalogue)
    values = skeleton.values(genome)
    plain = _build(genome, catalogue, columns, seed).get_params()
    names = {}
    for place, domain in skeleton.hyperparameters().items():
        # Three values of a grid hold one that is not the default, whichever that is.
        new_value = next(value for value in domain.grid(3) if value != values[place])
        changed = skeleton.with_values({**values, place: new_value})
        params = _build(changed, catalogue, columns, seed).get_params()
        (names[place],) = (
            name
            for name, value in params.items()
            if isinstance(value, float | int | str | None)
            and repr(value) != repr(plain[name])  # NaN is not itself
        )
    return names


def _scorer(split: Split) -> Any:
    if split.task.kind is Kind.MULTICLASS:
        # A fold may lack a rare class, whose column log loss has to know all the same.
        return make_scorer(
            log_loss,
            response_method="predict_proba",
            greater_is_better=False,
            labels=split.task.classes,
        )
    binary = split.task.kind is Kind.BINARY
    return get_scorer("roc_auc" if binary else "neg_root_mean_squared_error")
