"""The course of a search, as all views of it are told: numbers, and rows of words."""

import time
from collections import Counter
from dataclasses import dataclass, field

from automl.outcome import State
from automl.report.sparkline import sparkline
from automl.report.wording import (
    MINUTE,
    clock,
    counted,
    first_line,
    in_states,
    joined,
    score_of,
    short_name,
)
from automl.search.evaluated import Evaluated
from automl.search.observer import Phase, RunningSearch

CURVE_WIDTH = 40  # characters: with the ends of the curve they fit into 80 columns
MOST_WORKERS = 8  # rows: more of them, and a small window has no room for the rest
PHASES = {
    Phase.CHOOSING: "choosing the pipelines that predict",
    Phase.FITTING: "final fits",
    Phase.DONE: "done",
}


@dataclass
class Course:
    """The course of a search so far."""

    failures: Counter[str] = field(default_factory=Counter)
    """The pipelines that failed, by state."""
    causes: Counter[str] = field(default_factory=Counter)
    """The same by the first line of the cause."""
    n_raced_out: int = 0
    """The pipelines that were too bad to go on with."""
    bests: list[tuple[float, float]] = field(default_factory=list)
    """Each new best score with its seconds since the start; the baseline is none of them."""
    phase: Phase | None = None
    """The phase after the search."""
    _first_pulse: tuple[float, int] | None = None
    """The seconds and the pipelines at the first pulse."""

    def note(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Take note of a pipeline that ended."""
        outcome = evaluated.outcome
        if outcome.state is State.RACED_OUT:
            self.n_raced_out += 1
        elif not outcome.state.has_score():
            self.failures[outcome.state.value] += 1
            self.causes[first_line(outcome.cause)] += 1
        elif search.best is evaluated and not evaluated.is_baseline and evaluated.score is not None:
            self.bests.append((search.budget.elapsed(), evaluated.score))

    def begin(self, search: RunningSearch) -> None:
        """Take note of the first pulse, until which a resumed run repeats pipelines."""
        if self._first_pulse is None:
            self._first_pulse = search.budget.elapsed(), len(search.evaluated)

    def per_minute(self, search: RunningSearch) -> float:
        """Return the pipelines a minute since the first pulse."""
        start, n_before = self._first_pulse or (0.0, 0)
        n_pipelines = len(search.evaluated) - n_before
        return MINUTE * n_pipelines / max(search.budget.elapsed() - start, 1.0)

    def share(self, search: RunningSearch) -> float:
        """Return the part of the budget that is spent, from 0 to 1."""
        budget = search.budget
        shares = [0.0]
        if budget.seconds is not None:
            shares.append(budget.elapsed() / budget.seconds)
        if budget.evaluations is not None:
            shares.append(len(search.evaluated) / budget.evaluations)
        return min(max(shares), 1.0)

    def headline(self, search: RunningSearch) -> str:
        """Return the time that is left, and what goes on."""
        budget = search.budget
        if budget.seconds is None:
            return f"{clock(budget.elapsed())} so far, {self.activity(search)}"
        remaining = f"{clock(budget.remaining())} left of {clock(budget.seconds)}"
        return f"{remaining}, {self.activity(search)}"

    def activity(self, search: RunningSearch) -> str:
        """Return what goes on now."""
        if self.phase is not None:
            return PHASES[self.phase]
        return "searching" if search.evaluated else "the workers start"

    def rows(self, search: RunningSearch, *, is_plain: bool = False) -> list[tuple[str, str]]:
        """Return what there is to see, as pairs of a label and a text.

        Parameters
        ----------
        search : RunningSearch
        is_plain : bool
            Whether only ASCII can be shown.
        """
        rows = [("pipelines", self.tried(search))]
        if self.failures:
            cause, count = self.causes.most_common(1)[0]
            rows.append(("failed", f"{in_states(self.failures)}; {count} × {cause}"))
        if (best := search.best) is not None:
            score = f"{score_of(search.metric, best)} over {counted(_n_folds(best), 'fold')}"
            rows.append(("best", f"{score}, #{best.number} {short_name(best.genome)}"))
        if self.bests:
            curve = sparkline(self.curve(search.budget.elapsed()), is_plain=is_plain)
            first, last = self.bests[0][1], self.bests[-1][1]
            rows.append(("course", f"{curve} from {first:.4g} to {last:.4g}"))
        return rows + self.workers(search)

    def tried(self, search: RunningSearch) -> str:
        """Return how many pipelines were tried, and how quickly."""
        evaluations = search.budget.evaluations
        return joined(
            [
                f"{len(search.evaluated)}{f' of {evaluations}' if evaluations else ''} tried",
                f"{self.per_minute(search):.0f} a minute",
                f"{self.n_raced_out} raced out early" if self.n_raced_out else "",
            ]
        )

    def curve(self, elapsed: float) -> list[float]:
        """Return the best score at equal steps of time, from the first one to now."""
        start = self.bests[0][0]
        scores: list[float] = []
        place = 0
        for number in range(CURVE_WIDTH):
            moment = start + (elapsed - start) * number / (CURVE_WIDTH - 1)
            while place + 1 < len(self.bests) and self.bests[place + 1][0] <= moment:
                place += 1
            scores.append(self.bests[place][1])
        return scores

    def workers(self, search: RunningSearch) -> list[tuple[str, str]]:
        """Return what each worker does, and for how long."""
        now = time.monotonic()
        rows = [
            (
                f"worker {number}",
                f"{clock(now - work.started)} #{work.number} "
                f"{'tuning' if work.is_tuning else f'fold {work.fold}'}: {short_name(work.genome)}",
            )
            for number, work in enumerate(search.running, start=1)
        ]
        if len(rows) > MOST_WORKERS:
            rows[MOST_WORKERS:] = [("", f"and {len(rows) - MOST_WORKERS} workers more")]
        return rows

    def line(self, search: RunningSearch) -> str:
        """Return all of it in a line."""
        limit = "" if search.budget.seconds is None else f" of {search.budget.seconds:.0f}"
        best = search.best
        return joined(
            [
                f"{search.budget.elapsed():.0f}{limit} s: {self.activity(search)}",
                self.tried(search),
                f"failed: {in_states(self.failures)}" if self.failures else "",
                ""
                if best is None
                else f"best {score_of(search.metric, best)} by {best.genome.operator}",
            ]
        )


def _n_folds(evaluated: Evaluated) -> int:
    return len(evaluated.outcome.scores)
