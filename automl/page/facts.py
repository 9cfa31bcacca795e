"""All facts of a report, collected once: a page, a text and JSON show the same.

::

    fitted estimator ──► ReportFacts ──► report.html · report.md · report.json
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from automl.explanation import Explanation
from automl.page.checks import checks
from automl.page.class_views import class_views
from automl.page.course import CourseFacts, course, failures, states
from automl.page.diagram import Diagram, diagram
from automl.page.explanation_facts import ExplanationFacts, explanation_facts
from automl.page.fingerprint import FingerprintFacts, fingerprint_facts
from automl.page.groups import GroupFacts
from automl.page.new_rows_facts import NewRowsFacts
from automl.page.number_views import number_views, quantile_views
from automl.page.quality import QualityFacts
from automl.page.robustness import leaders_of, robustness
from automl.page.row_facts import NO_ROWS, RowFacts
from automl.page.scores import Scores
from automl.page.search_charts import search_charts
from automl.page.tables import Table, shortened
from automl.page.verdict_words import (
    VerdictFacts,
    metric_in_words,
    verdict,
)
from automl.page.view import View
from automl.pipelines import Columns, Genome
from automl.pipelines.operators.operator import Task
from automl.report.leaderboard import with_models
from automl.report.pipeline_table import MODEL
from automl.winner.fitted import Fitted

TOP = 20  # rows of the leaderboard
FRONT = 50  # rows of the Pareto front, to which the points of its chart lead
PICK = "to fit it"  # the column of a line of Python
LONGEST_SCRIPT = 100_000  # characters: with thousands of columns a script has more


@dataclass(frozen=True)
class ReportFacts:
    """All facts of a report."""

    title: str
    """The task with its target."""
    metric: str
    """The name of the score, of which more is better in every table of pipelines."""
    verdict: VerdictFacts
    """What to expect on new rows."""
    columns: Table
    """How each column is read, and why some are left out."""
    structure: Table
    """What it costs to ignore groups or time."""
    course: CourseFacts | None
    """The course of the search; None for a loaded model."""
    states: Table
    """How pipelines ended."""
    failures: Table
    """Why pipelines have no score."""
    leaderboard: Table
    """The best pipelines."""
    pareto_front: Table
    """Pipelines that no other beats on all axes."""
    members: Table
    """The pipelines that predict."""
    diagrams: tuple[Diagram, ...]
    """Their steps."""
    script: str | None
    """What predicts, as Python source."""
    held_out: tuple[View, ...]
    """Views of rows that the fits did not see."""
    new_rows: NewRowsFacts | None
    """What rows tell that the search has not seen; None where none were given."""
    groups: GroupFacts | None
    """Scores by the groups of a column; None where no column was named."""
    quality: QualityFacts
    """How far the result can be relied on."""
    explanation: ExplanationFacts | None
    """What the model makes of the raw columns; None before `explain`."""
    fingerprint: FingerprintFacts
    """What the run is known by."""
    charts: dict[str, str]
    """The charts of the course and of the Pareto front, as SVG."""
    missing: tuple[str, ...]
    """What this report lacks, and why."""
    progress: tuple[str, ...] = ()
    """Where a run stands that a history file tells of."""
    under_way: Table | None = None
    """The pipelines that have not ended yet; None after the end."""


def titled(task: Task, targets: Sequence[str]) -> str:
    """Return the title of a report: the task with its targets."""
    return f"{task.capitalize()} of {shortened(', '.join(targets))}"


def report_facts(search: Any, rows: RowFacts = NO_ROWS) -> ReportFacts:
    """Return all facts on a fitted estimator.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    rows : RowFacts
        What the rows tell that the report has.
    """
    fitted: Fitted = search._fitted
    board, front = search.leaderboard_, search.pareto_front_
    target = fitted.names.target
    targets = [target] if isinstance(target, str) else target
    origin = fitted.search.origin
    path = None if origin is None else course(origin.evaluated.values())
    leaders = [] if origin is None else leaders_of(board, origin.evaluated)
    members = with_models(fitted.members, fitted.catalogue)
    script = getattr(search, "script_", None)
    explanation: Explanation | None = getattr(search, "explanation_", None)
    return ReportFacts(
        title=titled(fitted.task, targets),
        metric=metric_in_words(fitted.metric),
        verdict=verdict(replace(Scores.of_fitted(fitted), honest=fitted.expected), fitted.changes),
        columns=columns_table(fitted.columns, fitted.names.columns),
        structure=Table.from_frame(fitted.structure),
        course=path,
        states=states(board),
        failures=failures(board),
        leaderboard=pipelines_table(board, TOP),
        pareto_front=front_table(front, can_select=origin is not None),
        members=Table.from_frame(members),
        diagrams=diagrams_of(members, fitted.columns),
        script=None if script is None else _cut(script),
        held_out=tuple(_views(fitted, targets)),
        new_rows=rows.new_rows,
        groups=rows.groups,
        quality=QualityFacts(
            checks(fitted, board, search.max_evaluations, rows.training_score),
            robustness(search.ablation_, search.nested_results_, leaders),
        ),
        explanation=None if explanation is None else explanation_facts(explanation),
        fingerprint=fingerprint_facts(fitted, search),
        charts=search_charts(path, board, front.head(FRONT)),
        missing=(
            *_missing(fitted, script, rows, is_explained=explanation is not None),
            *_unexplained(explanation),
        ),
    )


def _views(fitted: Fitted, targets: Sequence[str]) -> Iterable[View]:
    """Return the views of held-out rows that go with the task."""
    if fitted.held_out is None:
        return ()
    if fitted.classes is not None:
        threshold = None if fitted.threshold is None else fitted.threshold.value
        return class_views(fitted.held_out, fitted.classes, targets, threshold)
    # Without a final fit, nobody knows the levels of several quantiles.
    levels = fitted.script.levels if fitted.script else ()
    if levels:
        return quantile_views(fitted.held_out, levels)
    is_complete = fitted.held_out.predictions.shape[1] == len(targets)
    return number_views(fitted.held_out, targets) if is_complete else ()


def columns_table(columns: Columns, names: tuple[str, ...]) -> Table:
    """Return how each column is read; those that are left out stand first."""
    kind_of = {name: kind for kind, names in columns.kinds().items() for name in names}
    rows = [
        (
            name,
            kind_of.get(name, "left out"),
            str(columns.readings.get(name, "")),
            columns.dropped.get(name, ""),
        )
        for name in sorted(names, key=lambda name: name in kind_of)
    ]
    return Table.from_rows(["column", "kind", "how it is written", "why it is left out"], rows)


def pipelines_table(board: pd.DataFrame, limit: int) -> Table:
    """Return the first pipelines; what tells most stands first, for phones show few columns."""
    ahead = [name for name in ("rank", "score", "folds", PICK, MODEL) if name in board]
    behind = [name for name in board if name not in (*ahead, "cause")]
    return Table.from_frame(board[[*ahead, *behind]], limit)


def front_table(front: pd.DataFrame, *, can_select: bool) -> Table:
    """Return the Pareto front, with the lines that fit its pipelines."""
    if can_select:
        front = front.assign(**{PICK: [f"search.select({rank}, X, y)" for rank in front["rank"]]})
    return pipelines_table(front, FRONT)


def diagrams_of(members: pd.DataFrame, columns: Columns) -> tuple[Diagram, ...]:
    """Return the diagram of each member.

    Parameters
    ----------
    members : DataFrame
        As `members_`, with models in words.
    columns : Columns
    """
    is_alone, kinds = len(members) == 1, columns.kinds()
    return tuple(
        diagram(
            row[MODEL] if is_alone else f"{row['weight']:.0%} of the prediction: {row[MODEL]}",
            Genome.parse(row["pipeline"]),
            kinds,
        )
        for row in members.to_dict("records")
    )


def _cut(script: str) -> str:
    """Return a script, without its end where it is very long."""
    if len(script) <= LONGEST_SCRIPT:
        return script
    return f"{script[:LONGEST_SCRIPT]}\n# ... the script is longer: search.export(path) writes it\n"


def _missing(
    fitted: Fitted, script: str | None, rows: RowFacts, *, is_explained: bool
) -> list[str]:
    """Return what a report lacks, and why."""
    lacks = []
    if fitted.search.origin is None:
        lacks.append(
            "The course of the search and the digest of the data: a saved model does not hold them."
        )
    if fitted.held_out is None:
        lacks.append(
            "Views of held-out rows: a saved or selected model does not hold what it predicts for "
            "them, nor does one that was not chosen by its predictions."
        )
    if script is None:
        lacks.append("The script: nothing was fitted on all rows, or operators are not there.")
    if rows.are_of_fit:
        lacks.append(
            "New rows: X and y are the rows of the fit, whose scores would be too good. Groups are "
            "scored on held-out predictions instead."
        )
    elif rows.new_rows is None and not is_explained:
        lacks.append(
            "The importance of columns: it takes rows that the search has not seen, as in "
            "search.report(path, X_test, y_test)."
        )
    return lacks


def _unexplained(explanation: Explanation | None) -> list[str]:
    """Return how to get an explanation, where there is none."""
    if explanation is not None:
        return []
    return [
        "Importance and dependence by held-out rows, with intervals: call search.explain(X, y) "
        "with the rows of the fit before the report, and before a model is saved."
    ]
