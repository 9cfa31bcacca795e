"""Every birth has a generator of its own, and no global state is left changed."""

import random
from contextlib import suppress

import numpy as np
import pytest

from automl.errors import SettingsError
from automl.randomness import generator, seed_of, stdlib_random


class TestRandomness:
    def test_a_birth_has_a_generator_of_its_own(self):
        draws = {generator(seed, birth).random() for seed in range(9) for birth in range(9)}
        assert len(draws) == 81
        assert generator(3, 4).random() == generator(3, 4).random()

    def test_a_state_is_put_back_even_after_an_error(self):
        before = random.getstate()
        with suppress(KeyError), stdlib_random(generator(0, 0)):
            random.random()
            raise KeyError
        assert random.getstate() == before

    def test_seeds(self):
        assert seed_of(np.int64(5)) == 5
        assert seed_of(np.random.RandomState(0)) == seed_of(np.random.RandomState(0))
        assert seed_of(None) != seed_of(None)
        with pytest.raises(SettingsError, match="-1"):
            seed_of(-1)
