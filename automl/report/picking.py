"""Other pipelines of a search than its winner: smaller, faster, readable, or of some rank."""

from collections.abc import Callable
from math import sqrt

import pandas as pd

from automl.errors import SettingsError
from automl.pipelines import Genome, load_catalogue

Rule = Callable[[pd.DataFrame], pd.DataFrame]


def pick(board: pd.DataFrame, which: str | int) -> Genome:
    """Return a pipeline of a leaderboard.

    Parameters
    ----------
    board : DataFrame
    which : str or int
        The name of a rule, or a rank.

    Raises
    ------
    SettingsError
        If there is no such rule or pipeline.
    """
    scored = board.dropna(subset="score")
    if isinstance(which, str) and which not in RULES:
        raise SettingsError(f"expected a rank or one of {list(RULES)}, got {which!r}")
    found = RULES[which](scored) if isinstance(which, str) else scored[scored["rank"] == which]
    if found.empty:
        ranks = f"ranks with a score are 1 to {len(scored)}"
        raise SettingsError(f"the leaderboard has no pipeline for {which!r}; {ranks}")
    return Genome.parse(str(found.iloc[0]["pipeline"]))


def _best(board: pd.DataFrame) -> pd.DataFrame:
    return board


def _as_good(board: pd.DataFrame) -> pd.DataFrame:
    """Return the pipelines within one standard error of the best.

    References
    ----------
    Breiman, L., Friedman, J., Olshen, R. and Stone, C. (1984). Classification and regression trees.
    """
    best = board.iloc[0]
    least = float(best["score"]) - float(best["deviation"]) / sqrt(best["folds"])
    return board[board["score"].to_numpy() >= least]


def _smallest(board: pd.DataFrame) -> pd.DataFrame:
    return _as_good(board).sort_values(["size", "rank"])


def _fastest(board: pd.DataFrame) -> pd.DataFrame:
    return _as_good(board).sort_values(["predict_seconds", "rank"])


def _interpretable(board: pd.DataFrame) -> pd.DataFrame:
    known = load_catalogue("interpretable")
    walks = [Genome.parse(text).walk() for text in board["pipeline"]]
    return board[
        [all(one.is_leaf or one.is_join or one.operator in known for one in walk) for walk in walks]
    ]


RULES: dict[str, Rule] = {
    "best": _best,
    "smallest": _smallest,
    "fastest": _fastest,
    "interpretable": _interpretable,
}
