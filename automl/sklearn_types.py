"""Scikit-learn's base classes as type checkers may see them.

::

                      ┌─ at run time ──────► those of scikit-learn
    BaseEstimator ... ┤
                      └─ when types are ───► those below, of which all methods are known
                         checked

Scikit-learn has no types. A class that derives from its bases has every attribute for a type
checker, so that no typo is ever noticed; and what `available_if` decorates loses its signature.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Method = TypeVar("Method", bound=Callable[..., Any])
    Request = bool | str | None

    def available_if(check: Callable[[Any], bool]) -> Callable[[Method], Method]:
        """Give a method to the objects that pass a check."""

    class BaseEstimator:
        """The methods that every estimator has."""

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            """Return the parameters by their names."""

        def set_params(self, **params: Any) -> Self:
            """Set parameters by their names."""

        def get_metadata_routing(self) -> Any:
            """Return which method takes which metadata."""

        def set_fit_request(
            self,
            *,
            groups: Request = ...,
            kinds: Request = ...,
            resume: Request = ...,
            sample_weight: Request = ...,
            time: Request = ...,
        ) -> Self:
            """Set which metadata `fit` is given by scikit-learn's tools."""

        def set_score_request(self, *, sample_weight: Request = ...) -> Self:
            """Set which metadata `score` is given by scikit-learn's tools."""

        def _html_repr(self) -> str: ...

        def __getstate__(self) -> dict[str, Any]: ...

        def __sklearn_clone__(self) -> Self: ...

        def __sklearn_tags__(self) -> Any: ...

    class ClassifierMixin:
        """The score of classifiers."""

        def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
            """Return the accuracy."""

    class RegressorMixin:
        """The score of regressors."""

        def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
            """Return the coefficient of determination, R2."""

else:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils.metaestimators import available_if

__all__ = ["BaseEstimator", "ClassifierMixin", "RegressorMixin", "available_if"]
