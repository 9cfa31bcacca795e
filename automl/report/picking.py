"""Other pipelines of a search than its winner: smaller, faster, readable, or of some rank."""

from collections.abc import Callable
from math import sqrt
from numbers import Integral
from typing import Any

import pandas as pd

from automl.errors import SettingsError
from automl.pipelines import Genome, load_catalogue

Rule = Callable[[pd.DataFrame], pd.DataFrame]


def pick(board: pd.DataFrame, rule: str | int, held_out_error: float = 0.0) -> Genome:
    """Return a pipeline of a leaderboard.

    Parameters
    ----------
    board : DataFrame
    rule : str or int
        The name of a rule, or a rank.
    held_out_error : float
        The standard error of a score on one hold-out, which has no deviation over folds.

    Raises
    ------
    SettingsError
        If there is no such rule or pipeline.
    """
    scored = board.dropna(subset="score")
    deviations = scored["deviation"].where(scored["folds"] > 1, held_out_error)
    scored = scored.assign(deviation=deviations)
    value: Any = rule  # users give what they like, NumPy's whole numbers among them
    is_rank = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_rank and not (isinstance(rule, str) and rule in RULES):
        raise SettingsError(f"expected a rank or one of {list(RULES)}, got {rule!r}")
    matches = RULES[rule](scored) if isinstance(rule, str) else scored[scored["rank"] == rule]
    if matches.empty:
        ranks = f"ranks with a score are 1 to {len(scored)}"
        if rule == "interpretable":
            ranks += '; catalogue="interpretable" searches among readable pipelines only'
        raise SettingsError(f"the leaderboard has no pipeline for {rule!r}; {ranks}")
    return Genome.parse(str(matches.iloc[0]["pipeline"]))


def _best(board: pd.DataFrame) -> pd.DataFrame:
    return board


def _as_good(board: pd.DataFrame) -> pd.DataFrame:
    """Return the pipelines within one standard error of the best.

    Among these, noise decides the rank, so that another rule may as well.

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
    # Whoever wants to read the model may accept any loss, so no score is too low here.
    operators = load_catalogue("interpretable")
    walks = [Genome.parse(text).walk() for text in board["pipeline"]]
    return board[
        [
            all(node.is_leaf or node.is_join or node.operator in operators for node in walk)
            for walk in walks
        ]
    ]


RULES: dict[str, Rule] = {
    "best": _best,
    "smallest": _smallest,
    "fastest": _fastest,
    "interpretable": _interpretable,
}
