"""This project with one part of the search taken out, or done in another way.

What people can set is set; the rest is put out of action for the length of a fit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from typing import Any, ClassVar
from unittest.mock import patch

import pandas as pd

from automl.pipelines import Start
from automl.problem import NestedCV
from automl.search.costs import Costs
from automl.search.trial import Trial
from automl.strategies import Proposals
from automl.strategies.genetic import GeneticStrategy, Move
from benchmarks.adapters.ours import AutoML
from benchmarks.studies.portfolio.candidates import BY_HAND


class Without(AutoML):
    """A search with something out of action."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Take a part out for as long as the context lasts."""
        raise NotImplementedError

    def fit(self, X: pd.DataFrame, y: "pd.Series[Any]") -> None:
        """Search for the whole budget."""
        with self.absence():
            super().fit(X, y)


class WithoutPortfolio(Without):
    """The starts as they were before any were learnt, of which no seconds are known."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Take the starts by hand."""
        with patch("automl.pipelines.spaces.portfolio.portfolio", by_hand):
            yield


def by_hand(task: str, n_rows: int) -> tuple[Start, ...]:
    """Return the starts by hand, those of the other task among them, which a grammar leaves out.

    Parameters
    ----------
    task : str
    n_rows : int
        Of no matter.
    """
    return BY_HAND


class WithoutRacing(Without):
    """Every pipeline sees all folds of a draw."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Let no pipeline be out before the end of a draw."""
        with patch.object(Trial, "threshold", -inf), patch("automl.search.trial.BEATEN", inf):
            yield


class WithoutCosts(Without):
    """Whatever comes next is started, whether it can end in time or not."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Let every fold seem to take no time."""
        with patch.object(Costs, "seconds", lambda costs, genome: 0.0):
            yield


class WithoutForecasts(Without):
    """What starts took on other sets is not known."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Let nothing be known before it ends."""
        with patch("automl.search.make.learnt_seconds", lambda grammar: {}):
            yield


class WithoutCredit(Without):
    """Moves have fixed weights, and all operators the same credit."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Let no outcome give credit."""
        weight = property(lambda move: move.weight)
        equal = patch.object(GeneticStrategy, "credit", lambda strategy, operator: 1.0)
        with patch.object(Move, "credit", weight), equal:
            yield


class WithoutShortening(Without):
    """The best pipelines are not tried without each of their steps, and so not simplified."""

    @contextmanager
    def absence(self) -> Iterator[None]:
        """Propose no shorter pipelines."""
        with patch.object(Proposals, "add_shortened", lambda proposals, genome: None):
            yield


class WithoutTuning(AutoML):
    """The best pipelines are not tuned by halving."""

    options: ClassVar[Mapping[str, Any]] = {"tuner": None}


class WithoutEvolution(AutoML):
    """What comes after the starts is drawn at random."""

    options: ClassVar[Mapping[str, Any]] = {"strategy": "random"}


class WithoutEnsemble(AutoML):
    """The best pipeline alone."""

    options: ClassVar[Mapping[str, Any]] = {"ensemble_size": 1}


class OneDraw(AutoML):
    """The folds are drawn once, on few rows, too."""

    options: ClassVar[Mapping[str, Any]] = {"cv": NestedCV(repeats=1)}


class ThreeFolds(AutoML):
    """Three folds instead of five."""

    options: ClassVar[Mapping[str, Any]] = {"cv": 3}
