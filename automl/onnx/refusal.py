"""The sentence on the steps that have no ONNX form."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import is_classifier

from automl.errors import SettingsError


@dataclass(frozen=True)
class Refusal:
    """A step without an ONNX form."""

    reason: str
    """Why it has none, as the end of a sentence."""
    places: tuple[str, ...] = ()
    """The names of what stands around it, and its own, the outermost first."""

    def __str__(self) -> str:
        return f"the step {' > '.join(self.places)!r} {self.reason}"


class StepError(SettingsError):
    """Steps have no ONNX form; what stands around them adds its names on the way out."""

    def __init__(self, *refusals: Refusal | str) -> None:
        self.refusals = tuple(
            Refusal(refusal) if isinstance(refusal, str) else refusal for refusal in refusals
        )
        super().__init__(
            f"no ONNX model can be made, for {'; '.join(map(str, self.refusals))}. Search with "
            'catalogue="onnx", pick another pipeline by search.select(rank, X, y), or use '
            "search.export(...) or automl serve instead"
        )


def check_classes(ensemble: Any, members: Iterable[Any]) -> None:
    """Refuse an ensemble of classifiers of which a member has not seen all classes.

    Parameters
    ----------
    ensemble : estimator
        Fitted.
    members : iterable of estimator

    Raises
    ------
    StepError
    """
    if is_classifier(ensemble) and any(
        len(member.classes_) < len(ensemble.classes_) for member in members
    ):
        raise StepError("has members that have not seen all classes")


@contextmanager
def within(place: str) -> Iterator[None]:
    """Name the place at which a step was refused."""
    try:
        yield
    except StepError as error:
        raise _at(place, error) from error


def _at(place: str, error: StepError) -> StepError:
    placed = (replace(old, places=(place, *old.places)) for old in error.refusals)
    return StepError(*placed)


class Refusals:
    """The refusals of parts that stand side by side; an error names all of them at once."""

    def __init__(self) -> None:
        self._refusals: list[Refusal] = []

    @contextmanager
    def collected(self, place: str) -> Iterator[None]:
        """Keep the refusals at a place for later."""
        try:
            yield
        except StepError as error:
            self._refusals += _at(place, error).refusals

    def raise_any(self) -> None:
        """Raise an error that names all refusals, if there are any.

        Raises
        ------
        StepError
        """
        if self._refusals:
            raise StepError(*self._refusals)
