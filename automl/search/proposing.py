"""The pipeline that comes next: the baseline, a leader to be tuned, or a proposal."""

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.problem import Problem
from automl.randomness import generator
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.search.trial import Trial
from automl.strategies import Proposals

LOOKAHEAD = 8  # pipelines under way in an ordered search: more would be asked knowing less


class Proposer:
    """Decides which trial comes next, and hands outcomes on to the strategy.

    Every new leader is tuned, and proposed without each of its steps. That begins after the starts,
    for most of these lead for a moment only.

    Parameters
    ----------
    problem : Problem
    strategy : Proposals
    baseline : Genome
        The first pipeline. The strategy never hears of it.
    budget : Budget
    """

    def __init__(
        self, problem: Problem, strategy: Proposals, baseline: Genome, budget: Budget
    ) -> None:
        self.problem = problem
        self._strategy = strategy
        self._baseline = baseline
        self._budget = budget
        self._n_asked = 0
        self._led: set[Genome] = set()
        self._tuned: set[Genome] = set()

    @property
    def has_budget(self) -> bool:
        """Whether the budget of evaluations allows one more pipeline; tunings are for free."""
        return self._budget.allows(self._n_evaluations)

    @property
    def _n_evaluations(self) -> int:
        return self._n_asked - len(self._tuned)

    def next_trial(self, best: Evaluated | None, is_tuning: bool | None = None) -> Trial | None:
        """Return the trial that comes next, or None if the strategy has no more proposals.

        Parameters
        ----------
        best : Evaluated or None
            The best pipeline so far.
        is_tuning : bool, optional
            Whether a new leader was tuned in the run that is resumed. By default the budget
            decides, which may be another one there.
        """
        leader = self._new_leader(best)
        if leader is not None:
            self._led.add(leader)
            # Ablations need the shorter pipelines, and some of these are better than the leader.
            self._strategy.add_shortened(leader)
        trial = self._trial(leader, is_tuning)
        if trial is not None:
            self._n_asked += 1
        return trial

    def _trial(self, leader: Genome | None, is_tuning: bool | None) -> Trial | None:
        number = self._n_asked
        if number == 0:
            return self._evaluation(number, self._baseline)
        if leader is not None and (self._is_tunable(leader) if is_tuning is None else is_tuning):
            # A tuning is no evaluation, so it does not count against the budget.
            self._tuned.add(leader)
            return Trial(number, leader, n_folds=1, folds_per_repeat=1, is_tuning=True)
        # Each number has a generator of its own, so that a resumed run draws the same.
        genome = self._strategy.ask(generator(self.problem.seed, number))
        return None if genome is None else self._evaluation(number, genome)

    def _evaluation(self, number: int, genome: Genome) -> Trial:
        problem = self.problem
        return Trial(number, genome, len(problem.splits), problem.folds_per_repeat)

    def _new_leader(self, best: Evaluated | None) -> Genome | None:
        """Return the best pipeline if it leads for the first time, and the starts are through."""
        if self._strategy.has_starts or best is None or best.is_baseline:
            return None
        return None if best.genome in self._led else best.genome

    def _is_tunable(self, genome: Genome) -> bool:
        """Tell whether a pipeline has settings to tune, and its successor can be evaluated.

        The successor is asked for after those that are under way.
        """
        has_budget = self._budget.allows(self._n_evaluations + LOOKAHEAD - 1)
        operators = (self.problem.catalogue.get(node.operator) for node in genome.walk())
        has_settings = any(operator.domains for operator in operators if operator is not None)
        return self.problem.cv.tuner == "auto" and has_budget and has_settings

    def adopt(self, tuning: Outcome) -> None:
        """Propose a pipeline with the settings of a tuning; it has yet to earn its score."""
        for fold in tuning.folds:
            if fold.tuned is not None:
                # It is asked for before the strategy's own proposals, while the leader still leads.
                self._strategy.add(Genome.parse(fold.tuned))

    def tell(self, evaluated: Evaluated) -> None:
        """Tell the strategy the outcome of a pipeline; the baseline was none of its proposals."""
        if not evaluated.is_baseline:
            self._strategy.tell(evaluated.genome, evaluated.outcome)
