"""What a pipeline should take on a fold, from those that ended: no task starts that cannot end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from statistics import fmean, median

from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome
from automl.search.trial import Trial

UNDER_WAY = 0.5  # of its seconds that a fold needs which is being evaluated
TUNING_FITS = 15  # fits that tuning a leader takes, and what it finds after that


class Costs:
    """Learns the seconds of a run's pipelines and operators, whose rows and columns are the same.

    Parameters
    ----------
    elsewhere : mapping of Genome to float
        What pipelines took on other sets. Rows, columns and the machine make all of them slower or
        quicker by about the same factor, which is that of those that ended here.

    Examples
    --------
    >>> from automl.outcome import FoldOutcome, State
    >>> slow, quick = Genome.parse("svc(pca(numeric))"), Genome.parse("svc(numeric)")
    >>> costs = Costs()
    >>> costs.note(slow, FoldOutcome(State.DONE, fit_seconds=9.0))
    >>> costs.note(quick, FoldOutcome(State.DONE, fit_seconds=2.0))
    >>> costs.seconds(Genome.parse("svc(scaler(numeric))")), costs.seconds(slow)
    (2.0, 9.0)
    >>> forest = Genome.parse("random_forest_classifier(numeric)")
    >>> costs = Costs({slow: 0.3, forest: 0.1})
    >>> costs.note(slow, FoldOutcome(State.DONE, fit_seconds=9.0))
    >>> round(costs.seconds(forest), 6)
    3.0
    """

    def __init__(self, elsewhere: Mapping[Genome, float] | None = None) -> None:
        self._elsewhere = dict(elsewhere or {})
        self._folds: dict[Genome, list[float]] = defaultdict(list)
        self._least: dict[str, float] = {}
        self._factor: float | None = None

    def note(self, genome: Genome, outcome: FoldOutcome) -> None:
        """Take note of what a fold took, or of how long it ran until it was stopped."""
        if outcome.state not in (State.DONE, State.TIMED_OUT):
            return
        seconds = outcome.estimator_seconds
        self._folds[genome].append(seconds)
        for part in genome.walk():
            self._least[part.operator] = min(seconds, self._least.get(part.operator, seconds))
        if genome in self._elsewhere:
            both = [one for one in self._elsewhere if one in self._folds]
            self._factor = median(fmean(self._folds[one]) / self._elsewhere[one] for one in both)

    def seconds(self, genome: Genome) -> float:
        """Return what a pipeline should take on a fold.

        That is the mean of its folds. One that is new takes what it took elsewhere, by the factor
        of those that ended here; or else as long as the quickest pipeline with the slowest of its
        operators. Operators that nobody has seen may take no time at all.
        """
        if genome in self._folds:
            return fmean(self._folds[genome])
        if genome in self._elsewhere and self._factor is not None:
            return self._elsewhere[genome] * self._factor
        return max(self._least.get(part.operator, 0.0) for part in genome.walk())

    def with_time(
        self, trials: Iterable[Trial], running: Mapping[int, int], workers: int, left: float
    ) -> list[Trial]:
        """Return the trials that have time for all folds of their repeat; the baseline always has.

        What earlier ones still need is not there for later ones. Folds under way need half of what
        they take, for nobody knows how far they are.

        Parameters
        ----------
        trials : iterable of Trial
            Those under way, in the order in which they are served.
        running : mapping of int to int
            How many folds of a trial are being evaluated, by its number.
        workers : int
        left : float
            Seconds.
        """
        found, work = [], 0.0
        for trial in trials:
            n_running = running.get(trial.number, 0)
            to_start = trial.to_start(n_running)
            seconds = self.seconds(trial.genome) * (TUNING_FITS if trial.is_tuning else 1)
            first = 0 if trial.folds or n_running or not to_start else 1  # it is alone
            rounds = first + ceil((to_start - first) / workers)
            work += UNDER_WAY * n_running * seconds
            together = (work + to_start * seconds) / workers
            if trial.is_baseline or max(rounds * seconds, together) < left:
                found.append(trial)
                work += to_start * seconds
        return found
