"""Seconds are planned for the machine at hand."""

from automl.selection import pace


def test_a_slower_machine_has_a_higher_pace_and_a_quicker_one_has_1(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS", 1e-9)
    assert pace.machine_pace() > 100
    monkeypatch.setattr(pace, "SECONDS", 1e9)
    assert pace.machine_pace() == 1
