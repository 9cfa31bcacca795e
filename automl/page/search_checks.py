"""Checks of a search: they need its leaderboard and its pipelines only."""

from collections.abc import Iterable, Iterator
from math import isnan

import pandas as pd

from automl.outcome import State
from automl.page.check import Check, check_of
from automl.page.course import failures
from automl.report.summary import LEAST_GAIN, late_gain
from automl.search.budget import enlarged
from automl.search.evaluated import Evaluated

FAILING = 0.2  # share of the pipelines
ASIDE = (State.RACED_OUT.value, State.CANCELLED.value)  # without a score, and no failures


def search_checks(
    board: pd.DataFrame,
    pipelines: Iterable[Evaluated] | None,
    max_evaluations: int | None,
    was_stopped: bool = False,
) -> Iterator[Check]:
    """Yield the checks of a search.

    Parameters
    ----------
    board : DataFrame
        As `leaderboard_`.
    pipelines : iterable of Evaluated, or None
        All of them, where it is known when each was asked for.
    max_evaluations : int or None
        The pipelines that were to be evaluated.
    was_stopped : bool
        Whether an observer or the user ended the search.
    """
    yield _failed(board)
    yield _convergence(board, pipelines, max_evaluations, was_stopped)


def _failed(board: pd.DataFrame) -> Check:
    failed = board[board["score"].isna() & ~board["state"].isin(ASIDE)]
    share = len(failed) / max(len(board), 1)
    numbers = f"{len(failed)} of {len(board)} pipelines failed ({share:.0%})."
    causes = failures(failed).rows
    cause = f"Most often: {causes[0][1]}, {causes[0][2]}. " if causes else ""
    advice = f"{cause}Give them more time or memory by limits=, or exclude these operators."
    return check_of("Failed pipelines", share <= FAILING, numbers, advice)


def _convergence(
    board: pd.DataFrame,
    pipelines: Iterable[Evaluated] | None,
    max_evaluations: int | None,
    was_stopped: bool,
) -> Check:
    name, end = "Convergence", ""
    if was_stopped:
        end = "The search was stopped before its budget ended. "
    elif max_evaluations is not None and len(board) < max_evaluations:
        end = f"The time ended after {len(board)} of {max_evaluations} pipelines. "
    if pipelines is None or board["score"].notna().sum() < 2:
        return Check(name, "unknown", f"{end}The course of the search is not there.")
    places = pd.Series({row.genome.text: row.number for row in pipelines})
    gain, deviation = late_gain(board, places)
    if isnan(gain) or isnan(deviation):  # that of a hold-out
        return Check(name, "unknown", f"{end}No gain late in the search can be told from noise.")
    is_fine = gain <= LEAST_GAIN * deviation
    numbers = (
        f"{end}The best score hardly rose in the last third of the search."
        if is_fine
        else f"{end}The best score still rose by {gain:.2g} in the last third of the search."
    )
    larger = enlarged(max_evaluations, len(board))
    return check_of(name, is_fine, numbers, f"Give it {larger}, or resume it.")
