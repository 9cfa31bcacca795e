"""What may stand around the last step of a pipeline: a rescaling, and a threshold around that."""

from automl.pipelines.building.build import PIPELINE
from automl.pipelines.building.rescaling import Rescaling
from automl.pipelines.building.threshold import FixedThreshold
from automl.pipelines.operators.calls import Call

Wrapper = Rescaling | FixedThreshold
"""What makes a classifier of a classifier."""


def wrappers_of(rescaling: Rescaling | None, threshold: float | None) -> list[Wrapper]:
    """Return what stands around a classifier, from the inside to the outside.

    Parameters
    ----------
    rescaling : Rescaling or None
        The change of the probabilities.
    threshold : float or None
        The probability from which a row is of the second class.

    Examples
    --------
    >>> wrappers_of(None, 0.3)
    [FixedThreshold(value=0.3)]
    """
    fixed = None if threshold is None else FixedThreshold(threshold)
    return [wrapper for wrapper in (rescaling, fixed) if wrapper is not None]


def with_last_step(pipeline: Call, wrapper: Wrapper) -> Call:
    """Return the call of a pipeline whose last step has a wrapper around it.

    Parameters
    ----------
    pipeline : Call
    wrapper : Rescaling or FixedThreshold

    Examples
    --------
    >>> steps = [("gaussian_nb", Call("sklearn.naive_bayes.GaussianNB"))]
    >>> call = with_last_step(Call(PIPELINE, {"steps": steps}), FixedThreshold(0.3))
    >>> [name for name, _ in call.settings["steps"]]
    ['threshold']
    """
    *steps, (_, classifier) = pipeline.settings["steps"]
    return Call(PIPELINE, {"steps": [*steps, (wrapper.step, wrapper.around(classifier))]})
