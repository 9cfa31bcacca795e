"""The device of boosted trees: the processor, or a GPU by CUDA.

::

    load_catalogue("default", device="cuda") ──► the same operators, with a switch among the fixed
                                                 settings of XGBoost, LightGBM and CatBoost

A switch is a constant, so an exported script has it at its head. All else stays as it is on the
processor: the settings that are searched are taken on a GPU, too.
"""

from collections.abc import Mapping
from dataclasses import replace

from automl.pipelines.catalogue import catboost, lightgbm, xgboost
from automl.pipelines.catalogue.cuda import find_cuda
from automl.pipelines.operators.calls import Constant
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.operator import Operator

DEVICES = ("cpu", "cuda")
DEVICE, TASK_TYPE = Constant("DEVICE", "cuda"), Constant("TASK_TYPE", "GPU")
SWITCHES: Mapping[str, Mapping[str, Constant]] = {
    "xgboost": {"device": DEVICE},
    "lightgbm": {"device_type": DEVICE},
    "catboost": {"task_type": TASK_TYPE},
}
PACKAGES = {
    operator.name: package
    for package, family in (("xgboost", xgboost), ("lightgbm", lightgbm), ("catboost", catboost))
    for operator in family.OPERATORS
}
REASON = "a GPU makes fits of many rows faster"


def on_device(catalogue: Catalogue, device: str) -> Catalogue:
    """Return a catalogue whose boosted trees are fitted on a device.

    Operators of a package that was not built for CUDA stay on the processor; `left_on_cpu` names
    them.

    Parameters
    ----------
    catalogue : Catalogue
    device : {"cpu", "cuda"}

    Raises
    ------
    ValueError
        If there is no such device, or no package that could use it.
    """
    if device not in DEVICES:
        raise ValueError(f"expected device in {list(DEVICES)}, got {device!r}")
    if device == "cpu":
        return catalogue
    cuda = find_cuda()
    if cuda.n_devices == 0:
        raise ValueError(
            "device='cuda' needs a GPU, and CUDA sees none; look at `nvidia-smi` and at "
            "CUDA_VISIBLE_DEVICES, or leave device='cpu'"
        )
    packages = {PACKAGES[name] for name in catalogue if name in PACKAGES}
    if not packages & cuda.packages:
        raise ValueError(
            f"device='cuda' needs one of {sorted(SWITCHES)} in the catalogue and built for CUDA, "
            f"got {sorted(packages)} built without; install such a build, or leave device='cpu'"
        )
    return Catalogue(
        (
            _switched(operator) if PACKAGES.get(operator.name) in cuda.packages else operator
            for operator in catalogue.values()
        ),
        catalogue.template,
    )


def _switched(operator: Operator) -> Operator:
    switch = SWITCHES[PACKAGES[operator.name]]
    reasons = {**operator.reasons, **dict.fromkeys(switch, REASON)}
    return replace(operator, fixed={**operator.fixed, **switch}, reasons=reasons)


def on_processor(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue all of whose operators are fitted by the processor."""
    return Catalogue(map(_unswitched, catalogue.values()), catalogue.template)


def _unswitched(operator: Operator) -> Operator:
    fixed = {name: value for name, value in operator.fixed.items() if not _is_switch(value)}
    return replace(operator, fixed=fixed)


def _is_switch(value: object) -> bool:
    return value in (DEVICE, TASK_TYPE)


def uses_device(operator: Operator) -> bool:
    """Tell whether an operator is fitted on a GPU."""
    return any(map(_is_switch, operator.fixed.values()))


def left_on_cpu(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the boosted trees that stay on the processor beside others on a GPU, by package."""
    if not any(uses_device(operator) for operator in catalogue.values()):
        return {}
    names: dict[str, list[str]] = {}
    for name, operator in catalogue.items():
        if name in PACKAGES and not uses_device(operator):
            names.setdefault(PACKAGES[name], []).append(name)
    return names
