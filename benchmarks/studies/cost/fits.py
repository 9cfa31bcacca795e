"""What whole fits cost beside their estimators: time to a first model, and CPU seconds."""

import contextlib
import os
import time
import warnings
from pathlib import Path
from typing import Any

from automl import AutoMLClassifier
from benchmarks.running.supervisor import descendants
from benchmarks.studies.cost.measure import Reading, Scale
from benchmarks.studies.cost.parts import SEED, load_task

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")  # a second, in which the system counts
FEW = 3  # pipelines, the constant baseline among them
BUSY = "breast_cancer"


def first_model(name: str, scale: Scale) -> list[Reading]:
    """Measure how long a fit takes to its first model, with cold and with warm workers.

    Parameters
    ----------
    name : str
        Of a bundled set.
    scale : Scale
        Does not matter.
    """
    return [
        Reading(f"first fit of a process on {name}", _first_model_seconds(name), "s"),
        Reading(f"a later fit on {name}", _first_model_seconds(name), "s"),
    ]


def cpu_share(scale: Scale) -> list[Reading]:
    """Measure what share of the CPU seconds of a fit is spent outside of estimators.

    Parameters
    ----------
    scale : Scale
    """
    fitted(BUSY, FEW, n_jobs=1)  # its workers serve the next fit, too
    own, below = _cpu_seconds()
    run = fitted(BUSY, scale.pipelines, n_jobs=1).run_
    own, below = (now - before for now, before in zip(_cpu_seconds(), (own, below), strict=True))
    percent = 100 / (own + below)
    beside = below - run.estimator_seconds
    return [
        Reading(f"share of a fit on {BUSY}", percent * (own + beside), "%"),
        Reading("of this the main process", percent * own, "%"),
        Reading("of this workers outside fit and prediction", percent * beside, "%"),
        Reading("wall seconds of that fit", run.seconds, "s"),
    ]


def fitted(name: str, pipelines: int, n_jobs: int, *, refit: bool = False) -> AutoMLClassifier:
    """Return a fitted search on a bundled classification.

    Parameters
    ----------
    name : str
    pipelines : int
        How many are evaluated, the constant baseline among them.
    n_jobs : int
    refit : bool
        Whether the winner is fitted on all rows.
    """
    task = load_task(name)
    search = AutoMLClassifier(
        time_budget=None,
        max_evaluations=pipelines,
        refit=refit,
        n_jobs=n_jobs,
        random_state=SEED,
        verbose=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(task.X, task.y)


def _first_model_seconds(name: str) -> float:
    seconds: Any = fitted(name, FEW, n_jobs=-1).run_.first_model_seconds
    return float(seconds)


def _cpu_seconds() -> tuple[float, float]:
    """Return the CPU seconds so far of this process and of all below it, the dead among them."""
    ticks = 0
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            # After the program's name in parentheses: user and system time from the 12th field
            # on, its own and then that of its children that have ended.
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return time.process_time(), ticks / TICKS
