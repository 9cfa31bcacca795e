"""A fitted estimator in a file, and back: skops' format, from which nothing is unpickled.

The file holds the pipeline, and as JSON what the estimator knows about it. Only types that a
pipeline of the catalogue can be made of are let in.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from automl.errors import FileError
from automl.estimators import AutoMLClassifier, AutoMLRegressor, write_whole
from automl.pipelines import Columns, load_catalogue

FORMAT = 1
KINDS = {"classification": AutoMLClassifier, "regression": AutoMLRegressor}
PLAIN_PARAMETERS = ("time_budget", "max_evaluations", "n_jobs", "random_state", "verbose")
PARTS = (  # what scikit-learn, xgboost and skrub keep inside their estimators
    "automl.pipelines.carried.boosting.LabelXGBClassifier",
    "automl.pipelines.carried.frame.read_cells",
    "automl.pipelines.carried.kernels.KernelScaler",
    "numpy.dtype",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "skrub._apply_to_cols.ApplyToCols",
    "skrub._apply_to_each_col.ApplyToEachCol",
    "skrub._datetime_encoder.DatetimeEncoder",
    "skrub._to_datetime.ToDatetime",
    "skrub.selectors._base.All",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
    "xgboost.sklearn.XGBRegressor",
)


def save(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted estimator to a file.

    Parameters
    ----------
    estimator : AutoMLClassifier or AutoMLRegressor
        Fitted with ``refit=True``.
    path : path
        The file; it is replaced as a whole or not at all.
    """
    columns = estimator.columns_
    about = {
        "format": FORMAT,
        "task": estimator._task,
        "parameters": {name: getattr(estimator, name) for name in PLAIN_PARAMETERS},
        "columns": {
            "numeric": columns.numeric,
            "categorical": columns.categorical,
            "dates": columns.dates,
            "dropped": dict(columns.dropped),
            "reads_missing_texts": columns.reads_missing_texts,
        },
        "column_names": estimator._column_names,
        "has_feature_names": hasattr(estimator, "feature_names_in_"),
        "target": estimator._target,
        "best_score": estimator.best_score_,
        "best_genome": estimator.best_genome_,
        "script": estimator.script_,
        "leaderboard": estimator.leaderboard_.to_dict("list"),
    }
    classes = getattr(estimator, "classes_", None)
    content = {"about": json.dumps(about), "classes": classes, "pipeline": estimator.best_pipeline_}
    write_whole(Path(path), skops.io.dumps(content))


def load(path: str | os.PathLike[str]) -> AutoMLClassifier | AutoMLRegressor:
    """Return the estimator that was saved to a file.

    Parameters
    ----------
    path : path

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor
        Fitted; it predicts and exports as the one that was saved.

    Raises
    ------
    FileError
        If the file is not a saved estimator, or holds types that no pipeline is made of.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - _known_types())
        if unknown:
            raise FileError(f"{str(path)!r} holds types that no pipeline is made of: {unknown}")
        saved = skops.io.loads(content, trusted=sorted(_known_types()))
        return _restored(saved, json.loads(saved["about"]))
    except FileError:
        raise
    except Exception as error:  # noqa: BLE001 whatever a file that is something else leads to
        raise FileError(
            f"{str(path)!r} is not an estimator that this version saved: "
            f"{type(error).__name__}: {error}"
        ) from error


def _known_types() -> set[str]:
    operators = load_catalogue().values()
    wrappers = {operator.wrapper.path for operator in operators if operator.wrapper}
    return {operator.path for operator in operators} | wrappers | set(PARTS)


def _restored(saved: dict[str, Any], about: dict[str, Any]) -> AutoMLClassifier | AutoMLRegressor:
    estimator: Any = KINDS[about["task"]](**about["parameters"])
    kinds = {name: value for name, value in about["columns"].items()}
    estimator.columns_ = Columns(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in kinds.items()}
    )
    estimator.best_pipeline_ = saved["pipeline"]
    estimator.best_score_ = about["best_score"]
    estimator.best_genome_ = about["best_genome"]
    estimator.script_ = about["script"]
    estimator.leaderboard_ = pd.DataFrame(about["leaderboard"])
    estimator.n_features_in_ = len(about["column_names"])
    estimator._column_names = about["column_names"]
    estimator._target = about["target"]
    if about["has_feature_names"]:
        estimator.feature_names_in_ = np.array(about["column_names"], dtype=object)
    if saved["classes"] is not None:
        estimator.classes_ = saved["classes"]
    return estimator  # type: ignore[no-any-return]
