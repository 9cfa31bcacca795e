"""The trials of a search: those under way, and those that ended.

Nothing here depends on a process or a clock, so the same can be done once more from a history.
"""

from collections.abc import Iterator
from dataclasses import replace

from automl.outcome import FoldOutcome, Outcome
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.costs import Costs
from automl.search.evaluated import Evaluated
from automl.search.proposing import Proposer
from automl.search.race import Race
from automl.search.trial import Trial


class Trials:
    """Opens trials, takes the outcomes of their folds, and closes them.

    Parameters
    ----------
    proposer : Proposer
    race : Race
    bank : Bank
        Keeps the predictions for held-out rows.
    costs : Costs
        Learns the seconds of folds.
    budget : Budget
    """

    def __init__(
        self, proposer: Proposer, race: Race, bank: Bank, costs: Costs, budget: Budget
    ) -> None:
        self.proposer = proposer
        self.race = race
        self.bank = bank
        self.costs = costs
        self.budget = budget
        self.open: dict[int, Trial] = {}
        self.evaluated: list[Evaluated] = []
        self.n_closed = 0
        self.first_model_seconds: float | None = None

    def open_next(self, is_tuning: bool | None = None) -> Trial | None:
        """Open the next trial; None if there is nothing left to propose.

        Whether a new leader is tuned is given in a run that is resumed.
        """
        trial = self.proposer.next_trial(self.race.best, is_tuning)
        if trial is not None:
            self.open[trial.number] = trial
            if not trial.is_tuning:
                self.race.set_hurdles(trial)
        return trial

    def take(self, trial: Trial, fold: int, outcome: FoldOutcome) -> None:
        """Take the outcome of a fold; its predictions go to the bank.

        Parameters
        ----------
        trial : Trial
        fold : int
        outcome : FoldOutcome
        """
        if not trial.is_tuning:  # a tuning takes many fits, which say nothing of one fold
            self.costs.note(trial.genome, outcome)
        self.bank.put(trial.number, fold, outcome)
        # A trial lives as long as the search: predictions in it would never be dropped.
        trial.folds[fold] = replace(outcome, predictions=None)

    def close(self, trial: Trial, outcome: Outcome) -> Evaluated | None:
        """Close a trial that is decided.

        Parameters
        ----------
        trial : Trial
        outcome : Outcome

        Returns
        -------
        Evaluated or None
            The evaluated pipeline; None after a tuning, whose settings are proposed instead.
        """
        del self.open[trial.number]
        self.n_closed += 1
        if trial.is_tuning:
            self.proposer.adopt(outcome)
            return None
        evaluated = trial.evaluated(outcome)
        self.evaluated.append(evaluated)
        # The order matters: observers and the strategy may ask for the best pipeline.
        self.bank.settle(evaluated)
        self.race.enter(evaluated)
        self.proposer.tell(evaluated)
        self._note_first_model(evaluated)
        if not self.budget.is_ordered:  # else the hurdles of a trial are fixed when it is opened
            for sibling in self.open.values():
                self.race.set_hurdles(sibling)
        return evaluated

    def close_decided(self) -> Iterator[Evaluated]:
        """Close the trials that are decided by whole draws of the folds, at the end of a search.

        The history does not say that they were told, so a resumed search tells them in order.
        """
        for trial in list(self.open.values()):
            # Folds beyond the last whole draw are left out, for other pipelines have not seen them.
            outcome = trial.decided()
            if outcome is not None and (evaluated := self.close(trial, outcome)) is not None:
                yield evaluated

    def _note_first_model(self, evaluated: Evaluated) -> None:
        is_model = not evaluated.is_baseline and evaluated.score is not None
        if is_model and self.first_model_seconds is None:
            self.first_model_seconds = self.budget.elapsed()
