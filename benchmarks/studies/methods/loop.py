"""The loop over tasks, seeds and methods: all that the journal does not have yet."""

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.errors import TaskError
from benchmarks.running.provenance import read_provenance
from benchmarks.studies.methods.pipelines import JOBS, STRATEGIES, find_pipeline
from benchmarks.studies.methods.rows import Found, MethodJournal, MethodKey, MethodRow, metric_name
from benchmarks.studies.methods.settings import METHODS, find_settings
from benchmarks.tasks.split import Split, split_task
from benchmarks.tasks.task import TaskReference

Find = Callable[[str, Split, int, float], Found]
LEVELS: dict[str, tuple[Sequence[str], Find]] = {
    "settings": (tuple(METHODS), find_settings),
    "pipelines": (STRATEGIES, find_pipeline),
}
"""Who competes, and how, by what is searched."""


@dataclass(frozen=True)
class MethodPlan:
    """What is measured, on every task."""

    seconds: float
    """The wall seconds of a method."""
    seeds: int
    """How many seeds, each with a hold-out of its own."""
    levels: tuple[str, ...] = tuple(LEVELS)
    """Names of levels."""
    methods: tuple[str, ...] | None = None
    """The only methods to measure, of whatever level has them."""

    def __post_init__(self) -> None:
        known = {f"{method}" for methods, _ in LEVELS.values() for method in methods}
        if unknown := [name for name in self.levels if name not in LEVELS]:
            raise TaskError(f"expected --levels out of {list(LEVELS)}, got {unknown}")
        if unknown := [name for name in self.methods or () if name not in known]:
            raise TaskError(f"expected --methods out of {sorted(known)}, got {unknown}")

    def keys(self, task: str) -> Iterator[MethodKey]:
        """Yield all that is to be measured on a task."""
        for seed in range(self.seeds):
            for level in self.levels:
                for method in LEVELS[level][0]:
                    if self.methods is None or method in self.methods:
                        yield MethodKey(level, method, task, seed, self.seconds)


def run_methods(
    references: Iterable[TaskReference],
    plan: MethodPlan,
    journal: MethodJournal,
    on_row: Callable[[MethodRow], object] = lambda row: None,
) -> None:
    """Measure whatever the journal does not have yet, one method at a time.

    Parameters
    ----------
    references : iterable of TaskReference
    plan : MethodPlan
    journal : MethodJournal
    on_row : callable
        Is told every new row.
    """
    for reference in references:
        missing = [key for key in plan.keys(reference.name) if not journal.has(key)]
        if not missing:
            continue
        task = reference.load()
        for seed in dict.fromkeys(key.seed for key in missing):
            split = split_task(task, seed)
            for key in missing:
                if key.seed == seed:
                    row = measure_method(key, split)
                    journal.append(row)
                    on_row(row)


def measure_method(key: MethodKey, split: Split) -> MethodRow:
    """Measure one method; whatever it raises is its failure.

    Parameters
    ----------
    key : MethodKey
    split : Split
    """
    found, failure = None, ""
    try:
        found = LEVELS[key.level][1](key.method, split, key.seed, key.seconds)
    except Exception as error:  # noqa: BLE001 a method that fails is a result
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = list(dict.fromkeys([*said[:1], *said[-1:]]))  # how it ended, and why
        where = f"({place.name}, line {place.lineno})"
        failure = " ".join([f"{type(error).__name__}:", *said, where])
    return MethodRow(
        key=key,
        metric=metric_name(split),
        digest=split.digest,
        provenance=read_provenance(JOBS if key.level == "pipelines" else 1),
        found=found,
        failure=failure,
        shape=list(split.train_X.shape),
    )
