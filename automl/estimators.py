"""Both estimators by their tasks, and `load`, which returns one from a file."""

import os

from automl.classifier import AutoMLClassifier
from automl.errors import FileError, warn
from automl.pipelines import Catalogue, load_catalogue
from automl.pipelines.operators.operator import Task
from automl.problem.pose import resolve_catalogue
from automl.regressor import AutoMLRegressor
from automl.winner.model_file import read_model

ESTIMATORS: dict[Task, type[AutoMLClassifier] | type[AutoMLRegressor]] = {
    "classification": AutoMLClassifier,
    "regression": AutoMLRegressor,
}


def load(
    path: str | os.PathLike[str], *, catalogue: str | Catalogue | None = None
) -> AutoMLClassifier | AutoMLRegressor:
    """Return the estimator that `save` wrote to a file.

    Parameters
    ----------
    path : path
    catalogue : str or Catalogue, optional
        The one that the estimator was fitted with, where that has operators of your own. Files with
        classes that neither it nor the shipped operators name are refused.

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor
        Fitted; it predicts and exports as the one that was saved, and has its parameters.

    Raises
    ------
    FileError
        If the file is something else, was changed, needs a package that is not installed, or holds
        types that no operator names.

    Warns
    -----
    AutoMLWarning
        If the file cannot hold parameters, such as functions and splitters; these have their
        defaults.
    """
    operators = load_catalogue() if catalogue is None else resolve_catalogue(catalogue)
    defaults = {task: class_().get_params(deep=False) for task, class_ in ESTIMATORS.items()}
    model = read_model(path, operators, defaults)
    estimator = ESTIMATORS[model.fitted.task](**model.parameters)
    try:
        estimator._keep(model.fitted)
    except Exception as error:  # such as a table that lacks a column
        raise FileError(
            f"{os.fspath(path)!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if model.omitted:
        omitted = ", ".join(f"{name} ({kind})" for name, kind in model.omitted.items())
        warn(
            f"{os.fspath(path)!r} was saved without these parameters, so they have their defaults: "
            f"{omitted}; set them by set_params"
        )
    return estimator
