"""A fitted pipeline in a file, and back: skops' format, from which nothing is unpickled.

The file holds the pipeline, and as JSON what an estimator knows about it. Only types that a
pipeline of the catalogue can be made of are let in.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl.errors import FileError
from automl.files import write_whole
from automl.pipelines import Catalogue

FORMAT = 3  # of the facts; it changes when older files cannot be read any more
PARTS = (  # what scikit-learn, xgboost, lightgbm and skrub keep inside their estimators
    "automl.pipelines.carried.boosting.LabelXGBClassifier",
    "automl.pipelines.carried.bagging.FoldBaggingClassifier",
    "automl.pipelines.carried.bagging.FoldBaggingRegressor",
    "automl.pipelines.carried.rescaling.RescaledClassifier",
    "automl.pipelines.carried.expanding.row_statistics",
    "automl.pipelines.carried.frame.read_cells",
    "automl.pipelines.carried.frame.read_dates",
    "automl.pipelines.carried.frame.read_durations",
    "automl.pipelines.carried.frame.read_numbers",
    "automl.pipelines.carried.frame.read_texts",
    "automl.pipelines.carried.imputing.missing_cells",
    "automl.pipelines.carried.kernels.KernelScaler",
    "automl.pipelines.carried.selecting.mutual_info_of_classes",
    "automl.pipelines.carried.selecting.mutual_info_of_numbers",
    "automl.pipelines.carried.tables.number_columns",
    "automl.pipelines.carried.targets.BoundedTarget",
    "collections.OrderedDict",
    "functools.partial",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "numpy.dtype",
    "numpy.expm1",
    "numpy.log1p",
    "numpy.mean",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "scipy.sparse._csr.csr_matrix",
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Matern",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.Sum",
    "sklearn.gaussian_process.kernels.WhiteKernel",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.metrics._classification.accuracy_score",
    "sklearn.metrics._classification.balanced_accuracy_score",
    "sklearn.metrics._classification.f1_score",
    "sklearn.metrics._classification.jaccard_score",
    "sklearn.metrics._classification.matthews_corrcoef",
    "sklearn.metrics._classification.precision_score",
    "sklearn.metrics._classification.recall_score",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils._metadata_requests.MetadataRequest",
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
    "sklearn.utils.validation.check_array",
    "skrub._apply_to_cols.ApplyToCols",
    "skrub._apply_to_each_col.ApplyToEachCol",
    "skrub._datetime_encoder.DatetimeEncoder",
    "skrub._minhash_encoder.MinHashEncoder",
    "skrub._string_encoder.StringEncoder",
    "skrub._to_datetime.ToDatetime",
    "skrub._to_str.ToStr",
    "skrub._utils.LRUDict",
    "skrub.selectors._base.All",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
    "xgboost.sklearn.XGBRegressor",
)


def write_model(path: str | os.PathLike[str], pipeline: Any, facts: Mapping[str, Any]) -> None:
    """Write a fitted pipeline with plain facts about it.

    Parameters
    ----------
    path : path
        The file; it is replaced as a whole or not at all.
    pipeline : Pipeline
    facts : mapping
        Whatever JSON can hold.
    """
    import skops.io

    about = json.dumps({"format": FORMAT, **facts})
    write_whole(path, skops.io.dumps({"about": about, "pipeline": pipeline}))


def read_model(path: str | os.PathLike[str], catalogue: Catalogue) -> tuple[Any, dict[str, Any]]:
    """Return the pipeline and the facts that `write_model` wrote.

    Parameters
    ----------
    path : path
    catalogue : Catalogue
        The operators that the pipeline may be made of.

    Raises
    ------
    FileError
        If the file is something else, or holds types that no pipeline is made of.
    """
    import skops.io

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    try:
        known = known_types(catalogue)
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - known)
        if not unknown:
            saved = skops.io.loads(content, trusted=sorted(known))
            facts = json.loads(saved["about"])
            if facts["format"] == FORMAT:
                return saved["pipeline"], facts
            unknown = [f"format {facts['format']}, where {FORMAT} is expected"]
    except Exception as error:
        raise FileError(
            f"{str(path)!r} is not a model that this version saved: {type(error).__name__}: {error}"
        ) from error
    raise FileError(f"{str(path)!r} holds what no pipeline is made of: {unknown}")


def known_types(catalogue: Catalogue) -> set[str]:
    """Return the types that a file may hold."""
    operators = catalogue.values()
    wrappers = {operator.wrapper.path for operator in operators if operator.wrapper}
    final = {operator.final_path for operator in operators if operator.final_path}
    return {operator.path for operator in operators} | wrappers | final | set(PARTS)
