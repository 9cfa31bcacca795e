"""What every fit has to hold, whatever happens around it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.torture.fitting import MONSTER, FitFacts, FitOrder
from benchmarks.torture.part import Try
from benchmarks.torture.sandbox import MOST_OUTPUT, Ended, Sandbox

SHARE, SECONDS = 0.02, 1.0  # of a budget, and seconds: the overrun that a fit may have
AROUND = 30.0  # seconds of a process beside its fit, on a busy machine: imports, an exit
BLAMED = ("crashed", "refused", "timed out", "out of memory")  # states of which none is innocent
NO_WINNER = "no winner"  # begins what is wrong with a fit that raised an error
TRACEBACK = "Traceback (most recent call last)"


def try_fit(settings: dict[str, Any], **options: Any) -> Try:
    """Fit in a process of its own, and judge.

    Parameters
    ----------
    settings : dict
        Of a `FitOrder`.
    **options
        Of `Sandbox.start`.
    """
    with Sandbox() as sandbox:
        order = order_in(sandbox, settings)
        ended = sandbox.run(command_of(order), (order.budget or 0.0) + AROUND, **options)
        return Try(sandbox.without_paths("; ".join(judge(order, ended, sandbox))))


def order_in(sandbox: Sandbox, settings: dict[str, Any]) -> FitOrder:
    """Return an order whose report lies in a sandbox."""
    return FitOrder(report=str(sandbox.folder / "facts"), **settings)


def command_of(order: FitOrder) -> list[str]:
    """Return the command that runs an order."""
    words = ["-m", "benchmarks.torture.fitting", json.dumps(asdict(order))]
    return [sys.executable, *words]


def judge(order: FitOrder, ended: Ended, sandbox: Sandbox) -> Iterator[str]:
    """Yield all that was not held.

    Parameters
    ----------
    order : FitOrder
    ended : Ended
        The end of the process that ran it.
    sandbox : Sandbox
    """
    facts = FitFacts.read(Path(order.report))
    if facts is None:
        yield _without_facts(ended)
    else:
        if ended.status is None:
            yield "the process hung after its fit"
        elif ended.status < 0:
            yield f"the process died of signal {-ended.status}"
        yield from judge_facts(facts, order.budget)
        # Otherwise a try would hold because nothing was tried.
        if order.misdeed and facts.board and MONSTER not in str(facts.board):
            yield "the monster was never met"
    yield from judge_traces(ended, sandbox)


def _without_facts(ended: Ended) -> str:
    if ended.status is None:
        return "the fit hung"
    return f"the process ended with {ended.status} inside of its fit"


def judge_traces(ended: Ended, sandbox: Sandbox) -> Iterator[str]:
    """Yield what a process left behind that it should not have."""
    if orphans := sandbox.orphans():
        yield f"orphans: {', '.join(orphans)}"
    if folders := sandbox.folders_left():
        yield f"folders left: {', '.join(folders)}"
    if TRACEBACK in ended.log:
        yield f"a foreign traceback: {_last_line(ended.log)}"
    if ended.n_printed > MOST_OUTPUT:
        yield f"{ended.n_printed / 2**20:.0f} MiB of output"


def judge_facts(facts: FitFacts, budget: float | None) -> Iterator[str]:
    """Yield what is wrong with the result of a fit.

    Parameters
    ----------
    facts : FitFacts
    budget : float or None
        Its seconds.
    """
    if budget is not None and facts.seconds > budget * (1 + SHARE) + SECONDS:
        yield f"overrun of {facts.seconds - budget:.1f} s"
    if facts.error or facts.foreign:
        yield f"{NO_WINNER}: {facts.error or facts.foreign}"
        return
    if facts.best.startswith("dummy") or not facts.predicts:
        yield f"{NO_WINNER} but the constant"
    innocent = [row for row in facts.board if MONSTER not in row.pipeline]
    blamed = [row for row in innocent if row.state in BLAMED]
    if blamed:
        worst = blamed[0]
        name = worst.pipeline.partition("(")[0]
        yield f"{len(blamed)} innocent: {name} {worst.state} ({worst.cause[:80]})"
    unexplained = [row for row in facts.board if row.state in BLAMED and not row.cause]
    if unexplained:
        yield f"{len(unexplained)} without a cause"


def is_refused(order: FitOrder) -> bool:
    """Return whether a fit raised an error of this project."""
    facts = FitFacts.read(Path(order.report))
    return facts is not None and bool(facts.error)


def _last_line(log: str) -> str:
    """Return the line that names the error of the first traceback."""
    lines = log.split(TRACEBACK, 1)[1].splitlines()[1:]
    return next((line for line in lines if line and not line.startswith((" ", "\t"))), "")[:150]
