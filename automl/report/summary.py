"""The summary of a fit in about ten lines: what predicts, how well, and what to do next."""

from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import shorten, wrap
from typing import Any, Protocol

import pandas as pd

from automl.outcome import State
from automl.pipelines import Genome
from automl.report.wording import counted, first_line, short_name
from automl.search.budget import enlarged
from automl.search.result import Run

WIDTH = 80  # columns of the narrowest terminals that people use
LABEL_WIDTH = 10
N_CAUSES = 3  # more causes push the rest off the screen
EARLY = 2 / 3  # of the pipelines: a gain after them says that the search was not through
# Of the standard deviation over the folds: nobody would notice a smaller gain on new rows.
LEAST_GAIN = 0.1
KEEPING = 'search.export("best.py") writes what predicts as a script, search.save("model") keeps it'


class FittedSearch(Protocol):
    """The attributes of a fitted estimator that its summary needs."""

    refit: Any
    max_evaluations: Any
    metric_: str
    best_score_: float
    best_genome_: str
    honest_score_: Any
    members_: pd.DataFrame
    leaderboard_: pd.DataFrame
    run_: Run

    @property
    def history_(self) -> pd.DataFrame:
        """Every fold of every pipeline."""


def summary(search: FittedSearch, keeping: str = KEEPING) -> str:
    """Return the summary of a fit as lines of 80 columns.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
        Fitted.
    keeping : str
        How what predicts is kept.
    """
    return in_lines(summary_rows(search, keeping))


def in_lines(rows: Iterable[tuple[str, str]]) -> str:
    """Return the rows of a summary as lines of 80 columns."""
    return "\n".join(line for label, text in rows for line in _wrapped(label, text))


def summary_rows(search: FittedSearch, keeping: str = KEEPING) -> list[tuple[str, str]]:
    """Return the summary of a fit as labels with their texts.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
        Fitted.
    keeping : str
        How what predicts is kept.
    """
    return [
        ("predicts", _predictor(search)),
        ("score", _score(search)),
        ("tried", _tried(search)),
        *(("failed", cause) for cause in _failures(search.leaderboard_)),
        *(("course", sentence) for sentence in _course(search)),
        ("next", keeping if search.refit else "fit best_pipeline_ on rows of your choice"),
    ]


def _wrapped(label: str, text: str) -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=label.ljust(LABEL_WIDTH),
        subsequent_indent=" " * LABEL_WIDTH,
    )


def _predictor(search: FittedSearch) -> str:
    if not search.refit:
        best = short_name(Genome.parse(search.best_genome_))
        return f"nothing yet, for refit=False leaves best_pipeline_ unfitted: {best}"
    table = search.members_.sort_values("weight", ascending=False, kind="stable")
    members = [Genome.parse(text) for text in table["pipeline"]]
    if len(members) == 1:
        return short_name(members[0])
    shares = [
        f"{weight:.2g} {member.operator}"
        for weight, member in zip(table["weight"], members, strict=True)
    ]
    return f"{len(members)} pipelines together: {', '.join(shares)}"


def _score(search: FittedSearch) -> str:
    if search.honest_score_ is not None:
        return str(search.honest_score_)
    return (
        f"{search.metric_} {search.best_score_:.4g}, the mean over the folds; it is not corrected "
        "for the choice, so expect less on new rows"
    )


def _tried(search: FittedSearch) -> str:
    counts = search.leaderboard_["state"].value_counts()
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    pipelines = counted(len(search.leaderboard_), "pipeline")
    workers = counted(search.run_.workers, "worker")
    return f"{pipelines} in {search.run_.seconds:.1f} s with {workers}: {states}"


def _failures(board: pd.DataFrame) -> list[str]:
    """Return the most frequent reasons why pipelines have no score, a line each."""
    failed = board[board["score"].isna() & (board["state"] != State.RACED_OUT.value)]
    causes = Counter(
        f"{state}: {first_line(cause)}"
        for state, cause in zip(failed["state"], failed["cause"], strict=True)
    )
    lines = [
        shorten(f"{count} {cause}", WIDTH - LABEL_WIDTH, placeholder=" ...")
        for cause, count in causes.most_common(N_CAUSES)
    ]
    if further := causes.total() - sum(count for _, count in causes.most_common(N_CAUSES)):
        lines.append(f"and {further} for other reasons")
    return lines


def _course(search: FittedSearch) -> Iterator[str]:
    board = search.leaderboard_
    gain, deviation = late_gain(board, search.history_.groupby("genome")["number"].min())
    if gain > LEAST_GAIN * deviation:
        yield (
            f"the best score still rose by {gain:.2g} in the last third of the search: "
            f"{enlarged(search.max_evaluations, len(board))} may gain more"
        )
    elif gain <= LEAST_GAIN * deviation:
        yield "the best score hardly rose in the last third of the search"


def late_gain(board: pd.DataFrame, numbers: "pd.Series[int]") -> tuple[float, float]:
    """Return the gain of the best score late in the search, and its deviation over the folds.

    The deviation of a hold-out is NaN, so that no gain is more or less than its noise. The gain is
    NaN where no pipeline had a score before.

    Parameters
    ----------
    board : DataFrame
        As `leaderboard_`.
    numbers : Series
        The place of each pipeline in the order of asking, by its text.
    """
    places = board["pipeline"].map(numbers)
    early = board["score"][places <= EARLY * places.max()].max()
    gain, deviation = board["score"].max() - early, board["deviation"].iloc[0]
    return float(gain), float(deviation)
