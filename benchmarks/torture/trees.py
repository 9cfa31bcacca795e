"""SIGKILL of a whole fit, or of its main process only, at a random moment; then the run goes on."""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.torture.fitting import FitFacts
from benchmarks.torture.part import Batch, Part, Try
from benchmarks.torture.sandbox import LOOK, Sandbox
from benchmarks.torture.verdict import AROUND, command_of, judge_facts, judge_traces, order_in

LATEST = 12.0  # seconds after the start of the process
BUDGET = 30.0  # of a fit, which ends before by its evaluations
EVALUATIONS = 60
N_ROWS = 2_000
WHOLE, MAIN = "whole tree", "main process only"


def kill_and_resume(batch: Batch) -> Iterator[Try]:
    """Kill fits."""
    for number in range(batch.tries):
        rng = np.random.default_rng([batch.number, number])
        with Sandbox() as sandbox:
            problems = _try(batch.case, float(rng.uniform(1.0, LATEST)), sandbox)
            yield Try(sandbox.without_paths("; ".join(problems)))


def _try(case: str, moment: float, sandbox: Sandbox) -> Iterator[str]:
    settings: dict[str, Any] = {
        "budget": BUDGET,
        "evaluations": EVALUATIONS,
        "limit": 10.0,
        "n_rows": N_ROWS,
        "history": str(sandbox.folder / "run.db"),
        "observed": str(sandbox.folder / "observed"),
    }
    process = sandbox.start(command_of(order_in(sandbox, settings)))
    time.sleep(moment)
    victims = sandbox.processes() if case == WHOLE else [psutil.Process(process.pid)]
    for victim in victims:
        with contextlib.suppress(psutil.Error):
            victim.send_signal(signal.SIGKILL)
    process.wait()
    if orphans := sandbox.orphans():
        yield f"orphans: {', '.join(orphans)}"
    reported = reported_folds(Path(settings["observed"]))
    stored = stored_folds(Path(settings["history"]))
    if lost := reported - stored:
        yield f"{len(lost)} of {len(reported)} reported folds lost"
    yield from _resume(settings, sandbox)


def _resume(settings: dict[str, Any], sandbox: Sandbox) -> Iterator[str]:
    """Continue the run, or begin it if it was killed before it began."""
    began = bool(stored_settings(Path(settings["history"])))
    with contextlib.suppress(FileNotFoundError):
        os.unlink(sandbox.folder / "facts")
    order = order_in(sandbox, settings | {"resume": began})
    ended = sandbox.run(command_of(order), BUDGET + AROUND)
    facts = FitFacts.read(Path(order.report))
    if facts is None:
        yield "the resumed fit hung or died"
    else:
        yield from judge_facts(facts, BUDGET)
    yield from judge_traces(ended, sandbox)  # folders of the killed fit are swept by now


def reported_folds(path: Path) -> set[tuple[int, int]]:
    """Return pipeline and fold of every line that an observer wrote whole."""
    if not path.exists():
        return set()
    complete = path.read_text("utf-8").rpartition("\n")[0].splitlines()
    pairs = [tuple(map(int, line.split())) for line in complete if line != "start"]
    return {(number, fold) for number, n_folds in pairs for fold in range(n_folds)}


def stored_folds(path: Path) -> set[tuple[int, int]]:
    """Return pipeline and fold of every outcome in a history."""
    return set(_select(path, "SELECT number, fold FROM folds"))


def stored_scores(path: Path) -> dict[tuple[int, int], tuple[str, float]]:
    """Return state and score of every outcome in a history, by pipeline and fold."""
    rows = _select(path, "SELECT number, fold, state, score FROM folds")
    return {(number, fold): (state, score) for number, fold, state, score in rows}


def stored_settings(path: Path) -> list[tuple[Any, ...]]:
    """Return the settings of the run in a history; empty if it never began."""
    return _select(path, "SELECT name FROM facts")


def _select(path: Path, query: str) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    with contextlib.closing(sqlite3.connect(path)) as database:
        try:
            return database.execute(query).fetchall()
        except sqlite3.OperationalError:  # killed before it had tables
            return []


def wait_for_line(path: Path, process: Any, n_lines: int = 1) -> bool:
    """Wait until a file has lines; say whether it came so far before the process ended.

    Parameters
    ----------
    path : path
    process : Popen
    n_lines : int
    """
    while process.poll() is None:
        if path.exists() and path.read_text("utf-8").count("\n") >= n_lines:
            return True
        time.sleep(LOOK)
    return False


TREES = Part(
    "trees",
    "After a SIGKILL at any moment all workers end within 5 s, every fold that an observer was "
    "told of is in the history, the run can be resumed, and the next fit sweeps the folders left.",
    {WHOLE: 50, MAIN: 50},
    kill_and_resume,
)
