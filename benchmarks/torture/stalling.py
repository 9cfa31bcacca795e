"""Pipelines per minute beside models that ignore SIGTERM, and beside models that sleep."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from benchmarks.torture.fitting import FitFacts
from benchmarks.torture.part import Batch, Part, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.verdict import AROUND, command_of, judge, order_in

BUDGET = 30.0
SLEEPS, IGNORES = "beside one that sleeps", "beside one that ignores SIGTERM"
MISDEEDS = {
    SLEEPS: "hanging: sleep",
    IGNORES: "hanging: ignores SIGTERM in compiled code",
}
AIM = 0.1


def stall(batch: Batch) -> Iterator[Try]:
    """Fit beside a model that hangs, and count the pipelines."""
    settings = {
        "budget": BUDGET,
        "evaluations": None,
        "limit": 0.5,
        "misdeed": MISDEEDS[batch.case],
        "variants": 10**6,
    }
    for number in range(batch.tries):
        with Sandbox() as sandbox:
            order = order_in(sandbox, settings | {"seed": batch.number + number})
            ended = sandbox.run(command_of(order), BUDGET + AROUND)
            problem = sandbox.without_paths("; ".join(judge(order, ended, sandbox)))
            facts = FitFacts.read(Path(order.report))
            rate = None if facts is None else round(facts.pipelines * 60 / facts.seconds, 1)
            yield Try(problem, rate)


def summary(values: Mapping[str, list[float]]) -> str:
    """Return the pipelines per minute, and their ratio."""
    rates = {case: median(values[case]) for case in MISDEEDS if case in values}
    text = "; ".join(f"{rate:.0f} pipelines a minute {case}" for case, rate in rates.items())
    if len(rates) == len(MISDEEDS) and rates[SLEEPS]:
        ratio = rates[IGNORES] / rates[SLEEPS]
        text += f"; ratio {ratio:.2f} (aim: {1 - AIM:.2f} to {1 + AIM:.2f})"
    return text


STALLING = Part(
    "stalling",
    "A model that hangs costs its own time and no other: medians of pipelines per minute differ by "
    f"at most {AIM:.0%}, whether it sleeps or ignores SIGTERM in compiled code.",
    dict.fromkeys(MISDEEDS, 10),
    stall,
    summary=summary,
)
