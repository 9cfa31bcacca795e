"""What all displays share: how they draw, and the explanation that some of them need."""

from abc import ABC, abstractmethod
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from automl.errors import SettingsError
from automl.explanation import Explanation


class Display(ABC):
    """A plot that can be drawn more than once.

    Attributes
    ----------
    ax_, figure_ : matplotlib axes and figure
        Those of the last drawing.
    """

    def plot(self, ax: Any = None) -> Self:
        """Draw.

        Parameters
        ----------
        ax : matplotlib axes, optional
            By default those of a new figure.

        Returns
        -------
        Self

        Raises
        ------
        SettingsError
            If matplotlib is not installed.
        """
        ax = _axes_or_new(ax)
        self._draw(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @abstractmethod
    def _draw(self, ax: Any) -> None:
        """Draw on axes."""


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


def _axes_or_new(ax: Any) -> Any:
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
