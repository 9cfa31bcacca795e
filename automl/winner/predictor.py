"""The predictor: one fitted pipeline, or the average of several.

::

    cells ──► pipelines ──weights──► VotingClassifier or VotingRegressor ──rescaling──►
    RescaledClassifier

Only the pipelines are fitted. What stands around them is put together here, after a fit as well as
after a model file was read.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from automl.pipelines import Member, Rescaling
from automl.pipelines.building.build import make
from automl.pipelines.building.ensemble import member_names
from automl.pipelines.carried.rescaling import RescaledClassifier
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
    )


def assemble(
    pipelines: Sequence[BaseEstimator],
    names: Sequence[str],
    weights: Sequence[float],
    classes: Classes | None,
    rescaling: Rescaling | None,
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
    """
    predictor = _average(pipelines, names, weights, classes)
    if rescaling is None or not isinstance(classes, np.ndarray):
        return predictor
    rescaled = make(rescaling.around(FrozenEstimator(predictor)))
    return rescaled.fit(_rows(len(classes)), classes)


def _average(
    pipelines: Sequence[BaseEstimator],
    names: Sequence[str],
    weights: Sequence[float],
    classes: Classes | None,
) -> BaseEstimator:
    """Return the only pipeline, or the ensemble of several."""
    if len(pipelines) == 1:
        return pipelines[0]
    # Cells are read once for all of them, as in a script.
    cells = pipelines[0].steps[0]
    frozen = [FrozenEstimator(pipeline[1:]) for pipeline in pipelines]
    estimators = list(zip(names, frozen, strict=True))
    if classes is None:
        ensemble = VotingRegressor(estimators, weights=list(weights)).fit(_rows(1), [0.0])
    else:
        ensemble = VotingClassifier(estimators, voting="soft", weights=list(weights))
        ensemble.fit(_rows(len(classes)), classes)
    return Pipeline([cells, ("ensemble", ensemble)])


def _rows(n_rows: int) -> NDArray[np.float64]:
    """Return rows for a fit of frozen parts, which only tells the classes and sees no row."""
    return np.zeros((n_rows, 1))


def pipelines_of(predictor: BaseEstimator) -> list[BaseEstimator]:
    """Return the pipelines of a predictor, the best first."""
    if isinstance(predictor, RescaledClassifier):
        return pipelines_of(predictor.estimator.estimator)
    cells, (_, model) = predictor.steps[0], predictor.steps[-1]
    if isinstance(model, VotingClassifier | VotingRegressor):
        return [Pipeline([cells, *frozen.estimator.steps]) for _, frozen in model.estimators]
    return [predictor]
