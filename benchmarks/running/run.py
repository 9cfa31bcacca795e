"""The loop of the suite: every task, split and adapter that the journal does not have yet."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.running.job import Job, write_data
from benchmarks.running.journal import Journal, Key, Row
from benchmarks.running.measure import Measurement, measure
from benchmarks.running.peers import ENVIRONMENTS, find_installation
from benchmarks.running.provenance import Provenance, read_provenance
from benchmarks.running.supervisor import Limits
from benchmarks.tasks.split import Split, split_task
from benchmarks.tasks.task import TaskReference


@dataclass(frozen=True)
class Plan:
    """The measurements on every task."""

    adapters: tuple[str, ...]
    """Names of adapters."""
    budget: float
    """The seconds that `fit` may take."""
    jobs: int
    """The cores that an adapter may use."""
    seed: int = 0
    """The seed of the adapters."""
    splits: int = 1
    """Hold-outs of a task."""
    rows: int | None = None
    """Rows to fit on, at most; by default two thirds."""
    winners: Path | None = None
    """A folder for exported scripts."""
    environments: Path = ENVIRONMENTS
    """The folder with the environments of peers."""
    kill_seconds: float | None = None
    """Seconds until an adapter's process is ended; by default twice the budget and two minutes."""

    @property
    def limits(self) -> Limits:
        """The limits of a job."""
        # A tool may be late, and start slowly, before it is called a failure.
        seconds = 2 * self.budget + 120 if self.kill_seconds is None else self.kill_seconds
        return Limits(seconds, self.jobs)

    def keys(self, task: str) -> list[Key]:
        """Return all that is to be measured on a task, split by split."""
        return [
            Key(task, split, adapter, self.seed, self.budget)
            for split in range(self.splits)
            for adapter in self.adapters
        ]


def run_plan(
    references: Iterable[TaskReference],
    plan: Plan,
    journal: Journal,
    on_row: Callable[[Row], object] = lambda row: None,
) -> None:
    """Measure whatever the journal does not have yet, one job at a time.

    Parameters
    ----------
    references : iterable of TaskReference
    plan : Plan
    journal : Journal
    on_row : callable
        Is called with every new row.
    """
    # Before any work: an environment that is missing would otherwise be told hours later.
    for adapter in plan.adapters:
        journal.check(adapter, _provenance(adapter, plan))
    for reference in references:
        journal.fill(
            plan.keys(reference.name),
            partial(measure_task, reference=reference, plan=plan, journal=journal),
            on_row,
        )


def measure_task(
    keys: Sequence[Key], reference: TaskReference, plan: Plan, journal: Journal
) -> Iterator[Row]:
    """Measure on one task, split by split; it is read only if there is something to measure.

    Parameters
    ----------
    keys : sequence of Key
    reference : TaskReference
    plan : Plan
    journal : Journal
        Knows which version of the package it holds.
    """
    if not keys:
        return
    task = reference.load()
    for number in sorted({key.split for key in keys}):
        # The number alone seeds it, so that all adapters of all days get the same rows.
        split = split_task(task, number, plan.rows)
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
            folder = Path(name)
            write_data(folder / "data", split.train_X, split.train_y, split.test_X)
            for key in keys:
                if key.split == number:
                    yield run_job(key, split, plan, journal, folder)


def run_job(key: Key, split: Split, plan: Plan, journal: Journal, folder: Path) -> Row:
    """Measure one adapter in a folder that is gone afterwards.

    Parameters
    ----------
    key : Key
    split : Split
    plan : Plan
    journal : Journal
        Knows which version of the package it holds.
    folder : path
        Where the data are.
    """
    # Again before every job, because somebody may edit the package while a run lasts.
    provenance = _provenance(key.adapter, plan)
    journal.check(key.adapter, provenance)
    # A folder for each job, so that no tool finds the files of another.
    with tempfile.TemporaryDirectory(dir=folder) as name:
        job = Job(folder=Path(name) / "job", data=folder / "data")
        python = find_installation(key.adapter, plan.environments).python
        measurement = Measurement(key, split, plan.jobs, plan.limits, python)
        return measure(measurement, job, provenance, plan.winners)


def _provenance(adapter: str, plan: Plan) -> Provenance:
    return read_provenance(plan.jobs, find_installation(adapter, plan.environments).versions)
