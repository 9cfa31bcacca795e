"""Whether a score can be made of a held-out part: the scorer is asked before the search.

A held-out part may lack a class, or have a single row. Some scores are undefined then, and every
pipeline would fail there. Which scores these are is known to the scorer alone, so it scores
predictions that no pipeline made.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import UndefinedMetricWarning

from automl.problem.dataset import Dataset
from automl.problem.labels import by_target, first_of_each, parts_of
from automl.problem.metric import Metric
from automl.problem.stored import StoredPredictions, stored

ASKED_ROWS = 1_000  # of all classes together: predictions have a column for each class


@dataclass(frozen=True)
class Scorable:
    """Tells for which rows a score is defined."""

    dataset: Dataset
    """The data."""
    metric: Metric
    """The score to maximize."""

    def learns_from(self, rows: NDArray[np.intp]) -> bool:
        """Tell whether a model can be fitted on rows: a classification needs two classes."""
        data = self.dataset
        return not data.is_classification or min(map(len, self._classes_of(rows))) > 1

    def scores(self, rows: NDArray[np.intp], *, strict: bool = False) -> bool:
        """Tell whether rows have a score.

        Parameters
        ----------
        rows : ndarray
            The rows of a held-out part.
        strict : bool
            Whether scores that scikit-learn calls ill-defined count as none, for two classes.
        """
        rows = self.dataset.weighted_rows(rows)
        if not len(rows):
            return False
        if not self._is_poor(rows) or not self._scores_all:
            return True
        return self._has_score(rows, strict and self._is_binary)

    def lacking(self, rows: NDArray[np.intp]) -> list[Any]:
        """Return the classes of which rows have none, target by target."""
        classes = self.dataset.classes
        if classes is None:
            return []
        pairs = zip(parts_of(classes), self._classes_of(rows), strict=True)
        return [label for own, present in pairs for label in np.setdiff1d(own, present).tolist()]

    def _is_poor(self, rows: NDArray[np.intp]) -> bool:
        """Tell whether rows lack what any score may need; only then the scorer is asked."""
        return len(rows) < 2 or bool(self.lacking(rows))

    @property
    def _is_binary(self) -> bool:
        classes = self.dataset.classes
        return classes is not None and all(len(own) == 2 for own in parts_of(classes))

    @cached_property
    def _scores_all(self) -> bool:
        """Whether any predictions have a score; a scorer may look at the pipeline."""
        return self._has_score(self.dataset.weighted_rows(np.arange(len(self.dataset))), False)

    def _classes_of(self, rows: NDArray[np.intp]) -> list[NDArray[Any]]:
        """Return the classes of each target in some rows."""
        labels = by_target(self.dataset.y[self.dataset.weighted_rows(rows)])
        return [np.unique(column) for column in labels]

    def _has_score(self, rows: NDArray[np.intp], strict: bool) -> bool:
        """Tell whether the scorer gives a number for predictions of no pipeline."""
        data = self.dataset
        rows = self._asked(rows)
        options = {} if data.sample_weight is None else {"sample_weight": data.sample_weight[rows]}
        # In a part without their class, F1 and such call only a perfect prediction ill-defined.
        predictor = self._perfect(rows) if strict else self._random(rows)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if strict:
                    warnings.simplefilter("error", UndefinedMetricWarning)
                    warnings.filterwarnings("error", message="No positive class")
                X, y = data.frame.iloc[rows], data.y[rows]
                score = float(self.metric.scorer(predictor, X, y, **options))
        except Exception:  # noqa: BLE001 a scorer of the user may raise any error
            return False
        return bool(np.isfinite(score))

    def _asked(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return some rows of each class: whether they have a score hangs on classes, not on rows.

        Probabilities of 3,000 classes for 60,000 rows would take gigabytes.
        """
        data = self.dataset
        if data.classes is None:
            return rows
        n_classes = sum(map(len, parts_of(data.classes)))
        return rows[first_of_each(data.y[rows], max(ASKED_ROWS // n_classes, 1))]

    def _perfect(self, rows: NDArray[np.intp]) -> StoredPredictions:
        classes = self.dataset.classes
        parts = [] if classes is None else parts_of(classes)
        pairs = zip(by_target(self.dataset.y[rows]), parts, strict=True)
        truth = [column[:, None] == own for column, own in pairs]
        return stored(np.hstack(truth).astype(np.float64), classes)

    def _random(self, rows: NDArray[np.intp]) -> StoredPredictions:
        """Return an estimator that predicts numbers that differ: correlations need these."""
        rng, classes = np.random.default_rng(0), self.dataset.classes
        if classes is None:
            values = self.dataset.y.reshape(len(self.dataset), -1)[rows]
            return stored(values + rng.uniform(size=values.shape) * np.abs(values).max(), None)
        parts = [rng.dirichlet(np.ones(len(own)), size=len(rows)) for own in parts_of(classes)]
        return stored(np.hstack(parts), classes)
