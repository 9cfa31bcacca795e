"""Tuners of others over the same estimator, ranges, folds and scorer.

scikit-learn's know no time limit: they are run in growing chunks, and every candidate that was
evaluated in time counts, also those of a chunk that did not end.
"""

import math
import warnings
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
from scipy import stats
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 lets the next line import
from sklearn.model_selection import GridSearchCV, HalvingRandomSearchCV, RandomizedSearchCV

from automl.pipelines import Choice, Integer, Real
from benchmarks.studies.methods.contest import Clock, Contest

FIRST_GRID = 3  # values of each hyperparameter, one more in every chunk
FIRST_DRAWS = 10  # settings that random search draws, twice as many in every chunk
CANDIDATES = 27  # of a round of halving, as in ours
FACTOR = 3
LEAST_ROWS = 150  # of the first rung of halving: 100 to train on, as in ours


def sklearn_grid(contest: Contest, clock: Clock) -> None:
    """`GridSearchCV` over finer and finer grids."""
    for size in count(FIRST_GRID):
        grid = {name: domain.grid(size) for name, domain in contest.domains.items()}
        _search(GridSearchCV, contest, clock, param_grid=grid)


def sklearn_random(contest: Contest, clock: Clock) -> None:
    """`RandomizedSearchCV` with more and more draws."""
    for number in count():
        _search(
            RandomizedSearchCV,
            contest,
            clock,
            param_distributions=_distributions(contest),
            n_iter=FIRST_DRAWS * 2**number,
            random_state=contest.seed + number,
        )


def sklearn_halving(contest: Contest, clock: Clock) -> None:
    """`HalvingRandomSearchCV`, round after round; the winner of each is what counts."""
    n_rows = len(contest.cells)
    rungs = int(math.log(max(n_rows / LEAST_ROWS, 1), FACTOR))
    for number in count():
        search = _search(
            HalvingRandomSearchCV,
            contest,
            clock,
            noted=rungs == 0,
            param_distributions=_distributions(contest),
            n_candidates=CANDIDATES,
            factor=FACTOR,
            return_train_score=False,  # which halving alone would have by default
            min_resources=n_rows // FACTOR**rungs,
            random_state=contest.seed + number,
        )
        if rungs == 0:  # too few rows to halve: all candidates were noted
            continue
        with clock.paused():  # its own score is of other rows than ours
            score = contest.evaluate(search.best_params_, Clock(math.inf))
        for _ in contest.splits:
            clock.note(search.best_params_, score)


def plain_optuna(contest: Contest, clock: Clock) -> None:
    """Optuna as its manual shows it: a study with a timeout."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    domains = contest.domains

    def objective(trial: optuna.Trial) -> float:
        settings = {name: _suggested(trial, name, domain) for name, domain in domains.items()}
        return contest.evaluate(settings, clock)

    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=contest.seed)
    )
    study.optimize(objective, timeout=clock.seconds, catch=(Exception,))


PEERS: dict[str, Callable[[Contest, Clock], None]] = {
    "sklearn_grid": sklearn_grid,
    "sklearn_random": sklearn_random,
    "sklearn_halving": sklearn_halving,
    "optuna": plain_optuna,
}


def _search(
    kind: Callable[..., Any], contest: Contest, clock: Clock, *, noted: bool = True, **options: Any
) -> Any:
    """Run one of scikit-learn's searches with a scorer that looks at the clock."""
    names = list(contest.domains)

    def scorer(estimator: Any, X: Any, y: Any) -> float:
        score = float(contest.scorer(estimator, X, y))
        clock.fits += 1
        if noted and np.isfinite(score):
            params = estimator.get_params()
            clock.note({name: params[name] for name in names}, score)
        clock.check()
        return score

    clock.check()
    search = kind(
        contest.build(),
        **options,
        scoring=scorer,
        cv=contest.splits,
        refit=False,
        error_score=np.nan,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(contest.cells, contest.y)


def _distributions(contest: Contest) -> dict[str, Any]:
    return {name: _distribution(domain) for name, domain in contest.domains.items()}


def _distribution(domain: Real | Integer | Choice) -> Any:
    if isinstance(domain, Choice):
        return list(domain.values)
    if isinstance(domain, Integer):
        return stats.randint(domain.low, domain.high + 1)
    if domain.log:
        return stats.loguniform(domain.low, domain.high)
    return stats.uniform(domain.low, domain.high - domain.low)


def _suggested(trial: Any, name: str, domain: Real | Integer | Choice) -> Any:
    if isinstance(domain, Choice):
        return trial.suggest_categorical(name, domain.values)
    if isinstance(domain, Integer):
        return trial.suggest_int(name, domain.low, domain.high, log=domain.log)
    return trial.suggest_float(name, domain.low, domain.high, log=domain.log)
