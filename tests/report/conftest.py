"""A search that is set by hand, for the views that watch one."""

from types import SimpleNamespace

import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated
from automl.search.observer import Phase
from automl.search.running import RunningFold
from automl.search.trial import Trial

RIDGE = "ridge(standard_scaler(simple_imputer(numeric)), alpha=1.0)"


class Search:
    """A search of 100 seconds, whose clock stands still between two pipelines."""

    metric = "r2"

    def __init__(self, seconds=100.0, evaluations=None):
        self.now, self.best, self.evaluated, self.running = 0.0, None, (), ()
        self.budget = SimpleNamespace(
            seconds=seconds,
            evaluations=evaluations,
            elapsed=lambda: self.now,
            remaining=lambda: seconds - self.now,
        )

    def end(self, view, *scores, state=State.DONE, cause="", text=RIDGE):
        """Let a pipeline end 10 seconds later, with these scores."""
        self.now += 10
        number = len(self.evaluated)
        folds = [FoldOutcome(State.DONE, score, fit_seconds=0.5) for score in scores]
        if cause:
            folds.append(FoldOutcome(state, cause=cause))
        evaluated = Evaluated(Genome.parse(text), Outcome(state, tuple(folds)), number)
        self.evaluated = (*self.evaluated, evaluated)
        if evaluated.score is not None and (
            self.best is None or evaluated.standing > self.best.standing
        ):
            self.best = evaluated
        view.on_evaluated(self, evaluated)

    def finish(self, view):
        """Let the search end, and all phases after it."""
        view.on_end(self)
        for phase in Phase:
            view.on_phase(self, phase)


def watched(view, search=None):
    """Let a view watch a baseline, four pipelines, and what goes on then."""
    search = search or Search()
    view.on_start(search)
    view.on_pulse(search)
    search.end(view, 0.0, 0.0, text="dummy(numeric)")
    search.end(view, 0.6, 0.8)
    search.end(view, 0.7, state=State.REFUSED, cause="ValueError: <b>no\x1b[2J\nTraceback")
    search.end(view, 0.8, 1.0)
    search.end(view, 0.1, state=State.RACED_OUT)
    trial = Trial(5, Genome.parse(RIDGE), n_folds=5, folds_per_repeat=5)
    search.running = [RunningFold(trial, fold=3)]
    return search


@pytest.fixture
def watch():
    """Return a function that lets a view watch a search."""
    return watched
