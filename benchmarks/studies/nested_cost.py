"""What nested fitness costs: against plain cross-validation, and against what it promises.

A search is run, and what it evaluated is done once more in this process and one thread: every
pipeline on every fold as nested fitness does it (early stopping, neighbors and the like chosen
inside the training part) and as plain cross-validation would with the settings that were found,
one after the other in turns; and every tuning of a leader.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from automl import AutoMLClassifier, AutoMLRegressor, NestedCV, catalogue
from automl.evaluation import evaluate_fold, tune_fold
from automl.pipelines import Genome
from automl.problem import Problem
from benchmarks.options import add_own_tasks, count, find_own_tasks
from benchmarks.scores.report import NONE, markdown_table
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.task import Task

EVALUATIONS = 30  # pipelines of a search: the starts, and some that evolved
PROMISED = 1.5  # times plain cross-validation
TOLERANCE = 0.1  # of the fits that a tuner promises
INSIDE = ("random", "bayesian")
# Models with more settings than a tuner has trials; with fewer, it ends when all were tried.
MANY_SETTINGS = ["logistic_regression", "hist_gradient_boosting_classifier", "svc_rbf"]
SECONDS = ["tune_seconds", "fit_seconds", "predict_seconds"]
HEADER = ["task", "rows", "pipelines", "folds", "failed", "in the search s", "nested s"]
HEADER += ["tunings", "tuning s", "plain s", "ratio"]


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add_own_tasks(parser)
    parser.add_argument(
        "--evaluations", type=count, default=EVALUATIONS, help="pipelines a search (%(default)s)"
    )
    parser.set_defaults(run=show_nested_cost)


def show_nested_cost(args: argparse.Namespace) -> None:
    """Measure what nested fitness costs and print it."""
    tasks = (one.load() for one in find_own_tasks(args))
    print(nested_cost_report(tasks, args.evaluations), end="")


@dataclass(frozen=True)
class Seconds:
    """What one pipeline costs on one fold."""

    operator: str
    """The name of its first operator, mostly the model."""
    nested: float
    """Seconds to fit and score it with all that is chosen inside the training part."""
    plain: float
    """Seconds to fit and score it with the settings that were found."""


@dataclass(frozen=True)
class Cost:
    """What a search costs on one task."""

    task: str
    """The name of the task."""
    n_rows: int
    """Its rows."""
    n_pipelines: int
    """Pipelines with a score on a fold or more, the baseline left out."""
    searched: float
    """Seconds of fits and predictions that the search itself counted, tunings among them."""
    folds: list[Seconds]
    """Of every pipeline and fold."""
    tunings: list[float]
    """Seconds of every tuning of a leader."""
    failed: int
    """Folds without a score, which are left out."""

    @property
    def nested(self) -> float:
        """Seconds of nested fitness, tunings left out."""
        return sum(one.nested for one in self.folds)

    @property
    def plain(self) -> float:
        """Seconds of plain cross-validation."""
        return sum(one.plain for one in self.folds)

    @property
    def ratio(self) -> float:
        """How many times plain cross-validation the search costs."""
        return (self.nested + sum(self.tunings)) / self.plain


@dataclass(frozen=True)
class Fits:
    """What a tuner does in a training part."""

    tuner: str
    """Its name."""
    pipeline: str
    """The pipeline."""
    promised: int
    """Fits that the settings promise."""
    counted: float
    """Fits that the history counts, mean over the folds."""

    @property
    def is_kept(self) -> bool:
        """Whether the promise is kept, within a tenth."""
        return abs(self.counted - self.promised) <= TOLERANCE * self.promised


class Keeper:
    """Watches a search and keeps its problem."""

    problem: Problem

    def on_start(self, search: Any) -> None:
        """Keep the problem."""
        self.problem = search.problem

    def on_pulse(self, search: Any) -> None:
        """Hear that some time went by."""

    def on_trial(self, search: Any, trial: Any, outcome: Any) -> None:
        """Hear what came of a pipeline."""

    def on_end(self, search: Any) -> None:
        """Hear that the search ended."""


def nested_cost_report(
    tasks: Iterable[Task], evaluations: int = EVALUATIONS, fits: Sequence[Fits] | None = None
) -> str:
    """Return the report in Markdown.

    Parameters
    ----------
    tasks : iterable of Task
    evaluations : int
        Pipelines of the search of a task.
    fits : sequence of Fits, optional
        What tuners promise and do; by default it is counted.
    """
    if fits is None:
        fits = [one for tuner in INSIDE for one in tuner_fits(tuner)]
    costs = []
    for task in tasks:
        costs.append(nested_cost(task, evaluations))
        print(f"{task.name}: ratio {costs[-1].ratio:.2f}", file=sys.stderr)
    ratio = median(cost.ratio for cost in costs)
    parts = [
        "# What nested fitness costs",
        f"Searches of {evaluations} pipelines with `tuner='auto'`. Nested: every pipeline on every "
        "fold, with early stopping, neighbors and the like chosen in the training part. Tuning: "
        "the halving trials of the leaders. Plain: the same pipelines on the same folds, with what "
        "was found there as fixed settings. Ratio: nested and tuning, by plain.",
        markdown_table(HEADER, map(_cost_row, costs)),
        f"Median ratio over {len(costs)} tasks: **{ratio:.2f}**, promised: at most {PROMISED:g}.",
        "## By the first operator",
        _operator_table(costs),
        "## Fits of tuners that work inside every training part",
        "On iris; 3 outer folds, 3 inner folds, 10 trials.",
        _fits_table(fits),
    ]
    return "\n\n".join(parts) + "\n"


def nested_cost(task: Task, evaluations: int = EVALUATIONS) -> Cost:
    """Run a search and do what it evaluated once more.

    Parameters
    ----------
    task : Task
    evaluations : int
    """
    keeper = Keeper()
    kind = AutoMLClassifier if task.kind.is_classification else AutoMLRegressor
    search = kind(
        time_budget=None,
        max_evaluations=evaluations,
        n_jobs=1,
        random_state=0,
        refit=False,
        callbacks=[keeper],
        verbose=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = search.fit(task.X, task.y).history_
    history = history[history["number"] > 0]  # the first is the baseline
    folds, tunings = (history[history["state"] == state] for state in ("done", "tuned"))
    done = pd.concat([folds, tunings])
    problem = keeper.problem
    for text in done["genome"].unique():
        problem.build(Genome.parse(text))  # imports what it needs, before threads are limited
    with threadpool_limits(limits=1):
        return Cost(
            task=task.name,
            n_rows=len(task.X),
            n_pipelines=folds["genome"].nunique(),
            searched=float(done[SECONDS].to_numpy().sum()),
            folds=[_in_turns(problem, row, n % 2 == 0) for n, row in enumerate(_records(folds))],
            tunings=[_tuning_seconds(problem, row) for row in _records(tunings)],
            failed=len(history) - len(done),
        )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _in_turns(problem: Problem, row: dict[str, Any], nested_first: bool) -> Seconds:
    genome = Genome.parse(row["genome"])
    rounds = None if pd.isna(row["rounds"]) else int(row["rounds"])
    nested = _nested_seconds(problem, genome, row["fold"]) if nested_first else 0.0
    plain = _plain_seconds(problem, genome, row["fold"], rounds)
    if not nested_first:
        nested = _nested_seconds(problem, genome, row["fold"])
    return Seconds(genome.operator, nested, plain)


def _nested_seconds(problem: Problem, genome: Genome, fold: int) -> float:
    return evaluate_fold(problem, genome, fold).estimator_seconds


def _plain_seconds(problem: Problem, genome: Genome, fold: int, rounds: int | None) -> float:
    """Return the seconds of a fold without early stopping, or whatever looks for rounds."""
    # A forest keeps its trees, as nobody gives it rounds; the cells are read already.
    pipeline = problem.build(genome, rounds=rounds, final=True)[1:]
    data = problem.dataset
    train, test = problem.splits[fold]
    X_test = data.frame.iloc[test]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        pipeline.fit(data.frame.iloc[train], data.y[train])
        problem.metric.scorer(pipeline, X_test, data.y[test])
        return time.perf_counter() - started


def _tuning_seconds(problem: Problem, row: dict[str, Any]) -> float:
    fold = problem.tuning_fold(row["number"])
    return tune_fold(problem, Genome.parse(row["genome"]), fold).tune_seconds


def tuner_fits(tuner: Any, evaluations: int = 4) -> list[Fits]:
    """Compare promised and counted fits of a tuner that works inside every training part.

    Parameters
    ----------
    tuner : {"random", "bayesian"}
    evaluations : int
        Pipelines, the baseline among them.
    """
    (reference,) = bundled_tasks(["iris"])
    task = reference.load()
    cv = NestedCV(outer=3, inner=3, tuner=tuner, trials=10)
    search = AutoMLClassifier(
        time_budget=None,
        max_evaluations=evaluations,
        cv=cv,
        catalogue=catalogue("default", include=MANY_SETTINGS),
        n_jobs=1,
        random_state=0,
        verbose=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = search.fit(task.X, task.y).history_
    done = history[(history["number"] > 0) & (history["state"] == "done")]
    return [
        Fits(tuner, str(genome), cv.fits_per_fold or 0, float(fits))
        for genome, fits in done.groupby("genome", sort=False)["n_fits"].mean().items()
    ]


def _cost_row(cost: Cost) -> list[str]:
    return [
        cost.task,
        f"{cost.n_rows:,}",
        str(cost.n_pipelines),
        str(len(cost.folds)),
        str(cost.failed),
        f"{cost.searched:.1f}",
        f"{cost.nested:.1f}",
        str(len(cost.tunings)),
        f"{sum(cost.tunings):.1f}",
        f"{cost.plain:.1f}",
        f"{cost.ratio:.2f}",
    ]


def _operator_table(costs: list[Cost]) -> str:
    folds = [one for cost in costs for one in cost.folds]
    body = []
    for operator in sorted({one.operator for one in folds}):
        of = [one for one in folds if one.operator == operator]
        nested, plain = sum(one.nested for one in of), sum(one.plain for one in of)
        ratio = f"{nested / plain:.2f}" if plain else NONE
        body.append([operator, str(len(of)), f"{nested:.1f}", f"{plain:.1f}", ratio])
    return markdown_table(["operator", "folds", "nested s", "plain s", "ratio"], body)


def _fits_table(found: Sequence[Fits]) -> str:
    header = ["tuner", "pipeline", "promised a fold", "counted a fold", "within 10 %"]
    body = [
        [one.tuner, one.pipeline, str(one.promised), f"{one.counted:g}", _yes(one.is_kept)]
        for one in found
    ]
    return markdown_table(header, body)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
