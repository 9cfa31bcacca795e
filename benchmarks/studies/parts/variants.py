"""This project with one part of the search taken out, or done in another way.

What people can set is set; the rest is put out of action for the length of a fit.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from math import inf
from typing import Any, ClassVar
from unittest.mock import patch

import pandas as pd

from automl.problem import NestedCV
from automl.search.costs import Costs
from automl.search.trial import Trial
from automl.strategies import Proposals
from automl.strategies.genetic import GeneticStrategy, Move
from benchmarks.adapters.ours import AutoML
from benchmarks.studies.portfolio.candidates import BY_HAND


class Without(AutoML):
    """A search with something out of action."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Return contexts, within which a part is out."""
        raise NotImplementedError

    @classmethod
    @contextmanager
    def absence(cls) -> Iterator[None]:
        """Take the part out for as long as the context lasts."""
        # Undone in any case: the process may fit again, and tests do.
        with ExitStack() as stack:
            for context in cls.patches():
                stack.enter_context(context)
            yield

    def fit(self, X: pd.DataFrame, y: "pd.Series[Any]") -> None:
        """Search for the whole budget."""
        with self.absence():
            super().fit(X, y)


class WithoutPortfolio(Without):
    """The starts as they were before any were learnt, of which no seconds are known."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Take the starts by hand; a grammar leaves out those of another kind of task."""
        yield patch("automl.pipelines.spaces.portfolio.portfolio", lambda task, n_rows: BY_HAND)


class WithoutRacing(Without):
    """Every pipeline sees all folds of a draw."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let no pipeline be out before the end of a draw, by its mean or fold by fold."""
        # No mean is below it; and no number of folds is enough to be beaten.
        yield patch.object(Trial, "threshold", -inf)
        yield patch("automl.search.trial.BEATEN", inf)


class WithoutCosts(Without):
    """Whatever comes next is started, whether it can end in time or not."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let every fold seem to take no time."""
        yield patch.object(Costs, "seconds", lambda costs, genome: 0.0)


class WithoutForecasts(Without):
    """The seconds of starts on other sets are not known."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let nothing be known before it ends."""
        yield patch("automl.search.make.seconds_here", lambda problem, learnt: {})


class WithoutCredit(Without):
    """Moves have fixed weights, and all operators the same credit."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let no outcome give credit."""
        yield patch.object(GeneticStrategy, "credit", lambda strategy, operator: 1.0)
        # The weight is what a move's credit starts from.
        yield patch.object(Move, "credit", property(lambda move: move.weight))


class PortfolioAlone(Without):
    """Only leaders are tuned and shortened after the starts."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let evolution propose nothing."""
        yield patch.object(GeneticStrategy, "ask", lambda strategy, rng: None)


class WithoutShortening(Without):
    """The best pipelines are not tried without each of their steps, and so not simplified."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Propose no shorter pipelines."""
        yield patch.object(Proposals, "add_shortened", lambda proposals, genome: None)


class WithoutTuning(AutoML):
    """The best pipelines are not tuned by halving."""

    options: ClassVar[Mapping[str, Any]] = {"tuner": None}


class WithoutEvolution(AutoML):
    """Pipelines after the starts are drawn at random."""

    options: ClassVar[Mapping[str, Any]] = {"strategy": "random"}


class GridStrategy(AutoML):
    """Pipelines after the starts are taken from grids of their settings."""

    options: ClassVar[Mapping[str, Any]] = {"strategy": "grid"}


class BayesianStrategy(AutoML):
    """Optuna searches whole pipelines."""

    options: ClassVar[Mapping[str, Any]] = {"strategy": "bayesian"}


class HyperoptStrategy(AutoML):
    """Hyperopt searches the settings of the starts."""

    options: ClassVar[Mapping[str, Any]] = {"strategy": "hyperopt"}


class WithoutEnsemble(AutoML):
    """The best pipeline alone."""

    options: ClassVar[Mapping[str, Any]] = {"ensemble_size": 1}


class OneDraw(AutoML):
    """The folds are drawn once, on few rows, too."""

    options: ClassVar[Mapping[str, Any]] = {"cv": NestedCV(repeats=1)}


class ThreeFolds(AutoML):
    """Three folds instead of five."""

    options: ClassVar[Mapping[str, Any]] = {"cv": 3}


class FiveFolds(AutoML):
    """Five folds, also where they leave the budget few pipelines."""

    options: ClassVar[Mapping[str, Any]] = {"cv": 5}


class OneHoldOut(Without):
    """One hold-out instead of five folds, however many pipelines these leave the budget."""

    @classmethod
    def patches(cls) -> Iterable[AbstractContextManager[Any]]:
        """Let five folds seem to take too much of any budget."""
        yield patch("automl.problem.thrift.LEAST_ROWS", 0)
        yield patch("automl.problem.thrift.folds_seconds", lambda dataset: 1e6)


PARTS = {
    "WithoutPortfolio": "learnt starts (starts by hand)",
    "WithoutRacing": "racing (whole draws for all)",
    "WithoutCosts": "costs (what cannot end is started)",
    "WithoutForecasts": "what starts took on other sets",
    "WithoutTuning": "tuning of leaders",
    "WithoutShortening": "leaders without each of their steps",
    "WithoutEvolution": "evolution (random pipelines after the starts)",
    "PortfolioAlone": "all that comes after the starts",
    "GridStrategy": "evolution (grids of the starts' settings)",
    "BayesianStrategy": "evolution (Optuna over whole pipelines)",
    "HyperoptStrategy": "evolution (Hyperopt over the starts' settings)",
    "WithoutCredit": "moves that earn credit (fixed weights)",
    "WithoutEnsemble": "the ensemble (the best pipeline alone)",
    "OneDraw": "repeated folds below 1,000 rows",
    "ThreeFolds": "two of the five folds",
    "FiveFolds": "the hold-out that takes the place of five folds",
    "OneHoldOut": "four of the five folds (one hold-out)",
}
"""The names for people of the part that a variant is without."""
