"""All checks of a fit in one table.

::

    model    better than a constant, better than a forest, overfitting, selection bias, ...
    data     leakage, class imbalance, drift, sample size
    search   failed pipelines, convergence
"""

from collections.abc import Iterable

import pandas as pd

from automl.page.check import Check
from automl.page.data_checks import data_checks
from automl.page.model_checks import at_the_edge, model_checks
from automl.page.scores import Scores
from automl.page.search_checks import search_checks
from automl.page.tables import Table
from automl.pipelines import Genome
from automl.winner.fitted import Fitted

ORDER = ("look at this", "fine", "unknown")


def checks(
    fitted: Fitted,
    board: pd.DataFrame,
    max_evaluations: int | None,
    training_score: float | None,
) -> Table:
    """Return the checks of a fit, those that ask for a look first.

    Parameters
    ----------
    fitted : Fitted
    board : DataFrame
        As `leaderboard_`.
    max_evaluations : int or None
        The pipelines that were to be evaluated.
    training_score : float or None
        The score on the rows of the fit; None if that is not known.
    """
    origin = fitted.search.origin
    pipelines = None if origin is None else origin.evaluated.values()
    was_stopped = origin is not None and origin.was_stopped
    genomes = [Genome.parse(text) for text in fitted.members["pipeline"]]
    return checks_table(
        [
            *model_checks(Scores.of_fitted(fitted), training_score),
            at_the_edge(genomes, fitted.catalogue),
            *data_checks(fitted),
            *search_checks(board, pipelines, max_evaluations, was_stopped),
        ]
    )


def checks_table(results: Iterable[Check]) -> Table:
    """Return a table of checks, those that ask for a look first."""
    ranked = sorted(results, key=lambda check: ORDER.index(check.result))
    rows = [(check.name, check.result, check.words) for check in ranked]
    return Table.from_rows(["check", "result", "in words"], rows)
