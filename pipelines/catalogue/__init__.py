"""The operators that ship with the project, one family a file, declarations only.

Models
    `linear`, `kernels`, `neighbors`, `bayes`, `forests`, `boosting`, `neural`, `baseline`
Columns to numbers
    `imputing`, `encoding`
Numbers to numbers
    `scaling`, `selecting`, `projecting`, `expanding`

Ranges follow public search spaces; every default is that of the class unless `reasons` says why.
"""

from automl.pipelines.catalogue import (
    bayes,
    boosting,
    encoding,
    expanding,
    forests,
    imputing,
    kernels,
    linear,
    neighbors,
    neural,
    projecting,
    scaling,
    selecting,
)
from automl.pipelines.catalogue.baseline import BASELINES
from automl.pipelines.operator import Catalogue

__all__ = ["BASELINES", "load_catalogue"]

FAMILIES = (
    linear,
    kernels,
    neighbors,
    bayes,
    forests,
    boosting,
    neural,
    imputing,
    encoding,
    scaling,
    selecting,
    projecting,
    expanding,
)
PRESETS = {"default": FAMILIES}


def load_catalogue(preset: str = "default") -> Catalogue:
    """Return a catalogue by the name of its preset.

    Parameters
    ----------
    preset : {"default"}

    Raises
    ------
    ValueError
        If there is no such preset.

    Examples
    --------
    >>> load_catalogue("default")["ridge"].path
    'sklearn.linear_model.Ridge'
    """
    if preset not in PRESETS:
        raise ValueError(f"expected one of the catalogues {list(PRESETS)}, got {preset!r}")
    return Catalogue(operator for family in PRESETS[preset] for operator in family.OPERATORS)
