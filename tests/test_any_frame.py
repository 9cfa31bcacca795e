"""Any dataframe is fitted, or refused with an error that says why."""

import contextlib
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import automl
from automl import AutoMLError, AutoMLWarning
from automl.pipelines import read_columns
from automl.problem.dataset import as_frame
from benchmarks.torture.any_frame import check, frames, problems


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(problems())
def test_any_frame_is_fitted_or_refused(problem):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutoMLWarning)
        with contextlib.suppress(AutoMLError):
            check(*problem)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(frames(), st.randoms(use_true_random=False))
def test_any_frame_is_described_and_read(frame, random):
    try:
        table = automl.describe(frame)
    except AutoMLError:
        return
    frame = as_frame(frame)
    columns = read_columns(frame)
    assert sorted([*columns.names, *columns.dropped]) == sorted(map(str, frame.columns))
    assert ((table["kind"] == "left out") == (table["reason"] != "")).all()
    cells = columns.read(frame)
    assert cells.notna().any().all()
    rows = random.sample(range(len(frame)), len(frame) // 2)
    some = columns.read(frame.iloc[rows])
    pd.testing.assert_frame_equal(some, cells.iloc[rows], check_exact=True)
