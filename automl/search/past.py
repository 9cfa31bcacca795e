"""The pipelines of an earlier fit, as a history file holds them: checked row by row.

A file may be damaged, or made by anybody. Rows that no run writes are refused with a reason, so
that later code may rely on types, on numbers that are finite, and on orders without holes.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from automl.outcome import FoldOutcome, HeldOut, State

# Probabilities and the numbers of a regression, by their bytes. They are little-endian on any
# machine, for files travel.
NUMBERS: dict[int, np.dtype[np.floating[Any]]] = {4: np.dtype("<f4"), 8: np.dtype("<f8")}
MOST = 1_000_000  # of everything that is counted: folds, rounds, fits
LARGEST_SCORE = 1e300  # sums and means of such scores are still finite
LONGEST_SECONDS = 1e9
SHOWN = 60  # characters of a value in a message

Row = tuple[Any, ...]


class DamageError(Exception):
    """The reason for which a history cannot be read."""


@dataclass(frozen=True)
class PastTrial:
    """A pipeline that an earlier fit asked for."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: str
    """Its text."""
    tells_before: int
    """The number of outcomes that the strategy had been told when it was asked for."""
    tell_number: int | None
    """Its place in the order of telling, from 0; None if it was still under way."""
    is_tuning: bool = False
    """Whether a leader was tuned."""
    folds: Mapping[int, FoldOutcome] = field(default_factory=dict)
    """Its outcomes on the folds that had ended."""


def read_trials(
    trials: Iterable[Row], folds: Iterable[Row], predictions: Iterable[Row]
) -> list[PastTrial]:
    """Return the pipelines in the order of asking.

    Parameters
    ----------
    trials, folds, predictions : iterable of tuple
        The rows of the three tables, trials in the order of their numbers.

    Raises
    ------
    DamageError
        If a row is not as a run writes it.
    """
    outcomes = _read_folds(folds)
    for number, fold, held_out in map(_read_predictions, predictions):
        if fold not in outcomes.get(number, {}):
            raise DamageError(f"pipeline {number} has predictions for fold {fold}, but no outcome")
        outcomes[number][fold] = replace(outcomes[number][fold], predictions=held_out)
    past = [_read_trial(row, place, outcomes) for place, row in enumerate(trials)]
    if strangers := sorted(set(outcomes) - {trial.number for trial in past})[:1]:
        raise DamageError(f"there are folds of pipeline {strangers[0]}, but no such pipeline")
    tells = sorted(trial.tell_number for trial in past if trial.tell_number is not None)
    if tells != list(range(len(tells))):
        raise DamageError("the order of telling has holes")
    if any(trial.tells_before > len(tells) for trial in past):
        raise DamageError("pipelines were asked for after more outcomes than there are")
    return past


def _read_trial(
    row: Row, place: int, outcomes: Mapping[int, Mapping[int, FoldOutcome]]
) -> PastTrial:
    number, genome, tells_before, tell_number, is_tuning = row
    where = f"pipeline {_short(number)}"
    if number != place:
        raise DamageError(f"expected pipeline {place} next in the order of asking, got {where}")
    _check(genome, "genome", where, _is_text)
    _check(tells_before, "tells_before", where, _is_count)
    _check(tell_number, "told", where, _or_none(_is_count))
    _check(is_tuning, "is_tuning", where, lambda value: value in (0, 1))
    folds = dict(sorted(outcomes.get(number, {}).items()))
    return PastTrial(number, genome, tells_before, tell_number, bool(is_tuning), folds)


def _read_folds(rows: Iterable[Row]) -> dict[int, dict[int, FoldOutcome]]:
    outcomes: dict[int, dict[int, FoldOutcome]] = {}
    for number, fold, *values in rows:
        where = f"fold {_short(fold)} of pipeline {_short(number)}"
        _check(number, "number", where, _is_count)
        _check(fold, "fold", where, _is_count)
        for (name, is_valid), value in zip(FIELDS.items(), values, strict=True):
            _check(value, name, where, is_valid)
        state, *numbers = values
        numbers[-1] = tuple(json.loads(numbers[-1]))
        outcomes.setdefault(number, {})[fold] = FoldOutcome(State(state), *numbers)
    return outcomes


def _read_predictions(row: Row) -> tuple[int, int, HeldOut]:
    number, fold, n_columns, n_bytes, cells = row
    where = f"predictions of pipeline {_short(number)} for fold {_short(fold)}"
    for name, value in (("number", number), ("fold", fold), ("n_columns", n_columns)):
        _check(value, name, where, _is_count)
    _check(n_bytes, "n_bytes", where, lambda value: _is_count(value) and value in NUMBERS)
    _check(cells, "cells", where, lambda value: isinstance(value, bytes))
    size = n_columns * n_bytes
    if not size or len(cells) % size:
        raise DamageError(f"the {where} have {len(cells)} bytes for {n_columns} columns")
    numbers = np.frombuffer(cells, NUMBERS[n_bytes]).astype(f"f{n_bytes}")
    table = numbers.reshape(-1, n_columns)
    return number, fold, table


def _check(value: Any, name: str, where: str, is_valid: Callable[[Any], bool]) -> None:
    if not is_valid(value):
        raise DamageError(f"{where} has {name}={_short(value)}")


def _short(value: Any) -> str:
    return repr(value[:SHOWN] if isinstance(value, str | bytes) else value)[: SHOWN + 10]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= MOST


def _is_score(value: Any) -> bool:
    return isinstance(value, float) and isfinite(value) and abs(value) <= LARGEST_SCORE


def _is_list_of_scores(value: Any) -> bool:
    try:
        scores = json.loads(value) if _is_text(value) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(scores, list) and all(map(_or_none(_is_score), scores))


def _is_seconds(value: Any) -> bool:
    return isinstance(value, float) and 0 <= value <= LONGEST_SECONDS


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_state(value: Any) -> bool:
    return value in {state.value for state in State}


def _or_none(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_valid(value)


# In the order of the fields of `FoldOutcome`, which is that of the columns.
FIELDS: dict[str, Callable[[Any], bool]] = {
    "state": _is_state,
    "score": _or_none(_is_score),
    "fit_seconds": _is_seconds,
    "predict_seconds": _is_seconds,
    "rounds": _or_none(_is_count),
    "cause": _is_text,
    "tuned": _or_none(_is_text),
    "inner_score": _or_none(_is_score),
    "n_fits": _is_count,
    "tune_seconds": _is_seconds,
    "further": _is_list_of_scores,
}
