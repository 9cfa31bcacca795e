"""The predictor: one fitted pipeline, or the average of several.

::

    cells ─┬─ pipeline ─┐
           ├─ pipeline ─┼─weights──► VotingClassifier ──► RescaledClassifier ──► threshold
           └─ pipeline ─┘            or VotingRegressor   where that helps       if one was set

Only the pipelines are fitted, by workers and side by side. What stands around them is put together
here, as scikit-learn leaves it after a fit: a clone of it fits all of its parts anew. An exported
script makes the same.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from automl.pipelines import Member, Rescaling
from automl.pipelines.building.build import make
from automl.pipelines.building.ensemble import member_names
from automl.pipelines.building.last_step import wrappers_of
from automl.pipelines.carried.weighting import WeightedPipeline
from automl.problem import Problem
from automl.problem.labels import Classes
from automl.selection import FittedMember


def make_predictor(
    members: Sequence[FittedMember], problem: Problem, rescaling: Rescaling | None
) -> BaseEstimator:
    """Return the only pipeline or the ensemble of several, its probabilities rescaled.

    Parameters
    ----------
    members : sequence of FittedMember
    problem : Problem
    rescaling : Rescaling or None
    """
    return assemble(
        [member.pipeline for member in members],
        member_names([Member(member.genome) for member in members], problem.catalogue),
        [member.weight for member in members],
        problem.dataset.classes,
        rescaling,
        is_weighted=problem.dataset.sample_weight is not None,
    )


def assemble(
    pipelines: Sequence[BaseEstimator],
    names: Sequence[str],
    weights: Sequence[float],
    classes: Classes | None,
    rescaling: Rescaling | None,
    *,
    is_weighted: bool = False,
    threshold: float | None = None,
) -> BaseEstimator:
    """Return the predictor of pipelines that are fitted.

    Parameters
    ----------
    pipelines : sequence of Pipeline
        Fitted; each takes the raw dataframe.
    names : sequence of str
        Their names in an ensemble.
    weights : sequence of float
        Their shares of the prediction.
    classes : ndarray, list of ndarray or None
        The labels of a classification, sorted, or those of each target.
    rescaling : Rescaling or None
        The change of the probabilities.
    is_weighted : bool
        Whether the members of an ensemble take sample weights.
    threshold : float, optional
        The probability from which a row is of the second class.
    """
    predictor = _average(pipelines, names, weights, classes, is_weighted)
    has_classes = isinstance(classes, np.ndarray)
    for wrapper in wrappers_of(rescaling if has_classes else None, threshold):
        *steps, (_, model) = predictor.steps
        wrapped = make(wrapper.around(model))
        wrapped.estimator_ = model
        if not hasattr(wrapped, "classes_"):  # scikit-learn's own class asks its estimator
            wrapped.classes_ = model.classes_
        predictor = Pipeline([*steps, (wrapper.step, wrapped)])
    return predictor


def _average(
    pipelines: Sequence[BaseEstimator],
    names: Sequence[str],
    weights: Sequence[float],
    classes: Classes | None,
    is_weighted: bool,
) -> BaseEstimator:
    """Return the only pipeline, or the ensemble of several."""
    if len(pipelines) == 1:
        return pipelines[0]
    # Cells are read once for all of them, as in a script.
    cells = pipelines[0].steps[0]
    class_ = WeightedPipeline if is_weighted else Pipeline
    members = [class_(pipeline.steps[1:]) for pipeline in pipelines]
    # A fit of frozen members sees no row, and sets all that scikit-learn itself keeps.
    frozen = [(name, FrozenEstimator(part)) for name, part in zip(names, members, strict=True)]
    ensemble: Any
    if classes is None:
        ensemble = VotingRegressor(frozen, weights=list(weights)).fit(_rows(1), [0.0])
    else:
        ensemble = VotingClassifier(frozen, voting="soft", weights=list(weights))
        ensemble.fit(_rows(len(classes)), classes)
    # The fitted members are also those that a clone copies, so that it fits them anew.
    ensemble.estimators = list(zip(names, members, strict=True))
    ensemble.estimators_ = members
    ensemble.named_estimators_ = Bunch(**dict(ensemble.estimators))
    return Pipeline([cells, ("ensemble", ensemble)])


def _rows(n_rows: int) -> NDArray[np.float64]:
    """Return rows for a fit of frozen parts, which only tells the classes."""
    return np.zeros((n_rows, 1))
