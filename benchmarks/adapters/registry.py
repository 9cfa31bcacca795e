"""Adapters by name. A tool is imported in the child process only; it may not be installed."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.adapters.adapter import Adapter
from benchmarks.errors import AdapterError

ADAPTERS = {
    "automl": "benchmarks.adapters.ours:AutoML",
    "automl_single": "benchmarks.adapters.ours:AutoMLSingle",
    "random_forest": "benchmarks.adapters.random_forest:RandomForest",
    "tuned_random_forest": "benchmarks.adapters.tuned_random_forest:TunedRandomForest",
    "hist_gradient_boosting": "benchmarks.adapters.hist_gradient_boosting:HistGradientBoosting",
    "xgboost_default": "benchmarks.adapters.default_boosters:XGBoostDefault",
    "lightgbm_default": "benchmarks.adapters.default_boosters:LightGBMDefault",
    "catboost_default": "benchmarks.adapters.default_boosters:CatBoostDefault",
    "dummy": "benchmarks.adapters.dummy:Dummy",
    "tpot": "benchmarks.adapters.tpot:TPOT",
    "tpot_classic": "benchmarks.adapters.tpot_classic:TPOTClassic",
    "flaml": "benchmarks.adapters.flaml:FLAML",
    "flaml_ensemble": "benchmarks.adapters.flaml:FLAMLEnsemble",
    "gama": "benchmarks.adapters.gama:GAMA",
    "autogluon_medium": "benchmarks.adapters.autogluon:AutoGluonMedium",
    "autogluon_best": "benchmarks.adapters.autogluon:AutoGluonBest",
    "h2o": "benchmarks.adapters.h2o:H2O",
    "mljar": "benchmarks.adapters.mljar:Mljar",
    "lightautoml": "benchmarks.adapters.lightautoml:LightAutoML",
    "auto_sklearn": "benchmarks.adapters.auto_sklearn:AutoSklearn",
    "optuna_xgboost": "benchmarks.adapters.optuna_boosters:OptunaXGBoost",
    "optuna_hist_gradient_boosting": (
        "benchmarks.adapters.optuna_boosters:OptunaHistGradientBoosting"
    ),
}


def check_adapter(name: str) -> None:
    """Raise an error if there cannot be an adapter of this name.

    Raises
    ------
    AdapterError
        If it is neither one of `ADAPTERS` nor of the form ``module:Class``.
    """
    # At once, because a mistyped name would otherwise end a run after hours.
    if name not in ADAPTERS and ":" not in name:
        raise AdapterError(
            f"expected an adapter out of {list(ADAPTERS)} or module:Class, got {name!r}"
        )
    if name.startswith("automl") and not _is_installed():
        raise AdapterError(
            "automl cannot be imported here: install this checkout with `pip install -e .`, since "
            "from its folder Python finds ./automl before an installed copy"
        )


def check_source(name: str) -> None:
    """Raise an error if the file of an adapter is not there, or does not have its class.

    The file is not imported: what it needs may be installed in another environment.

    Raises
    ------
    AdapterError
        With what was looked for.
    """
    module, _, attribute = ADAPTERS.get(name, name).partition(":")
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise AdapterError(
            f"expected a module {module!r} for the adapter {name!r}: a file in this folder, or an "
            "installed package"
        )
    # By its text: the class may be defined in ways that only an import would show.
    if attribute not in re.findall(r"\w+", Path(spec.origin).read_text("utf-8")):
        raise AdapterError(f"expected a class {attribute!r} in {spec.origin}, found none")


def adapter_module(name: str) -> str:
    """Return the module in which an adapter is.

    Parameters
    ----------
    name : str
    """
    return ADAPTERS.get(name, name).partition(":")[0]


def _is_installed() -> bool:
    try:
        return find_spec("automl.pipelines") is not None
    except ModuleNotFoundError:
        return False


def load_adapter(name: str) -> type[Adapter]:
    """Import the class of an adapter.

    Raises
    ------
    AdapterError
        If there is none.
    """
    check_adapter(name)
    module, _, attribute = ADAPTERS.get(name, name).partition(":")
    try:
        adapter: type[Adapter] = getattr(import_module(module), attribute)
    except AttributeError as error:
        raise AdapterError(f"expected a class {attribute} in module {module}: {error}") from error
    return adapter
