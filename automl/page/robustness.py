"""How much a result hangs on single steps, and on the draw of the folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.page.tables import Table
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated

LEADERS = 10  # pipelines that are compared fold by fold
ROUNDING = 1e-12  # scores that differ by less are the same

Settings = dict[str, str]  # by "operator.setting"


@dataclass(frozen=True)
class RobustnessFacts:
    """How much a result hangs on single steps, and on the draw of the folds."""

    steps: Table
    """What each step of the best pipeline is worth, with its standard error."""
    on_steps: str
    """The same in a sentence."""
    folds: Table
    """The score of the best pipeline on each fold."""
    on_folds: str
    """Their spread in a sentence."""
    leaders: Table
    """How often each of the best pipelines was the first; without rows for a loaded model."""
    on_leaders: str
    """The same in a sentence."""
    settings: Table
    """The settings that differ between the training parts; without rows where none do."""
    on_settings: str
    """The same in a sentence."""


def robustness(
    ablation: pd.DataFrame, nested_results: pd.DataFrame, leaders: Sequence[tuple[str, Evaluated]]
) -> RobustnessFacts:
    """Return how much a result hangs on single steps, and on the draw of the folds.

    Parameters
    ----------
    ablation : DataFrame
        As `ablation_`.
    nested_results : DataFrame
        As `nested_results_`.
    leaders : sequence of (model in words, Evaluated)
        The best pipelines, the best first.
    """
    steps = ablation[["step", "worth", "error", "dropped", "pipeline"]].rename(
        columns={"error": "standard error", "dropped": "left out", "pipeline": "without it"}
    )
    names = ["fold", "score", "inner_score", "rounds", "fit_seconds"]
    folds = nested_results[[name for name in names if nested_results[name].notna().any()]]
    board, on_leaders = _leaders(leaders[:LEADERS])
    settings, on_settings = _settings(nested_results["pipeline"])
    return RobustnessFacts(
        Table.from_frame(steps),
        _on_steps(ablation),
        Table.from_frame(folds),
        _on_folds(nested_results["score"]),
        board,
        on_leaders,
        settings,
        on_settings,
    )


def _on_steps(ablation: pd.DataFrame) -> str:
    if ablation.empty:
        return "No step was left out on trial: the search had no time for it, or there is one step."
    n_steps = ablation["step"].nunique()
    best = ablation.iloc[int(ablation["worth"].argmax())]
    dropped = ablation.loc[ablation["dropped"], "step"].tolist()
    end = "Steps that are worth no more than their standard error are left out: "
    end += f"{', '.join(dropped)}." if dropped else "none."
    if best["worth"] <= 0:
        return f"None of the steps that were left out on trial is worth anything. {end}"
    error = f"{best['error']:.2g}" if isfinite(best["error"]) else "unknown"
    return (
        f"{best['step']} is worth most of {n_steps} step{'s' if n_steps > 1 else ''}: without it "
        f"the score falls by {best['worth']:.3g} (standard error {error}). {end}"
    )


def _on_folds(scores: "pd.Series[float]") -> str:
    if len(scores) < 2:
        return "A single fold tells nothing about the spread."
    return (
        f"Over {len(scores)} folds, the score of the best pipeline lies between {scores.min():.4g} "
        f"and {scores.max():.4g}; its standard deviation is {scores.std(ddof=0):.2g}."
    )


def _leaders(leaders: Sequence[tuple[str, Evaluated]]) -> tuple[Table, str]:
    """Return how often each of the best pipelines was the first, on folds that all have seen."""
    columns = ["rank", "model", "score", "standard deviation", "lowest", "highest", "times first"]
    runs = [np.array(evaluated.outcome.scores) for _, evaluated in leaders]
    n_folds = min(map(len, runs), default=0)
    if len(runs) < 2 or n_folds < 2:
        return Table.from_rows(columns, ()), "There are no two pipelines to compare fold by fold."
    scores = np.array([run[:n_folds] for run in runs])
    is_first = scores >= scores.max(axis=0) - ROUNDING
    rows = [
        (rank, model, row.mean(), row.std(), row.min(), row.max(), int(first.sum()))
        for rank, ((model, _), row, first) in enumerate(
            zip(leaders, scores, is_first, strict=True), start=1
        )
    ]
    return Table.from_rows(columns, rows), _on_leaders(is_first)


def _on_leaders(is_first: NDArray[np.bool_]) -> str:
    n_leaders, n_folds = is_first.shape
    n_different = int(is_first.any(axis=1).sum())
    times = f"{n_different} different ones are" if n_different > 1 else "the same one is"
    return (
        f"On the {n_folds} folds that all of the best {n_leaders} pipelines have seen, {times} "
        f"first; rank 1 is first, alone or level, on {int(is_first[0].sum())} of them. The more "
        "often the first one changes, the less the order of the leaderboard means."
    )


def _settings(pipelines: "pd.Series[str]") -> tuple[Table, str]:
    """Return the settings of which folds chose different values."""
    columns = ["setting", "values by fold"]
    if pipelines.nunique() < 2:
        words = "All training parts have the same pipeline with the same settings."
        return Table.from_rows(columns, ()), words
    by_fold = [_settings_of(Genome.parse(text)) for text in pipelines]
    names = dict.fromkeys(name for settings in by_fold for name in settings)
    values = {name: [settings.get(name, "–") for settings in by_fold] for name in names}
    rows = [(name, ", ".join(texts)) for name, texts in values.items() if len(set(texts)) > 1]
    words = (
        f"The tuner chose {pipelines.nunique()} different pipelines in {len(pipelines)} training "
        f"parts; {len(rows)} of {len(names)} settings differ. Settings that change with the rows "
        "matter little, or take more rows to be chosen."
    )
    return Table.from_rows(columns, rows), words


def _settings_of(genome: Genome) -> Settings:
    counts: dict[str, int] = {}
    settings: Settings = {}
    for part in genome.walk():
        counts[part.operator] = counts.get(part.operator, 0) + 1
        place = "" if counts[part.operator] == 1 else f" ({counts[part.operator]})"
        for name, value in part.settings:
            settings[f"{part.operator}{place}.{name}"] = repr(value)
    return settings


def leaders_of(
    board: pd.DataFrame, evaluated: Mapping[Genome, Evaluated]
) -> list[tuple[str, Evaluated]]:
    """Return the best pipelines of a leaderboard with their models in words.

    Parameters
    ----------
    board : DataFrame
        As `leaderboard_`.
    evaluated : mapping of Genome to Evaluated
    """
    scored = board.dropna(subset="score").head(LEADERS)
    pairs = zip(scored["model"], scored["pipeline"], strict=True)
    return [(model, evaluated[Genome.parse(text)]) for model, text in pairs]
