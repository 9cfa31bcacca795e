"""What type checkers and editors know of the estimators, and what the docstrings say of them."""

import os
import re
import shutil
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

import automl
from automl import AutoMLClassifier, AutoMLRegressor

ROOT = Path(__file__).parents[1]
ESTIMATORS = [AutoMLClassifier, AutoMLRegressor]
HEAD = """
from automl import *
import automl

X, y = [[1.0]], ["yes"]
classifier = AutoMLClassifier(max_evaluations=3).fit(X, y)
regressor = AutoMLRegressor(max_evaluations=3).fit(X, [1.0])
"""
NUMBERS = "ndarray[tuple[Any, ...], dtype[float64]]"
LABELS = "ndarray[tuple[Any, ...], dtype[Any]]"
# An expression and the type that a user sees, without its module; `X | Any` is X for an editor.
TYPES = {
    "classifier": "AutoMLClassifier",
    "classifier.predict(X)": LABELS,
    "classifier.predict_proba(X)": f"{NUMBERS} | Any",
    "classifier.predict_proba(X)[:, 1]": f"{NUMBERS} | Any",
    "classifier.classes_": f"{LABELS} | Any",
    "classifier.leaderboard_": "DataFrame",
    "classifier.leaderboard(X, y)": "DataFrame",
    "classifier.history_": "DataFrame",
    "classifier.members_": "DataFrame",
    "classifier.honest_score_": "HonestScore | None",
    "classifier.best_score_": "float",
    "classifier.score(X, y)": "float",
    "classifier.script_": "str",
    "classifier.run_": "Run",
    "classifier.explain(X, y)": "Explanation",
    "classifier.select('best', X, y)": "AutoMLClassifier",
    "classifier.fit_winner(X, y)": "AutoMLClassifier",
    "classifier.set_threshold(0.3)": "AutoMLClassifier",
    "classifier.set_params(n_jobs=1)": "AutoMLClassifier",
    "classifier.get_params()": "dict[str, Any]",
    "regressor.predict_interval(X)": NUMBERS,
    "regressor.select(1, X, y)": "AutoMLRegressor",
    "load('model')": "AutoMLClassifier | AutoMLRegressor",
    "automl.__version__": "str",
}
TYPOS = """
classifier.predict_probaa(X)
classifier.leader_board_
classifier.honest_score_.estimat
classifier.select("best", X, y).exprot("best.py")
classifier.predict_interval(X)
regressor.predict_proba(X)
regressor.classes_
regressor.fit(X, y).explane(X, y)
automl.AutoMLClasifier
AutoMLClassifier(time_buget=60)
classifier.predict_proba(X, y)
NestedCV().outter
Limits().second
catalogue().withoutt()
""".split("\n")[1:-1]
UNTYPED = {"best_pipeline_", "ensemble_"}  # scikit-learn's


def documented(estimator):
    """Return the documented attributes."""
    section = estimator.__doc__.split("Attributes\n")[1].split("Examples\n")[0]
    return re.findall(r"^    (\w+_) :", section, re.MULTILINE)


def parameters(estimator):
    """Return the documented parameters with their texts."""
    section = estimator.__doc__.split("Parameters\n    ----------\n")[1].split("    Attributes\n")[
        0
    ]
    name, *parts = re.split(r"^    (\w+) : ", section, flags=re.MULTILINE)
    assert name == ""
    return dict(zip(parts[::2], parts[1::2], strict=True))


def public_names(estimator):
    """Return an expression for each public name that instances have."""
    names = [name for name in dir(estimator()) if not name.startswith("_")]
    variable = "classifier" if estimator is AutoMLClassifier else "regressor"
    return [f"{variable}.{name}" for name in [*names, *documented(estimator)]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return what mypy says to expressions in a user's file, beside a copy of the package."""
    folder = tmp_path_factory.mktemp("typing")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "automl", folder / "site" / "automl", ignore=ignored)
    names = [name for estimator in ESTIMATORS for name in public_names(estimator)]
    lines = {*TYPES, *TYPOS, *names}
    shown = [f"reveal_type({line})" for line in sorted(lines)]
    (folder / "user.py").write_text("\n".join([*HEAD.splitlines(), *shown]) + "\n")
    (folder / "mypy.ini").write_text(
        "[mypy]\nstrict = true\nignore_missing_imports = true\nmypy_path = site\n"
        "[mypy-automl.*]\nfollow_imports = silent\n"
    )
    command = [sys.executable, "-m", "mypy", "--no-pretty", "--no-error-summary", "user.py"]
    environment = {**os.environ, "PYTHONPATH": "", "MYPYPATH": ""}
    checked = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""
    start = len(HEAD.splitlines()) + 1
    answers = {line: [] for line in lines}
    for number, answer in re.findall(r"^user\.py:(\d+): (.*)$", checked.stdout, re.MULTILINE):
        answers[sorted(lines)[int(number) - start]].append(answer)
    return answers


def revealed(answer):
    """Return the type that mypy reveals, without modules; None if there is an error."""
    (kind,) = re.findall('^note: Revealed type is "(.*)"$', answer[0]) or [None]
    return kind and re.sub(r"([a-z_]+\.)+(?=\w)", "", kind)


@pytest.mark.slow
def test_a_type_checker_knows_the_types(answers):
    assert {line: revealed(answers[line]) for line in TYPES} == TYPES


@pytest.mark.slow
def test_a_typo_is_an_error(answers):
    assert [typo for typo in TYPOS if not any("error: " in line for line in answers[typo])] == []


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_type_checker_knows_every_public_name(estimator, answers):
    names = public_names(estimator)
    assert [name for name in names if any("error: " in line for line in answers[name])] == []
    attributes = [name for name in names if name.endswith("_")]
    untyped = {name.split(".")[1] for name in attributes if revealed(answers[name]) == "Any"}
    assert untyped == UNTYPED


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_is_documented_in_its_order(estimator):
    assert list(parameters(estimator)) == list(signature(estimator).parameters)


def test_both_estimators_say_the_same_of_the_parameters_that_mean_the_same():
    of_classes, of_numbers = map(parameters, ESTIMATORS)
    different = {name for name in of_classes if of_classes[name] != of_numbers[name]}
    assert different == {"scoring", "cv"}


def test_both_estimators_document_the_attributes_that_they_share():
    of_classes, of_numbers = map(documented, ESTIMATORS)
    assert [name for name in of_classes if name in of_numbers] == of_numbers
    assert set(of_classes) - set(of_numbers) == {"classes_", "threshold_"}


def test_the_package_shows_its_public_names():
    assert dir(automl) == sorted([*automl.__all__, "__version__"])
    assert all(hasattr(automl, name) for name in dir(automl))
    with pytest.raises(AttributeError, match="has no attribute 'AutoMLClasifier'"):
        automl.AutoMLClasifier  # noqa: B018
