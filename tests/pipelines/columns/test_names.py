"""Names and cells together tell identifiers and numbers of rows from features."""

import uuid

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import read_columns
from automl.pipelines.columns.kinds import IDENTIFIER, ROW_NUMBER
from automl.pipelines.columns.names import is_entity, is_fact, is_moment, is_place

N = 120
RNG = np.random.default_rng(0)
NUMBERS = RNG.permutation(10_000)[:N]


def dropped(name, cells):
    frame = pd.DataFrame({name: cells, "noise": RNG.normal(size=N)})
    return read_columns(frame).dropped.get(name)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("id", NUMBERS),
        ("customerID", NUMBERS),
        ("invoice_no", NUMBERS),
        ("Account", NUMBERS),
        ("ticket number", NUMBERS),
        ("serial", NUMBERS.astype(float)),
        ("user key", NUMBERS.astype(str)),
        ("order_ref", [f"R-{number}" for number in NUMBERS]),
        ("UUID", [str(uuid.UUID(int=int(number))) for number in NUMBERS]),
        ("anything", [f"{number:05x}" for number in NUMBERS + 40_000]),
        ("e-mail", [f"u{number}@example.org" for number in NUMBERS]),
    ],
)
def test_identifiers_are_left_out(name, cells):
    assert dropped(name, cells) == IDENTIFIER


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    "name", ["Unnamed: 0", "index", "level_0", "row", "rownames", "Row ID", "row_no", "#", ""]
)
def test_numbers_of_rows_are_left_out(name, first):
    assert dropped(name or "Unnamed: 0", np.arange(N) + first) == ROW_NUMBER


@pytest.mark.parametrize(
    "cells", [NUMBERS.repeat(2)[:N], NUMBERS + 0.5, np.where(NUMBERS % 2, NUMBERS, np.nan)]
)
@pytest.mark.parametrize("name", ["id", "account", "ticket_no", "grid", "humid"])
def test_cells_that_are_no_identifiers_are_features(name, cells):
    assert dropped(name, cells) is None


@pytest.mark.parametrize("name", ["number", "code", "no", "reference"])
def test_numbers_of_nothing_are_features(name):
    assert dropped(name, NUMBERS) is None


def test_what_names_say():
    names = ["patient", "Patient ID", "patients", "patient_age", "dateOfBirth", "zip", "sold day"]
    assert [name for name in names if is_entity(name)] == ["patient", "Patient ID", "patients"]
    assert [name for name in names if is_fact(name)] == ["dateOfBirth"]
    assert [name for name in names if is_moment(name)] == ["dateOfBirth", "sold day"]
    assert [name for name in names if is_place(name)] == ["zip"]
    assert not any(is_entity(name) or is_moment(name) for name in ("", "12", "???"))
