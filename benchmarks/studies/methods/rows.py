"""What was measured of a method, and the journal of it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.adapters import Predictions
from benchmarks.running.provenance import Provenance
from benchmarks.scores.lines import Lines
from benchmarks.scores.scoring import BY_NAME, METRICS, score_predictions
from benchmarks.tasks.split import Split


@dataclass(frozen=True)
class MethodKey:
    """What was measured; a journal has one row for each."""

    level: str
    """What was searched: "settings" of one pipeline, or whole "pipelines"."""
    method: str
    """Who searched."""
    task: str
    """The name of the task."""
    seed: int
    """The seed of the method, and the number of the hold-out."""
    seconds: float
    """The wall seconds that were given."""


@dataclass(frozen=True)
class Found:
    """What a method found."""

    score: float
    """On the held-out rows; greater is better."""
    inner_score: float | None
    """The best mean score on the folds that the method saw; greater is better."""
    seconds: float
    """Wall seconds, the fit of the winner among them for whole pipelines only."""
    evaluations: int
    """Settings or pipelines with a score on all folds."""
    fits: int
    """Fits on a fold, or on a part of one."""
    trace: list[tuple[float, float]]
    """Seconds and the best inner score from then on."""
    winner: str
    """The settings or the pipeline."""


@dataclass(frozen=True)
class MethodRow:
    """One measurement; what was found is missing for a failure."""

    key: MethodKey
    """What was measured."""
    metric: str
    """The name of the metric; greater is better."""
    digest: str
    """A fingerprint of the data and the split."""
    provenance: Provenance
    """Where it comes from."""
    found: Found | None = None
    """What the method found."""
    failure: str = ""
    """Why it found nothing."""
    shape: list[int] = field(default_factory=list)
    """Training rows and columns."""

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "MethodRow":
        """Return the row of a line.

        Raises
        ------
        ValueError, KeyError, TypeError
            If it is none.
        """
        content = json.loads(line)
        found = content.pop("found")
        if found is not None:
            trace = [(float(second), float(value)) for second, value in found.pop("trace")]
            found = Found(**found, trace=trace)
        key = MethodKey(**content.pop("key"))
        return cls(
            **content | {"provenance": Provenance(**content["provenance"])}, key=key, found=found
        )


class MethodJournal(Lines[MethodRow]):
    """A file of rows.

    Parameters
    ----------
    path : path
        It need not exist yet.

    Raises
    ------
    JournalError
        If a line is damaged.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, MethodRow)


def metric_name(split: Split) -> str:
    """Return the name of a task's metric, where greater is better."""
    metric = METRICS[split.task.kind]
    return metric.name if metric.greater_is_better else f"neg_{metric.name}"


def held_out_score(split: Split, values: Any, classes: list[Any]) -> float:
    """Score predictions for the held-out rows; greater is better.

    Parameters
    ----------
    split : Split
    values : ndarray of shape (n_rows,) or (n_rows, n_classes)
        Numbers or probabilities.
    classes : list of labels
        Of the columns of the probabilities.
    """
    score = score_predictions(split, Predictions(values, classes))
    return score if BY_NAME[METRICS[split.task.kind].name].greater_is_better else -score
