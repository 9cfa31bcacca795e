"""Estimators of the user that misbehave in folds, or only in the final fit."""

from collections.abc import Iterator

from benchmarks.torture.misdeeds import MISDEEDS
from benchmarks.torture.part import Batch, Part, Try
from benchmarks.torture.verdict import try_fit

N_ROWS = 240
# Misdeeds in a final fit, of every kind that a final fit can meet.
FINAL = (
    "hanging: a loop",
    "hanging: a loop in compiled code",
    "hanging: ignores SIGTERM in compiled code",
    "hanging: SIGSTOP to itself",
    "hanging: blocks all signals",
    "hanging: waits for a child that ignores SIGTERM",
    "leaving: os._exit(0)",
    "leaving: os._exit(1)",
    "leaving: sys.exit(0)",
    "leaving: KeyboardInterrupt",
    "leaving: GeneratorExit",
    "leaving: an error of its own",
    "leaving: a segmentation fault",
    "leaving: SIGKILL to itself",
    "leaving: SIGINT to its group",
    "leaving: SIGTERM to its parent",
    "leaving: a timer, and returns",
    "leaving: becomes another program",
    "hoarding: arrays",
    "hoarding: and returns",
    "leaking: a child",
    "leaking: a daemon",
    "leaking: a fork that goes on",
    "leaking: an exit that hangs",
    "meddling: closes all descriptors",
    "meddling: 100 MB to the output",
    "meddling: few files",
    "meddling: no files",
    "meddling: another pickle",
    "meddling: deletes the folder of the fit",
    "meddling: truncates the files of the fit",
    "odd: an error without text",
    "odd: an error that cannot be sent",
    "odd: an error of 10 MB",
    "odd: holds a function",
    "odd: holds 500 MB",
    "odd: a death that hangs",
    "odd: a pickle that raises",
    "odd: a pickle that hangs",
    "odd: a pickle that exits",
    "odd: raises when it is read",
    "odd: hangs when it is read",
    "odd: exits when it is read",
    "odd: interrupts when it is read",
)


def meet_in_folds(batch: Batch) -> Iterator[Try]:
    """Fit with a monster that misbehaves from the start."""
    for number in range(batch.tries):
        yield try_fit({"misdeed": batch.case, "n_rows": N_ROWS, "seed": batch.number + number})


def meet_in_final_fit(batch: Batch) -> Iterator[Try]:
    """Fit with a monster that wins, and misbehaves when it is fitted on all rows."""
    for number in range(batch.tries):
        seed = batch.number + number
        settings = {"misdeed": batch.case, "n_rows": N_ROWS, "rows": N_ROWS, "seed": seed}
        yield try_fit(settings)


PROMISE = (
    "`fit` returns within its budget + 2 % + 1 s with a good pipeline; none that is innocent is "
    "blamed; no process, no folder, no traceback and no flood of output is left."
)
MONSTERS = Part(
    "monsters",
    PROMISE,
    dict.fromkeys(MISDEEDS, 1),
    meet_in_folds,
)
FINAL_FITS = Part(
    "final_fits",
    f"A monster that behaves in all folds and wins, until it is fitted on all rows: {PROMISE}",
    dict.fromkeys(FINAL, 1),
    meet_in_final_fit,
)
