"""An explanation within its seconds: fold by fold, with a look at the clock before every unit.

::

    fold 0   refit ──► importance of one column after another ──► dependence of the best of them
    fold 1   refit ──► the same columns, if there is as much time left as a fold took
    ...

The first fold decides how many columns there is time for: two folds tell more than one, because
only several have an interval.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from automl.errors import BudgetError, warn
from automl.execution import Evaluator
from automl.explanation.dependence import grids, partial_dependence
from automl.explanation.explanation import Explanation
from automl.explanation.importances import REPEATS, importances
from automl.explanation.outputs import Outputs, outputs_of
from automl.explanation.refits import Refits
from automl.problem import Problem
from automl.report.wording import counted
from automl.search.budget import Budget
from automl.selection.fold_interval import held_out_ratio, interval_over
from automl.winner.fitted import Fitted

MOST_ROWS = 2_000  # held-out rows of all folds together: more change little, and take longer
N_CANDIDATES = 8  # columns whose dependence is looked at: the best of the first fold
N_SHOWN = 5  # the best of these over all folds
# Of all tables that are predicted at once: between them the clock is looked at.
ROWS_AT_ONCE, CELLS_AT_ONCE = 20_000, 2_000_000
MOST_OUTPUTS = 5  # of many classes, the most frequent
N_BACKGROUND = 100  # rows that contributions compare a row with
# Of the seconds that are left after the first refit, until which the first fold looks at columns.
FIRST_SHARE, FIRST_END = 0.3, 0.4


@dataclass(frozen=True, eq=False)
class FoldView:
    """What the held-out rows of a fold tell."""

    importances: dict[str, float]
    """The fall of the score by column."""
    dependence: dict[str, NDArray[np.float64]]
    """The mean prediction by column, each of shape (n_values, n_outputs)."""
    n_rows: int
    """The number of held-out rows."""


def explain(fitted: Fitted, evaluator: Evaluator, clock: Budget) -> Explanation:
    """Refit what predicts on training parts, and return what held-out rows tell of it.

    Parameters
    ----------
    fitted : Fitted
    evaluator : Evaluator
        With the problem of the search.
    clock : Budget
        The seconds for all of it.

    Raises
    ------
    BudgetError
        If nothing was refitted in time, or no fold can be.
    """
    problem = evaluator.problem
    explainer = _Explainer(fitted, problem, clock)
    refits = Refits(fitted, evaluator, clock)
    try:
        # Warnings of rows with shuffled cells are about rows that nobody has. And a process that
        # has used several OpenMP threads cannot be forked, which a user may want to do.
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            views, failures = explainer.views(refits)
    finally:
        refits.stop()
    if not views:
        if failures:
            raise BudgetError(f"no fold can be explained: {failures[0]}")
        raise BudgetError(
            f"nothing was refitted within {clock.seconds:g} seconds; give explain more seconds"
        )
    used = list(views[0].importances)
    left_out = tuple(name for name in problem.dataset.columns.names if name not in used)
    _tell(len(refits) - len(views), left_out, failures)
    ratio = held_out_ratio(problem.splits)
    table = _table(views, ratio)
    shown = [name for name in table["column"] if name in views[0].dependence][:N_SHOWN]
    return Explanation(
        importances=table,
        dependence=explainer.dependence(views, shown, ratio),
        metric=fitted.metric,
        n_rows=sum(view.n_rows for view in views),
        n_folds=len(views),
        left_out=left_out,
        background=explainer.background(),
        outputs=explainer.outputs,
        fitted=fitted,
    )


class _Explainer:
    """Looks at refitted predictors by held-out rows, while there is time.

    Parameters
    ----------
    fitted : Fitted
    problem : Problem
    clock : Budget
    """

    def __init__(self, fitted: Fitted, problem: Problem, clock: Budget) -> None:
        self._problem = problem
        self._clock = clock
        self.outputs: Outputs = outputs_of(fitted)
        self._grids = grids(problem.dataset.frame, problem.dataset.columns)
        self._rng = np.random.default_rng(0)  # the same rows give the same explanation

    def views(self, refits: Refits) -> tuple[list[FoldView], list[str]]:
        """Return the views of the folds that there is time for, and why others have failed.

        Parameters
        ----------
        refits : Refits
        """
        views: list[FoldView] = []
        failures: list[str] = []
        n_rows = MOST_ROWS // len(refits)
        slowest = 0.0
        for fold in range(len(refits)):
            try:
                predictor = refits.predictor(fold)
                started = self._clock.elapsed()
                if self._clock.remaining() < slowest:
                    break
                rows = held_out_sample(self._problem, fold, n_rows, self._rng)
                views.append(
                    self._later_view(predictor, rows, views[0])
                    if views
                    else self._first_view(predictor, rows)
                )
            except TimeoutError:
                break
            except Exception as error:  # noqa: BLE001 a fold may lack what a score needs
                failures.append(f"{type(error).__name__}: {error}")
                continue
            slowest = max(slowest, self._clock.elapsed() - started)
        return views, failures

    def _first_view(self, predictor: BaseEstimator, rows: NDArray[np.intp]) -> FoldView:
        """Return what rows of the first fold tell, which decides how many columns are looked at.

        Parameters
        ----------
        predictor : Pipeline
        rows : ndarray
            Held-out rows of the fold.
        """
        now, remaining = self._clock.elapsed(), self._clock.remaining()
        falls: dict[str, float] = {}
        for names in self._chunks(self._problem.dataset.columns.names, rows):
            if falls and self._clock.elapsed() > now + FIRST_SHARE * remaining:
                break
            falls |= self._falls(predictor, names, rows)
        best = sorted(falls, key=lambda name: -falls[name])
        curves: dict[str, NDArray[np.float64]] = {}
        for name in [name for name in best if name in self._grids][:N_CANDIDATES]:
            if self._clock.elapsed() > now + FIRST_END * remaining:
                break
            curves[name] = self._curve(predictor, name, rows)
        return FoldView(falls, curves, len(rows))

    def _later_view(
        self, predictor: BaseEstimator, rows: NDArray[np.intp], first: FoldView
    ) -> FoldView:
        """Return what rows of a later fold tell of the columns of the first, or of none.

        Parameters
        ----------
        predictor : Pipeline
        rows : ndarray
            Held-out rows of the fold.
        first : FoldView
            The view of the first fold.

        Raises
        ------
        TimeoutError
            If it is not done in time.
        """
        falls: dict[str, float] = {}
        for names in self._chunks(tuple(first.importances), rows):
            self._check_time()
            falls |= self._falls(predictor, names, rows)
        curves: dict[str, NDArray[np.float64]] = {}
        for name in first.dependence:
            self._check_time()
            curves[name] = self._curve(predictor, name, rows)
        return FoldView(falls, curves, len(rows))

    def _check_time(self) -> None:
        if not self._clock.remaining():
            raise TimeoutError("not done in time")

    def _chunks(self, names: Sequence[str], rows: NDArray[np.intp]) -> list[Sequence[str]]:
        """Return columns by those whose shuffled tables are predicted at once."""
        n_cells = len(rows) * max(self._problem.dataset.frame.shape[1], 1)
        size = min(ROWS_AT_ONCE // len(rows), CELLS_AT_ONCE // n_cells) // REPEATS or 1
        return [names[place : place + size] for place in range(0, len(names), size)]

    def _falls(
        self, predictor: BaseEstimator, names: Sequence[str], rows: NDArray[np.intp]
    ) -> dict[str, float]:
        """Return the importances of some columns."""
        data, metric = self._problem.dataset, self._problem.metric
        pair = data.frame.iloc[rows], data.y[rows]
        falls = importances(predictor, metric, names, pair, self._weights(rows)).mean(axis=1)
        if not np.isfinite(falls).all():
            raise ValueError(f"{metric.name} is not finite")
        return dict(zip(names, falls.tolist(), strict=True))

    def _curve(
        self, predictor: BaseEstimator, name: str, rows: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return the dependence on a column."""
        frame = self._problem.dataset.frame.iloc[rows]
        return partial_dependence(
            predictor, self.outputs, self._grids[name], frame, self._weights(rows)
        )

    def _weights(self, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
        weights = self._problem.dataset.sample_weight
        return None if weights is None else weights[rows]

    def dependence(
        self, views: Sequence[FoldView], shown: Sequence[str], ratio: float
    ) -> pd.DataFrame:
        """Return the mean predictions over folds as a table.

        Parameters
        ----------
        views : sequence of FoldView
        shown : sequence of str
            The columns.
        ratio : float
            As in `interval_over`.
        """
        rows: list[tuple[Any, ...]] = []
        for name in shown:
            curves = interval_over(np.array([view.dependence[name] for view in views]), ratio)
            ends = [curves.mean, curves.low, curves.high]
            if self.outputs.sizes:  # probabilities
                ends = [end.clip(0, 1) for end in ends]
            rows += [
                (name, value, self.outputs.names[output], *(end[place, output] for end in ends))
                for output in self._shown_outputs()
                for place, value in enumerate(self._grids[name])
            ]
        columns = ["column", "value", "output", "prediction", "low", "high"]
        return pd.DataFrame(rows, columns=columns)

    def _shown_outputs(self) -> list[int]:
        """Return the places of the outputs that are shown: of many classes, the most frequent."""
        n_outputs, target = len(self.outputs.names), self._problem.dataset.y
        if n_outputs <= MOST_OUTPUTS or target.ndim > 1 or not self.outputs.sizes:
            return list(range(n_outputs))
        counts = np.unique(target, return_counts=True)[1]
        return sorted(np.argsort(-counts, kind="stable")[:MOST_OUTPUTS].tolist())

    def background(self) -> pd.DataFrame:
        """Return rows that contributions compare a row with."""
        data = self._problem.dataset
        rows = data.weighted_rows(np.arange(len(data)))
        chosen = np.sort(self._rng.permutation(rows)[:N_BACKGROUND])
        return data.frame.iloc[chosen].reset_index(drop=True)


def held_out_sample(
    problem: Problem, fold: int, n_rows: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return some held-out rows of a fold, with a share of every class.

    Parameters
    ----------
    problem : Problem
    fold : int
    n_rows : int
        The most rows.
    rng : Generator
    """
    rows = rng.permutation(problem.held_out(fold))
    if problem.dataset.is_classification:
        # Row 0 of n rows of a class is as near to the front as row 0 of any other class, so that
        # the first rows have all classes, by their shares.
        strata = pd.Series(problem.dataset.strata[rows])
        shares = strata.groupby(strata).cumcount() / strata.groupby(strata).transform("size")
        rows = rows[np.argsort(shares.to_numpy(), kind="stable")]
    return np.sort(rows[:n_rows])


def _table(views: Sequence[FoldView], ratio: float) -> pd.DataFrame:
    """Return the importances over folds as a table, the most important first."""
    names = list(views[0].importances)
    falls = interval_over(
        np.array([[view.importances[name] for name in names] for view in views]), ratio
    )
    table = pd.DataFrame(
        {
            "column": names,
            "importance": falls.mean,
            "low": falls.low,
            "high": falls.high,
            "folds": len(views),
        }
    )
    order = np.argsort(-falls.mean, kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _tell(n_late: int, left_out: Sequence[str], failures: Sequence[str]) -> None:
    """Warn once of all that is left out."""
    parts = []
    if n_late > len(failures):
        parts.append(f"{counted(n_late - len(failures), 'fold')}, for want of time")
    if failures:
        parts.append(f"{counted(len(failures), 'fold')}, which failed ({failures[0]})")
    if left_out:
        names = f"{list(left_out[:N_SHOWN])}{' and others' if len(left_out) > N_SHOWN else ''}"
        parts.append(f"{counted(len(left_out), 'column')}, for want of time: {names}")
    if parts:
        warn(f"the explanation leaves out {'; '.join(parts)}. Give explain more seconds for them")
