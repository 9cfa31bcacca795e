"""A domain's answers agree with each other, whatever its bounds."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from automl.pipelines import Choice, Integer, Real

SEEDS = st.integers(0, 2**32 - 1)
MAGNITUDES = st.floats(-1e9, 1e9, allow_subnormal=False)
POSITIVES = st.floats(1e-12, 1e12)
NOT_NUMBERS = ("1", None, True, False, (1,))


@st.composite
def reals(draw):
    log = draw(st.booleans())
    numbers = POSITIVES if log else MAGNITUDES
    low, default, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    assume(low < high)
    return Real(low, high, default=default, log=log)


@st.composite
def integers(draw):
    log = draw(st.booleans())
    numbers = st.integers(1 if log else -(10**6), 10**6)
    low, default, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    assume(low < high)
    return Integer(low, high, default=default, log=log)


@st.composite
def choices(draw):
    values = draw(
        st.lists(VALUES, min_size=2, max_size=8, unique_by=lambda value: (type(value), value))
    )
    return Choice(tuple(values), default=draw(st.sampled_from(values)))


VALUES = st.one_of(
    st.integers(-3, 3),
    st.floats(-3, 3).map(lambda number: number + 0.0),
    st.booleans(),
    st.none(),
    st.text(max_size=3),
    st.lists(st.integers(-3, 3), max_size=3).map(tuple),
)
DOMAINS = st.one_of(reals(), integers(), choices())


def equal(value, reference):
    return type(value) is type(reference) and value == reference


@given(DOMAINS, SEEDS)
@example(Real(12344.5, 12344.9, default=12344.7), 0)  # narrower than the rounding
@example(Real(0.99991, 0.99999, default=0.99995, log=True), 0)
@example(Integer(99_999, 100_001, default=100_000, log=True), 0)
def test_every_answer_belongs_to_the_domain(domain, seed):
    rng = np.random.default_rng(seed)
    value = domain.default
    assert domain.contains(value)
    for _ in range(5):
        assert domain.contains(domain.sample(rng))
        value = domain.nudge(value, rng)
        assert domain.contains(value)
    for size in (1, 2, 3, 7):
        assert all(domain.contains(value) for value in domain.grid(size))


@given(DOMAINS, SEEDS)
def test_the_same_seed_gives_the_same_values(domain, seed):
    def drawn():
        rng = np.random.default_rng(seed)
        return [domain.sample(rng), domain.nudge(domain.default, rng)]

    assert drawn() == drawn()


@given(st.one_of(integers(), choices()), SEEDS)
@example(Integer(0, 1, default=0), 0)
@example(Integer(0, 1, default=1), 0)
@example(Choice((1, 1.0, True), default=1.0), 0)
def test_a_nudge_moves(domain, seed):
    rng = np.random.default_rng(seed)
    value = domain.default
    for _ in range(10):
        moved = domain.nudge(value, rng)
        assert not equal(moved, value)
        value = moved


@given(st.one_of(reals(), integers()), st.integers(0, 12))
@example(Real(1.0, 1.0001, default=1.0), 5)  # fewer values of four digits than asked for
def test_grids_are_sorted_and_distinct(domain, size):
    grid = domain.grid(size)
    assert grid == sorted(set(grid))
    assert len(grid) <= size


@given(choices(), st.integers(0, 12))
def test_the_grid_of_a_choice_is_its_values_in_order(domain, size):
    grid = domain.grid(size)
    assert len(grid) == len(domain.values)
    assert all(map(equal, grid, domain.values))


@given(st.integers(-1000, 1000), st.integers(1, 1000))
def test_a_grid_spans_the_domain(low, width):
    assert Integer(low, low + width, default=low).grid(2) == [low, low + width]
    assert Real(low, low + width, default=low).grid(2) == [low, low + width]


@given(st.integers(1, 12), st.integers(1, 12))
def test_a_logarithmic_grid_has_equal_ratios(below, above):
    grid = Real(10.0**-below, 10.0**above, default=1.0, log=True).grid(below + above + 1)
    assert grid == [10.0**power for power in range(-below, above + 1)]


@given(SEEDS)
def test_a_logarithmic_domain_is_sampled_by_ratio(seed):
    rng = np.random.default_rng(seed)
    log = Real(1e-6, 1e6, default=1.0, log=True)
    assert 60 <= sum(log.sample(rng) < 1.0 for _ in range(200)) <= 140
    linear = Real(1e-6, 1e6, default=1.0)
    assert sum(linear.sample(rng) < 1.0 for _ in range(200)) <= 2


@given(SEEDS)
def test_a_nudge_is_a_step_of_the_domains_own_scale(seed):
    rng = np.random.default_rng(seed)
    linear = Real(0.0, 10.0, default=5.0)
    assert 1.0 < np.std([linear.nudge(5.0, rng) for _ in range(200)]) < 2.0
    log = Real(1e-5, 1e5, default=1.0, log=True)
    assert 1.0 < np.std([np.log10(log.nudge(1.0, rng)) for _ in range(200)]) < 2.0


@given(reals(), SEEDS)
def test_values_are_short_unless_they_are_bounds(domain, seed):
    value = domain.sample(np.random.default_rng(seed))
    assert value == float(f"{value:.4g}") or value in (domain.low, domain.high)


@pytest.mark.parametrize("value", NOT_NUMBERS)
def test_what_is_no_number_is_in_no_range(value):
    assert not Real(-5.0, 5.0, default=0.0).contains(value)
    assert not Integer(-5, 5, default=0).contains(value)


def test_numbers_of_another_type():
    assert Real(0.0, 5.0, default=1.0).contains(1)
    assert not Integer(0, 5, default=1).contains(1.0)
    assert not Real(0.0, 5.0, default=1.0).contains(math.nan)
    assert not Real(0.0, 5.0, default=1.0).contains(math.inf)


@pytest.mark.parametrize("values", [(1, 2), (1.0, 2.0), (True, None)])
@pytest.mark.parametrize("given_value", [1, 1.0, True])
def test_a_choice_tells_one_from_true(values, given_value):
    expected = type(given_value) is type(values[0])
    assert Choice(values, default=values[0]).contains(given_value) is expected


def test_a_choice_of_integers_tells_one_from_true():
    assert not Choice(((1,), (2,)), default=(2,)).contains((True,))


@pytest.mark.parametrize(
    ("kind", "arguments", "shown"),
    [
        (Real, (3.25, 1.5, 2.0), ["3.25", "1.5"]),
        (Real, (0.0, 1.0, 7.5), ["7.5"]),
        (Real, (4.5, 4.5, 4.5), ["4.5"]),
        (Real, (-0.25, 1.0, 0.5, True), ["-0.25", "log=True"]),
        (Real, (0.0, 1.0, 0.5, True), ["low=0.0", "log=True"]),
        (Real, (math.nan, 1.0, 0.5), ["nan"]),
        (Real, (0.0, 1.0, True), ["True"]),
        (Integer, (31, 12, 12), ["31", "12"]),
        (Integer, (1, 12, 31), ["31"]),
        (Integer, (0, 12, 3, True), ["low=0", "log=True"]),
        (Integer, (1, 12, 2.5), ["2.5"]),
        (Integer, (0.5, 12, 3), ["0.5"]),
        (Choice, (("mean",), "mean"), ["mean"]),
        (Choice, ((), "mean"), ["mean"]),
        (Choice, (("mean", "median"), "mode"), ["mode"]),
        (Choice, ((1, 2), True), ["True"]),
        (Choice, (("mean", "mean"), "mean"), ["mean"]),
    ],
)
def test_a_domain_that_cannot_be_is_refused(kind, arguments, shown):
    with pytest.raises(ValueError, match=r"expected|starts above 0") as caught:
        kind(*arguments)
    assert all(text in str(caught.value) for text in shown)
