"""The seconds by which a fit outruns its budget, on data sets that scikit-learn brings."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import numpy as np

from benchmarks.tasks.bundled import LOADERS
from benchmarks.torture.fitting import FitFacts
from benchmarks.torture.part import Batch, Part, Try
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.verdict import AROUND, SECONDS, SHARE, command_of, judge, order_in

BUDGETS = (10.0, 20.0, 30.0, 60.0)
RUNS = 100


def overrun(batch: Batch) -> Iterator[Try]:
    """Fit within budgets of seconds."""
    for number in range(batch.tries):
        rng = np.random.default_rng([batch.number, number])
        budget = float(batch.case.split()[0])
        settings = {
            "budget": budget,
            "evaluations": None,
            "limit": None,
            "mebibytes": None,
            "data": str(rng.choice(sorted(LOADERS))),
            "seed": batch.number + number,
        }
        with Sandbox() as sandbox:
            order = order_in(sandbox, settings)
            ended = sandbox.run(command_of(order), budget + AROUND)
            # Of all operators on real data some are refused with good reason, or too slow.
            problems = [text for text in judge(order, ended, sandbox) if "innocent" not in text]
            problem = sandbox.without_paths("; ".join(problems))
            facts = FitFacts.read(Path(order.report))
            yield Try(problem, None if facts is None else round(facts.seconds - budget, 3))


def summary(values: Mapping[str, list[float]]) -> str:
    """Return the quantiles of the overrun."""
    seconds = list(chain(*values.values()))
    half, nearly_all = np.quantile(seconds, [0.5, 0.99])
    late = sum(
        second > float(case.split()[0]) * SHARE + SECONDS
        for case, seconds_ in values.items()
        for second in seconds_
    )
    return (
        f"overrun of {len(seconds)} fits: p50 {half:+.2f} s, p99 {nearly_all:+.2f} s; "
        f"{late} beyond {SHARE:.0%} + {SECONDS:g} s"
    )


OVERRUN = Part(
    "overrun",
    f"A fit ends within its budget + {SHARE:.0%} + {SECONDS:g} s, with a winner.",
    {f"{budget:g} s": RUNS // len(BUDGETS) for budget in BUDGETS},
    overrun,
    summary=summary,
)
