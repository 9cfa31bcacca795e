"""Rows that are related are noticed by their columns; ordinary columns raise no alarm."""

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import read_columns
from automl.problem.structure import Structure, rows_each, structure_of

N = 200
RNG = np.random.default_rng(0)
CODES = RNG.permutation(np.repeat(np.arange(20), 10))
DAYS = pd.date_range("2021-03-01", periods=N, freq="D")


def structure(**cells):
    frame = pd.DataFrame({"noise": RNG.normal(size=N), **cells})
    columns = read_columns(frame)
    return structure_of(columns.read(frame), columns)


GROUPS = {
    "patient": [f"P{code:03}" for code in CODES],
    "subject#": CODES + 1,
    "CustomerID": 10_000 + 37 * CODES,
    "user_id": [f"{0xABC0 + code:08x}-1f2e" for code in CODES],
    "Household No": CODES,
    "device": [f"meter {code}" for code in CODES],
    "store": np.sort(CODES),
    "pupil_name": [f"Anna {code}" for code in CODES],
    "hospital": pd.Categorical.from_codes(CODES, [f"H{n}" for n in range(20)]),
    "animal": RNG.integers(0, 30, N),
    "userid": CODES,
    "PatientIDs": CODES * 3,
    "Patient ID (hashed)": [f"h{code}" for code in CODES],
    "participant1": CODES,
    "person_idx": CODES,
    "mrn": CODES + 900,
    "who": [f"SUB-{code:02}" for code in CODES],
}


@pytest.mark.parametrize("name", GROUPS)
def test_groups_are_noticed(name):
    assert structure(**{name: GROUPS[name]}).groups == name


TIMES = {
    "date": DAYS,
    "sold_on": DAYS.strftime("%d.%m.%Y"),
    "when": DAYS.strftime("%Y-%m-%d %H:%M:%S"),
    "Timestamp": RNG.permutation(1_600_000_000 + 3_600 * np.arange(N)),
    "time_ms": 1_600_000_000_000 + 60_000 * np.arange(N),
    "year": 1900 + np.arange(N) // 2,
    "week": np.arange(N) // 3,
    "created": RNG.permutation(DAYS),
    "visit_date": DAYS.strftime("%m/%d/%Y"),
    "period": np.arange(N) // 4,
}


@pytest.mark.parametrize("name", TIMES)
def test_an_order_in_time_is_noticed(name):
    assert structure(**{name: TIMES[name]}).time == name


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("households", RNG.integers(1, 40, N)),  # counts
        ("store_type", [f"type {code}" for code in CODES]),
        ("group", RNG.choice(["drug", "placebo"], N)),
        ("zip", [f"Z{code:05}" for code in CODES]),
        ("city", RNG.choice(["Oslo", "Rome", "Lima", "Bonn", "Cork", "Nice"], N)),
        ("customer_age", RNG.integers(18, 90, N)),
        ("birth_date", DAYS),
        ("hire_date", RNG.permutation(DAYS)),
        ("age_group", RNG.integers(0, 12, N)),
        ("distance_to_center", RNG.integers(0, 40, N)),
        ("number_of_employee", RNG.integers(0, 40, N)),
        ("diagnosis", [f"E{code:02}" for code in RNG.integers(10, 40, N)]),
        ("hours_per_week", np.sort(RNG.integers(0, 60, N))),
        ("year_built", np.sort(RNG.integers(1900, 2020, N))),
        ("time", np.sort(RNG.integers(0, 300, N))),
        ("hour", RNG.integers(0, 24, N)),
        ("year", RNG.integers(1990, 2020, N)),
        ("time", RNG.normal(size=N)),
        ("client", RNG.normal(size=N)),
    ],
)
def test_ordinary_columns_raise_no_alarm(name, cells):
    assert structure(**{name: cells}) == Structure()


def test_few_rows_tell_nothing():
    frame = pd.DataFrame({"patient": ["a", "b"] * 6})
    columns = read_columns(frame)
    assert structure_of(columns.read(frame), columns) == Structure()


def test_the_column_of_most_groups_is_named():
    assert structure(school=CODES // 2, pupil=CODES).groups == "pupil"


def test_the_sentences_say_what_to_pass():
    cells = pd.DataFrame({"patient": np.repeat(["a", "b", "c"], 4), "day": range(12)})
    related = Structure(groups="patient", time="day")
    assert [sentence.split("; ")[1] for sentence in related.sentences(cells)] == [
        "pass groups='patient' if new rows come with others",
        "pass time='day' if the future is to be predicted",
    ]
    assert list(Structure().sentences(cells)) == []
    assert rows_each(pd.Series([1, 1, 1, 2])) == "2 rows each, on average"
