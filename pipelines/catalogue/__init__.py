"""The operators that ship with the project, one family a file, declarations only.

Models
    `linear`, `generalized`, `kernels`, `gaussian_process`, `neighbors`, `bayes`, `discriminant`,
    `trees`, `forests`, `boosting`, `xgboost`, `lightgbm`, `catboost`, `neural`,
    `baseline`
Around models
    `targets`, `stacking`
Columns to numbers
    `imputing`, `encoding`, `dates_and_text`
Numbers to numbers
    `scaling`, `selecting`, `projecting`, `expanding`
By name
    `presets`, `toml`
On a GPU
    `devices`, `cuda`

Ranges follow public search spaces. Every default is that of the class unless `reasons` says why.
Bounds on rows and columns keep a fit with other settings from taking minutes on one core; where a
bound follows from the algorithm, a comment says how.

Fitted estimators hold types that skops does not trust by itself. These stand in `parts`, or in a
constant of the family's file whose name ends in `_PARTS`.
"""

from automl.pipelines.catalogue.baseline import BASELINES
from automl.pipelines.catalogue.devices import left_on_cpu, on_processor, uses_device
from automl.pipelines.catalogue.presets import lacking_packages, load_catalogue

__all__ = [
    "BASELINES",
    "lacking_packages",
    "left_on_cpu",
    "load_catalogue",
    "on_processor",
    "uses_device",
]
