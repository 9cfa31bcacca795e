"""Any dataframe that hypothesis makes: fitted, or refused with a reason."""

from collections.abc import Iterator

from benchmarks.torture.attempts import run_attempts
from benchmarks.torture.part import Batch, Part, Try

PATIENCE = 120.0  # seconds of a frame


def run(batch: Batch) -> Iterator[Try]:
    """Fit frames."""
    # Hypothesis is needed for measuring only, not for the page.
    return run_attempts(["-m", "benchmarks.torture.any_frame"], batch, PATIENCE)


FRAMES = Part(
    "frames",
    "A dataframe of any types, names and index is fitted and predicts finite values for all its "
    "rows, or is refused by an error of this project.",
    {"by hypothesis": 5_000},
    run,
    batch_size=100,
)
