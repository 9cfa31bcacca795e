"""What a run is known by, and the lines of Python that repeat it."""

import os
import platform
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from automl.page.tables import Table
from automl.winner.fitted import Fitted
from automl.winner.packages import packages_of
from automl.winner.parameters import RECORDS

# Where a run is kept and computed, and who watches it, change no result.
ASIDE = ("callbacks", "executor", "history", "verbose")


@dataclass(frozen=True)
class FingerprintFacts:
    """What a run is known by."""

    facts: Table
    """Seed, rows, digest of the data, versions, seconds."""
    lines: str
    """The lines of Python that repeat it."""


def fingerprint_facts(fitted: Fitted, search: Any) -> FingerprintFacts:
    """Return what a run is known by.

    Parameters
    ----------
    fitted : Fitted
    search : AutoMLClassifier or AutoMLRegressor
        Its parameters are those of the run.
    """
    origin, script, run = fitted.search.origin, fitted.script, fitted.search.run
    seed = origin.seed if origin else script.seed if script else None
    rows = {
        "estimator": type(search).__name__,
        "seed": seed,
        "training rows": script.n_rows if script else None,
        "digest of the data": origin.data_digest if origin else None,
        "pipelines evaluated": run.pipelines,
        "wall seconds of the fit": round(run.seconds, 1),
        "worker processes": run.workers,
        "Python": platform.python_version(),
        **{package.name or package.module: package.version for package in packages_of(())},
    }
    facts = Table.from_rows(["fact", "value"], rows.items())
    return FingerprintFacts(facts, fingerprint_lines(search, seed, run.pipelines))


def fingerprint_lines(
    search: Any, seed: int | None, n_pipelines: int, unstored: Collection[str] = ()
) -> str:
    """Return the lines of Python that repeat a run.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
        Its parameters are those of the run.
    seed : int or None
    n_pipelines : int
        The pipelines that the run evaluated.
    unstored : collection of str
        The names of parameters that a file could not hold.
    """
    class_ = type(search)
    defaults = class_().get_params(deep=False)
    settings = {
        name: value
        for name, value in search.get_params(deep=False).items()
        if name not in ASIDE and not _is_default(value, defaults[name])
    }
    settings["random_state"] = seed
    is_timed = settings.get("max_evaluations") is None
    if is_timed:
        settings |= {"max_evaluations": n_pipelines, "time_budget": None}
    written = {name: value for name, value in settings.items() if _is_plain(value)}
    names = sorted({class_.__name__, *_records(written)})
    arguments = "".join(f"    {name}={_source(value)},\n" for name, value in written.items())
    lines = f"from automl import {', '.join(names)}\n\nsearch = {class_.__name__}(\n{arguments})\n"
    if is_timed:  # what ends in time depends on the machine, and so does the order of outcomes
        lines += "# The run had a budget of seconds; this one evaluates as many pipelines.\n"
    lost = [name for name in unstored if name not in ASIDE]
    if omitted := [*lost, *(name for name in settings if name not in written)]:
        lines += f"search.set_params(...)  # {', '.join(omitted)}: as you gave it\n"
    return f"{lines}search.fit(X, y)  # and weights, groups, kinds or time, where fit had them\n"


def _is_default(value: Any, default: Any) -> bool:
    # Arrays and frames have no single answer to ==, and the classes of users any answer.
    return type(value) is type(default) and _is_plain(value) and bool(value == default)


def _is_plain(value: Any) -> bool:
    """Tell whether Python reads a value back from its text."""
    if type(value) in (list, tuple):
        return all(map(_is_plain, value))
    plain = (bool, int, float, str, type(None))
    return type(value) in (*plain, *RECORDS.values()) or isinstance(value, os.PathLike)


def _source(value: Any) -> str:
    return repr(os.fspath(value)) if isinstance(value, os.PathLike) else repr(value)


def _records(written: Mapping[str, Any]) -> set[str]:
    """Return the names of the records of settings that have to be imported."""
    values = [
        part
        for value in written.values()
        for part in (value if isinstance(value, list) else [value])
    ]
    return {type(part).__name__ for part in values} & set(RECORDS)
