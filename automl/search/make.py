"""One fit in its parts: the problem is posed, searched, and its winner described."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import joblib

from automl.errors import AutoMLWarning, BudgetError, DataError, SettingsError
from automl.execution import Limits, LocalExecutor
from automl.pipelines import Grammar, starting_pipelines
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.spaces.portfolio import baseline_pipeline, learnt_seconds, reference_pipeline
from automl.problem import Problem
from automl.randomness import generator
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.costs import Costs
from automl.search.history import History
from automl.search.observer import Observer
from automl.search.search import Reserve, Search
from automl.search.trial import Pair, standing
from automl.strategies import make_strategy

START_BIRTH = 0  # the birth number of the start population; children count from 1
SHOWN = 3  # causes that an error message repeats


@dataclass(frozen=True)
class Run:
    """What a fit cost."""

    seconds: float
    """Wall seconds of the whole fit."""
    first_model_seconds: float | None
    """Seconds until the first pipeline other than the baseline had its score."""
    pipelines: int
    """Pipelines that were evaluated, in whatever way that ended."""
    evaluations: int
    """Those that have a score."""
    estimator_seconds: float
    """Seconds inside estimators, summed over the workers, those of the final fits among them."""
    workers: int
    """Worker processes."""


def fingerprint(problem: Problem, strategy: str, keep: int, budget: Budget) -> dict[str, Any]:
    """Return what has to be the same for a run to be resumed.

    Raises
    ------
    DataError, SettingsError
        If the data do not allow the inner folds.
    """
    return {
        "seed": problem.seed,
        "data": problem.dataset.digest,
        "cv": joblib.hash([problem.splits, problem.inner_splits]),
        "tuner": f"{problem.cv.tuner}, {problem.cv.trials} trials",
        "scoring": problem.metric.name,
        "catalogue": joblib.hash([repr(operator) for operator in problem.catalogue.values()]),
        "template": " > ".join(problem.catalogue.template),
        "strategy": strategy,
        "ensemble_size": keep,
        "kind of budget": "evaluations" if budget.is_ordered else "seconds",
    }


def make_search(
    problem: Problem,
    *,
    path: str,
    strategy: str,
    executor: LocalExecutor,
    budget: Budget,
    limits: Limits,
    history: History,
    reserve: Reserve,
    keep: int,
    observers: Sequence[Observer],
) -> Search:
    """Return the search for the best pipeline of a problem.

    Raises
    ------
    SettingsError
        If the strategy is unknown, or no pipeline can be made of the catalogue.
    """
    data = problem.dataset
    catalogue = problem.catalogue.without(BASELINES[data.task].name)
    try:
        grammar = Grammar(catalogue, data.columns, problem.traits)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if grammar.unused_kinds:
        unused = {kind: list(grammar.kinds[kind]) for kind in grammar.unused_kinds}
        message = f"no pipeline of this catalogue can use the columns {unused}"
        warnings.warn(message, AutoMLWarning, stacklevel=4)
    starts = starting_pipelines(grammar, generator(problem.seed, START_BIRTH))

    baseline = baseline_pipeline(data.task, data.columns)
    reference = reference_pipeline(grammar)
    bank = Bank(history, spared={baseline, reference})

    return Search(
        problem=problem,
        problem_path=path,
        strategy=make_strategy(strategy, grammar, starts),
        baseline=baseline,
        reference=reference,
        bank=bank,
        executor=executor,
        budget=budget,
        limits=limits,
        history=history,
        reserve=reserve,
        keep=keep,
        costs=Costs(learnt_seconds(grammar)),
        observers=observers,
    )


def rank(search: Search) -> list[Pair]:
    """Return the pipelines with a score, best first, the baseline last.

    Raises
    ------
    DataError, BudgetError
        If there is none, with the causes.
    """
    scored = [pair for pair in search.evaluated if pair[1].score is not None]
    causes = sorted({outcome.cause for _, outcome in search.evaluated if outcome.cause})[:SHOWN]
    elapsed = search.budget.elapsed()
    if not scored and causes:
        name = search.problem.metric.name
        raise DataError(f"no pipeline could be fitted and scored by {name}: {causes}")
    if not scored:
        raise BudgetError(
            f"time_budget={search.budget.seconds} s ended before one pipeline was evaluated: "
            f"starting took {elapsed:.1f} s; give it {max(10, 2 * elapsed):.0f} s or more"
        )
    scored.sort(key=standing, reverse=True)
    if len(scored) == 1 and scored[0][0].is_baseline:
        message = f"only the constant baseline has a score after {elapsed:.1f} s: "
        message += f"{causes}; give a larger budget" if causes else "give a larger budget"
        if search.problem.cv.tunes_inside:
            message += ", fewer trials or Limits(seconds=...): a tuner takes many fits of a fold"
        warnings.warn(message, AutoMLWarning, stacklevel=4)
    elif scored[-1][0].is_baseline and (scored[-1][1].score or 0.0) >= (scored[0][1].score or 0.0):
        message = f"no pipeline is better than the constant baseline ({scored[-1][1].score:.4g})"
        warnings.warn(message, AutoMLWarning, stacklevel=4)
    return [(trial.genome, outcome) for trial, outcome in scored]
