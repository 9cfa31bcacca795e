"""The report of the study: a pure function of the rows of its journal."""

from collections.abc import Callable, Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev

from benchmarks.scores.markdown import EMPTY, describe_origin, document, markdown_table
from benchmarks.studies.strategies.course import Course, CourseRow
from benchmarks.studies.study import failures

REFERENCE = "random"
PERFECT = {"roc_auc": 1.0}  # the best score there is; 0 for losses, which have a minus sign
TINY = 1e-9  # a loss that no pipeline is expected to fall below
COLUMNS: dict[str, Callable[[Course], list[float]]] = {
    "held out": lambda course: course.held_out,
    "test": lambda course: course.test,
    "ensemble, test": lambda course: course.ensemble,
}
NOTES = """\
- *held out*: the loss of the best pipeline on the folds, which the strategy works on. *test*: the \
loss of the same pipeline on rows that no search saw. *ensemble, test*: that of the greedy \
ensemble.
- Each cell: by how much the loss is larger than that of random pipelines after as many \
evaluations (geometric mean over searches, ± its standard error), and searches \
better–same–worse. *starts alone*: what all strategies start from, and no further pipeline.
- The loss is 1 less the ROC AUC, the log loss, or the RMSE."""


def strategies_report(rows: Sequence[CourseRow]) -> str:
    """Return the report in Markdown."""
    if not rows:
        return EMPTY
    origin = describe_origin("searches", [row.provenance for row in rows])
    parts = ["# What strategies make of as many evaluations", origin]
    groups: dict[tuple[int, int], list[CourseRow]] = {}
    for row in rows:
        groups.setdefault((row.key.rows, row.key.evaluations), []).append(row)
    for (n_rows, evaluations), group in groups.items():
        parts += [
            f"## {n_rows} rows, {evaluations} pipelines",
            _sets(group),
            markdown_table(["strategy", "searches", *COLUMNS, "seconds"], _body(group)),
        ]
    return document(*parts, NOTES, failures(rows))


def _sets(rows: Sequence[CourseRow]) -> str:
    tasks = sorted({row.key.task for row in rows})
    return f"{len(tasks)} sets: {', '.join(tasks)}."


def _body(rows: Sequence[CourseRow]) -> list[list[str]]:
    by_strategy: dict[str, dict[tuple[str, int], Course]] = {}
    for row in rows:
        if row.result is not None:
            courses = by_strategy.setdefault(row.key.strategy, {})
            courses[row.key.task, row.key.seed] = row.result
    references = by_strategy.get(REFERENCE, {})
    body = [
        _strategy_row(name, courses, references, -1)
        for name, courses in by_strategy.items()
        if name != REFERENCE
    ]
    return [*body, _strategy_row("starts alone", references, references, 0)]


def _strategy_row(
    name: str,
    courses: dict[tuple[str, int], Course],
    references: dict[tuple[str, int], Course],
    place: int,
) -> list[str]:
    """Return the row of a strategy, at a place of its courses."""
    pairs = [(courses[key], references[key]) for key in courses if key in references]
    if not pairs:
        return [name, "0", *("–" for _ in COLUMNS), "–"]
    cells = []
    for scores in COLUMNS.values():
        growths = [
            log(_loss(scores(course)[place], course) / _loss(scores(reference)[-1], reference))
            for course, reference in pairs
        ]
        cells.append(_cell(growths))
    seconds = fmean(course.fit_seconds for course, _ in pairs) if place else 0.0
    return [name, str(len(pairs)), *cells, f"{seconds:.0f}"]


def _loss(score: float, course: Course) -> float:
    return max(PERFECT.get(course.metric, 0.0) - score, TINY)


def _cell(growths: Sequence[float]) -> str:
    mean = exp(fmean(growths)) - 1
    error = stdev(growths) / sqrt(len(growths)) if len(growths) > 1 else 0.0
    better, worse = sum(growth < 0 for growth in growths), sum(growth > 0 for growth in growths)
    signs = f"{better}–{len(growths) - better - worse}–{worse}"
    return f"{mean:+.1%} ± {error:.1%}, {signs}"
