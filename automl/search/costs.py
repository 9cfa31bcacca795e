"""The expected seconds of pipelines: no task starts that cannot end within the budget.

::

    ended folds ──► seconds of pipelines and operators ──┐
    seconds on other data sets ──× factor of this run────┴──► seconds ──► trials that have time

In the last seconds of a budget, a fold that cannot end takes a worker away from one that can.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from statistics import fmean, median

from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome
from automl.search.trial import Trial

UNDER_WAY = 0.5  # of its seconds: the need of a fold that is being evaluated, on average
# The fits of tuning a leader, about ten, and those of the pipeline with its settings, five folds.
TUNING_FITS = 15


class Costs:
    """Learns the seconds of pipelines and operators on the rows and columns of this run.

    Parameters
    ----------
    prior_seconds : mapping of Genome to float
        The seconds of pipelines on other data sets. Rows, columns and the machine make all of them
        slower or quicker by about the same factor, which the pipelines that ended here tell.

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

    def __init__(self, prior_seconds: Mapping[Genome, float] | None = None) -> None:
        self._prior_seconds = dict(prior_seconds or {})
        self._folds: dict[Genome, list[float]] = defaultdict(list)
        self._least: dict[str, float] = {}
        self._factor: float | None = None
        self._seconds: dict[Genome, float] = {}  # as they are until the next outcome

    def note(self, genome: Genome, outcome: FoldOutcome) -> None:
        """Take note of the seconds of a fold, also of one that was stopped after its limit."""
        # A fold that failed or was cancelled may have ended long before its time.
        if outcome.state not in (State.DONE, State.TIMED_OUT):
            return
        seconds = outcome.estimator_seconds
        self._seconds.clear()
        self._folds[genome].append(seconds)
        for part in genome.walk():
            self._least[part.operator] = min(seconds, self._least.get(part.operator, seconds))
        if genome in self._prior_seconds:
            # The median, for a single pipeline may be much slower here than its kind.
            self._factor = median(
                fmean(self._folds[ended]) / prior
                for ended, prior in self._prior_seconds.items()
                if ended in self._folds
            )

    def seconds(self, genome: Genome) -> float:
        """Return the expected seconds of a pipeline on a fold.

        The mean of its folds counts first, then its seconds on other data sets, by the factor of
        this run. A pipeline without either takes as long as the quickest pipeline with the slowest
        of its operators. New operators may take no time at all.
        """
        if genome not in self._seconds:
            self._seconds[genome] = self._expected(genome)
        return self._seconds[genome]

    def _expected(self, genome: Genome) -> float:
        if genome in self._folds:
            return fmean(self._folds[genome])
        if genome in self._prior_seconds and self._factor is not None:
            return self._prior_seconds[genome] * self._factor
        # A lower bound: too high an estimate would keep a pipeline from ever proving it wrong.
        return max(self._least.get(part.operator, 0.0) for part in genome.walk())

    def with_time(
        self, trials: Iterable[Trial], running: Mapping[int, int], workers: int, seconds_left: float
    ) -> list[Trial]:
        """Return the trials that have time for all folds of their draw; the baseline always has.

        Workers serve trials in turn, so the seconds that earlier trials need are lost for later
        ones. A fold that is being evaluated needs half of its seconds, on average.

        Parameters
        ----------
        trials : iterable of Trial
            The trials under way, in the order in which they are served.
        running : mapping of int to int
            The number of folds of a trial that are being evaluated, by the number of the trial.
        workers : int
        seconds_left : float
            The seconds until the search ends.

        Returns
        -------
        list of Trial
            In the same order.
        """
        timely, work = [], 0.0  # work: the seconds of all folds before, in one worker
        for trial in trials:
            n_running = running.get(trial.number, 0)
            to_start = trial.to_start(n_running)
            seconds = self.seconds(trial.genome) * (TUNING_FITS if trial.is_tuning else 1)
            # The first fold is alone on any number of workers; the next folds are side by side.
            first = 0 if trial.folds or n_running or not to_start else 1
            rounds = first + ceil((to_start - first) / workers)
            work += UNDER_WAY * n_running * seconds
            # Two bounds: its folds one after the other, and all work shared by the workers.
            shared = (work + to_start * seconds) / workers
            if trial.is_baseline or max(rounds * seconds, shared) < seconds_left:
                timely.append(trial)
                work += to_start * seconds
        return timely
