"""The shares of a search's time, by its history."""

import pandas as pd

from automl.pipelines import Catalogue, Genome, load_catalogue

SECONDS = ["fit_seconds", "predict_seconds", "tune_seconds"]
TUNED, DONE = "tuned", "done"
LOOK = 0.25  # of the rows, that a first look would take, and of the seconds with them


def spent(history: pd.DataFrame, draw: int) -> dict[str, float]:
    """Return shares of the estimators' seconds, and of the fits whose preparation was a repetition.

    Parameters
    ----------
    history : dataframe
        `history_` of a fitted search: a row for every pipeline and fold.
    draw : int
        Folds that hold every row out once.

    Returns
    -------
    dict of str to float
        ``tuning_share``: of the seconds, those of tuning leaders; ``unfinished_share``: those of
        pipelines that did not see a whole draw of the folds, because they were raced out, failed or
        had no time; ``same_steps_share``: of the fits, those before whose model are steps that an
        earlier pipeline had fitted, with the same settings, on the same fold.
    """
    history = history[history.number > 0]  # without the constant baseline
    seconds = history[SECONDS].sum(axis=1)
    total = max(float(seconds.sum()), 1e-9)
    tuning = history.state == TUNED
    done = history[history.state == DONE]
    folds = done.groupby("number").size()
    is_whole = history.number.map(folds).fillna(0) >= draw
    first = seconds[(history.fold == 0) & ~tuning]
    # What ended with its first fold is what a look at fewer rows would have been enough for.
    is_last = history.groupby("number").fold.transform("size")[first.index] == 1
    spared = (1 - LOOK) * first[is_last].sum() - LOOK * first[~is_last].sum()
    return {
        "tuning_share": float(seconds[tuning].sum()) / total,
        "unfinished_share": float(seconds[~tuning & ~is_whole].sum()) / total,
        "row_racing_share": float(spared) / total,
        "same_steps_share": _same_steps(done),
    }


def _same_steps(done: pd.DataFrame) -> float:
    catalogue = load_catalogue()
    fitted: set[tuple[int, str]] = set()
    hits = 0
    for text, fold in zip(done.genome, done.fold, strict=True):
        steps = _steps(Genome.parse(text), catalogue)
        if steps:
            hits += (fold, steps) in fitted
            fitted.add((fold, steps))
    return hits / max(len(done), 1)


def _steps(genome: Genome, catalogue: Catalogue) -> str:
    """Return the text of what comes before the model, empty if nothing is fitted there."""
    while catalogue[genome.operator].is_finish:
        genome = genome.inputs[0]
    before = genome.inputs[0]
    return "" if all(part.is_leaf or part.is_join for part in before.walk()) else before.text
