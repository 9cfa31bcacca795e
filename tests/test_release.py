"""A release: one version, claims of support that are true, and a wheel that does the main job."""

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import automl
from tests import smoke, try_wheel

ROOT = Path(__file__).parents[1]
CLASSIFIER = "Programming Language :: Python :: 3."


@pytest.fixture
def metadata():
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser["metadata"]


@pytest.fixture
def workflow():
    return yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))


def test_the_version_is_that_of_setup_cfg(metadata):
    assert automl.__version__ == metadata["version"]


def test_the_newest_heading_of_the_changelog_is_the_version(metadata):
    headings = re.findall("^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert re.fullmatch(
        rf"{re.escape(metadata['version'])} \((unreleased|\d{{4}}-\d\d-\d\d)\)", headings[0]
    )


def test_nothing_else_repeats_the_version(metadata):
    folders = ("automl", "pipelines", "docs", "examples")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    paths += [ROOT / "pyproject.toml", ROOT / "Makefile", *(ROOT / ".github").rglob("*.yml")]
    version = re.compile(rf"(?<![\d.]){re.escape(metadata['version'])}(?![\d.])")
    assert [path.name for path in paths if version.search(path.read_text("utf-8"))] == []


def test_the_wheel_is_tried_by_make_dist():
    recipe = (ROOT / "Makefile").read_text("utf-8").split("\ndist: ")[1].split("\n\n")[0]
    steps = [line.strip() for line in recipe.splitlines()[1:]]
    assert steps[1:] == [
        "$(BIN)/python -m build",
        "$(BIN)/python tests/try_wheel.py dist $(PYTHON)",
    ]


def test_only_what_ran_is_called_supported(metadata):
    page = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    ran = re.findall(r"^\| Linux .*\| (3\.\d+)\.\d+ \|.*\| yes \|$", page, re.MULTILINE)
    classifiers = metadata["classifiers"].splitlines()
    named = [line.removeprefix(CLASSIFIER) for line in classifiers if CLASSIFIER in line]
    assert [f"3.{minor}" for minor in named] == ran
    systems = [line for line in classifiers if line.startswith("Operating System")]
    assert systems == ["Operating System :: POSIX :: Linux"]


def test_the_workflow_runs_the_checks_on_every_python(workflow):
    (job,) = workflow["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert "${{ matrix.python }}" in job["container"]
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.slow
def test_the_smoke_test_runs_outside_of_the_checkout(tmp_path):
    command = [sys.executable, "-W", "error", try_wheel.SMOKE, tmp_path]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("does the main job")


@pytest.mark.slow
def test_the_smoke_test_sees_a_model_that_predicts_something_else(tmp_path, monkeypatch):
    other = SimpleNamespace(predict_proba=lambda X: [[0.5, 0.5]] * len(X))
    monkeypatch.setattr(automl, "load", lambda path: other)
    with pytest.raises(SystemExit, match="other probabilities"):
        smoke.main(tmp_path)


def test_a_step_that_fails_ends_the_trial(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    hidden = "import os, sys; sys.exit('PYTHONPATH' in os.environ)"
    try_wheel.run(sys.executable, "-c", hidden, cwd=tmp_path)
    with pytest.raises(subprocess.CalledProcessError, match="exit status 3"):
        try_wheel.run(sys.executable, "-c", "raise SystemExit(3)", cwd=tmp_path)


def test_the_largest_packages_are_shown(tmp_path, capsys):
    for number in range(12):
        (tmp_path / f"package{number}").mkdir()
        (tmp_path / f"package{number}" / "data").write_bytes(b"0" * number * 2**20)
    try_wheel.print_sizes(tmp_path)
    *largest, total = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in largest] == [f"package{n}" for n in range(11, 1, -1)]
    assert total.endswith("in all")
