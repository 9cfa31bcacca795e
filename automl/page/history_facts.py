"""The facts of a report on a history file: of a run that goes on, has ended, or was stopped.

::

    run.db ──► StoredRun ──► ReportFacts ──► live page · report.html · report.md · report.json

A history holds no rows of the data, so that all that needs rows is missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

import pandas as pd

from automl.errors import FileError, HistoryError
from automl.page.check import Check
from automl.page.checks import checks_table
from automl.page.course import course, failures, states
from automl.page.data_checks import sample_size
from automl.page.facts import (
    FRONT,
    TOP,
    ReportFacts,
    columns_table,
    diagrams_of,
    front_table,
    pipelines_table,
    titled,
)
from automl.page.fingerprint import FingerprintFacts, fingerprint_lines
from automl.page.model_checks import model_checks
from automl.page.quality import QualityFacts
from automl.page.robustness import RobustnessFacts, leaders_of, robustness
from automl.page.scores import Scores
from automl.page.search_charts import search_charts
from automl.page.search_checks import search_checks
from automl.page.tables import Table
from automl.page.verdict_words import VerdictFacts, metric_in_words, verdict
from automl.pipelines import load_catalogue
from automl.report.leaderboard import (
    ablation_table,
    constant_score,
    leaderboard,
    model_in_words,
    nested_results,
    pareto_front,
    with_models,
)
from automl.report.wording import counted
from automl.search.evaluated import Evaluated
from automl.search.history import PHASE, RESULT, RUN, SETTINGS
from automl.search.history_file import RESTORE
from automl.search.observer import Phase
from automl.search.stored_run import StoredRun
from automl.selection import simplify
from automl.winner.run_note import ResultNote, RunNote, read_note

NO_ROWS = (
    "Views of held-out rows and the script: a history holds no rows. They come with the training "
    "file, as in `automl report run.db train.csv --out report.html`."
)
PHASES = {
    Phase.CHOOSING.value: "The search has ended, and the pipelines that predict are being chosen.",
    Phase.FITTING.value: "The search has ended, and the pipelines that predict are being fitted.",
}


@dataclass(frozen=True)
class _Run:
    """A run with its notes."""

    stored: StoredRun
    note: RunNote
    result: ResultNote | None
    evaluated: Sequence[Evaluated]

    @property
    def best(self) -> Evaluated | None:
        """The best pipeline so far; None before the first score."""
        best = max(self.evaluated, key=lambda row: row.standing, default=None)
        return None if best is None or best.score is None else best

    @property
    def phase(self) -> str:
        """The name of the phase in which the run is, or in which it was stopped."""
        return str(self.stored.facts.get(PHASE))


def history_facts(stored: StoredRun, estimators: Mapping[Any, Any]) -> ReportFacts:
    """Return what a history tells of its run.

    Parameters
    ----------
    stored : StoredRun
    estimators : mapping of task to class
        The estimators, whose parameters the run has.

    Raises
    ------
    HistoryError
        If the file does not tell what its run was for, or holds what no run writes.
    """
    try:
        return _facts(_run(stored), estimators)
    except HistoryError:
        raise
    except Exception as error:  # whatever a changed row or note leads to
        raise HistoryError(
            f"{stored.path.name} is damaged ({type(error).__name__}: {error!s:.80}); {RESTORE}"
        ) from error


def _facts(run: _Run, estimators: Mapping[Any, Any]) -> ReportFacts:
    note, result = run.note, run.result
    targets = [note.names.target] if isinstance(note.names.target, str) else note.names.target
    board = leaderboard(run.evaluated, further=note.scores)
    board = with_models(board, load_catalogue())
    front = pareto_front(board, note.axes)
    path = course(run.evaluated)
    members = None if result is None else _members(result.members)
    nothing = Table.from_rows([], [])
    return ReportFacts(
        title=titled(note.task, targets),
        metric=metric_in_words(note.metric),
        verdict=_verdict(run, board),
        columns=columns_table(note.columns, note.names.columns),
        structure=nothing if result is None else Table.from_frame(result.structure),
        course=path,
        states=states(board),
        failures=failures(board),
        leaderboard=pipelines_table(board, TOP),
        pareto_front=front_table(front, can_select=False),
        members=nothing if members is None else Table.from_frame(members),
        diagrams=() if members is None else diagrams_of(members, note.columns),
        script=None,
        held_out=(),
        new_rows=None,
        groups=None,
        quality=QualityFacts(checks_table(_checks(run, board)), _robustness(run, board)),
        explanation=None,
        fingerprint=_fingerprint(run, estimators),
        charts=search_charts(path, board, front.head(FRONT)),
        missing=(NO_ROWS,),
        progress=tuple(_progress(run)),
        under_way=_under_way(run) if result is None else None,
    )


def run_note(stored: StoredRun) -> RunNote:
    """Return what a history says of its run.

    Raises
    ------
    HistoryError
        If it says nothing, or nothing that a run writes.
    """
    note = read_note(RunNote, stored.facts, RUN)
    if note is None:
        raise HistoryError(
            f"{stored.path.name} does not tell what its run was for; a run that is resumed writes "
            "it down"
        )
    return note


def _run(stored: StoredRun) -> _Run:
    note = run_note(stored)
    has_ended = stored.facts.get(PHASE) == Phase.DONE.value
    result = read_note(ResultNote, stored.facts, RESULT) if has_ended else None
    evaluated = stored.evaluated(note.n_folds, note.folds_per_repeat)
    return _Run(stored, note, result, evaluated)


def _verdict(run: _Run, board: pd.DataFrame) -> VerdictFacts:
    """Return the verdict of a run that has ended, or what is known so far."""
    scores = _scores(run, board)
    if scores is None:
        return VerdictFacts(("No pipeline has a score yet.",), Table.from_rows([], []))
    return verdict(scores)


def _scores(run: _Run, board: pd.DataFrame) -> Scores | None:
    """Return the scores of a run; None before the first."""
    metric, constant, result = run.note.metric, constant_score(board), run.result
    if result is not None:
        return Scores(metric, result.honest_score, result.best_score, constant)
    if run.best is None:
        return None
    return Scores(metric, None, fmean(run.best.outcome.scores), constant)


def _members(members: pd.DataFrame) -> pd.DataFrame | None:
    """Return the members with their models; None where they are no table that a run writes."""
    try:
        named = with_models(members, load_catalogue())
        return None if not {"weight", "score"} <= set(named) else named
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _checks(run: _Run, board: pd.DataFrame) -> Iterator[Check]:
    """Yield the checks that need no rows."""
    note, scores = run.note, _scores(run, board)
    has_ended = run.result is not None
    if has_ended and scores is not None:
        yield from model_checks(scores)
    yield sample_size(note.n_rows, len(note.columns.names))
    if has_ended:  # until then it cannot have converged
        yield from search_checks(board, run.evaluated, note.evaluations)


def _robustness(run: _Run, board: pd.DataFrame) -> RobustnessFacts | None:
    """Return what the best pipeline hangs on; None before the first score."""
    if run.best is None:
        return None
    ranked = [row for row in run.evaluated if row.score is not None]
    ranked.sort(key=lambda row: row.standing, reverse=True)
    ranked, ablations = simplify(ranked, {row.genome: row.outcome for row in run.evaluated})
    leaders = leaders_of(board, {row.genome: row for row in run.evaluated})
    return robustness(ablation_table(ablations), nested_results(ranked[0]), leaders)


def _under_way(run: _Run) -> Table:
    """Return the pipelines that have not ended yet; some of them wait for a worker."""
    catalogue = load_catalogue()
    rows = [
        (
            past.number,
            "tuning" if past.is_tuning else len(past.folds) or "none yet",
            model_in_words(run.stored.genome(past), catalogue),
        )
        for past in run.stored.under_way()
    ]
    return Table.from_rows(["number", "folds done", "model"], rows, TOP)


def _progress(run: _Run) -> list[str]:
    """Return where the run stands, in sentences."""
    note, n_told = run.note, run.stored.n_told
    began = f"The run began at {_moment(note.started)}"
    pipelines = f"{counted(n_told, 'pipeline')} ended so far"
    if run.result is not None:
        return [f"{began} and ended at {_moment(run.result.ended)}."]
    if not run.stored.is_running:
        return [
            f"{began}. It was stopped before its end, or goes on elsewhere; {pipelines}. "
            "`automl resume` continues it."
        ]
    sentences = [f"{began} and goes on: {pipelines}."]
    if note.evaluations is not None:
        sentences.append(f"It evaluates {note.evaluations} at most.")
    if note.seconds is not None:
        sentences.append(f"Its budget of {note.seconds:g} s ends at {_moment(note.end)}.")
    if run.phase in PHASES:
        sentences.append(PHASES[run.phase])
    return sentences


def _moment(seconds: float) -> str:
    """Return a time as the clock of this machine shows it."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):  # no time that a run writes
        return "an unknown time"


def _fingerprint(run: _Run, estimators: Mapping[Any, Any]) -> FingerprintFacts:
    """Return what the run is known by, and the lines that repeat it."""
    settings = run.stored.facts.get(SETTINGS)
    settings = settings if isinstance(settings, dict) else {}
    data = settings.get("data")
    rows = {
        "estimator": estimators[run.note.task].__name__,
        "seed": settings.get("random_state"),
        "training rows": run.note.n_rows,
        "digest of the data": data.get("compared") if isinstance(data, dict) else None,
        "pipelines evaluated": len(run.evaluated),
    }
    facts = Table.from_rows(["fact", "value"], rows.items())
    return FingerprintFacts(facts, _lines(run, rows["seed"], estimators))


def _lines(run: _Run, seed: Any, estimators: Mapping[Any, Any]) -> str:
    class_ = estimators[run.note.task]
    try:
        defaults = class_().get_params(deep=False)
        parameters, omitted = run.note.parameters.restore(defaults, load_catalogue())
    except FileError:
        return "# The parameters in the history are not those of this version.\n"
    estimator = class_(**parameters)
    return fingerprint_lines(estimator, seed, len(run.evaluated), omitted)
