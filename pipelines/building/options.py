"""What every estimator of a problem is built with."""

from dataclasses import dataclass

from automl.pipelines.operators.calls import Call


@dataclass(frozen=True)
class BuildOptions:
    """What every estimator of a problem is built with, whatever its genome."""

    random_state: int
    """The seed of every operator that draws."""
    quantile: float | tuple[float, ...] | None = None
    """The quantile that models predict, or several; the mean if there is none."""
    threshold: str | Call | None = None
    """The score that the threshold between two classes is tuned for; a half if there is none."""
    n_outputs: int = 1
    """The number of targets that are predicted at once."""
