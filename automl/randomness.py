"""Randomness as an argument: one seed, and a generator of its own for every birth."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral

import numpy as np

from automl.errors import SettingsError

SEEDS = 2**31 - 1  # what every library takes as a seed


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
    """Return the generator of one birth, independent of those of all others."""
    return np.random.default_rng([seed, birth])


@contextmanager
def stdlib_random(rng: np.random.Generator) -> Iterator[None]:
    """Let code that draws from the module `random` draw from `rng`, and put its state back."""
    state = random.getstate()
    random.seed(int(rng.integers(SEEDS)))
    try:
        yield
    finally:
        random.setstate(state)
