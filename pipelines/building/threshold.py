"""A decision threshold that was set after the fit, as a value."""

from dataclasses import dataclass
from typing import Any, ClassVar

from automl.pipelines.operators.calls import Call

FIXED = "sklearn.model_selection.FixedThresholdClassifier"


@dataclass(frozen=True)
class FixedThreshold:
    """From which probability on a row is of the second class.

    Examples
    --------
    >>> call = FixedThreshold(0.3).around(Call("sklearn.naive_bayes.GaussianNB", {}))
    >>> call.settings["threshold"]
    0.3
    """

    step: ClassVar[str] = "threshold"
    """The name of the last step of a pipeline that has a threshold."""
    value: float
    """The probability."""

    def around(self, classifier: Any) -> Call:
        """Return the call of scikit-learn's class around a classifier, or its call."""
        settings = {"estimator": classifier, "threshold": self.value}
        return Call(FIXED, {**settings, "response_method": "predict_proba"})
