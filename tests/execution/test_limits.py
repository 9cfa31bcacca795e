"""The seconds and the memory of a job."""

import contextlib

import pytest

from automl.errors import AutoMLWarning, SettingsError
from automl.execution import Limits
from automl.execution import limits as module


@pytest.mark.parametrize(
    "options",
    [
        {"seconds": 0},
        {"mebibytes": -1},
        {"seconds": "much"},
        {"mebibytes": float("inf")},
        {"seconds": True},
        {"mebibytes": float("nan")},
    ],
)
def test_limits_that_cannot_be_are_refused(options):
    with pytest.raises(SettingsError, match=str(next(iter(options.values())))):
        Limits(**options)


def test_seconds_follow_the_budget():
    assert Limits().seconds_of(100.0) == 20.0
    assert Limits().seconds_of(1.0) == 5.0
    assert Limits().seconds_of(None) == 600.0


@pytest.mark.parametrize(
    ("total", "own", "workers", "mebibytes"),
    [
        (16_000, 300, 4, (0.8 * 16_000 - 512 - 160) / 4 - 40),
        (16_000, 600, 4, (0.8 * 16_000 - 768 - 160) / 4 - 40),
        (700, 200, 1, 256.0),  # with less, fits of a few MiB of cells fail
        (300, 200, 1, 256.0),  # there is always one worker
    ],
)
def test_workers_share_what_the_main_process_leaves(monkeypatch, total, own, workers, mebibytes):
    monkeypatch.setattr(module, "total_mebibytes", lambda: float(total))
    monkeypatch.setattr(module, "own_mebibytes", lambda: float(own))
    monkeypatch.setattr("joblib.cpu_count", lambda: 4)
    with contextlib.nullcontext() if workers == 4 else pytest.warns(AutoMLWarning, match="1 of 4"):
        assert Limits().workers_of(4) == workers
    assert Limits().mebibytes_of(workers) == pytest.approx(mebibytes)


def test_memory_by_hand_is_taken_as_it_is(monkeypatch):
    limits = Limits(mebibytes=50)
    monkeypatch.setattr("joblib.cpu_count", lambda: 16)
    assert limits.workers_of(16) == 16
    assert limits.mebibytes_of(16) == 50
