"""Boosted trees on the processor and on a GPU."""

import pytest

from automl.pipelines import load_catalogue
from automl.pipelines.catalogue.cuda import Cuda
from benchmarks.__main__ import main
from benchmarks.studies import gpu
from benchmarks.tasks.synthetic import labeled, mixed
from tests.gpu import gpu_catalogue


def test_without_a_gpu_nothing_is_measured_and_a_sentence_says_why(monkeypatch, capsys):
    find_cuda = "automl.pipelines.catalogue.devices.find_cuda"
    monkeypatch.setattr(find_cuda, lambda: Cuda(0, frozenset()))
    assert main(["gpu"]) != 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("benchmarks: nothing was measured: device='cuda' needs a GPU")
    assert len(err.splitlines()) == 1


def test_rounds_that_no_model_of_the_catalogue_has(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "catalogue", lambda preset, device="cpu": load_catalogue(preset))
    monkeypatch.setattr(gpu, "read_sets", lambda data, n_rows: [("made", *labeled(mixed, 20))])
    assert main(["gpu", "--rounds", "3"]) == 2
    assert "give --rounds from 100 to 1000" in capsys.readouterr().err


@pytest.mark.slow
def test_both_sets_are_measured_on_both_devices(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "catalogue", lambda preset, device="cpu": load_catalogue(preset))
    sets = [("made", *labeled(mixed, 2_000))]
    monkeypatch.setattr(gpu, "read_sets", lambda data, n_rows: sets)
    assert main(["gpu"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(gpu.MODELS)
    for line in lines[2:]:
        cpu, on_gpu = line.split(" | ")[-2:]
        assert 0.6 < float(cpu) == float(on_gpu.rstrip(" |"))


def test_no_fit_starts_when_the_time_is_over(monkeypatch, capsys):
    monkeypatch.setattr(gpu, "catalogue", lambda preset, device="cpu": gpu_catalogue())
    monkeypatch.setattr(gpu, "LONGEST", -1.0)
    monkeypatch.setattr(gpu, "read_sets", lambda data, n_rows: [("made", *labeled(mixed, 20))])
    assert main(["gpu"]) == 0
    assert capsys.readouterr().out.count("–") == 5 * len(gpu.MODELS)
