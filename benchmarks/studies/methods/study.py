"""The comparison of tuners: every method on every task, with a hold-out for each seed."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from benchmarks.errors import TaskError
from benchmarks.options import count, names, positive
from benchmarks.studies.methods.report import methods_report
from benchmarks.studies.methods.tuners import METHODS, Tuned, find_settings
from benchmarks.studies.study import RESULTS, Study
from benchmarks.tasks.bundled import LOADERS, bundled_tasks
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.split import Split, split_task
from benchmarks.tasks.task import TaskReference

DEFAULT_TASKS = (
    "credit_g",
    "phoneme",
    "vehicle",
    "eucalyptus",
    "car",
    "blood_transfusion",
    "abalone",
    "moneyball",
    "boston",
    "airfoil_self_noise",
)
"""Small and medium sets of a folder: numbers, categories, gaps; two classes, several, numbers."""


@dataclass(frozen=True)
class MethodKey:
    """A method on a task."""

    method: str
    """Its name."""
    task: str
    """The name of the task."""
    seed: int
    """The seed of the method, and the number of the hold-out."""
    seconds: float
    """The wall seconds that it had."""

    def __str__(self) -> str:
        return f"{self.task}, seed {self.seed}, {self.method}"


class Methods(Study[MethodKey, Tuned]):
    """Every method on every task, at equal time.

    Parameters
    ----------
    references : sequence of TaskReference
        The tasks.
    seconds : float
        Wall seconds of a method.
    seeds : int
        Hold-outs of a task, each with a seed of its own.
    methods : sequence of str, optional
        The only methods to measure.

    Raises
    ------
    TaskError
        If there is no such method.
    """

    journal = RESULTS / "methods.jsonl"
    key_type = MethodKey
    result_type = Tuned
    report = staticmethod(methods_report)

    def __init__(
        self,
        references: Sequence[TaskReference],
        seconds: float,
        seeds: int,
        methods: Sequence[str] | None = None,
    ) -> None:
        if unknown := [name for name in methods or () if name not in METHODS]:
            raise TaskError(f"expected --methods out of {list(METHODS)}, got {unknown}")
        self.loaders = {reference.name: reference.load for reference in references}
        self.seconds, self.seeds = seconds, seeds
        # In the order of `METHODS`, whatever order the command line has.
        self.methods = [name for name in METHODS if methods is None or name in methods]
        # Keys come task by task and seed by seed, so that one of each is enough to hold.
        self._load = lru_cache(maxsize=1)(lambda name: self.loaders[name]())
        self._split = lru_cache(maxsize=1)(lambda name, seed: split_task(self._load(name), seed))

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""
        add = parser.add_argument
        add("--data", type=Path, help="folder of data sets (those of scikit-learn)")
        add("--tasks", type=names, help=f"only these (of a folder {','.join(DEFAULT_TASKS)})")
        add("--seconds", type=positive, default=20.0, help="wall seconds of a method (%(default)g)")
        add("--seeds", type=count, default=1, help="seeds and hold-outs per task (%(default)s)")
        add("--methods", type=names, help="only these methods, such as bayesian,optuna")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        if options.data is None:
            references = bundled_tasks(options.tasks or LOADERS)
        else:
            references = folder_tasks(options.data, options.tasks or DEFAULT_TASKS)
        return cls(references, options.seconds, options.seeds, options.methods)

    def keys(self) -> Iterator[MethodKey]:
        """Yield every method on every hold-out."""
        for task in self.loaders:
            for seed in range(self.seeds):
                for method in self.methods:
                    yield MethodKey(method, task, seed, self.seconds)

    def _hold_out(self, key: MethodKey) -> Split:
        return self._split(key.task, key.seed)

    def digest(self, key: MethodKey) -> str:
        """Return the fingerprint of the hold-out."""
        return self._hold_out(key).digest

    def measure(self, key: MethodKey) -> Tuned:
        """Tune, and score the winner on the held-out rows."""
        return find_settings(key.method, self._hold_out(key), key.seed, key.seconds)

    @staticmethod
    def describe(result: Tuned) -> str:
        """Return the score and what it took."""
        return f"{result.metric} {result.score:.4f}, {result.evaluations} in {result.seconds:.1f} s"
