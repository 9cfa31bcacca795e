"""Rows that are no cases are noticed; ordinary tables raise no alarm."""

import io

import numpy as np
import pandas as pd
import pytest

from automl.problem.odd_rows import is_shifted, odd_rows, repeated_headers, totals

RNG = np.random.default_rng(0)
N = 30
PLAIN = pd.DataFrame(
    {
        "shop": RNG.choice(["north", "south", "west"], N),
        "sold": RNG.integers(1, 90, N),
        "price": RNG.uniform(1, 9, N).round(2),
    }
)
Y = RNG.normal(size=N)


def csv(frame):
    return frame.to_csv(index=False)


def joined(*parts):
    """Return a file of files, each with its header."""
    return pd.read_csv(io.StringIO("".join(csv(part) for part in parts)))


def with_footer(**cells):
    return pd.concat([PLAIN, pd.DataFrame([cells])], ignore_index=True)


def test_a_plain_table_is_silent():
    assert list(odd_rows(PLAIN, Y)) == []
    assert list(odd_rows(PLAIN.set_index("shop"), Y)) == []


@pytest.mark.parametrize("cuts", [(10,), (1,), (29,), (5, 6), (10, 20)])
@pytest.mark.parametrize("names", [list(PLAIN), ["Shop name", " sold", "2020"]])
def test_repeated_headers_are_noticed(cuts, names):
    table = PLAIN.set_axis(names, axis=1)
    parts = np.split(np.arange(N), cuts)
    frame = joined(*(table.iloc[part] for part in parts))
    assert repeated_headers(frame).tolist() == [cut + place for place, cut in enumerate(cuts)]
    (sentence,) = odd_rows(frame, np.zeros(len(frame)))
    assert "repeat the names of the columns" in sentence


FOOTERS = [
    {"shop": "Total", "sold": 3, "price": 1.0},
    {"shop": "TOTAL:", "sold": None, "price": None},
    {"shop": "Grand total", "sold": 3, "price": 1.0},
    {"shop": "Sum of all shops", "sold": 3, "price": 1.0},
    {"shop": " average ", "sold": 45, "price": 5.0},
    {"shop": "Σ", "sold": 3, "price": 1.0},
    {"shop": None, "sold": PLAIN["sold"].sum(), "price": PLAIN["price"].sum().round(2)},
    {"shop": "north", "sold": PLAIN["sold"].sum(), "price": PLAIN["price"].sum()},
    {"shop": "", "sold": PLAIN["sold"].sum(), "price": PLAIN["price"].sum()},
    {"shop": "Mean", "sold": PLAIN["sold"].mean(), "price": PLAIN["price"].mean()},
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_totals_are_noticed(footer):
    frame = with_footer(**footer)
    assert totals(frame, np.zeros(len(frame))).tolist() == [N]
    (sentence,) = odd_rows(frame, np.zeros(len(frame)))
    assert sentence.startswith("rows (31, counted from 1) look like totals")


def test_the_sum_may_be_that_of_the_target():
    frame = with_footer(shop="west", sold=3, price=1.0)[["shop"]]
    assert totals(frame, [*Y, Y.sum()]).tolist() == [N]


def test_a_category_is_no_total():
    frame = PLAIN.assign(shop=RNG.choice(["all", "sum"], N))
    assert totals(frame, Y).size == 0
    assert totals(PLAIN.assign(sold=0, price=0.0), np.zeros(N)).size == 0


@pytest.mark.parametrize("names", [list(PLAIN), ["a", "b", "c"]])
def test_shifted_columns_are_noticed(names):
    lines = csv(PLAIN.set_axis(names, axis=1)).splitlines()
    text = "\n".join([lines[0], *(f"{line}," for line in lines[1:])])
    frame = pd.read_csv(io.StringIO(text))
    assert is_shifted(frame)
    assert "index_col=False" in list(odd_rows(frame, Y))[-1]
    assert not is_shifted(pd.read_csv(io.StringIO(text), index_col=False))


def test_cells_without_equality_are_no_header():
    frame = pd.DataFrame({"a": [np.zeros(2)] * N, "b": [[1]] * N, "c": ["c"] * N})
    assert repeated_headers(frame).size == 0
