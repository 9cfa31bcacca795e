"""Full and read-only disks: mounts of a few MiB in memory, in a namespace of their own.

::

    unshare ─► mount -t tmpfs ─► one fit ─► the namespace ends, and the mount with it

No device of the machine is touched, and no other process sees the mount.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.torture.fitting import FitFacts
from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.verdict import AROUND, command_of, judge_facts, judge_traces, order_in

BUDGET = 20.0
DISK = "disk"  # the folder that is mounted
MOUNT = 'mount -t tmpfs -o size="$1" torture "$2" && test "$3" = rw || mount -o remount,ro "$2"'


@dataclass(frozen=True)
class Case:
    """A disk, and what of a fit lies on it."""

    size: str = "4k"
    """Its size, as `mount` reads it."""
    mode: str = "rw"
    """Whether it can be written at all."""
    files: tuple[str, ...] = ()
    """Settings of the order that name a file on it."""
    temporary: bool = False
    """Whether temporary files lie on it."""
    settings: dict[str, int] = field(default_factory=dict)
    """Further settings."""


CASES = {
    "full: history": Case("256k", files=("history",), settings={"evaluations": 60}),
    "full: history from the start": Case(files=("history",)),
    "full: temporary files": Case("128k", temporary=True, settings={"n_rows": 2_000}),
    "full: temporary files in the final fit": Case("512k", temporary=True),
    "full: script": Case(files=("export",)),
    "full: model": Case(files=("save",)),
    "read-only: history": Case(mode="ro", files=("history",)),
    "read-only: temporary files": Case(mode="ro", temporary=True),
    "read-only: script": Case(mode="ro", files=("export",)),
    "read-only: model": Case(mode="ro", files=("save",)),
}


@cache
def namespace() -> tuple[str, ...]:
    """Return the command that makes a namespace in which mounts are allowed.

    Raises
    ------
    Skipped
        If the machine allows none.
    """
    if shutil.which("unshare") and shutil.which("mount"):
        for options in (("-m",), ("-rm",)):
            command = ("unshare", *options, "sh", "-c", 'mount -t tmpfs none "$0"', "/mnt")
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return ("unshare", *options)
    raise Skipped("no namespace of mounts is allowed here")


def fit_on_disk(batch: Batch) -> Iterator[Try]:
    """Fit with files on a disk that is full or cannot be written."""
    case, prefix = CASES[batch.case], namespace()
    for number in range(batch.tries):
        with Sandbox(DISK if case.temporary else "tmp") as sandbox:
            problems = list(_try(case, prefix, batch.number + number, sandbox))
            yield Try(sandbox.without_paths("; ".join(problems)))


def _try(case: Case, prefix: tuple[str, ...], seed: int, sandbox: Sandbox) -> Iterator[str]:
    disk = sandbox.temporary if case.temporary else sandbox.folder / DISK
    disk.mkdir(exist_ok=True)
    settings = {name: str(disk / name) for name in case.files}
    order = order_in(sandbox, {"budget": BUDGET, "seed": seed, **case.settings, **settings})
    arguments = [f'{MOUNT}\nshift 3\nexec "$@"', "sh", case.size, str(disk), case.mode]
    command = [*prefix, "sh", "-c", *arguments, *command_of(order)]
    ended = sandbox.run(command, BUDGET + AROUND)
    facts = FitFacts.read(Path(order.report))
    # A script or model that cannot be written is refused after the fit.
    refused = any(word in ended.log for word in ("automl.errors.", "FileError", "HistoryError"))
    if facts is None:
        if ended.status is None:
            yield "the fit hung"
        elif not refused:
            yield f"ended with {ended.status}: {(ended.log.strip().splitlines() or [''])[-1]}"
    elif not facts.error:  # one that says so in a sentence is as good as a winner
        yield from judge_facts(facts, BUDGET)
    traces = judge_traces(ended, sandbox)
    yield from (text for text in traces if not (refused and "traceback" in text))


DISKS = Part(
    "disks",
    "A disk that is full or read-only costs no fit: it ends in its budget with a winner, or says "
    "in an error of this project which file could not be written.",
    dict.fromkeys(CASES, 2),
    fit_on_disk,
)
