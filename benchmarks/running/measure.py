"""One measurement: an adapter's job in a process of its own, made into a row of the journal."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.adapters import SCRIPT, Predictions, Settings
from benchmarks.errors import ScoringError
from benchmarks.running.environment import adapter_environment
from benchmarks.running.exported import check_script
from benchmarks.running.job import Job, Result
from benchmarks.running.journal import Costs, Key, Row
from benchmarks.running.provenance import Provenance
from benchmarks.running.supervisor import Limits, Usage, describe_failure, supervise
from benchmarks.scores.scoring import (
    METRICS,
    constant_predictions,
    resampled_scores,
    score_predictions,
)
from benchmarks.tasks.split import Split


@dataclass(frozen=True)
class Measurement:
    """A measurement that is to be made."""

    key: Key
    """The names and numbers of it."""
    split: Split
    """The rows to fit on and those to predict."""
    jobs: int
    """The cores that the adapter may use."""
    limits: Limits
    """The limits of its processes."""
    python: Path = Path(sys.executable)
    """The interpreter of the adapter's process."""


def measure(
    measurement: Measurement, job: Job, provenance: Provenance, winners: Path | None
) -> Row:
    """Run an adapter's job and score its predictions.

    Parameters
    ----------
    measurement : Measurement
    job : Job
        The folder to work in, with the data beside it.
    provenance : Provenance
    winners : path, optional
        Where to keep an exported script.

    Returns
    -------
    Row
        With a score, or with the reason for none.
    """
    usage = _run(measurement, job)
    trouble = describe_failure(usage, job.log, measurement.limits)
    finished = job.read_result()
    split = measurement.split
    resampled: list[float] = []
    if finished is None:
        score, failure, extra = None, trouble or "no predictions were written", {}
    else:
        # Predictions that were written count, whatever became of the process afterwards.
        score, resampled, failure = _score(split, finished[1])
        extra = _extra(measurement, job, trouble, winners)
    return Row(
        key=measurement.key,
        metric=METRICS[split.task.kind].name,
        score=score,
        constant=score_predictions(split, constant_predictions(split)),
        costs=_costs(measurement.key.budget, usage, finished and finished[0]),
        provenance=provenance,
        digest=split.digest,
        preparation=finished[0].preparation if finished else "",
        failure=failure,
        resampled=resampled,
        extra=extra,
    )


def _run(measurement: Measurement, job: Job) -> Usage:
    key = measurement.key
    settings = Settings(measurement.split.task.kind, key.budget, measurement.jobs, key.seed)
    job.write_settings(key.adapter, settings)
    return supervise(
        [str(measurement.python), "-m", "benchmarks.running.child", str(job.folder), str(job.data)],
        folder=job.folder,
        limits=measurement.limits,
        log=job.log,
        environment=adapter_environment(job.folder),
    )


def _score(split: Split, predictions: Predictions) -> tuple[float | None, list[float], str]:
    try:
        score = score_predictions(split, predictions)
    except ScoringError as error:
        return None, [], str(error)
    return score, resampled_scores(split, predictions), ""


def _extra(
    measurement: Measurement, job: Job, trouble: str, winners: Path | None
) -> dict[str, Any]:
    """Return an adapter's extras; a failure after the predictions costs no score."""
    # Written last, so that it is missing if the adapter failed after its predictions.
    extra = job.read_extra()
    if extra is None:
        return {"failure": trouble}
    if not (job.artifacts / SCRIPT).exists():
        return extra
    # Before it is run: a script that fails is the one that somebody wants to read.
    if winners is not None:
        winners.mkdir(parents=True, exist_ok=True)
        shutil.copy(job.artifacts / SCRIPT, winners / winner_name(measurement.key))
    return extra | check_script(job, measurement.split, measurement.limits)


def winner_name(key: Key) -> str:
    """Return a file name for the exported script of a measurement."""
    adapter = key.adapter.replace(":", ".")  # which file systems of Windows refuse
    return f"{key.task}-{adapter}-{key.budget:g}s-split{key.split}-seed{key.seed}.py"


def _costs(budget: float, usage: Usage, result: Result | None) -> Costs:
    fit_seconds = result.fit_seconds if result else None
    # What failed inside the fit has no seconds of its own; its process stands for it.
    spent = usage.wall_seconds if fit_seconds is None else fit_seconds
    return Costs(
        fit_seconds=fit_seconds,
        predict_seconds=result.predict_seconds if result else None,
        wall_seconds=usage.wall_seconds,
        cpu_seconds=usage.cpu_seconds,
        peak_mib=usage.peak_mib,
        overrun_seconds=max(0.0, spent - budget),
    )
