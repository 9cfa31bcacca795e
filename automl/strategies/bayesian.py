"""Bayesian optimization with Optuna's tree-structured Parzen estimator."""

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

    Every place of a pipeline is a parameter: which operator stands there, then the values of its
    hyperparameters. Pipelines without a score count as worse than all with one, and among these
    the ones that got further as better, then those with the better mean.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        Of no use to this strategy; it learns from what came of them.

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
        self._known: set[Genome] = set()

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the pipeline of which the estimator expects most."""
        self._study.sampler = optuna.samplers.TPESampler(
            seed=int(rng.integers(SEEDS)), multivariate=True
        )
        trial = self._study.ask()
        genome = self._space.draw(_TrialChooser(trial))
        if genome in self._known or not self._space.contains(genome):  # nobody will tell of it
            self._study.tell(trial.number, state=TrialState.FAIL)
        else:
            self._known.add(genome)
            self._running[genome] = trial
        return genome

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Let the estimator learn what came of a pipeline."""
        self._known.add(genome)
        if genome in self._running:  # so far it only kept others away from it
            self._study.tell(self._running.pop(genome).number, state=TrialState.FAIL)
        try:
            choices = self._space.choices(genome)
        except ValueError:  # it is deeper than what is drawn here
            return
        scores = outcome.scores
        self._study.add_trial(
            optuna.trial.create_trial(
                state=TrialState.COMPLETE if outcome.state is State.DONE else TrialState.PRUNED,
                value=outcome.score,
                params={place: _encoded(*choice) for place, choice in choices.items()},
                distributions={place: _distribution(of) for place, (of, _) in choices.items()},
                intermediate_values={n: fmean(scores[: n + 1]) for n in range(len(scores))},
            )
        )


class _TrialChooser:
    """Chooses what a trial of Optuna suggests."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return the name that is suggested."""
        return str(self._trial.suggest_categorical(place, names))

    def value(self, place: str, domain: Domain) -> Value:
        """Return the value that is suggested."""
        if isinstance(domain, Choice):
            return domain.values[self._trial.suggest_categorical(place, range(len(domain.values)))]
        if isinstance(domain, Integer):
            return self._trial.suggest_int(place, domain.low, domain.high, log=domain.log)
        return domain.nearest(
            self._trial.suggest_float(place, domain.low, domain.high, log=domain.log)
        )


def _distribution(of: Sequence[str] | Domain) -> BaseDistribution:
    if isinstance(of, Choice):
        return CategoricalDistribution(range(len(of.values)))
    if isinstance(of, Integer):
        return IntDistribution(of.low, of.high, log=of.log)
    if isinstance(of, Sequence):
        return CategoricalDistribution(of)
    return FloatDistribution(of.low, of.high, log=of.log)


def _encoded(of: Sequence[str] | Domain, value: Value) -> Value:
    return of.position(value) if isinstance(of, Choice) else value


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Optuna from telling that a study was made."""
    logger = logging.getLogger("optuna")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
