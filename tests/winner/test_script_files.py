"""Files around a script: pinned packages, with which an empty environment runs it, and an image.

Run this file with Python to write the golden Dockerfiles anew.
"""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from automl import FileError, SettingsError, load
from automl.cli import main
from automl.pipelines.building.read_options import ReadOptions
from automl.winner.packages import Package
from automl.winner.script_files import (
    MARK,
    check_script_files,
    dockerfile_text,
    packages_of_script,
    requirements_path,
    requirements_text,
    write_script,
)
from tests.searches import NUMBERS, X, classifier, labels, regressor

GOLDEN = Path(__file__).with_name("golden")
TIMEOUT = 1800  # seconds: ends a test that hangs, and no other on a busy machine
NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ProxyError", "ConnectTimeoutError")
SOURCE = "import sklearn\nimport pandas as pd\nfrom lightgbm import LGBMClassifier\nimport sys\n"
IMAGES = {
    "plain.Dockerfile": ("best model.py", [Package("numpy", "numpy", "2.4.6")]),
    "lightgbm.Dockerfile": ("best.py", [Package("lightgbm", "lightgbm", "4.7.0")]),
}


def image(name):
    """Return a Dockerfile without the versions of this environment."""
    text = dockerfile_text(*IMAGES[name])
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return text.replace(version("automl-gp"), "VERSION").replace(f"python:{python}-", "python:X-")


def test_packages_and_their_versions():
    packages = packages_of_script(SOURCE, ReadOptions(format="excel"))
    assert [(package.name, package.version) for package in packages] == [
        (name, version(name)) for name in ("lightgbm", "openpyxl", "pandas", "scikit-learn")
    ]


def test_a_module_of_no_package_is_named():
    (package,) = packages_of_script("import own_steps.scaling", ReadOptions())
    lines = requirements_text("best.py", [package]).splitlines()
    assert lines[0].startswith(f"# Packages of best.py, {MARK}")
    assert lines[1] == "# Install: python -m pip install -r best.requirements.txt"
    assert lines[2:] == ["# own_steps: a module of no package; put it beside the script."]


@pytest.mark.parametrize("name", IMAGES)
def test_golden_images(name):
    assert image(name) == (GOLDEN / name).read_text("utf-8")


def test_names_of_files_end_no_comment():
    text = requirements_text("a\nimport os.py", [])
    assert all(line.startswith("#") for line in text.splitlines())


def test_files_beside_the_script(tmp_path):
    write_script(tmp_path / "best.py", SOURCE, ReadOptions(), dockerfile=True)
    names = ["best.Dockerfile", "best.py", "best.requirements.txt"]
    assert sorted(os.listdir(tmp_path)) == names
    write_script(tmp_path / "best.py", "import numpy\n", ReadOptions(), dockerfile=True)
    lines = (tmp_path / "best.requirements.txt").read_text().splitlines()
    assert lines[2:] == [f"numpy=={version('numpy')}"]
    write_script(tmp_path / "other.py", SOURCE, ReadOptions(), requirements=False)
    assert sorted(os.listdir(tmp_path)) == [*names, "other.py"]


@pytest.mark.parametrize("name", ["best.requirements.txt", "best.Dockerfile"])
def test_files_of_others_are_not_replaced(tmp_path, name):
    (tmp_path / name).write_text("numpy\n")
    with pytest.raises(FileError, match="no export has written it"):
        write_script(tmp_path / "best.py", SOURCE, ReadOptions(), dockerfile=True)
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "numpy\n"


@pytest.mark.parametrize("path", ["/", ".", "..", "", "a\0b", 3, None])
def test_paths_that_are_no_files(path):
    with pytest.raises(FileError):
        check_script_files(path, dockerfile=True)


@pytest.mark.parametrize("name", ["best.onnx", "best.ONNX"])
def test_a_script_has_no_name_of_an_onnx_model(tmp_path, name):
    with pytest.raises(FileError, match=r"name of an ONNX model.*export_onnx"):
        check_script_files(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_image_needs_requirements_and_a_plain_name(tmp_path):
    with pytest.raises(SettingsError, match="installs the requirements"):
        check_script_files(tmp_path / "best.py", requirements=False, dockerfile=True)
    with pytest.raises(FileError, match="another name"):
        check_script_files(tmp_path / "best[1].py", dockerfile=True)
    check_script_files(tmp_path / "best[1].py")


@pytest.mark.slow
def test_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    classifier().fit(X, labels(0.4)).save("model")
    assert main(["export", "model", "best.py", "--no-requirements"]) == 0
    assert sorted(os.listdir()) == ["best.py", "model"]
    assert main(["export", "model", "best.py", "--dockerfile"]) == 0
    assert sorted(os.listdir()) == ["best.Dockerfile", "best.py", "best.requirements.txt", "model"]
    assert main(["export", "model", "best.py", "--dockerfile", "--no-requirements"]) == 1
    assert "pass --dockerfile without --no-requirements" in capsys.readouterr().err
    os.rename("model", "new.requirements.txt")
    assert main(["export", "new.requirements.txt", "new.py"]) == 1
    assert "is the same file as MODEL" in capsys.readouterr().err


def test_a_fit_looks_for_files_of_others_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("best.requirements.txt").write_text("numpy\n")
    Path("train.csv").write_text("a,b\n1,2\n")
    assert main(["fit", "train.csv", "--target", "b", "--export", "best.py"]) == 1
    assert "no export has written it" in capsys.readouterr().err


@pytest.mark.slow
def test_an_empty_environment_runs_the_script(tmp_path):
    """Only what the requirements name is installed there, and the script verifies itself."""
    search = regressor("hist_gradient_boosting_regressor", "ridge").fit(X, NUMBERS)
    search.export(tmp_path / "best.py")
    X.assign(price=NUMBERS).to_csv(tmp_path / "train.csv", index=False)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    options = {"cwd": tmp_path, "env": environment, "timeout": TIMEOUT, "text": True}
    options |= {"capture_output": True}
    subprocess.run([sys.executable, "-m", "venv", "empty"], check=True, **options)
    folder = "Scripts" if os.name == "nt" else "bin"
    python = str(tmp_path / "empty" / folder / "python")
    requirements = str(requirements_path(tmp_path / "best.py"))
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "1"]
    installed = subprocess.run([*command, "-r", requirements], **options)
    if installed.returncode and any(error in installed.stderr for error in NO_NETWORK):
        pytest.skip("no package index can be reached")
    assert installed.returncode == 0, installed.stderr
    absent = subprocess.run([python, "-c", "import automl"], **options)
    assert "ModuleNotFoundError" in absent.stderr
    verified = subprocess.run([python, "best.py", "train.csv", "--verify"], **options)
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.startswith("verified")


@pytest.mark.slow
def test_a_loaded_model_exports_the_same_files(tmp_path):
    search = classifier().fit(X, labels(0.4))
    search.save(tmp_path / "model")
    search.export(tmp_path / "best.py")
    written = requirements_path(tmp_path / "best.py").read_text()
    load(tmp_path / "model").export(tmp_path / "best.py")
    assert requirements_path(tmp_path / "best.py").read_text() == written


if __name__ == "__main__":
    for name in IMAGES:
        (GOLDEN / name).write_text(image(name), "utf-8")
