"""A winner in reserve: the first pipeline with a score, fitted on all rows during the search.

The final fits may fail or take longer than planned, on a busy machine above all. The reserve is
fitted by then. It is worse than the winner, and better than a constant.
"""

from concurrent.futures import Future

from automl.evaluation import FinalFit
from automl.execution import Evaluator, FinalAnswer
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.search.observer import Observer, RunningSearch


class Fallback(Observer):
    """An observer that has the first pipeline with a score fitted.

    Parameters
    ----------
    evaluator : Evaluator
    budget : Budget
    """

    def __init__(self, evaluator: Evaluator, budget: Budget) -> None:
        self._evaluator = evaluator
        self._budget = budget
        self._job: Future[FinalAnswer] | None = None
        self.evaluated: Evaluated | None = None

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Start the fit; another pipeline has its turn if the fit fails."""
        if evaluated.score is None or evaluated.is_baseline or self._is_hopeful():
            return
        self.evaluated = evaluated
        rounds, seconds = evaluated.outcome.rounds, self._evaluator.limit
        # A forest has the trees that it had in the folds: few of them are soon fitted.
        self._job = self._evaluator.final(evaluated.genome, rounds, n_jobs=1, seconds=seconds)

    def _is_hopeful(self) -> bool:
        """Tell whether there is a fit, or may be one soon."""
        return self._job is not None and not (self._job.done() and self._job.exception())

    def fit(self, grace: float) -> FinalFit | None:
        """Return the fitted pipeline; None if it is not there some seconds after the budget."""
        if self._job is None:
            return None
        job, self._job = self._job, None
        self._budget.wait([job], grace)
        try:
            return self._evaluator.final_fit(job)
        except Exception:  # noqa: BLE001 it is the last resort, so its end is no news
            return None
