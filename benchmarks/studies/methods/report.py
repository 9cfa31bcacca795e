"""The report of a journal of methods: a pure function of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from benchmarks.scores.markdown import (
    EMPTY,
    NONE,
    bullets,
    cell,
    describe_origin,
    document,
    markdown_table,
    mean_cell,
)
from benchmarks.scores.standings import rank_gains
from benchmarks.studies.methods.tuners import Tuned
from benchmarks.studies.study import StudyRow, check_digests, failures

MethodRow = StudyRow[Any, Tuned]

SHARES = (0.1, 0.25, 0.5, 1.0)  # of the time, at which tables look
WORST = float("-inf")
TEXT = """\
Scores are of held-out rows, means over seeds; greater is better everywhere, so that log loss and \
RMSE have a minus sign. Ranks are means over tasks, 1 the best. The columns of times are ranks of \
the best inner score that a method had by then, 1 for the first and 0 for the last of all methods, \
means over tasks and seeds; who has none yet is the last.

A support vector machine with RBF kernel over imputed, scaled numbers and one-hot categories; C, \
the kernel's gamma, and class weight (classes) or epsilon (numbers) are tuned on 3 inner folds, in \
one process and one thread. All methods have the same estimator, ranges, folds and scorer. Ours \
try the defaults first, which the others do not know. Those of scikit-learn have no time limit: \
they run in growing chunks (grids of 3, 4, 5... values; 10, 20, 40... draws; rounds of 27 \
candidates), and what they evaluated in time counts. Our grid has up to 21 values of each setting \
(250 points, or three values each) and then ends. The fit of the winner on all training rows comes \
after the seconds."""


@dataclass(frozen=True)
class Group:
    """The rows of a number of seconds."""

    seconds: float
    """The time of every method."""
    rows: list[MethodRow]
    """The measurements."""

    @property
    def methods(self) -> list[str]:
        """The methods, in the order of the journal."""
        return list(dict.fromkeys(row.key.method for row in self.rows))

    @property
    def tasks(self) -> list[str]:
        """The tasks, in the order of the journal."""
        return list(dict.fromkeys(row.key.task for row in self.rows))

    def runs(self) -> list[dict[str, MethodRow]]:
        """Return the rows of every task and seed by method, where no method is missing."""
        runs: dict[tuple[str, int], dict[str, MethodRow]] = {}
        for row in self.rows:
            runs.setdefault((row.key.task, row.key.seed), {})[row.key.method] = row
        # A rank among fewer methods would not compare with the rest.
        return [run for run in runs.values() if len(run) == len(self.methods)]

    def select(self, task: str, method: str) -> list[MethodRow]:
        """Return the rows of a task and a method."""
        return [row for row in self.rows if (row.key.task, row.key.method) == (task, method)]

    def mean_scores(self) -> dict[str, dict[str, float]]:
        """Return held-out scores by task and method, means over seeds; a failure is worst."""
        return {
            task: {
                method: fmean(row.result.score if row.result else WORST for row in rows)
                for method in self.methods
                if (rows := self.select(task, method))
            }
            for task in self.tasks
        }

    def ranks(self) -> list[dict[str, float]]:
        """Return the ranks of every task that all methods have done on the same seeds."""
        seeds = {
            task: [{row.key.seed for row in self.select(task, name)} for name in self.methods]
            for task in self.tasks
        }
        return [
            rank_gains(scores)
            for task, scores in self.mean_scores().items()
            if all(numbers == seeds[task][0] for numbers in seeds[task])
        ]

    def normalized(self, share: float) -> dict[str, float]:
        """Return normalized ranks after a share of the time: 0 the last, 1 the first."""
        runs = self.runs()
        # A method by itself is both first and last.
        if not runs or len(self.methods) < 2:
            return {}
        ranked = [
            rank_gains({method: best_after(row, share) for method, row in run.items()})
            for run in runs
        ]
        last = len(self.methods) - 1
        return {
            method: fmean(1 - (ranks[method] - 1) / last for ranks in ranked)
            for method in self.methods
        }


def best_after(row: MethodRow, share: float) -> float:
    """Return the best inner score that a method had after a share of its time.

    Parameters
    ----------
    row : StudyRow
    share : float
        Of the seconds; what ended late counts with all of them.
    """
    # A failure has found nothing at any time, and so is last.
    trace = row.result.trace if row.result else []
    seconds = share * row.key.seconds
    return max((score for at, score in trace if at <= seconds or share >= 1.0), default=WORST)


def make_groups(rows: Sequence[MethodRow]) -> list[Group]:
    """Return the rows by seconds.

    Raises
    ------
    JournalError
        If a task does not always have the same data for a seed.
    """
    check_digests(rows)
    groups: dict[float, list[MethodRow]] = {}
    for row in rows:
        groups.setdefault(row.key.seconds, []).append(row)
    return [Group(seconds, group) for seconds, group in groups.items()]


def methods_report(rows: Sequence[MethodRow]) -> str:
    """Return the report in Markdown."""
    if not rows:
        return EMPTY
    n_seeds = len({row.key.seed for row in rows})
    origin = describe_origin("measurements", [row.provenance for row in rows])
    seeds = bullets([f"seeds, each with a hold-out of 33 % of its own: {n_seeds}"])
    parts = ["# Methods at equal time", f"{origin}\n{seeds}", TEXT]
    for group in make_groups(rows):
        parts += [
            f"## {group.seconds:g} s",
            _summary(group),
            "### Scores",
            _scores(group),
            failures(group.rows),
        ]
    return document(*parts)


def _summary(group: Group) -> str:
    ranks = group.ranks()
    at = {share: group.normalized(share) for share in SHARES}
    header = ["method", "mean rank", *(f"at {share:.0%}" for share in SHARES)]
    header += ["evaluations", "fits", "seconds", "failures"]
    body = []
    for method in group.methods:
        rows = [row for row in group.rows if row.key.method == method]
        results = [row.result for row in rows if row.result]
        body.append(
            [
                method,
                mean_cell([by_method[method] for by_method in ranks], ".2f"),
                *(cell(at[share].get(method), ".2f") for share in SHARES),
                mean_cell([result.evaluations for result in results], ".0f"),
                mean_cell([result.fits for result in results], ".0f"),
                mean_cell([result.seconds for result in results], ".1f"),
                f"{len(rows) - len(results)}/{len(rows)}",
            ]
        )
    note = f"Over {len(ranks)} tasks; evaluations, fits and seconds are means."
    return f"{note}\n\n{markdown_table(header, body)}"


def _scores(group: Group) -> str:
    metrics = {row.key.task: row.result.metric for row in group.rows if row.result}
    body = []
    for task, scores in group.mean_scores().items():
        best = max(scores.values())
        cells = (_score(scores, method, best) for method in group.methods)
        body.append([task, metrics.get(task, NONE), *cells])
    return markdown_table(["task", "metric", *group.methods], body)


def _score(scores: dict[str, float], method: str, best: float) -> str:
    score = scores.get(method, WORST)
    if score == WORST:
        return NONE if method not in scores else "failed"
    text = f"{score:.4f}" if abs(score) < 10 else f"{score:.2f}"
    return f"**{text}**" if score == best else text
