"""The pace of this machine, by a small piece of the work that a choice consists of."""

import time

import numpy as np

SHAPE = (25, 4_000)  # pipelines and rows of the piece
SECONDS = 4.5e-3  # of the piece on the core of 2.6 GHz on which planned seconds were measured
TIMES = 3  # the shortest counts, since another process may have had the core for a while


def machine_pace() -> float:
    """Return how many times as long this machine takes as the one of the measurements.

    A quicker machine has 1, because to plan too many seconds costs less than to plan too few.
    """
    rng = np.random.default_rng(0)
    scores = rng.random(SHAPE, dtype=np.float32)
    weights = rng.random(SHAPE[1])
    durations = []
    for _ in range(TIMES):
        started = time.perf_counter()
        np.cumsum(weights[np.argsort(scores, axis=1)], axis=1)
        durations.append(time.perf_counter() - started)
    return max(1.0, min(durations) / SECONDS)
