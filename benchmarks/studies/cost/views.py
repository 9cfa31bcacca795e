"""The cost of the views of a search, and of a report."""

import contextlib
import os
import pty
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, make_classification

from automl import AutoMLClassifier, Observer
from automl.pipelines import load_catalogue
from automl.report import progress_views
from benchmarks.running.provenance import usable_cores
from benchmarks.studies.cost.clock import cpu_seconds

SEED = 0
LIMIT = 600.0  # seconds
ROWS, COLUMNS = 48_000, 14  # as many as adult has
PIPELINES = 500
QUICK = ("gaussian_nb", "linear_discriminant_analysis", "simple_imputer", "standard_scaler")


class Timed(Observer):
    """Adds up the seconds that the thread of a search spends in observers.

    Parameters
    ----------
    observers : sequence of Observer
    """

    def __init__(self, observers: Sequence[Observer]) -> None:
        self.observers = observers
        self.seconds = 0.0

    def on_start(self, search: Any) -> None:
        """Pass the call on."""
        self._pass("on_start", search)

    def on_pulse(self, search: Any) -> None:
        """Pass the call on."""
        self._pass("on_pulse", search)

    def on_evaluated(self, search: Any, evaluated: Any) -> None:
        """Pass the call on."""
        self._pass("on_evaluated", search, evaluated)

    def on_phase(self, search: Any, phase: Any) -> None:
        """Pass the call on."""
        self._pass("on_phase", search, phase)

    def on_end(self, search: Any) -> None:
        """Pass the call on."""
        self._pass("on_end", search)

    def _pass(self, call: str, *arguments: Any) -> None:
        began = time.thread_time()
        for observer in self.observers:
            getattr(observer, call)(*arguments)
        self.seconds += time.thread_time() - began


def view_cost(n: int) -> dict[str, float]:
    """Return the share of all cores that the live view takes, and the cost of a report."""
    X, y = load_breast_cancer(return_X_y=True)
    with _terminal():
        timed = Timed(progress_views(1))
        began = time.monotonic()
        AutoMLClassifier(
            max_evaluations=n,
            time_budget=None,
            callbacks=[timed],
            n_jobs=usable_cores(),
            random_state=SEED,
            verbose=0,
        ).fit(X, y)
        wall = time.monotonic() - began
    return {
        "the live view of a terminal, share of all cores, %": 100
        * timed.seconds
        / (wall * usable_cores()),
        **_report_cost(),
    }


@contextlib.contextmanager
def _terminal() -> Iterator[None]:
    """Let the standard error be a terminal that somebody reads."""
    master, slave = pty.openpty()
    reader = threading.Thread(target=_drain, args=(master,), daemon=True)
    reader.start()
    with open(slave, "w", encoding="utf-8") as terminal, contextlib.redirect_stderr(terminal):
        yield
    reader.join(LIMIT)
    os.close(master)


def _drain(terminal: int) -> None:
    with contextlib.suppress(OSError):  # Linux tells the end of a terminal by an error
        while os.read(terminal, 1 << 16):
            pass


def _report_cost() -> dict[str, float]:
    """Return the cost of a report on as many rows as adult has, and 500 pipelines."""
    X, y = make_classification(ROWS, COLUMNS, n_informative=8, flip_y=0.1, random_state=SEED)
    search = AutoMLClassifier(
        catalogue=load_catalogue().only(*QUICK),
        max_evaluations=10,
        time_budget=None,
        tuner=None,
        random_state=SEED,
        verbose=0,
    ).fit(X, y)
    _multiply(search)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        search.report(path)  # the first call imports packages
        seconds = cpu_seconds(lambda: search.report(path))
        n_bytes = path.stat().st_size
    return {
        f"a report of {PIPELINES} pipelines, s of CPU": seconds,
        f"a report of {PIPELINES} pipelines, MB": n_bytes / 1e6,
    }


def _multiply(search: AutoMLClassifier) -> None:
    """Let a search have as many pipelines, by repeating those that it has with other numbers."""
    fitted = search._fitted
    board = fitted.search.leaderboard
    rows = np.resize(np.arange(len(board)), PIPELINES)
    board = board.iloc[rows].assign(rank=np.arange(1, PIPELINES + 1)).reset_index(drop=True)
    search._keep(replace(fitted, search=replace(fitted.search, leaderboard=board)))
