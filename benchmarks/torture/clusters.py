"""Searches on a Dask cluster that fails: the winner is that of home, and nothing is lost."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from benchmarks.torture import faults
from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.stage import Stage
from benchmarks.torture.surroundings import (
    Setting,
    adaptive,
    encrypted,
    impatient,
    network,
    plain,
    small_disk,
)

FEW, MANY = 12, 40  # pipelines


@dataclass(frozen=True)
class Fault:
    """A cluster, and what fails there."""

    act: Callable[[Stage], None]
    """Lets something fail while the search runs."""
    setting: Setting = plain
    """The surroundings."""
    evaluations: int = FEW
    """Pipelines of the search."""


FAULTS = {
    "killed: workers, and once the scheduler": Fault(faults.kill_workers, evaluations=MANY),
    "killed: schedulers": Fault(faults.restart_schedulers),
    "killed: home, with other clusters after": Fault(faults.kill_home),
    "slow: a worker that is stopped": Fault(faults.stop_worker),
    "slow: a worker that is given up": Fault(faults.stop_worker, impatient),
    "slow: a worker at a tenth": Fault(faults.slow_worker),
    "silence: all packets dropped for 10 s": Fault(faults.drop_traffic, network),
    "disk: full from the start": Fault(faults.watch, small_disk("8k")),
    "disk: full from then on": Fault(faults.fill_disk, small_disk("128k")),
    "size: adaptive, from 3 to 0 and back": Fault(faults.resize, adaptive, MANY),
    "TLS: workers killed": Fault(faults.kill_workers, encrypted, MANY),
}


def fit_on_cluster(batch: Batch) -> Iterator[Try]:
    """Search on a cluster that fails."""
    if importlib.util.find_spec("distributed") is None:
        raise Skipped("distributed is not installed")
    fault = FAULTS[batch.case]
    for number in range(batch.tries):
        rng = np.random.default_rng([batch.number, number])
        with Sandbox() as sandbox, fault.setting(sandbox) as surroundings:
            with closing(Stage(sandbox, fault.evaluations, rng, surroundings)) as stage:
                stage.start_fit()
                fault.act(stage)
                problem = sandbox.without_paths("; ".join(stage.end()))
            yield Try(problem, float(stage.n_repeated))


def summary(values: Mapping[str, list[float]]) -> str:
    """Return how many evaluations were done again."""
    totals = (f"{sum(numbers):.0f} in {len(numbers)} x {case}" for case, numbers in values.items())
    return f"evaluations that began again: {'; '.join(totals)}"


CLUSTERS = Part(
    "clusters",
    "Whatever fails in a Dask cluster, the search ends with the winner and the scores of home, "
    "every fold that was in the history stays as it was, and no more fits are made again than "
    "were in flight.",
    dict.fromkeys(FAULTS, 2),
    fit_on_cluster,
    summary=summary,
)
