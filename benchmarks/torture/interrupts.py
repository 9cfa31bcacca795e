"""Ctrl-C once and twice, SIGTERM and SIGHUP, in a script and on the command line."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.torture.fitting import FitFacts, made_up
from benchmarks.torture.part import Batch, Part, Try
from benchmarks.torture.sandbox import Ended, Sandbox
from benchmarks.torture.trees import stored_folds, wait_for_line
from benchmarks.torture.verdict import command_of, judge_traces, order_in

BUDGET = 60.0  # seconds of a fit that nobody waits for
LATEST = 8.0  # seconds of the first signal after the start of the process
LONGEST_GAP = 1.5  # seconds between two
AFTER_FIRST = 15.0  # seconds for final fits, files and the exit
AFTER_SECOND = 5.0  # seconds: at once, on a busy machine
N_ROWS = 2_000


@dataclass(frozen=True)
class Case:
    """Which signals are sent, to whom, of what."""

    number: signal.Signals = signal.SIGINT
    """The signal."""
    twice: bool = False
    """Whether it is sent again."""
    group: bool = True
    """Whether it is sent to the process group, as a terminal does, or to the main process."""
    command_line: bool = True
    """Whether `automl fit` runs, or a script."""


CASES = {
    "twice: command line": Case(twice=True),
    "twice: script": Case(twice=True, command_line=False),
    "twice: command line, main process": Case(twice=True, group=False),
    "twice: script, main process": Case(twice=True, group=False, command_line=False),
    "once: command line": Case(),
    "once: command line, main process": Case(group=False),
    "once: script": Case(command_line=False),
    "SIGTERM: command line": Case(signal.SIGTERM, group=False),
    "SIGHUP: command line": Case(signal.SIGHUP),
}


def interrupt(batch: Batch) -> Iterator[Try]:
    """Send signals to fits."""
    case = CASES[batch.case]
    for number in range(batch.tries):
        rng = np.random.default_rng([batch.number, number])
        with Sandbox() as sandbox:
            problems = list(_try(case, rng, sandbox))
            yield Try(sandbox.without_paths("; ".join(problems)))


def _try(case: Case, rng: np.random.Generator, sandbox: Sandbox) -> Iterator[str]:
    process = _start(case, sandbox)
    time.sleep(rng.uniform(0, LATEST))
    n_stored = n_pipelines(sandbox)
    _send(case, process)
    if case.twice:
        time.sleep(rng.uniform(0, LONGEST_GAP))
        _send(case, process)
    started = time.monotonic()
    patience = AFTER_SECOND if case.twice else AFTER_FIRST
    # A process that is late is given more time, to tell late from never.
    ended = sandbox.wait(process, started + 4 * patience, started)
    if ended.status is None:
        yield "it hung"
    elif ended.seconds > patience:
        yield f"it ended {ended.seconds:.0f} s after the signal"
    if not case.twice:
        yield from _judge_files(case, ended, n_stored, sandbox)
    yield from judge_traces(ended, sandbox)


def _start(case: Case, sandbox: Sandbox) -> "subprocess.Popen[bytes]":
    """Start a fit, and wait until it can take signals: before, Python itself answers them."""
    folder = sandbox.folder
    ready = folder / "ready"
    files = {"history": "run.db", "export": "best.py", "save": "model"}
    if case.command_line:
        frame, target = made_up(N_ROWS)
        frame.assign(target=target).to_csv(folder / "train.csv", index=False)
        words = ["fit", "train.csv", "--target", "target", "--budget", f"{BUDGET:g}"]
        words += [word for name, file in files.items() for word in (f"--{name}", file)]
        code = f"import sys\nfrom automl.cli import main\nprint(file=open('{ready.name}', 'w'))\n"
        process = sandbox.start([sys.executable, "-c", f"{code}sys.exit(main())", *words])
        wait_for_line(ready, process)
        return process
    settings = {name: str(folder / file) for name, file in files.items()}
    numbers = {"budget": BUDGET, "evaluations": None, "limit": 10.0, "n_rows": N_ROWS}
    order = order_in(sandbox, {**numbers, **settings, "observed": str(ready)})
    process = sandbox.start(command_of(order))
    wait_for_line(ready, process)
    return process


def _send(case: Case, process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if case.group else os.kill)(process.pid, case.number)


def n_pipelines(sandbox: Sandbox) -> int:
    """Return how many pipelines, besides the baseline, had all of their folds."""
    folds = stored_folds(sandbox.folder / "run.db")
    numbers = [number for number, _ in folds if number > 0]
    longest = max(map(numbers.count, set(numbers)), default=0)
    return sum(numbers.count(number) == longest for number in set(numbers)) if longest > 1 else 0


def _judge_files(case: Case, ended: Ended, n_stored: int, sandbox: Sandbox) -> Iterator[str]:
    """Yield what is wrong with the end: its status, and the best so far in its files."""
    if case.command_line:
        # One Ctrl-C is a way to end a search, and no error.
        status = 0 if case.number == signal.SIGINT else 128 + case.number
        if n_stored and ended.status not in (status, None):
            yield f"exit status {ended.status} instead of {status}"
    else:
        facts = FitFacts.read(sandbox.folder / "facts")
        if n_stored and (facts is None or facts.error or facts.foreign):
            yield f"no winner: {facts and (facts.error or facts.foreign)}"
    lacking = [name for name in ("best.py", "model") if not _is_whole(sandbox.folder / name)]
    if n_stored and lacking:
        yield f"not written: {', '.join(lacking)}"


def _is_whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


INTERRUPTS = Part(
    "interrupts",
    "The first Ctrl-C, SIGTERM or SIGHUP at any moment ends the fit within 15 s with the best so "
    "far, which the command line saves and exports before it exits with 0, or 128 + n after "
    "SIGTERM and SIGHUP; the second ends it within 5 s. Nothing is left behind.",
    dict.fromkeys(list(CASES)[:4], 50) | dict.fromkeys(list(CASES)[4:], 20),
    interrupt,
)
