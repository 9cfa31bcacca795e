"""What a pipeline should take on a fold, from those that ended: no task starts that cannot end."""

from collections import defaultdict
from statistics import fmean

from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome


class Costs:
    """Learns the seconds of a run's pipelines and operators, whose rows and columns are the same.

    Examples
    --------
    >>> from automl.outcome import FoldOutcome, State
    >>> slow, quick = Genome.parse("svc(pca(numeric))"), Genome.parse("svc(numeric)")
    >>> costs = Costs()
    >>> costs.note(slow, FoldOutcome(State.DONE, fit_seconds=9.0))
    >>> costs.note(quick, FoldOutcome(State.DONE, fit_seconds=2.0))
    >>> costs.seconds(Genome.parse("svc(scaler(numeric))")), costs.seconds(slow)
    (2.0, 9.0)
    """

    def __init__(self) -> None:
        self._folds: dict[Genome, list[float]] = defaultdict(list)
        self._least: dict[str, float] = {}

    def note(self, genome: Genome, outcome: FoldOutcome) -> None:
        """Take note of what a fold took, or of how long it ran until it was stopped."""
        if outcome.state not in (State.DONE, State.TIMED_OUT):
            return
        seconds = outcome.estimator_seconds
        self._folds[genome].append(seconds)
        for part in genome.walk():
            self._least[part.operator] = min(seconds, self._least.get(part.operator, seconds))

    def seconds(self, genome: Genome) -> float:
        """Return what a pipeline should take on a fold.

        That is the mean of its folds. One that is new takes as long as the quickest pipeline with
        the slowest of its operators; operators that nobody has seen may take no time at all.
        """
        if genome in self._folds:
            return fmean(self._folds[genome])
        return max(self._least.get(part.operator, 0.0) for part in genome.walk())
