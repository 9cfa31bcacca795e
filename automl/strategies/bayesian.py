"""Bayesian optimization with Optuna's tree-structured Parzen estimator.

::

    ask     Optuna's trial ──suggests──► a choice at every place ──► genome
    tell    genome ──► its choices (`Space.choices`) ──► a finished trial of Optuna

Places (see `automl.pipelines.spaces.space`) are the parameters of Optuna's conditional space. A
told pipeline is always added as a new trial. Most pipelines are starts that Optuna never suggested,
and it has to learn from these, too.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import fmean

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import Trial, TrialState

from automl.outcome import Outcome, State
from automl.pipelines import Choice, Genome, Integer
from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.spaces.space import Space
from automl.randomness import SEEDS


class BayesianStrategy:
    """Optuna's TPE over the conditional space of a grammar, or over the settings of a pipeline.

    Every place of a pipeline is a parameter: the operator that stands there, then the values of its
    hyperparameters. Pipelines without a score rank below all pipelines with a score. Among these,
    more finished folds rank higher, then the better mean.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        Not used: it learns from their outcomes when it is told them.

    References
    ----------
    Bergstra, J. et al. (2011). Algorithms for hyper-parameter optimization. Advances in Neural
    Information Processing Systems 24.
    Akiba, T. et al. (2019). Optuna: a next-generation hyperparameter optimization framework.
    Proceedings of the 25th ACM SIGKDD Conference.
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        self._space = space
        with _silence():
            self._study = optuna.create_study(direction="maximize")
        self._running: dict[Genome, Trial] = {}
        self._proposed: set[Genome] = set()

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the pipeline for which the estimator expects most."""
        # A sampler draws from its own state, so every question gets one with a seed of its own.
        self._study.sampler = optuna.samplers.TPESampler(
            seed=int(rng.integers(SEEDS)), multivariate=True
        )
        trial = self._study.ask()
        genome = self._space.draw(_TrialSampler(trial))
        if genome in self._proposed or not self._space.contains(genome):
            # `Proposals` skips it, so its outcome would never be told and the trial never end.
            self._study.tell(trial.number, state=TrialState.FAIL)
        else:
            self._proposed.add(genome)
            self._running[genome] = trial
        return genome

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Let the estimator learn the outcome of a pipeline."""
        self._proposed.add(genome)
        # A running trial keeps other suggestions away; the finished trial below replaces it.
        if genome in self._running:
            self._study.tell(self._running.pop(genome).number, state=TrialState.FAIL)
        try:
            choices = self._space.choices(genome)
        except ValueError:  # it is deeper than any tree that is drawn here
            return
        scores = outcome.scores
        self._study.add_trial(
            optuna.trial.create_trial(
                state=TrialState.COMPLETE if outcome.state is State.DONE else TrialState.PRUNED,
                value=outcome.score,
                params={place: _encoded(*choice) for place, choice in choices.items()},
                distributions={
                    place: _distribution(options) for place, (options, _) in choices.items()
                },
                intermediate_values={n: fmean(scores[: n + 1]) for n in range(len(scores))},
            )
        )


class _TrialSampler:
    """Makes the choices that a trial of Optuna suggests."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return the suggested name."""
        return str(self._trial.suggest_categorical(place, names))

    def value(self, place: str, domain: Domain) -> Value:
        """Return the suggested value."""
        # Optuna takes no tuples as categories, so a choice is suggested by its position.
        if isinstance(domain, Choice):
            return domain.values[self._trial.suggest_categorical(place, range(len(domain.values)))]
        if isinstance(domain, Integer):
            return self._trial.suggest_int(place, domain.low, domain.high, log=domain.log)
        return domain.nearest(
            self._trial.suggest_float(place, domain.low, domain.high, log=domain.log)
        )


def _distribution(options: Sequence[str] | Domain) -> BaseDistribution:
    """Return options as Optuna describes them; they must equal those of its suggestions."""
    if isinstance(options, Choice):
        return CategoricalDistribution(range(len(options.values)))
    if isinstance(options, Integer):
        return IntDistribution(options.low, options.high, log=options.log)
    if isinstance(options, Sequence):
        return CategoricalDistribution(options)
    return FloatDistribution(options.low, options.high, log=options.log)


def _encoded(options: Sequence[str] | Domain, value: Value) -> Value:
    return options.position(value) if isinstance(options, Choice) else value


@contextmanager
def _silence() -> Iterator[None]:
    """Silence Optuna's message about a new study, and restore its level of logging."""
    logger = logging.getLogger("optuna")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
