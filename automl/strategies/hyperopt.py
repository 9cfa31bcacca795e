"""The tree-structured Parzen estimator of Hyperopt.

::

    structure  0 ──► "0/ridge.alpha", ...            a label for every hyperparameter
               1 ──► "1/svc.C", "1/svc.gamma", ...   of every structure

Hyperopt keeps trials as documents with the drawn values by label. Outcomes are written as such
documents, also those of pipelines that Hyperopt did not suggest.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from hyperopt import JOB_STATE_DONE, STATUS_OK, Trials, hp, tpe
from hyperopt.base import Domain as Objective

from automl.outcome import Outcome
from automl.pipelines import Choice, Genome, Integer, Skeleton
from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.spaces.space import Space
from automl.randomness import SEEDS

N_STARTUP = 10  # random proposals before the estimator is asked, as in Optuna


class HyperoptStrategy:
    """Hyperopt's TPE over the settings of the starting structures.

    Hyperopt needs its whole space beforehand, which a grammar cannot give. Over whole pipelines,
    the space is therefore the choice of a start and then its settings.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        Pipelines with the structures.

    References
    ----------
    Bergstra, J., Yamins, D. and Cox, D. (2013). Making a science of model search: hyperparameter
    optimization in hundreds of dimensions for vision architectures. ICML 30.
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        skeletons = [Skeleton(start, space.operators) for start in starts]
        # Starts that differ in settings only share their structure.
        self._skeletons = list({item.structure: item for item in skeletons}.values())
        self._labels = [
            {f"{number}/{'.'.join(place)}": place for place in skeleton.hyperparameters()}
            for number, skeleton in enumerate(self._skeletons)
        ]
        settings = [
            {
                label: _expression(label, skeleton.hyperparameters()[place])
                for label, place in labels.items()
            }
            for skeleton, labels in zip(self._skeletons, self._labels, strict=True)
        ]
        self._objective = Objective(None, hp.choice("structure", settings))
        self._trials = Trials()

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return the pipeline for which the estimator expects most."""
        seed = int(rng.integers(SEEDS))
        ids = self._trials.new_trial_ids(1)
        options = {"n_startup_jobs": N_STARTUP, "verbose": False}
        (document,) = tpe.suggest(ids, self._objective, self._trials, seed, **options)
        # The values of the structures that were not chosen are empty lists.
        drawn = document["misc"]["vals"].items()
        chosen = {label: values[0] for label, values in drawn if values}
        number = int(chosen["structure"])
        domains = self._skeletons[number].hyperparameters()
        return self._skeletons[number].with_values(
            {
                place: _decoded(domains[place], chosen[label])
                for label, place in self._labels[number].items()
            }
        )

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Let the estimator learn the outcome of a pipeline; one without a score is the worst."""
        numbers = [n for n, item in enumerate(self._skeletons) if item.contains(genome)]
        if not numbers:
            return
        skeleton, labels = self._skeletons[numbers[0]], self._labels[numbers[0]]
        domains, values = skeleton.hyperparameters(), skeleton.values(genome)
        chosen = {label: _encoded(domains[place], values[place]) for label, place in labels.items()}
        chosen["structure"] = numbers[0]
        (tid,) = self._trials.new_trial_ids(1)
        names = self._objective.params
        misc = {
            "tid": tid,
            "cmd": None,
            "idxs": {name: [tid] * (name in chosen) for name in names},
            "vals": {name: [chosen[name]] if name in chosen else [] for name in names},
        }
        loss = math.inf if outcome.score is None else -outcome.score
        result = {"status": STATUS_OK, "loss": loss}
        (document,) = self._trials.new_trial_docs([tid], [None], [result], [misc])
        self._trials.insert_trial_doc({**document, "state": JOB_STATE_DONE})
        self._trials.refresh()


def _expression(label: str, domain: Domain) -> Any:
    """Return a domain as an expression of Hyperopt."""
    if isinstance(domain, Choice):
        return hp.randint(label, len(domain.values))
    if isinstance(domain, Integer):
        if domain.log:
            return hp.qloguniform(label, math.log(domain.low), math.log(domain.high), 1)
        return hp.uniformint(label, domain.low, domain.high)
    if domain.log:
        return hp.loguniform(label, math.log(domain.low), math.log(domain.high))
    return hp.uniform(label, domain.low, domain.high)


def _decoded(domain: Domain, value: float) -> Value:
    return domain.values[int(value)] if isinstance(domain, Choice) else domain.nearest(value)


def _encoded(domain: Domain, value: Value) -> Value:
    return domain.position(value) if isinstance(domain, Choice) else value
