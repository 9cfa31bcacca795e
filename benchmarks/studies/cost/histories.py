"""What it costs to write a history, and to resume from it."""

import tempfile
from pathlib import Path

from automl.evaluation import FoldOutcome, State
from automl.search.history import History
from benchmarks.studies.cost.measure import Reading, Scale, seconds_of
from benchmarks.studies.cost.parts import grammar_of, instant_search, pose, starts_of

FOLDS = 5  # of a pipeline
OUTCOME = FoldOutcome(State.DONE, score=0.5, fit_seconds=0.1, predict_seconds=0.01, rounds=100)


def history_cost(scale: Scale) -> list[Reading]:
    """Measure writing pipelines and folds one by one, and resuming a search.

    Parameters
    ----------
    scale : Scale
    """
    problem = pose("breast_cancer")
    text = max((start.text for start in starts_of(grammar_of(problem))), key=len)
    n = scale.resumed
    with tempfile.TemporaryDirectory() as folder:
        with History(Path(folder) / "written.db") as history:
            trials = seconds_of(lambda: _write_trials(history, text, n))
            folds = seconds_of(lambda: _write_folds(history, n))
        path = Path(folder) / "resumed.db"
        with History(path) as history:
            written = seconds_of(instant_search(problem, history, n).run)
        with History(path) as history:
            resumed = seconds_of(instant_search(problem, history, n).run)
    return [
        Reading("add_trial, a pipeline", 1e6 * trials / n, "µs"),
        Reading("add_fold, what came of it on a fold", 1e6 * folds / (n * FOLDS), "µs"),
        Reading(f"resume {n:,} pipelines", resumed, "s"),
        Reading("by the time of the same search without fits", 100 * resumed / written, "%"),
    ]


def _write_trials(history: History, text: str, n: int) -> None:
    for number in range(n):
        history.add_trial(number, text, tells_before=number)


def _write_folds(history: History, n: int) -> None:
    for number in range(n):
        for fold in range(FOLDS):
            history.add_fold(number, fold, OUTCOME)
