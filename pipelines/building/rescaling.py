"""Probabilities on another scale, as a value."""

from dataclasses import dataclass
from typing import Any, ClassVar

from automl.pipelines.operators.calls import Call

RESCALED = "automl.pipelines.carried.rescaling.RescaledClassifier"


@dataclass(frozen=True)
class Rescaling:
    """How the probabilities of a classifier are changed.

    Examples
    --------
    >>> call = Rescaling(0.5, (0.0, 1.0)).around(Call("sklearn.naive_bayes.GaussianNB", {}))
    >>> call.settings["slope"], call.settings["shifts"]
    (0.5, [0.0, 1.0])
    """

    step: ClassVar[str] = "rescaled"
    """The name of the last step of a pipeline that is rescaled."""
    slope: float
    """The power that the probabilities are raised to."""
    shifts: tuple[float, ...]
    """The summand of every class's logarithms."""

    def around(self, classifier: Any) -> Call:
        """Return the call of a `RescaledClassifier` around a classifier, or its call."""
        settings = {"estimator": classifier, "slope": self.slope, "shifts": list(self.shifts)}
        return Call(RESCALED, settings)
