"""Many small tries in one process, which is begun anew where it ends or hangs.

::

    run_attempts ─► python -m MODULE CASE SEED TRIES REPORT ─► a line for each try, at once
         │                      │ dies or is silent for long
         └──── the next process ◄ the try under way is lost, the remaining ones follow
"""

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from automl import AutoMLError
from benchmarks.torture.part import Batch, Skipped, Try
from benchmarks.torture.sandbox import LOOK, Sandbox

Attempt = Callable[[np.random.Generator], None]
"""Tries once, given a generator for its choices; an error that is not of this project is a loss."""

START = 120.0  # seconds until the first try has ended: imports and what all tries share
PATIENCE = 60.0  # seconds of a try, many times what the slowest takes
HUNG = "it hung"  # begins the last line of a process that could tell so
SKIPPED = "skipped: "  # begins the only line of a case that the machine does not allow


def run_attempts(program: list[str], batch: Batch, patience: float = PATIENCE) -> Iterator[Try]:
    """Run the tries of a batch in processes, one after the other.

    Parameters
    ----------
    program : list of str
        Its arguments of Python, such as ``["-m", module]``; it is `serve`, or like it.
    batch : Batch
    patience : float
        Seconds of a try.

    Raises
    ------
    Skipped
        If the machine does not allow the case.
    """
    n_done = start = 0
    while n_done < batch.tries:
        with Sandbox() as sandbox:
            report = sandbox.folder / "report"
            seed = str(1_000 * batch.number + start)
            words = [batch.case, seed, str(batch.tries - n_done), str(report)]
            hung = False
            process = sandbox.start([sys.executable, *program, *words])
            for line in _lines(process, report, patience):
                attempt = Try(**json.loads(line))
                if attempt.problem.startswith(SKIPPED):
                    raise Skipped(attempt.problem.removeprefix(SKIPPED))
                n_done += 1
                hung = attempt.problem.startswith(HUNG)
                yield Try(sandbox.without_paths(attempt.problem), attempt.value)
            loss = _loss(process, sandbox)
            process.kill()
            process.wait()
            if n_done < batch.tries and not hung:  # it could tell of that itself
                n_done += 1
                yield Try(loss)
        start += 1


def _lines(process: "subprocess.Popen[bytes]", report: Path, patience: float) -> Iterator[str]:
    """Yield the lines of a report until the process ended, or was silent for too long."""
    n_read, end = 0, time.monotonic() + START
    while True:
        ended = process.poll() is not None  # before the look at the file, which is then whole
        lines = report.read_text("utf-8").splitlines(keepends=True) if report.exists() else []
        for line in lines[n_read:]:
            if line.endswith("\n"):
                n_read += 1
                end = time.monotonic() + patience
                yield line
        if ended or time.monotonic() > end:
            return
        time.sleep(LOOK)


def _loss(process: "subprocess.Popen[bytes]", sandbox: Sandbox) -> str:
    if process.poll() is None:
        return HUNG
    text = sandbox.log.read_text("utf-8", errors="replace").strip()
    last = text.splitlines()[-1] if text else ""
    return sandbox.without_paths(f"the process ended with {process.returncode}: {last}")


class Report:
    """The file to which a process writes its tries."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def add(self, attempt: Try) -> None:
        """Write a try, so that it is in the file if the process is killed now."""
        os.write(self._descriptor, f"{json.dumps(asdict(attempt))}\n".encode())


def serve(prepare: Callable[[str, Path], Attempt]) -> None:
    """Run the tries that the command line names: case, seed, tries, report.

    Parameters
    ----------
    prepare : callable
        Given the case and a folder, does what all tries share, and returns the attempt.
    """
    case, seed, tries, path = sys.argv[1:]
    report = Report(path)
    try:
        attempt = prepare(case, Path(path).parent)
    except Skipped as reason:
        report.add(Try(f"{SKIPPED}{reason}"))
        return
    for number in range(int(tries)):
        report.add(Try(foreign_error(attempt, np.random.default_rng([int(seed), number]))))


def foreign_error(attempt: Attempt, rng: np.random.Generator) -> str:
    """Try once, and return the error that is not of this project, if any."""
    try:
        attempt(rng)
    except AutoMLError:
        return ""
    except BaseException as error:  # noqa: BLE001 also what is no Exception
        return describe(error)
    return ""


def describe(error: BaseException) -> str:
    """Return an error as the journal has it: its type, its beginning, and the line that raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].name})" if frames else ""
    message = " ".join(str(error).split())[:100]
    return f"foreign {type(error).__name__}: {message}{place}"
