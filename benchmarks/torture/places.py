"""Odd places to fit in: threads, notebooks, pools, forks, closed descriptors, long paths."""

import importlib.util
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.torture.fitting import FitOrder
from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.verdict import AROUND, NO_WINNER, command_of, is_refused, judge, order_in

BUDGET = 25.0
IMPORTS = """
import json, os, sys, threading, warnings
warnings.simplefilter("ignore")
from benchmarks.torture.fitting import FitOrder, run_order
order = FitOrder(**json.loads(sys.argv[1]))
"""
HERE = f"{IMPORTS}run_order(order)\n"
THREAD = f"""{IMPORTS}
thread = threading.Thread(target=run_order, args=[order])
thread.start()
thread.join()
"""
THREADS = f"""{IMPORTS}
from dataclasses import replace
orders = [replace(order, report=order.report + ".second"), order]
threads = [threading.Thread(target=run_order, args=[each_order]) for each_order in orders]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
POOL = f"""{IMPORTS}
import multiprocessing
if __name__ == "__main__":
    with multiprocessing.get_context(METHOD).Pool(1) as pool:
        pool.apply(run_order, [order])
"""
FORK = f"""{IMPORTS}
from dataclasses import replace
run_order(replace(order, report=order.report + ".before"))
pid = os.fork()
if pid == 0:
    run_order(order)
    os._exit(0)
os.waitpid(pid, 0)
"""
LOKY = f"""{IMPORTS}
from joblib import Parallel, delayed
Parallel(n_jobs=2)([delayed(run_order)(order)])
"""
EXECUTED = f"""
import sys
exec(compile({HERE!r}, "<cell>", "exec"), vars(sys.modules["__main__"]))
"""
EVENT_LOOP = f"""{IMPORTS}
import asyncio
async def main():
    run_order(order)
asyncio.run(main())
"""


@dataclass(frozen=True)
class Place:
    """A place to fit in."""

    code: str = ""
    """The program, by default that of all other parts."""
    by: str = "-c"
    """How Python is given it: by an argument, or `-` by its input."""
    name: str = "tmp"
    """The name of the temporary folder."""
    before: Callable[[], None] | None = None
    """Is called in the process before Python starts."""
    settings: tuple[tuple[str, Any], ...] = ()
    """Further settings of the order."""
    may_refuse: bool = False
    """Whether an error of this project is as good as a winner."""


def _close_input_and_output() -> None:
    os.close(0)
    os.close(1)


def _close_all_three() -> None:
    os.closerange(0, 3)


def _few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _own_group_in_background() -> None:
    os.setpgid(0, 0) if os.getpgrp() != os.getpid() else None


PLACES = {
    "thread: of a script": Place(THREAD),
    "thread: two at once": Place(THREADS),
    "thread: an event loop": Place(EVENT_LOOP),
    "program: python -c": Place(HERE),
    "program: from the input": Place(HERE, by="-"),
    "program: executed as in a notebook": Place(EXECUTED),
    "program: a kernel of Jupyter": Place(HERE, by="ipykernel"),
    "daemonic: a pool by fork": Place(POOL.replace("METHOD", '"fork"')),
    "daemonic: a pool by spawn": Place(POOL.replace("METHOD", '"spawn"')),
    "daemonic: a worker of joblib": Place(LOKY),
    "fork: of a process that had fitted": Place(FORK, may_refuse=True),
    "folder: of 120 characters": Place(name="long" * 30),
    "folder: with odd characters": Place(name="a b'\"ß日"),
    "descriptors: no input, no output": Place(before=_close_input_and_output),
    "descriptors: none at all": Place(before=_close_all_three),
    "descriptors: 64": Place(before=_few_files),
    "group: in the background": Place(before=_own_group_in_background),
    "workers: 1": Place(settings=(("n_jobs", 1),)),
    "workers: 1000": Place(settings=(("n_jobs", 1000), ("mebibytes", None))),
}


def fit_in_place(batch: Batch) -> Iterator[Try]:
    """Fit in a place."""
    place = PLACES[batch.case]
    if place.by == "ipykernel" and importlib.util.find_spec("nbclient") is None:
        raise Skipped("nbclient is not installed")
    for number in range(batch.tries):
        with Sandbox(place.name) as sandbox, ExitStack() as files:
            settings = {"budget": BUDGET, "limit": 5.0, "seed": batch.number + number}
            order = order_in(sandbox, settings | dict(place.settings))
            options: dict[str, Any] = {"preexec_fn": place.before} if place.before else {}
            if place.by == "-":
                script = sandbox.folder / "script.py"
                script.write_text(place.code, "utf-8")
                options["stdin"] = files.enter_context(script.open("rb"))
            ended = sandbox.run(_command(place, order), 2 * BUDGET + AROUND, **options)
            problems = list(judge(order, ended, sandbox))
            if place.may_refuse and is_refused(order):
                problems = [text for text in problems if not text.startswith(NO_WINNER)]
            yield Try(sandbox.without_paths("; ".join(problems)))


def _command(place: Place, order: FitOrder) -> list[str]:
    if not place.code:
        return command_of(order)
    words = json.dumps(asdict(order))
    if place.by == "ipykernel":
        return [sys.executable, "-c", NOTEBOOK, words]
    return [sys.executable, *([place.by] if place.by == "-" else ["-c", place.code]), words]


NOTEBOOK = f"""
import sys
import nbclient, nbformat
cell = "import sys; sys.argv[1:] = [" + repr(sys.argv[1]) + "]\\n" + {HERE!r}
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
nbclient.NotebookClient(notebook, timeout=120).execute()
"""
PLACES_PART = Part(
    "places",
    "Wherever it is called from, `fit` returns in its budget with a winner and leaves nothing; "
    "only the child of a process that had fitted may be refused in a sentence.",
    dict.fromkeys(PLACES, 1),
    fit_in_place,
)
