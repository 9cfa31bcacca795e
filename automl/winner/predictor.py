"""The predictor: one fitted pipeline, or the average of several."""

from collections.abc import Sequence

from sklearn.base import BaseEstimator
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator

from automl.pipelines import Member, Rescaling
from automl.pipelines.building.build import make
from automl.pipelines.building.ensemble import member_names
from automl.pipelines.carried.rescaling import RescaledClassifier
from automl.problem import Problem
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
    predictor = _average(members, problem)
    data = problem.dataset
    if rescaling is None or data.classes is None:
        return predictor
    rescaled = make(rescaling.around(FrozenEstimator(predictor)))
    # Its parts are fitted already, so this fit only tells it the classes.
    return rescaled.fit(data.frame.iloc[: len(data.classes)], data.classes)


def _average(members: Sequence[FittedMember], problem: Problem) -> BaseEstimator:
    """Return the only pipeline, or the ensemble of several that are fitted already."""
    if len(members) == 1:
        return members[0].pipeline
    names = member_names([Member(member.genome) for member in members], problem.catalogue)
    frozen = [FrozenEstimator(member.pipeline) for member in members]
    estimators = list(zip(names, frozen, strict=True))
    weights = [member.weight for member in members]
    data = problem.dataset
    if data.classes is None:
        return VotingRegressor(estimators, weights=weights).fit(data.frame.iloc[:1], data.y[:1])
    ensemble = VotingClassifier(estimators, voting="soft", weights=weights)
    return ensemble.fit(data.frame.iloc[: len(data.classes)], data.classes)


def best_pipeline(predictor: BaseEstimator) -> BaseEstimator:
    """Return the best pipeline of a predictor, which may be an ensemble."""
    if isinstance(predictor, RescaledClassifier):
        return best_pipeline(predictor.estimator.estimator)
    if isinstance(predictor, VotingClassifier | VotingRegressor):
        return predictor.estimators[0][1].estimator
    return predictor
