"""Little memory: a control group where the machine allows one, an address space otherwise."""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.verdict import AROUND, command_of, judge, order_in

MIB = 2**20
GROUP_MIB = 700  # with a frame of 39 MiB, the kernel once killed the user's process
SPACE_MIB = 6_000  # of addresses, of which libraries take much
BUDGET = 30.0
GROUPS = Path("/sys/fs/cgroup")
SCOPE = (
    "systemd-run",
    "--user",
    "--scope",
    "--quiet",
    "--collect",
    "-p",
    f"MemoryMax={GROUP_MIB}M",
)
# 39 MiB. A tree takes seconds for it, and the part is not about time.
WIDE = {"n_rows": 25_000, "n_columns": 200, "limit": BUDGET}
CASES: dict[str, dict[str, Any]] = {
    "control group: a large frame": WIDE,
    "control group: a monster": {"misdeed": "hoarding: arrays"},
    "control group: a monster in many processes": {"misdeed": "hoarding: children"},
    "address space: a large frame": WIDE,
    "address space: a monster": {"misdeed": "hoarding: arrays"},
}
OWN: dict[str, Any] = {"budget": BUDGET, "limit": None, "mebibytes": None}


def own_group() -> Path | None:
    """Return the folder of the control group for memory that this process is in, if any."""
    lines = Path("/proc/self/cgroup").read_text().splitlines() if GROUPS.exists() else []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return GROUPS / "memory" / path.lstrip("/")
        if not controllers and (GROUPS / "cgroup.controllers").exists():
            return GROUPS / path.lstrip("/")
    return None


@contextlib.contextmanager
def small_group() -> Iterator[Path]:
    """Make a small control group below that of this process, and remove it afterwards.

    Raises
    ------
    Skipped
        If the machine does not allow it.
    """
    above = own_group()
    if above is None:
        raise Skipped("there is no control group for memory")
    folder = above / f"torture-{os.getpid()}"
    try:
        folder.mkdir()
        names = ("memory.max", "memory.limit_in_bytes")
        limit = next(folder / name for name in names if (folder / name).exists())
        limit.write_text(str(GROUP_MIB * MIB))
    except (OSError, StopIteration):
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise Skipped("no control group may be made here") from None
    try:
        yield folder
    finally:
        for _ in range(100):  # it can go only when its last process is gone
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.05)


@cache
def has_scope() -> bool:
    """Return whether systemd makes a small group for a user."""
    if not shutil.which(SCOPE[0]):
        return False
    return subprocess.run([*SCOPE, "true"], capture_output=True, check=False).returncode == 0


def fit_in_little_memory(batch: Batch) -> Iterator[Try]:
    """Fit where memory is short."""
    for number in range(batch.tries):
        settings = OWN | CASES[batch.case] | {"seed": batch.number + number}
        with Sandbox() as sandbox:
            order = order_in(sandbox, settings)
            command, limit = command_of(order), BUDGET + AROUND
            if batch.case.startswith("address"):
                ended = sandbox.run(command, limit, preexec_fn=_limit_addresses)
            elif has_scope():
                ended = sandbox.run([*SCOPE, *command], limit)
            else:
                with small_group() as group:
                    ended = sandbox.run(_inside(group, command), limit)
                    sandbox.kill()
            yield Try(sandbox.without_paths("; ".join(judge(order, ended, sandbox))))


def _limit_addresses() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (SPACE_MIB * MIB, SPACE_MIB * MIB))


def _inside(group: Path, command: list[str]) -> list[str]:
    """Return a command that enters a group before it becomes another."""
    code = (
        "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid())); "
        "os.execv(sys.argv[2], sys.argv[2:])"
    )
    return [sys.executable, "-c", code, str(group / "cgroup.procs"), *command]


MEMORY = Part(
    "memory",
    f"In a control group of {GROUP_MIB} MiB, or an address space of {SPACE_MIB:,} MiB, the main "
    "process is never killed: `fit` returns in its budget with a winner, and nothing is left.",
    dict.fromkeys(CASES, 2),
    fit_in_little_memory,
)
