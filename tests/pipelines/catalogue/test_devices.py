"""Boosted trees on a GPU, on a machine that has none."""

import json
import subprocess
import sys

import pytest

from automl.pipelines.catalogue import cuda, left_on_cpu, load_catalogue, on_processor, uses_device
from automl.pipelines.catalogue.devices import DEVICE, PACKAGES, TASK_TYPE
from tests.gpu import gpu_catalogue


def test_boosted_trees_have_a_switch_and_others_stay_as_they_are():
    plain, on_gpu = load_catalogue(), gpu_catalogue()
    assert list(plain) == list(on_gpu)
    assert {name for name in on_gpu if uses_device(on_gpu[name])} == set(PACKAGES) & set(plain)
    assert on_gpu["xgb_classifier"].fixed["device"] == DEVICE
    assert on_gpu["lgbm_regressor"].fixed["device_type"] == DEVICE
    assert on_gpu["cat_boost_classifier"].fixed["task_type"] == TASK_TYPE
    assert (DEVICE.value, TASK_TYPE.value) == ("cuda", "GPU")
    assert {name for name in plain if plain[name] != on_gpu[name]} == set(PACKAGES) & set(plain)
    assert left_on_cpu(on_gpu) == left_on_cpu(plain) == {}


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_the_classes_take_the_switch(name):
    gpu_catalogue()[name].check()


def test_the_way_back():
    plain, back = load_catalogue(), on_processor(gpu_catalogue())
    assert [operator.fixed for operator in back.values()] == [
        operator.fixed for operator in plain.values()
    ]


def test_a_package_without_cuda_stays_on_the_processor_and_is_named():
    catalogue = gpu_catalogue("xgboost").only("xgb_regressor", "lgbm_regressor", "ridge")
    assert uses_device(catalogue["xgb_regressor"])
    assert not uses_device(catalogue["lgbm_regressor"])
    assert left_on_cpu(catalogue) == {"lightgbm": ["lgbm_regressor"]}


def test_options_and_template_stay():
    catalogue = gpu_catalogue(include=["xgb_classifier"], template="classifier")
    assert catalogue.template == ("classifier",)
    assert [operator.name for operator in catalogue.values() if operator.is_model] == [
        "xgb_classifier"
    ]
    assert uses_device(catalogue["xgb_classifier"])


@pytest.mark.parametrize("device", ["gpu", "", None, "cuda:1"])
def test_no_device(device):
    with pytest.raises(ValueError, match=rf"device in \['cpu', 'cuda'\], got {device!r}"):
        load_catalogue(device=device)


def test_the_processor_asks_nothing(monkeypatch):
    monkeypatch.setattr("automl.pipelines.catalogue.devices.find_cuda", None)
    assert load_catalogue(device="cpu") == load_catalogue()


def test_without_a_gpu():
    with pytest.raises(ValueError, match="needs a GPU, and CUDA sees none; look at `nvidia-smi`"):
        gpu_catalogue(n_devices=0)


def test_without_a_package_that_could_use_it():
    with pytest.raises(ValueError, match=r"got \['lightgbm'\] built without; install such a b"):
        gpu_catalogue("xgboost", include=["lgbm_classifier", "lgbm_regressor"])
    with pytest.raises(ValueError, match=r"in the catalogue and built for CUDA, got \[\]"):
        gpu_catalogue(preset="linear")


def test_what_there_is_comes_from_a_process_of_its_own(monkeypatch):
    answer = subprocess.CompletedProcess(
        [], 0, b"[LightGBM] noise\n" + json.dumps([2, "a"]).encode()
    )
    monkeypatch.setattr(cuda.subprocess, "run", lambda *_, **__: answer)
    assert cuda.find_cuda.__wrapped__() == cuda.Cuda(2, frozenset({"a"}))


@pytest.mark.parametrize("error", [OSError(), subprocess.TimeoutExpired("python", 1.0)])
def test_no_answer_is_no_gpu(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(cuda.subprocess, "run", fail)
    assert cuda.find_cuda.__wrapped__() == cuda.Cuda(0, frozenset())


@pytest.mark.slow
def test_the_real_answer_is_sound():
    machine = cuda.find_cuda()
    assert machine.n_devices >= 0
    assert machine.packages <= {"xgboost", "lightgbm", "catboost"}
    assert "ctypes" in sys.modules  # the driver is asked without a package
