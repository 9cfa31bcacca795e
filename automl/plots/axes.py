"""The axes that a display draws on, and the explanation that some of them need."""

from typing import Any

from sklearn.utils.validation import check_is_fitted

from automl.errors import SettingsError
from automl.explanation import Explanation


def axes_or_new(ax: Any) -> Any:
    """Return axes to draw on; new ones are of pyplot, so that a notebook shows them.

    Raises
    ------
    SettingsError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        raise SettingsError(
            "plots need matplotlib, which is not installed: pip install 'automl-gp[plots]'"
        ) from error
    return plt.subplots()[1] if ax is None else ax


def explanation_of(search: Any) -> Explanation:
    """Return the explanation that a fitted estimator keeps.

    Raises
    ------
    SettingsError
        If it has none.
    """
    check_is_fitted(search)
    explanation: Explanation | None = getattr(search, "explanation_", None)
    if explanation is None:
        raise SettingsError(
            "expected an estimator with an explanation, got one without; call search.explain(X, y) "
            "with the rows of the fit first"
        )
    return explanation
