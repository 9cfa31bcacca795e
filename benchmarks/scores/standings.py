"""Scores, ranks, wins and normalized scores of the rows of a journal.

A failure counts as the constant prediction. Where several splits or seeds were measured, their mean
is the score. Only tasks on which every adapter has the same rows are ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from benchmarks.errors import JournalError
from benchmarks.running.journal import Key, Row
from benchmarks.scores.scoring import BY_NAME

BASELINE = "random_forest"
"""The adapter that all are compared with one by one."""

Table = dict[str, dict[str, float]]
"""Numbers by task and adapter."""


@dataclass(frozen=True)
class Standings:
    """Scores and what follows from them."""

    adapters: list[str]
    """All adapters, in the order of the journal."""
    metrics: dict[str, str]
    """The metric of every task."""
    constants: dict[str, float]
    """The score of the constant prediction on every task."""
    scores: Table
    """Mean scores, failures as the constant prediction; without what was not measured."""
    failures: Table
    """Rows that failed."""
    ranks: Table
    """Ranks on the tasks that all adapters have finished; equal scores share a mean rank."""
    normalized: Table
    """0 for the constant prediction and 1 for the best, on the same tasks."""
    scaled: Table
    """0 for `BASELINE` and 1 for the best, on all tasks on which it is not the best itself."""

    def mean_rank(self, adapter: str) -> float:
        """Return the mean rank of an adapter."""
        return fmean(ranks[adapter] for ranks in self.ranks.values())

    def mean_normalized(self, adapter: str) -> float:
        """Return the mean normalized score of an adapter."""
        return fmean(shares[adapter] for shares in self.normalized.values())

    def wins(self, adapter: str) -> tuple[int, int, int] | None:
        """Count the ranked tasks on which an adapter beats, equals and loses to `BASELINE`.

        Returns
        -------
        tuple of three int, or None if there is no baseline or the adapter is it
        """
        if BASELINE not in self.adapters or adapter == BASELINE:
            return None
        leads = [ranks[BASELINE] - ranks[adapter] for ranks in self.ranks.values()]
        beats, loses = sum(lead > 0 for lead in leads), sum(lead < 0 for lead in leads)
        return beats, len(leads) - beats - loses, loses


def compute_standings(rows: Sequence[Row]) -> Standings:
    """Compare the adapters of the rows of a budget.

    Raises
    ------
    JournalError
        If the same split of a task does not always have the same data.
    """
    # First: scores on different rows would be ranked without a word.
    check_data(rows)
    adapters = list(dict.fromkeys(row.key.adapter for row in rows))
    metrics = {row.key.task: row.metric for row in rows}
    cells: dict[str, dict[str, list[Row]]] = {task: {} for task in metrics}
    for row in rows:
        cells[row.key.task].setdefault(row.key.adapter, []).append(row)
    constants = {task: _mean_constant(by_adapter) for task, by_adapter in cells.items()}
    scores = {
        task: {adapter: fmean(map(_credit, runs)) for adapter, runs in by_adapter.items()}
        for task, by_adapter in cells.items()
    }
    # A rank among fewer adapters is no rank, and a mean over other splits compares with nothing.
    gains = {
        task: _gains(scores[task], constants[task], metrics[task])
        for task, by_adapter in cells.items()
        if len(by_adapter) == len(adapters) and _is_even(by_adapter)
    }
    return Standings(
        adapters=adapters,
        metrics=metrics,
        constants=constants,
        scores=scores,
        failures={
            task: {name: sum(row.score is None for row in runs) for name, runs in by_name.items()}
            for task, by_name in cells.items()
        },
        ranks={task: rank_gains(by_name) for task, by_name in gains.items()},
        normalized={task: normalize_gains(by_name) for task, by_name in gains.items()},
        scaled={
            task: shares
            for task, metric in metrics.items()
            if (shares := _scaled(scores[task], metric))
        },
    )


def rank_gains(gains: dict[str, float]) -> dict[str, float]:
    """Return ranks by adapter from 1 for the greatest gain; equal gains share their mean rank."""
    # By counting rather than sorting, so that ties share the mean of their ranks.
    values = list(gains.values())
    return {
        adapter: 1 + sum(value > gain for value in values) + (values.count(gain) - 1) / 2
        for adapter, gain in gains.items()
    }


def normalize_gains(gains: dict[str, float]) -> dict[str, float]:
    """Return shares of the greatest gain by adapter; if nobody gains anything, all have nothing."""
    # Nobody may be better than a constant, and then all are worth as little.
    best = max(gains.values())
    return {adapter: gain / best if best > 0 else 0.0 for adapter, gain in gains.items()}


def _credit(row: Row) -> float:
    return row.constant if row.score is None else row.score


def _mean_constant(cells: dict[str, list[Row]]) -> float:
    by_split = {row.key.split: row.constant for runs in cells.values() for row in runs}
    return fmean(by_split.values())


def _gains(scores: dict[str, float], constant: float, metric: str) -> dict[str, float]:
    sign = BY_NAME[metric].sign
    return {adapter: sign * (score - constant) for adapter, score in scores.items()}


def _scaled(scores: dict[str, float], metric: str) -> dict[str, float]:
    """Return shares of the best lead over the baseline, less than 0 for those behind it."""
    leads = _gains(scores, scores[BASELINE], metric) if BASELINE in scores else {}
    best = max(leads.values(), default=0.0)
    # The 0.0 makes a plain zero of the baseline's -0.0.
    return {adapter: lead / best + 0.0 for adapter, lead in leads.items()} if best > 0 else {}


def _is_even(cells: dict[str, list[Row]]) -> bool:
    """Whether all adapters have the same splits and seeds."""
    places = [{(row.key.split, row.key.seed) for row in runs} for runs in cells.values()]
    return all(pairs == places[0] for pairs in places)


def anytime_curves(rows: Sequence[Row]) -> dict[str, dict[float, float]]:
    """Return mean normalized scores by adapter and budget; 1 is the best of all budgets.

    Only tasks count that every adapter has finished with every budget.
    """
    budgets = sorted({row.key.budget for row in rows})
    # Every adapter counts once for each budget, so that all share one scale on a task.
    runs = [replace(row, key=replace(row.key, adapter=_run_name(row.key))) for row in rows]
    standings = compute_standings(runs)
    return {
        adapter: {
            budget: standings.mean_normalized(name)
            for budget in budgets
            if (name := f"{adapter}@{budget:g}") in standings.adapters and standings.normalized
        }
        for adapter in dict.fromkeys(row.key.adapter for row in rows)
    }


def _run_name(key: Key) -> str:
    return f"{key.adapter}@{key.budget:g}"


def check_data(rows: Sequence[Row]) -> None:
    """Refuse to compare scores on different data.

    Raises
    ------
    JournalError
        If the same split of a task does not always have the same data.
    """
    digests: dict[tuple[str, int], str] = {}
    for row in rows:
        place = (row.key.task, row.key.split)
        if digests.setdefault(place, row.digest) != row.digest:
            raise JournalError(
                f"expected the same data in all rows of split {row.key.split} of {row.key.task}, "
                f"got fingerprints {digests[place]} and {row.digest}; take the rows of one of them "
                "out of the journal and measure again"
            )
