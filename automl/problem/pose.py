"""The problem that data and settings pose."""

import os
from dataclasses import replace
from numbers import Integral
from typing import Any

from sklearn.model_selection import TimeSeriesSplit

from automl.errors import DataError, SettingsError, warn
from automl.pipelines import Bagging, Catalogue, load_catalogue
from automl.pipelines.catalogue import BASELINES, lacking_packages, left_on_cpu
from automl.pipelines.operators.operator import Task
from automl.problem.dataset import Dataset
from automl.problem.metric import Metric
from automl.problem.objectives import Scorings, resolve_objectives
from automl.problem.problem import Problem, accepts_weights
from automl.problem.scorable import Scorable
from automl.problem.scored_splits import scored_outer
from automl.problem.splits import NestedCV
from automl.problem.structure import Structure
from automl.problem.thrift import Thrift, thrift_of


def pose_problem(
    dataset: Dataset,
    *,
    catalogue: str | Catalogue,
    cv: NestedCV,
    scoring: Scorings,
    seed: int,
    refit: bool | str = True,
    seconds: float | None = None,
    thrift: Thrift | None = None,
) -> Problem:
    """Return the problem that data and settings pose.

    Parameters
    ----------
    dataset : Dataset
    catalogue : str, path or Catalogue
        The operators, by the name of a preset, by a file, or as they are.
    cv : NestedCV
    scoring : str, callable, Quantile, TunedThreshold, None, or a list of these
    seed : int
        The seed of the folds, and of every operator that draws.
    refit : bool or "bagged"
        How the final fits are made: on all rows, not at all, or on folds.
    seconds : float or None
        The budget of the fit. Where the default folds would leave it too few pipelines, one
        hold-out takes their place. Where all rows would, pipelines learn from some.
    thrift : Thrift or None
        What was saved in the run that is resumed or whose pipelines are fitted again; None for a
        new run.

    Raises
    ------
    DataError, SettingsError
        If the data do not allow the folds, or a setting is not understood.
    """
    operators = _operators_for(dataset, catalogue)
    metric, objectives = resolve_objectives(scoring, dataset.task, dataset.classes)
    if metric.quantile is not None and dataset.n_outputs > 1:
        raise SettingsError(
            f"a quantile is predicted of one target, got {dataset.n_outputs}; fit one for each"
        )
    if metric.threshold is not None and dataset.sample_weight is not None:
        raise SettingsError(
            "a decision threshold cannot be tuned with sample_weight; leave one of them out"
        )
    if refit not in (True, False, "bagged"):
        raise SettingsError(f"expected refit in [True, False, 'bagged'], got {refit!r}")
    may_hold_out = not cv.names_folds and refit != "bagged"  # a bag is made of the folds
    cv = cv.with_folds()
    if refit == "bagged":
        _check_bag(dataset, cv, metric)
    if dataset.times is not None:
        cv = _folds_in_time(cv, dataset, refit)
    scorable = Scorable(dataset, metric)
    splits = scored_outer(dataset, cv, seed, scorable)
    if thrift is None:
        thrift = thrift_of(dataset, seconds, seed, may_hold_out=may_hold_out)
        for message in thrift.sentences(dataset, seed):
            warn(message)
    elif thrift != Thrift():
        warn(thrift.resumed(dataset, seed))
    learnt_rows = thrift.learnt_rows(dataset, seed)
    splits = thrift.splits(scorable, splits, learnt_rows, seed)
    bagging = None
    if refit == "bagged":
        n_folds = len(splits) // cv.repeats_of(len(dataset))  # fewer than asked for on few rows
        bagging = Bagging(dataset.task, n_folds, seed)
    problem = Problem(
        dataset=dataset,
        catalogue=operators.with_operator(BASELINES[dataset.task]),
        splits=splits,
        metric=metric,
        seed=seed,
        cv=cv,
        bagging=bagging,
        structure=_ignored_structure(dataset, cv),
        objectives=objectives,
        learnt_rows=learnt_rows,
    )
    for message in problem.structure.sentences(dataset.frame):
        warn(message)
    return problem if all(problem.inner_splits) else _untuned(problem)


def _operators_for(dataset: Dataset, catalogue: str | Catalogue) -> Catalogue:
    """Return the operators that make sense for the data; those that are not there are warned of."""
    operators = resolve_catalogue(catalogue)
    if isinstance(catalogue, str):
        for package, names in lacking_packages(catalogue, dataset.task).items():
            warn(f"{package} is not installed, so {names} are left out; pip install {package}")
    for package, names in left_on_cpu(operators).items():
        warn(
            f"{package} has no CUDA here, so {names} stay on the CPU; install a build of {package} "
            "with CUDA, or leave them out by without(...)"
        )
    # An operator that makes no difference here would only make the space of pipelines larger.
    if not dataset.has_gaps:
        operators = operators.without_gaps()
    return operators if dataset.sample_weight is None else _weighted(operators, dataset.task)


def _check_bag(dataset: Dataset, cv: NestedCV, metric: Metric) -> None:
    """Raise an error where fits on folds cannot be averaged as an exported script does it."""
    # The bag draws folds of its own, as an exported script does: from a number, not a splitter.
    if not isinstance(cv.outer, Integral):
        raise SettingsError(
            f"refit='bagged' needs a number of folds, got cv={cv.outer!r}; take refit=True"
        )
    if dataset.groups is not None:
        raise SettingsError("refit='bagged' does not work with groups; take refit=True")
    if metric.threshold is not None:
        raise SettingsError(
            "refit='bagged' averages probabilities, but TunedThreshold predicts labels; take "
            "refit=True"
        )
    if isinstance(dataset.classes, list):
        raise SettingsError(
            f"refit='bagged' averages the probabilities of one target, got {dataset.n_outputs}; "
            "take refit=True"
        )


def _folds_in_time(cv: NestedCV, dataset: Dataset, refit: bool | str) -> NestedCV:
    """Return folds that are drawn once, for their order is that of time.

    Raises
    ------
    SettingsError
        If they are to be drawn several times, or a bag needs folds at random.
    """
    if (cv.repeats or 1) > 1:
        raise SettingsError(
            f"folds that follow time are the same at every draw, got repeats={cv.repeats}; leave "
            "repeats out"
        )
    if refit == "bagged":
        raise SettingsError("refit='bagged' does not work with time; take refit=True")
    if not isinstance(cv.outer, Integral | TimeSeriesSplit):
        warn(
            f"cv={cv.outer!r} takes no notice of time; give a number of folds or a TimeSeriesSplit"
        )
    elif dataset.groups is not None:
        warn("folds that follow time take no notice of groups: a group may be on both sides")
    return replace(cv, repeats=1) if isinstance(cv.outer, Integral) else cv


def _ignored_structure(dataset: Dataset, cv: NestedCV) -> Structure:
    """Return the structure that the folds ignore; who gives splits has thought of it."""
    if not isinstance(cv.outer, Integral) or dataset.times is not None:
        return Structure()
    structure = dataset.structure
    return structure if dataset.groups is None else replace(structure, groups=None)


def _weighted(operators: Catalogue, task: Task) -> Catalogue:
    """Return the operators that work with sample weights.

    Raises
    ------
    SettingsError
        If no model is among them.
    """
    weighted = operators.filter(accepts_weights)
    models, weighted_models = (
        [
            operator.name
            for operator in part.values()
            if operator.is_model and task in operator.tasks
        ]
        for part in (operators, weighted)
    )
    if models and not weighted_models:
        raise SettingsError(
            f"expected a model that takes sample_weight, got {models[:5]}; leave out the weights "
            "or include another model"
        )
    return weighted


def _untuned(problem: Problem) -> Problem:
    """Return the problem without tuning, whose folds would have no score.

    Raises
    ------
    DataError
        If the user named the tuner.
    """
    tuner = problem.cv.tuner
    if problem.cv.tunes_inside:
        raise DataError(
            f"tuner={tuner!r} compares settings inside of every training part, but a class or its "
            f"groups are too few for folds with a score of {problem.metric.name} there; take "
            "tuner='auto', or give more rows"
        )
    return replace(problem, cv=replace(problem.cv, tuner=None))


def resolve_catalogue(catalogue: Any) -> Catalogue:
    """Return the catalogue that an argument stands for: the name of a preset or a file, or itself.

    Raises
    ------
    SettingsError
        If there is no such catalogue.
    """
    if isinstance(catalogue, Catalogue):
        return catalogue
    if isinstance(catalogue, os.PathLike):
        catalogue = os.fspath(catalogue)
    if not isinstance(catalogue, str):
        raise SettingsError(f"expected a catalogue or the name of one, got {catalogue!r}")
    try:
        return load_catalogue(catalogue)
    except ValueError as error:
        raise SettingsError(str(error)) from error
