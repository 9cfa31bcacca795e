"""The searches of the study: every strategy on the same rows, from the same starts."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from automl.pipelines import starting_pipelines
from automl.randomness import generator
from automl.strategies import Proposals, make_strategy
from benchmarks.options import count, names
from benchmarks.scores.scoring import gain_name
from benchmarks.studies.strategies.arena import Arena, Evaluation, Ground, Place, ground
from benchmarks.studies.strategies.course import Course, CourseKey, CourseRow
from benchmarks.studies.strategies.report import strategies_report
from benchmarks.studies.study import RESULTS, Study, data_folder

SETS = (
    "bank_customer_churn",
    "california_housing",
    "phishing_websites",
    "kin8nm",
    "churn",
    "elevators",
    "higgs_small",
    "house_sales",
    "steel_plates_fault",
    "space_ga",
    "yeast",
    "bike_sharing",
)
"""Sets that the portfolio was learnt from, for which all strategies start from the same pipelines;
none of the suite `public`."""
CHECKPOINTS = (0.5, 0.75, 1.0)  # of the evaluations

Context = Callable[[], AbstractContextManager[Any]]
GENETIC = "automl.strategies.genetic"
STRATEGIES: Mapping[str, tuple[str, Context]] = {
    "genetic": ("genetic", nullcontext),
    "random": ("random", nullcontext),
    "bayesian": ("bayesian", nullcontext),
    "genetic, not screened": ("genetic", lambda: patch(f"{GENETIC}.SCREENED", 1)),
}
"""The name that a search knows a strategy by, and what is changed in it."""


class Strategies(Study[CourseKey, Course]):
    """Strategies on rows of sets.

    Parameters
    ----------
    folder : path
        Of the sets.
    sets : sequence of str
        Their names.
    strategies : sequence of str
    seeds : int
        Searches of a strategy on a set, each on rows of its own.
    rows : int
        Rows to search on.
    evaluations : int
        Pipelines of a search.
    """

    journal = RESULTS / "strategies.jsonl"
    key_type = CourseKey
    result_type = Course
    report = staticmethod(strategies_report)

    def __init__(
        self,
        folder: Path,
        sets: Sequence[str],
        strategies: Sequence[str],
        *,
        seeds: int,
        rows: int,
        evaluations: int,
    ) -> None:
        self.folder, self.sets, self.strategies = folder, sets, strategies
        self.seeds, self.n_rows, self.evaluations = seeds, rows, evaluations
        self._arena: Arena | None = None

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""
        add = parser.add_argument
        add("--data", type=Path, help="folder of data sets with an index.json")
        add("--tasks", type=names, default=list(SETS), help=f"only these sets ({','.join(SETS)})")
        add("--strategies", nargs="+", choices=STRATEGIES, default=list(STRATEGIES), help="(all)")
        add("--seeds", type=count, default=2, help="searches of each on a set (%(default)s)")
        add("--rows", type=count, default=500, help="rows of a search (%(default)s)")
        add("--evaluations", type=count, default=120, help="its pipelines (%(default)s)")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        return cls(
            data_folder(options),
            options.tasks,
            options.strategies,
            seeds=options.seeds,
            rows=options.rows,
            evaluations=options.evaluations,
        )

    def keys(self) -> Iterator[CourseKey]:
        """Yield the searches, place by place."""
        for seed in range(self.seeds):
            for task in self.sets:
                for strategy in self.strategies:
                    yield CourseKey(task, seed, strategy, self.n_rows, self.evaluations)

    def rows(self, keys: Iterable[CourseKey]) -> Iterator[CourseRow]:
        """Search place by place: pipelines that two strategies propose are evaluated once."""
        for place, group in groupby(keys, key=self._place):
            with Arena(place) as self._arena:
                yield from super().rows(group)

    def _place(self, key: CourseKey) -> Place:
        return Place(self.folder, key.task, key.seed, key.rows)

    def digest(self, key: CourseKey) -> str:
        """Return the fingerprint of the rows of a search."""
        return ground(self._place(key)).split.digest

    def measure(self, key: CourseKey) -> Course:
        """Search, and tell what came of it."""
        assert self._arena is not None
        place = ground(self._place(key))
        starts = list(starting_pipelines(place.grammar, generator(key.seed, 0)))
        name, changed = STRATEGIES[key.strategy]
        with changed():
            proposals = make_strategy(name, place.grammar, starts)
            evaluations = search(proposals, self._arena, key)
        return course_of(evaluations, place, len(starts), key)

    @staticmethod
    def describe(result: Course) -> str:
        """Return the last scores."""
        return (
            f"held out {result.held_out[-1]:.5g}, test {result.test[-1]:.5g}, "
            f"ensemble {result.ensemble[-1]:.5g}, {result.fit_seconds:.0f} s"
        )


def search(proposals: Proposals, arena: Arena, key: CourseKey) -> list[Evaluation]:
    """Return the evaluations of a search in their order."""
    evaluations = []
    for number in range(1, key.evaluations + 1):
        genome = proposals.ask(generator(key.seed, number))
        if genome is None:
            break
        evaluations.append(arena.evaluate(genome))
        proposals.tell(genome, evaluations[-1].outcome)
    return evaluations


def course_of(
    evaluations: Sequence[Evaluation], place: Ground, n_starts: int, key: CourseKey
) -> Course:
    """Return the course of a search.

    Parameters
    ----------
    evaluations : sequence of Evaluation
    place : Ground
        Where they were evaluated.
    n_starts : int
    key : CourseKey
    """
    after = sorted({n_starts, *(round(share * key.evaluations) for share in CHECKPOINTS)})
    held_out, test, ensemble = [], [], []
    for n_evaluations in after:
        scored = [pipe for pipe in evaluations[:n_evaluations] if pipe.tested is not None]
        best = max(scored, key=lambda pipe: pipe.score)
        held_out.append(best.score)
        assert best.tested is not None
        test.append(place.test_score(best.tested))
        ensemble.append(place.ensemble(scored))
    return Course(
        metric=gain_name(place.split),
        starts=n_starts,
        after=after,
        held_out=held_out,
        test=test,
        ensemble=ensemble,
        failures=sum(pipe.tested is None for pipe in evaluations),
        fit_seconds=sum(pipe.seconds for pipe in evaluations[n_starts:]),
    )
