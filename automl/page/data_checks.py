"""Checks of the data: leaks, rare classes, related rows, and how many rows there are."""

from collections.abc import Iterator
from statistics import pstdev

import numpy as np
from sklearn.metrics import get_scorer_names

from automl.page.check import Check, check_of
from automl.page.scores import Scores
from automl.page.tables import shortened
from automl.problem.labels import parts_of
from automl.selection.honest_score import UNBOUNDED
from automl.winner.fitted import Fitted

TOO_GOOD = 0.001  # share of the loss of a constant that is left: real data are hardly so clean
RARE = 0.1  # share of the rows; where a class is rarer, accuracy says little
LEAST_OF_CLASS = 30  # rows: fewer tell hardly anything about a class
ROWS_A_COLUMN = 10  # the usual rule of thumb
LEAST_ROWS = 200  # with fewer, intervals are wide whatever the columns


def data_checks(fitted: Fitted) -> Iterator[Check]:
    """Yield the checks of the data."""
    yield _leakage(fitted)
    if fitted.classes is not None:
        yield from _imbalance(fitted)
    yield _drift(fitted)
    rows = fitted.held_out
    n_rows = fitted.script.n_rows if fitted.script else len(rows.target) if rows else None
    yield sample_size(n_rows, len(fitted.columns.names))


def _leakage(fitted: Fitted) -> Check:
    name, origin = "Data leakage", fitted.search.origin
    signs = (
        [] if origin is None else [f"{sign[0].upper()}{sign[1:]}." for sign in origin.suspicions]
    )
    scores = Scores.of_fitted(fitted)
    perfect = 0.0 if scores.is_loss else 1.0
    is_named = fitted.metric in get_scorer_names() and fitted.metric not in UNBOUNDED
    is_bounded = scores.constant is not None and is_named
    if is_bounded and perfect - scores.best < TOO_GOOD * (perfect - (scores.constant or 0.0)):
        signs.append(
            f"A score of {scores.shown(scores.best)} is nearly perfect: look for a "
            "column that is known only after the target."
        )
    if signs:
        return Check(name, "look at this", shortened(" ".join(signs)))
    if origin is None:
        return Check(name, "unknown", "A saved model does not hold the warnings of its fit.")
    words = "No column tells the target by itself or counts the rows, and few rows are equal."
    return Check(name, "fine", words)


def _imbalance(fitted: Fitted) -> Iterator[Check]:
    """Yield a check for each target."""
    name, rows = "Class imbalance", fitted.held_out
    if rows is None or fitted.classes is None:
        yield Check(name, "unknown", "The held-out rows are not there.")
        return
    targets = rows.target.reshape(len(rows.target), -1).T
    for place, (codes, labels) in enumerate(zip(targets, parts_of(fitted.classes), strict=True)):
        counts = np.bincount(codes.astype(int), minlength=len(labels))
        rarest, share = counts.argmin(), counts.min() / counts.sum()
        numbers = (
            f"The rarest class, {shortened(str(labels[rarest]))!r}, has {counts[rarest]} held-out "
            f"rows, {share:.1%} of them."
        )
        hides = fitted.metric == "accuracy" and share < RARE
        advice = (
            'Accuracy hides how it is predicted: take scoring="balanced_accuracy" or '
            '"average_precision".'
            if hides
            else "Collect more rows of it; its scores vary by chance."
        )
        is_fine = not hides and counts[rarest] >= LEAST_OF_CLASS
        title = name if len(targets) == 1 else f"{name} of {shortened(fitted.names.target[place])}"
        yield check_of(title, is_fine, numbers, advice)


def _drift(fitted: Fitted) -> Check:
    name, origin = "Drift over time and groups", fitted.search.origin
    costs = fitted.structure.to_dict("records")
    if costs:
        # By how much the score varies between folds anyway.
        noise = pstdev(fitted.nested_results["score"])
        scores = Scores.of_fitted(fitted)
        sentences = [
            f"On folds that respect {shortened(cost['column'])!r} the score is "
            f"{scores.shown(cost['score'])} instead of "
            f"{scores.shown(cost['at_random'])}."
            for cost in costs
        ]
        is_fine = all(cost["score"] >= cost["at_random"] - noise for cost in costs)
        advice = "Give fit groups= or time= with that column, if new rows bring new values of it."
        return check_of(name, is_fine, " ".join(sentences), advice)
    if origin is None:
        return Check(name, "unknown", "A saved model does not tell which columns relate rows.")
    if origin.related:
        names = ", ".join(map(repr, origin.related))
        words = f"Rows look related by {shortened(names)}, and what that costs was not measured."
        return Check(name, "unknown", f"{words} Give fit groups= or time= if they are.")
    return Check(name, "fine", "No column looks like groups of rows or an order in time.")


def sample_size(n_rows: int | None, n_columns: int) -> Check:
    """Return the check of how many rows there are."""
    name = "Sample size"
    if n_rows is None:
        return Check(name, "unknown", "The number of rows is not there.")
    numbers = f"There are {n_rows} rows for {n_columns} columns."
    advice = "Expect wide intervals: collect rows, leave columns out, or prefer a linear model."
    is_fine = n_rows >= max(LEAST_ROWS, ROWS_A_COLUMN * n_columns)
    return check_of(name, is_fine, numbers, advice)
