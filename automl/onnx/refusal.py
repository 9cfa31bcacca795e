"""The sentence on a step that has no ONNX form."""

from collections.abc import Iterator
from contextlib import contextmanager

from automl.errors import SettingsError


class StepError(SettingsError):
    """A step has no ONNX form; what stands around it adds its names on the way out."""

    def __init__(self, reason: str, places: tuple[str, ...] = ()) -> None:
        self.reason = reason
        self.places = places
        super().__init__(
            f"no ONNX model can be made, for the step {' > '.join(places)!r} {reason}; pick "
            "another pipeline by search.select(rank, X, y), leave the operator out by "
            "catalogue.without(...), or use search.export(...) or automl serve instead"
        )


@contextmanager
def within(place: str) -> Iterator[None]:
    """Name the place at which a step was refused."""
    try:
        yield
    except StepError as error:
        raise StepError(error.reason, (place, *error.places)) from error
