"""A run that is resumed: its history is asked and told once more.

::

    asked   0   1   2   3   4 ...        each with the number of outcomes told before it
    told        0       1   2 ...        each with its place in the order of telling

A strategy depends on the questions and the outcomes in their order, and on nothing else. The same
order brings a new strategy to the state of the old one. So no strategy is written to a file.

A smaller budget of evaluations than that of the old run ends the questions earlier: the first
pipelines of the run are those of the new one.
"""

from collections.abc import Iterator
from math import inf

import numpy as np

from automl.errors import HistoryError
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome, Skeleton
from automl.problem import Problem
from automl.problem.labels import parts_of
from automl.search.evaluated import Evaluated
from automl.search.history import History
from automl.search.history_file import RESTORE
from automl.search.past import PastTrial
from automl.search.trial import Trial
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
        If this version or catalogue proposes other pipelines, or the history is damaged.
    """
    past_trials = history.trials()
    in_order = sorted((past for past in past_trials if past.tell_number is not None), key=_place)
    for past in past_trials:
        yield from _close_until(past.tells_before, in_order, trials)
        if not trials.proposer.has_budget:
            break
        trial = trials.open_next(past.is_tuning)
        if trial is None or (trial.genome.text, trial.is_tuning) != (past.genome, past.is_tuning):
            raise HistoryError(
                f"the history was written by another version or catalogue: its pipeline "
                f"{past.number} is {past.genome[:1_000]}, but now {trial and trial.genome.text}; "
                "resume it with those that it began with, or name another file"
            )
        _check(past, trial, trials.proposer.problem)
        history.recall(past)
        for fold, outcome in past.folds.items():
            trials.take(trial, fold, outcome)
    yield from _close_until(len(in_order), in_order, trials)


def _place(past: PastTrial) -> int:
    """Return the place in the order of telling."""
    return past.tell_number or 0


def _close_until(n_closed: int, in_order: list[PastTrial], trials: Trials) -> Iterator[Evaluated]:
    """Close trials in the order of telling until so many are closed."""
    while trials.n_closed < n_closed:
        number = in_order[trials.n_closed].number
        trial = trials.open.get(number)
        if trial is None:
            if not trials.proposer.has_budget:
                return  # a smaller budget does not ask for it
            raise _damaged(f"pipeline {number} was told before it was asked for")
        outcome = trial.decided()
        if outcome is None:
            raise _damaged(f"it lacks folds of pipeline {number}")
        if (evaluated := trials.close(trial, outcome)) is not None:
            yield evaluated


def _check(past: PastTrial, trial: Trial, problem: Problem) -> None:
    """Raise an error if outcomes are not those of such a pipeline on such data."""
    with_predictions = set()
    for fold, outcome in past.folds.items():
        reason = _objection(outcome, fold, trial, problem)
        if reason is not None:
            raise _damaged(f"fold {fold} of pipeline {trial.number} {reason}")
        if outcome.state is State.DONE:
            with_predictions.add(outcome.predictions is not None)
    if len(with_predictions) > 1:
        raise _damaged(f"it lacks predictions of pipeline {trial.number}")


def _objection(outcome: FoldOutcome, fold: int, trial: Trial, problem: Problem) -> str | None:
    """Return the reason why a trial cannot have an outcome on a fold; None if it can."""
    if fold >= trial.n_folds:
        return f"is beyond the {trial.n_folds} folds"
    if (outcome.score is not None) != (outcome.state is State.DONE):
        return f"is {outcome.state.value!r} with a score of {outcome.score}"
    n_scores = len(problem.objectives.metrics) if outcome.state is State.DONE else 0
    if len(outcome.further) != n_scores:
        return f"has {len(outcome.further)} further scores, expected {n_scores}"
    if outcome.state is (State.DONE if trial.is_tuning else State.TUNED):
        return f"is {outcome.state.value!r}"
    if outcome.tuned is not None and not _is_tuned(trial.genome, outcome.tuned, problem):
        return f"has settings that no tuner gives: {outcome.tuned[:100]!r}"
    if outcome.rounds is not None and outcome.rounds > _most_rounds(trial.genome, problem):
        return f"has {outcome.rounds} rounds, more than its model may have"
    if outcome.state is State.TUNED and outcome.tuned is None:
        return "lacks the settings that the tuner chose"
    if outcome.predictions is not None:
        shape = len(problem.held_out(fold)), _n_columns(problem)
        if outcome.state is not State.DONE or outcome.predictions.shape != shape:
            return f"has predictions of shape {outcome.predictions.shape}, expected {shape}"
        if not np.isfinite(outcome.predictions).all():
            return "has predictions that are not finite"
    return None


def _is_tuned(genome: Genome, tuned: str, problem: Problem) -> bool:
    """Tell whether a text is that of a pipeline with other settings."""
    try:
        return Skeleton(genome, problem.catalogue).contains(Genome.parse(tuned))
    except ValueError:
        return False


def _most_rounds(genome: Genome, problem: Problem) -> float:
    """Return the rounds after which a model stops at the latest; a final fit would have as many."""
    operator = problem.model(genome)
    if operator.rounds is None:
        return -inf
    bound = operator.fixed.get(operator.rounds.parameter)
    return bound if isinstance(bound, int) else inf


def _n_columns(problem: Problem) -> int:
    """Return the number of values that are predicted for a row."""
    classes, quantile = problem.dataset.classes, problem.metric.quantile
    if classes is not None:
        return sum(map(len, parts_of(classes)))
    return len(quantile) if isinstance(quantile, tuple) else problem.dataset.n_outputs


def _damaged(reason: str) -> HistoryError:
    return HistoryError(f"the history is damaged ({reason}); {RESTORE}")
