"""A good classifier that misbehaves once it is fitted on enough rows."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from benchmarks.torture.misdeeds import answers, hanging, hoarding, leaking, leaving, meddling

MONSTER = f"{__name__}.Monster"
ACTS: dict[str, Callable[[], object]] = {
    f"{group}: {name}": act
    for group, acts in {
        "hanging": hanging.ACTS,
        "leaving": leaving.ACTS,
        "hoarding": hoarding.ACTS,
        "leaking": leaking.ACTS,
        "meddling": meddling.ACTS,
    }.items()
    for name, act in acts.items()
}
ANSWERS: dict[str, Callable[[int], Any]] = {
    f"answering: {name}": answer for name, answer in answers.ANSWERS.items()
}
CHANGES = ("meddling: changes X", "meddling: changes y", "meddling: changes X to predict")


class Monster(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that knows the made-up data, so that it is the best of all while it behaves.

    Parameters
    ----------
    misdeed : str
        What it does, such as "hanging: a loop".
    rows : int
        The training rows from which on it does so; in folds there are fewer than in the final fit.
    variant : int
        Changes nothing; by it, monsters are told apart.
    """

    def __init__(self, misdeed: str = "", rows: int = 0, variant: int = 0) -> None:
        self.misdeed = misdeed
        self.rows = rows
        self.variant = variant

    def fit(self, X: NDArray[Any], y: ArrayLike) -> Self:
        """Misbehave, or do nothing."""
        self.classes_ = np.unique(y)
        self.wild_ = len(X) >= self.rows
        if self.wild_ and self.misdeed in ACTS:
            ACTS[self.misdeed]()
        elif self.wild_ and self.misdeed in CHANGES[:2]:
            changed = X if self.misdeed == CHANGES[0] else np.asarray(y)
            changed[:] = changed[::-1].copy()
        return self

    def predict_proba(self, X: NDArray[Any]) -> Any:
        """Return the right answer, or a strange one."""
        if self.wild_ and self.misdeed in ANSWERS:
            return ANSWERS[self.misdeed](len(X))
        signal = np.asarray(X)[:, 0] * np.asarray(X)[:, 1] + 0.3 * np.asarray(X)[:, 2]
        if self.wild_ and self.misdeed == CHANGES[2]:
            X[:] = 0.0
        share = 1 / (1 + np.exp(-5 * signal))
        return np.column_stack([1 - share, share])

    def predict(self, X: NDArray[Any]) -> Any:
        """Return the more probable class."""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]
