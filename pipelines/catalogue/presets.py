"""Catalogues by name, with operators to include and exclude."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from automl.pipelines.catalogue import (
    bayes,
    boosting,
    catboost,
    dates_and_text,
    discriminant,
    encoding,
    expanding,
    forests,
    gaussian_process,
    generalized,
    imputing,
    kernels,
    lightgbm,
    linear,
    neighbors,
    neural,
    projecting,
    scaling,
    selecting,
    stacking,
    targets,
    trees,
    xgboost,
)
from automl.pipelines.catalogue.devices import on_device
from automl.pipelines.catalogue.toml import read_toml
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.flow_types import FlowType, Gappy
from automl.pipelines.operators.operator import PREPARING, Operator, Task

BOOSTED: tuple[Operator, ...] = (
    *boosting.OPERATORS,
    *xgboost.OPERATORS,
    *lightgbm.OPERATORS,
    *catboost.OPERATORS,
)
# Models, and operators around models or over their predictions: their types say their roles.
MODELS: tuple[Operator, ...] = (
    *linear.OPERATORS,
    *generalized.OPERATORS,
    *kernels.MODELS,
    *gaussian_process.OPERATORS,
    *neighbors.OPERATORS,
    *bayes.OPERATORS,
    *discriminant.OPERATORS,
    *trees.OPERATORS,
    *forests.OPERATORS,
    *BOOSTED,
    *neural.OPERATORS,
    *targets.OPERATORS,
    *stacking.OPERATORS,
)
# Operators on columns, by role: types alone cannot tell an imputer from a transformer.
STEPS: dict[str, tuple[Operator, ...]] = {
    "imputer": imputing.OPERATORS,
    "encoder": (*encoding.OPERATORS, *dates_and_text.OPERATORS),
    "scaler": scaling.OPERATORS,
    "kernel scaler": (kernels.SCALER,),
    "selector": selecting.OPERATORS,
    "transformer": (
        *imputing.INDICATORS,
        *scaling.ROWS,
        *projecting.OPERATORS,
        *expanding.OPERATORS,
    ),
}
LINEAR = {operator.name for operator in (*linear.OPERATORS, *generalized.OPERATORS)}
# Their time grows about as the number of rows, so that none of them needs a bound on rows.
FAST = {
    "decision_tree_classifier",
    "decision_tree_regressor",
    "gaussian_nb",
    "linear_discriminant_analysis",
    "logistic_regression",
    "ridge",
    *(operator.name for operator in (*forests.OPERATORS, *BOOSTED)),
}
SLOW_STEPS = {"knn_imputer", "regression_imputer", "category_crosser", "string_encoder"}
# Models that can be read from their coefficients, their leaves or their curves.
INTERPRETABLE = {
    "additive_boosting_classifier",
    "additive_boosting_regressor",
    "ard_regression",
    "bayesian_ridge",
    "decision_tree_classifier",
    "decision_tree_regressor",
    "elastic_net",
    "elastic_net_cv",
    "lasso",
    "lasso_cv",
    "linear_discriminant_analysis",
    "logistic_regression",
    "logistic_regression_cv",
    "logistic_regression_elastic_net",
    "logistic_regression_l1",
    "poisson_regressor",
    "gamma_regressor",
    "quantile_regressor",
    "ridge",
    "ridge_cv",
}
# Operators that `automl.onnx` has no form for; docs/onnx.md says why.
WITHOUT_ONNX = {
    "ada_boost_regressor",
    "bagged_svms_classifier",
    "gaussian_process_classifier",
    "gaussian_process_regressor",
    "knn_imputer",
    "regression_imputer",
    *(operator.name for operator in dates_and_text.OPERATORS),
}
# Steps after which a coefficient still belongs to a column, a category, a word or a range.
READABLE_STEPS = {
    "datetime_encoder",
    "max_abs_scaler",
    "min_max_scaler",
    "one_hot_encoder",
    "ordered_encoder",
    "ordinal_encoder",
    "robust_scaler",
    "simple_imputer",
    "spline_transformer",
    "standard_scaler",
    "tfidf_vectorizer",
    "log_target",
}


@cache
def _everything() -> Catalogue:
    """Return all operators, whether their packages are installed or not."""
    steps = [replace(operator, role=role) for role, family in STEPS.items() for operator in family]
    return Catalogue((*MODELS, *steps))


def lacking_packages(preset: str, task: Task) -> dict[str, list[str]]:
    """Return the operators of a preset that are left out, by the package that is not installed.

    Parameters
    ----------
    preset : str
        The name of a preset; files have none.
    task : {"classification", "regression"}
    """
    lacking: dict[str, list[str]] = {}
    operators = _everything().filter(PRESETS[preset]).values() if preset in PRESETS else ()
    for operator in operators:
        if operator.requires and task in operator.tasks and not operator.is_installed:
            lacking.setdefault(operator.requires, []).append(operator.name)
    return lacking


@cache
def _installed() -> Catalogue:
    return _everything().filter(lambda operator: operator.is_installed)


def _place(operator: Operator) -> tuple[str, FlowType | None]:
    """Return the place of an operator: operators with the same place can replace each other."""
    return operator.role, operator.takes if operator.role in PREPARING else None


def _linear(operator: Operator) -> bool:
    return operator.name in LINEAR if operator.is_model else not operator.is_stack


def _fast(operator: Operator) -> bool:
    if operator.is_model:
        return operator.name in FAST
    return operator.role in PREPARING and operator.name not in SLOW_STEPS


def _interpretable(operator: Operator) -> bool:
    return operator.name in INTERPRETABLE | READABLE_STEPS or operator.role == "selector"


def _onnx(operator: Operator) -> bool:
    return operator.name not in WITHOUT_ONNX


def _over_numbers(operator: Operator) -> Operator:
    """Return CatBoost over numbers: its own encoding of categories has no ONNX form."""
    return replace(operator, takes=Gappy) if operator in catboost.OPERATORS else operator


def _default(operator: Operator) -> bool:
    return True


PRESETS: dict[str, Callable[[Operator], bool]] = {
    "default": _default,
    "fast": _fast,
    "interpretable": _interpretable,
    "linear": _linear,
    "onnx": _onnx,
}


def load_catalogue(
    preset: str = "default",
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    template: str | None = None,
    device: str = "cpu",
) -> Catalogue:
    """Return a catalogue by the name of its preset, or from a file.

    Parameters
    ----------
    preset : {"default", "fast", "interpretable", "linear", "onnx"} or path
        The name of a preset, or of a TOML file, which names a preset and may add operators.
    include : sequence of str
        Operators to keep without the others of their roles: the name of a model leaves out all
        other models, but no imputer. An encoder, scaler or imputer leaves out only operators for
        the same input: an encoder of categories does not leave out encoders of dates.
    exclude : sequence of str
        Operators to leave out.
    template : str, optional
        The steps of every pipeline, as `Catalogue.with_template` takes them.
    device : {"cpu", "cuda"}
        The device of the fits of XGBoost, LightGBM and CatBoost, as far as these are built for it.

    Raises
    ------
    ValueError
        If there is no such preset or operator, with the nearest name; or if there is no such
        device, or no package that could use it.

    Examples
    --------
    >>> load_catalogue("default")["ridge"].path
    'sklearn.linear_model.Ridge'
    >>> catalogue = load_catalogue("linear", include=["ridge", "lasso"], exclude=["pca"])
    >>> [operator.name for operator in catalogue.values() if operator.is_model]
    ['ridge', 'lasso']
    """
    if preset.endswith(".toml"):
        settings, operators = read_toml(Path(preset))
        steps = settings.pop("template", None)
        catalogue = load_catalogue(**settings)
        for operator in operators:
            catalogue = catalogue.with_operator(operator)
        if steps is not None:  # set last, because a template may name an operator of the file
            catalogue = catalogue.with_template(steps)
    elif preset in PRESETS:
        catalogue = _installed().filter(PRESETS[preset])
        if preset == "onnx":
            catalogue = Catalogue(map(_over_numbers, catalogue.values()))
    else:
        raise ValueError(
            f"expected one of the catalogues {list(PRESETS)} or a .toml file, got {preset!r}"
        )
    uninstalled = set(_everything()) - set(_installed()) - set(catalogue)
    if name := next((name for name in include if name in uninstalled), None):
        package = _everything()[name].requires
        raise ValueError(f"{name!r} needs a package that is not installed; pip install {package}")
    exclude = [name for name in exclude if name not in uninstalled]
    named = catalogue.only(*include)
    places = {_place(operator) for operator in named.values()}
    selected = catalogue.without(*exclude).filter(
        lambda operator: operator.name in named or _place(operator) not in places
    )
    selected = on_device(selected, device)
    return selected if template is None else selected.with_template(template)
