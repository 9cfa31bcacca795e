"""What a model takes and gives, as its file tells: the answer to ``GET /schema``."""

import platform
from typing import Any

from automl.problem.labels import parts_of
from automl.serving.answers import COVERAGE, in_json
from automl.serving.body import MOST_BYTES
from automl.serving.rows import MOST_ROWS
from automl.winner.fitted import Fitted
from automl.winner.packages import packages_of


def schema_of(fitted: Fitted, has_intervals: bool) -> dict[str, Any]:
    """Return the columns that a model reads and how, what it predicts, and how well.

    Parameters
    ----------
    fitted : Fitted
    has_intervals : bool
        Whether answers have intervals without being asked for them.
    """
    target, script = fitted.names.target, fitted.script
    levels = [] if script is None else list(script.levels)
    return {
        "task": fitted.task,
        "target": target,
        "classes": _classes(fitted),
        "quantiles": levels,
        "interval_coverage": COVERAGE if has_intervals else None,
        "columns": _columns(fitted),
        "score": _score(fitted),
        "limits": {"rows": MOST_ROWS, "bytes": MOST_BYTES},
        "versions": {
            "python": platform.python_version(),
            **{package.name: package.version for package in packages_of(()) if package.name},
        },
    }


def _classes(fitted: Fitted) -> Any:
    """Return the labels, or those of each target by its name; None for numbers."""
    if fitted.classes is None:
        return None
    labels = [in_json(labels) for labels in parts_of(fitted.classes)]
    target = fitted.names.target
    return labels[0] if isinstance(target, str) else dict(zip(target, labels, strict=True))


def _columns(fitted: Fitted) -> list[dict[str, Any]]:
    """Return the columns that are used, in the order of the fit, by their reading contract."""
    columns = fitted.columns
    kinds = {name: kind for kind, names in columns.kinds().items() for name in names}
    described = []
    for name in fitted.names.columns:
        if name in kinds:
            reading = columns.readings.get(name)
            facts: dict[str, Any] = {"name": name, "kind": kinds[name]}
            if reading is not None and (text := str(reading)):
                facts["reading"] = text
            if name in columns.orders:
                facts["order"] = list(columns.orders[name])
            described.append(facts)
    return described


def _score(fitted: Fitted) -> dict[str, Any]:
    """Return the score to expect of new rows; that over the folds where it is not known."""
    expected = fitted.expected
    if expected is None:
        (best,) = in_json([fitted.best_score])
        return {"metric": fitted.metric, "over_folds": best}
    estimate, low, high = in_json([expected.estimate, expected.low, expected.high])
    return {
        "metric": expected.metric,
        "expected": estimate,
        "low": low,
        "high": high,
        "sentence": str(expected),
    }
