"""Randomness as an argument: one seed, and a generator of its own for every pipeline.

Pipelines share no generator, for workers end in any order: the draws of one pipeline would depend
on the seconds of another.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral

import numpy as np

from automl.errors import SettingsError

SEEDS = 2**31 - 1  # every library takes seeds below this number


def seed_of(random_state: int | np.random.RandomState | np.random.Generator | None) -> int:
    """Return the seed that a `random_state` stands for.

    Examples
    --------
    >>> seed_of(7)
    7
    """
    if random_state is None:
        return int(np.random.default_rng().integers(SEEDS))
    if isinstance(random_state, Integral) and 0 <= int(random_state) < SEEDS:
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(SEEDS))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(SEEDS))
    raise SettingsError(
        f"expected random_state to be None, a generator or an integer from 0 to {SEEDS - 1}, "
        f"got {random_state!r}"
    )


def generator(seed: int, birth: int) -> np.random.Generator:
    """Return the generator of a birth number, independent of those of all other numbers."""
    return np.random.default_rng([seed, birth])  # NumPy hashes both into the state


@contextmanager
def stdlib_random(rng: np.random.Generator) -> Iterator[None]:
    """Let code that draws from the module `random` draw from `rng` for a while.

    DEAP knows no other source. Afterwards the module is as before, so that a script of the user
    draws the same with and without a search.
    """
    state = random.getstate()
    random.seed(int(rng.integers(SEEDS)))
    try:
        yield
    finally:
        random.setstate(state)
