"""The operators that ship with the project, one family a file, declarations only.

Models
    `linear`, `generalized`, `kernels`, `gaussian_process`, `neighbors`, `bayes`, `discriminant`,
    `trees`, `forests`, `boosting`, `optional`, `neural`, `baseline`
Around models
    `targets`, `stacking`
Columns to numbers
    `imputing`, `encoding`, `dates_and_text`
Numbers to numbers
    `scaling`, `selecting`, `projecting`, `expanding`
By name
    `presets`, `toml`

Ranges follow public search spaces; every default is that of the class unless `reasons` says why.
"""

from automl.pipelines.catalogue.baseline import BASELINES
from automl.pipelines.catalogue.presets import load_catalogue

__all__ = ["BASELINES", "load_catalogue"]
