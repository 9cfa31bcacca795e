"""A run that is resumed: its history is asked and told once more.

::

    asked   0   1   2   3   4 ...        each with the number of outcomes told before it
    told        0       1   2 ...        each with its place in the order of telling

A strategy depends on the questions and the outcomes in their order, and on nothing else. The same
order brings a new strategy to the state of the old one. So no strategy is written to a file.
"""

from collections.abc import Iterator

from automl.errors import HistoryError
from automl.search.evaluated import Evaluated
from automl.search.history import History, PastTrial
from automl.search.trials import Trials


def replay(history: History, trials: Trials) -> Iterator[Evaluated]:
    """Open and close the trials of a history in the order of the run that wrote it.

    Parameters
    ----------
    history : History
    trials : Trials
        Those of a new search; afterwards they are where the old search stopped.

    Yields
    ------
    Evaluated
        Each pipeline that was told.

    Raises
    ------
    HistoryError
        If this version or catalogue proposes other pipelines, or folds are missing.
    """
    past_trials = list(history.trials())
    in_order = sorted((past for past in past_trials if past.tell_number is not None), key=_place)
    for past in past_trials:
        yield from _close_until(past.tells_before, in_order, trials)
        trial = trials.open_next()
        if trial is None or trial.genome.text != past.genome:
            raise HistoryError(
                f"the history was written by another version or catalogue: its pipeline "
                f"{past.number} is {past.genome}, but now {trial and trial.genome.text}"
            )
        for fold, outcome in past.folds.items():
            trials.take(trial, fold, outcome)
    yield from _close_until(len(in_order), in_order, trials)


def _place(past: PastTrial) -> int:
    """Return the place in the order of telling."""
    return past.tell_number or 0


def _close_until(n_closed: int, in_order: list[PastTrial], trials: Trials) -> Iterator[Evaluated]:
    """Close trials in the order of telling until so many are closed."""
    while trials.n_closed < n_closed:
        trial = trials.open[in_order[trials.n_closed].number]
        outcome = trial.decided()
        if outcome is None:
            raise HistoryError(f"the history lacks folds of its pipeline {trial.number}")
        if (evaluated := trials.close(trial, outcome)) is not None:
            yield evaluated
