"""All that a fitted estimator knows: the same after `fit`, `select` and `load`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from automl.errors import SettingsError
from automl.pipelines import Catalogue, Columns, Genome
from automl.pipelines.operators.operator import Task
from automl.problem import NestedCV, Problem
from automl.problem.labels import Classes
from automl.problem.metric import PROBABILITY_SCORES
from automl.problem.objectives import SINGLE
from automl.problem.target_name import APART
from automl.problem.thrift import Thrift
from automl.report import nested_results, structure_table
from automl.search.evaluated import Evaluated
from automl.search.result import Run, SearchResult
from automl.selection import HonestScore
from automl.winner.facts import UNSTORED, plain
from automl.winner.held_out import HeldOutRows, rows_digest
from automl.winner.predictor import assemble
from automl.winner.price import Price
from automl.winner.script_facts import ScriptFacts, script_facts
from automl.winner.threshold import Threshold
from automl.winner.winner import Winner


@dataclass(frozen=True)
class Names:
    """The names of the data."""

    columns: tuple[str, ...]
    """All columns of the dataframe, also those that are left out."""
    has_names: bool
    """Whether the columns have names of their own; those of an array are numbers."""
    target: str | list[str]
    """The target, or several targets."""

    @property
    def remarks(self) -> list[str]:
        """Sentences on targets whose usual name a column has."""
        targets = [self.target] if isinstance(self.target, str) else self.target
        return [
            f"A file has the target in the column {name!r}; {name.removesuffix(APART)!r} is "
            "another column."
            for name in targets
            if name.endswith(APART) and name.removesuffix(APART) in self.columns
        ]


@dataclass(frozen=True, eq=False)
class Origin:
    """The part of a search that no file holds, and that the fit of another pipeline needs."""

    history: pd.DataFrame
    """Every fold of every pipeline."""
    evaluated: Mapping[Genome, Evaluated]
    """Every pipeline with its outcome."""
    seed: int
    """The seed of the problem."""
    cv: NestedCV
    """The folds of the problem."""
    thrift: Thrift
    """The folds and rows that the fit did without."""
    data_digest: str
    """The fingerprint of the data."""
    fold_scores: tuple[float, ...]
    """The scores of what the search chose, by fold."""
    correction: float
    """The change of its score for having been chosen, 0 or less."""
    weights: NDArray[np.float64] | None
    """The weights of the rows; None where all count the same."""
    rows_digest: str
    """The fingerprint of cells and target, by which a report knows the rows of the fit again."""
    suspicions: tuple[str, ...]
    """Signs of flaws in the data, in words."""
    related: tuple[str, ...]
    """The columns by which rows look related."""
    was_stopped: bool
    """Whether an observer or the user ended the search, and not the budget."""


@dataclass(frozen=True, eq=False)
class SearchRecord:
    """The record of a search, whichever of its pipelines predicts."""

    leaderboard: pd.DataFrame
    """All pipelines."""
    ablation: pd.DataFrame
    """The steps of the best pipeline."""
    run: Run
    """The cost of the fit."""
    axes: tuple[str, ...] = SINGLE.columns
    """The columns of the leaderboard that the Pareto front compares."""
    origin: Origin | None = field(default=None, metadata=UNSTORED)
    """What no file holds; None after `load`."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """All that a fitted estimator knows."""

    task: Task
    """What is predicted: classes or numbers."""
    pipelines: tuple[BaseEstimator, ...] = field(metadata=UNSTORED)
    """The pipelines that predict, the best first; a file holds them beside the facts."""
    catalogue: Catalogue = field(metadata=UNSTORED)
    """The operators that its pipelines may be made of."""
    classes: Classes | None = field(metadata=UNSTORED)
    """The labels of a classification, or of each of its targets; a file holds them beside the
    pipelines."""
    metric: str
    """The name of the score."""
    best_score: float
    """The mean score of the best pipeline over the outer folds."""
    best_genome: str
    """The text of the best pipeline."""
    honest_score: HonestScore | None
    """The score to expect on new rows; None where that is not known."""
    residuals: NDArray[np.float64]
    """How far predictions for held-out rows are off, sorted; none for classes."""
    members: pd.DataFrame
    """The pipelines that predict."""
    structure: pd.DataFrame
    """What it costs to ignore the structure of the data."""
    nested_results: pd.DataFrame
    """The best pipeline, fold by fold."""
    columns: Columns
    """The kinds of the columns."""
    names: Names
    """The names of the data."""
    script: ScriptFacts | None
    """The facts that only its script needs; None without a final fit."""
    search: SearchRecord
    """The search from which the pipelines come."""
    held_out: HeldOutRows | None = field(default=None, metadata=UNSTORED)
    """What it predicts for held-out rows; None after `load`, `select` and `fit_winner`."""
    threshold: Threshold | None = None
    """The decision threshold that was set after the fit."""
    price: Price | None = None
    """What it costs to have picked this pipeline by hand."""
    has_other_rows: bool = False
    """Whether it was fitted on other rows than those of the search."""

    @cached_property
    def predictor(self) -> BaseEstimator:
        """The pipeline or the ensemble that predicts."""
        script = self.script
        if script is None:
            return self.pipelines[0]
        return assemble(
            self.pipelines,
            script.names,
            self.members["weight"].tolist(),
            self.classes,
            script.rescaling,
            is_weighted=script.is_weighted,
            threshold=None if self.threshold is None else self.threshold.value,
        )

    @property
    def expected(self) -> HonestScore | None:
        """The score to expect of its predictions as they are now.

        Scores of labels change with a threshold that is set after the fit.
        """
        is_other = self.threshold is not None and self.metric not in PROBABILITY_SCORES
        return None if is_other else self.honest_score

    @property
    def changes(self) -> list[str]:
        """Sentences on what was changed after the search."""
        sentences = []
        if self.has_other_rows and self.script is not None:
            sentences.append(
                f"It was fitted on {self.script.n_rows:,} rows by fit_winner; the scores are those "
                "of the search."
            )
        if self.price is not None:
            sentences.append(f"It was picked by hand: {self.price}")
        if self.threshold is not None:
            sentences.append(str(self.threshold))
            if self.metric not in PROBABILITY_SCORES:
                sentences.append(f"The {self.metric} of the search is without this threshold.")
        return sentences

    @property
    def n_outputs(self) -> int:
        """The number of targets that are predicted at once."""
        return 1 if isinstance(self.names.target, str) else len(self.names.target)

    @property
    def absent(self) -> list[str]:
        """The names of operators that a loaded model was fitted with and that are not there."""
        named = () if self.script is None else self.script.operators
        return [name for name in named if name not in self.catalogue]

    def origin(self, method: str) -> Origin:
        """Return what no file holds of the search.

        Parameters
        ----------
        method : str
            The name of the method that needs it.

        Raises
        ------
        SettingsError
            For a loaded model.
        """
        if self.search.origin is None:
            raise SettingsError(
                f"a loaded model knows neither its folds nor other pipelines; {method} before you "
                "save"
            )
        return self.search.origin

    def check_scoring(self, problem: Problem) -> None:
        """Raise an error if a problem has another scoring than that of the search.

        Raises
        ------
        SettingsError
        """
        then = [self.metric, ", ".join(self.search.axes)]
        now = [problem.metric.name, ", ".join(problem.objectives.columns)]
        for expected, actual in zip(then, now, strict=True):
            if expected != actual:
                raise SettingsError(
                    f"expected the scoring of fit, {expected}, got {actual}; the scores of the "
                    "leaderboard are of no other"
                )

    def to_facts(self) -> dict[str, Any]:
        """Return what JSON can hold of it: all but the predictor and the origin of the search."""
        return dict(plain(self))


def origin_of(
    problem: Problem, result: SearchResult, winner: Winner, history: pd.DataFrame
) -> Origin:
    """Return the part of a search that no file holds.

    Parameters
    ----------
    problem : Problem
    result : SearchResult
    winner : Winner
    history : DataFrame
        Every fold of every pipeline.
    """
    data = problem.dataset
    return Origin(
        history=history,
        evaluated={evaluated.genome: evaluated for evaluated in result.evaluated},
        seed=problem.seed,
        cv=problem.cv,
        thrift=problem.thrift,
        data_digest=data.digest,
        fold_scores=winner.fold_scores,
        correction=winner.correction,
        weights=data.sample_weight,
        rows_digest=rows_digest(data.frame, data.y),
        suspicions=data.suspicions,
        related=tuple(data.structure.names()),
        was_stopped=result.was_stopped,
    )


def fitted_of(
    problem: Problem, winner: Winner, names: Names, search: SearchRecord, is_refitted: bool = True
) -> Fitted:
    """Return what an estimator knows of a winner.

    Parameters
    ----------
    problem : Problem
    winner : Winner
    names : Names
    search : SearchRecord
        The search that found it.
    is_refitted : bool
        Whether it is fitted on all rows.
    """
    best = winner.best
    return Fitted(
        task=problem.dataset.task,
        pipelines=tuple(member.pipeline for member in winner.members),
        catalogue=problem.catalogue,
        classes=problem.dataset.classes,
        metric=problem.metric.name,
        best_score=fmean(best.outcome.scores),
        best_genome=best.genome.text,
        honest_score=winner.honest,
        residuals=winner.residuals,
        members=winner.table(),
        structure=structure_table(winner.structure),
        nested_results=nested_results(best),
        columns=problem.dataset.columns,
        names=names,
        script=script_facts(problem, winner) if is_refitted else None,
        search=search,
        held_out=winner.held_out,
    )
