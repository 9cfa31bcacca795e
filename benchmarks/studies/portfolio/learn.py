"""Learning a portfolio: greedily, by gain per second, and its worth on sets that it never saw.

A score on a set counts from the median of all candidates there, which is 0, to the best of them,
which is 1. A set is as good as the best three of different models together, as ensembles are made
of several.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from automl.pipelines import load_catalogue
from benchmarks.errors import TaskError
from benchmarks.studies.portfolio.rows import CandidateRow, Fit, Size

LENGTH = 28  # starts by gain per second; a minute on two cores seldom sees so many
LATER = 12  # starts after these, by gain alone: whoever has minutes has them for slow ones, too
TOGETHER = 3  # models that are to be good on a set
SMALLEST_GAIN = 2e-3  # of a set's worth, on average: less is noise
LEAST_SECONDS = 0.1  # of a fit: starts that cost less are not told apart
OTHER_SIZE = 0.5  # weight of what the same sets say of the other class of sizes

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """Worth and seconds of all candidates of a task on all sets."""

    starts: tuple[str, ...]
    """The candidates, as JSON."""
    models: tuple[str, ...]
    """The families of their models."""
    sets: tuple[str, ...]
    """The names of the sets; one may be there at two sizes."""
    worth: Table
    """From 0 to 1, shape (n_candidates, n_sets)."""
    seconds: Table
    """Of one fit, shape (n_candidates, n_sets)."""
    scored: NDArray[np.bool_]
    """Whether that fit ended with a score."""
    weights: Table
    """Of the sets, shape (n_sets,)."""
    own: NDArray[np.bool_]
    """Whether a set is of the class of sizes, shape (n_sets,)."""

    def without(self, name: str) -> "Evidence":
        """Return the evidence of all other sets."""
        return self._on(np.array([task != name for task in self.sets]))

    def of_size(self) -> "Evidence":
        """Return the evidence of the sets of the class itself."""
        return self._on(self.own)

    def typical_seconds(self) -> Table:
        """Return the median seconds of each candidate over the sets of the class.

        Fits without a score do not count. Where the class has no other, the other class does; a
        candidate that never had a score has 0.
        """
        own = self.scored & self.own
        counted = np.where(own.any(axis=1, keepdims=True), own, self.scored)
        rows = zip(self.seconds, counted, strict=True)
        return np.array([np.median(row[counts]) if counts.any() else 0.0 for row, counts in rows])

    def _on(self, mask: NDArray[np.bool_]) -> "Evidence":
        return replace(
            self,
            sets=tuple(name for name, is_in in zip(self.sets, mask, strict=True) if is_in),
            worth=self.worth[:, mask],
            seconds=self.seconds[:, mask],
            scored=self.scored[:, mask],
            weights=self.weights[mask],
            own=self.own[mask],
        )


def gather(rows: Sequence[CandidateRow], kind: str, size: Size) -> Evidence:
    """Return the evidence of a task and a class of sizes: candidates that all sets have seen.

    Parameters
    ----------
    rows : sequence of CandidateRow
    kind : {"classification", "regression"}
    size : Size

    Raises
    ------
    TaskError
        If there is no measurement of such a set.
    """
    of_kind = [row for row in rows if row.key.kind == kind]
    if not of_kind:
        raise TaskError(f"expected measurements of sets of {kind}, got none; give more --tasks")
    places = sorted({(row.key.task, row.key.rows) for row in of_kind})
    by_key = {(row.key.start, (row.key.task, row.key.rows)): row for row in of_kind}
    # A run may have ended in the middle of a candidate, which then has no scores on some sets.
    starts = [
        start
        for start in dict.fromkeys(row.key.start for row in of_kind)
        if all((start, place) in by_key for place in places)
    ]
    fits = [[_fit(by_key[start, place]) for place in places] for start in starts]
    models = [json.loads(start)["model"] for start in starts]
    families = {name: operator.family for name, operator in load_catalogue().items()}
    scores = np.array([[np.nan if fit.score is None else fit.score for fit in row] for row in fits])
    best, median = np.nanmax(scores, axis=0), np.nanmedian(scores, axis=0)
    own = np.array([n_rows == size.rows for _, n_rows in places])
    # Where all candidates are level, the tiny number avoids a division by zero.
    scaled = (scores - median) / np.maximum(best - median, np.finfo(float).tiny)
    return Evidence(
        starts=tuple(starts),
        models=tuple(families.get(model, model) for model in models),
        sets=tuple(name for name, _ in places),
        worth=np.nan_to_num(np.clip(scaled, 0, 1)),
        seconds=np.array([[fit.seconds for fit in row] for row in fits]),
        scored=~np.isnan(scores),
        weights=np.where(own, 1.0, OTHER_SIZE),
        own=own,
    )


def _fit(row: CandidateRow) -> Fit:
    if row.result is None:
        raise TaskError(f"expected score and seconds of {row.key}, got none; take the line out")
    return row.result


def learn(evidence: Evidence) -> list[int]:
    """Return the places of the candidates to start from, the first first.

    Each is the one that adds most per second to what those before it are worth together. Of all
    these the quickest is put first, so that there is something at once. Then come those that add
    most, however long they take.

    Parameters
    ----------
    evidence : Evidence
    """
    mean_seconds = evidence.seconds @ (evidence.weights / evidence.weights.sum())
    chosen = _extended(evidence, [], LENGTH, np.maximum(mean_seconds, LEAST_SECONDS))
    quickest = min(chosen, key=lambda place: float(mean_seconds[place]), default=-1)
    chosen.sort(key=lambda place: place != quickest)
    return _extended(evidence, chosen, LATER, np.ones(len(evidence.starts)))


def _extended(evidence: Evidence, chosen: Sequence[int], count: int, costs: Table) -> list[int]:
    """Return candidates with up to `count` more, each of which adds most for its cost."""
    weights = evidence.weights / evidence.weights.sum()
    models = {model: place for place, model in enumerate(dict.fromkeys(evidence.models))}
    reached = np.zeros((len(models), len(evidence.sets)))
    places = list(chosen)
    for place in places:
        reached = _with(reached, models[evidence.models[place]], evidence.worth[place])
    for _ in range(count):
        gains = np.array(
            [
                _together(_with(reached, models[model], worth)) @ weights
                for model, worth in zip(evidence.models, evidence.worth, strict=True)
            ]
        )
        gains -= _together(reached) @ weights
        gains[places] = 0.0
        gains[gains < SMALLEST_GAIN] = 0.0
        place = int(np.argmax(gains / costs))
        if not gains[place]:
            break
        places.append(place)
        reached = _with(reached, models[evidence.models[place]], evidence.worth[place])
    return places


def _with(reached: Table, model: int, worth: Table) -> Table:
    """Return how good models are on the sets, if one of them is that good."""
    new = reached.copy()
    new[model] = np.maximum(new[model], worth)
    return new


def _together(reached: Table) -> Table:
    """Return what the sets are worth by their best models."""
    return np.asarray(np.sort(reached, axis=0)[-TOGETHER:].mean(axis=0))


@dataclass(frozen=True)
class Unseen:
    """The worth of an order of candidates on a set, as it is evaluated one by one."""

    name: str
    """The set."""
    best: list[float]
    """The worth of the best so far, after each."""
    seconds: list[float]
    """Seconds of their fits so far."""

    def after(self, count: int) -> float:
        """Return the worth after some candidates; 0 before the first."""
        return max(self.best[:count], default=0.0)

    def within(self, seconds: float) -> float:
        """Return the worth after some seconds."""
        return self.after(sum(ended <= seconds for ended in self.seconds))


def leave_one_out(evidence: Evidence, order: Sequence[int] | None = None) -> list[Unseen]:
    """Return how good a portfolio is on every set that it was not learnt from.

    Parameters
    ----------
    evidence : Evidence
    order : sequence of int, optional
        The same candidates for all sets, instead of those learnt from the others.
    """
    own = evidence.of_size()
    unseen = []
    for place, name in enumerate(own.sets):
        chosen = list(order) if order is not None else learn(evidence.without(name))
        best = np.maximum.accumulate(own.worth[chosen, place])
        seconds = np.cumsum(own.seconds[chosen, place])
        unseen.append(Unseen(name, best.tolist(), seconds.tolist()))
    return unseen
