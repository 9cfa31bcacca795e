"""Model files that somebody changed: each is refused, or is a model that works in every way."""

import json
import random
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest

from automl import (
    AutoMLClassifier,
    AutoMLError,
    AutoMLRegressor,
    AutoMLWarning,
    catalogue,
    describe,
    load,
)
from automl.winner.archive import FACTS, PIPELINES, pack

RNG = np.random.default_rng(0)
N = 90
N_MUTANTS = 30  # `make torture` changes hundreds
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=list("ab")).assign(
    color=RNG.choice(["red", "green", "blue"], N),
    size=pd.Categorical(RNG.choice(["s", "m"], N), ["s", "m"], ordered=True),
    day=pd.date_range("2024-01-01", periods=N).strftime("%d.%m.%Y"),
    empty=1,
)
NUMBERS = X["a"] * 2 + (X["color"] == "red") + RNG.normal(size=N) / 9
LABELS = np.where(NUMBERS + RNG.normal(size=N) > 0.3, "yes", "no")
NAMES = """
    ridge lasso logistic_regression gaussian_nb linear_discriminant_analysis k_neighbors_classifier
    simple_imputer standard_scaler one_hot_encoder ordered_encoder datetime_encoder
"""
OPTIONS = {
    "catalogue": catalogue("default", include=NAMES.split()),
    "max_evaluations": 5,
    "cv": 3,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
}
SEARCHES = {
    "classes": (AutoMLClassifier(**OPTIONS, scoring=["auc", "f1", "size"]), LABELS),
    "numbers": (AutoMLRegressor(**OPTIONS, refit="bagged", ensemble_size=1), NUMBERS),
    "targets": (AutoMLRegressor(**OPTIONS), np.column_stack([NUMBERS, -NUMBERS])),
}
# What takes the place of a fact: other types, other values of the type, too much and too little.
VALUES = [
    None,
    True,
    -1,
    0,
    3,
    10**400,
    0.5,
    -1e308,
    float("nan"),
    float("inf"),
    "",
    'x\n\r\u2028import os #\x00\ud800\'"""',
    "ridge(numeric)",
    [],
    [[1]],
    {},
    {"a": {"a": {}}},
]


@pytest.fixture(scope="module", params=SEARCHES)
def model(request, tmp_path_factory):
    """A saved model: its path, its facts and its pipelines."""
    search, target = SEARCHES[request.param]
    path = tmp_path_factory.mktemp("hostile") / "model"
    with pytest.warns(AutoMLWarning, match="'(day|empty)'"):  # an order in time, a constant
        search.fit(X, target).save(path)
    with zipfile.ZipFile(path) as file:
        return path, json.loads(file.read(FACTS)), file.read(PIPELINES)


def places(content, place=()):
    """Yield the place of every fact, also of single cells."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def mutants(facts, rng, n_mutants):
    """Yield what was changed, and facts with that change."""
    everywhere = list(places(facts))
    text = json.dumps(facts)
    for _ in range(n_mutants):
        content = json.loads(text)
        *above, last = rng.choice(everywhere)
        owner = content
        for key in above:
            owner = owner[key]
        action = rng.choice(["set"] * 6 + ["remove", "add", "double"])
        value = rng.choice(VALUES)
        if action == "set":
            owner[last] = value
        elif action == "remove":
            del owner[last]
        elif isinstance(owner, dict):
            owner["added"] = owner[last] if action == "double" else value
        else:
            owner.append(owner[last] if action == "double" else value)
        yield f"{action} {[*above, last]} {value!r:.40}", content


def use(path, target):
    """Load a model and do all that it is for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parameters that are left out
        estimator = load(path)
    predicted = estimator.predict(X)
    assert predicted.shape == np.shape(target)
    if isinstance(estimator, AutoMLClassifier):
        assert estimator.predict_proba(X).shape == (N, len(estimator.classes_))
    elif predicted.ndim == 1:
        assert estimator.predict_interval(X, 0.5).shape == (N, 2)
    estimator.export(path.with_name("best.py"))
    compile(path.with_name("best.py").read_bytes(), "best.py", "exec")
    assert len(estimator.leaderboard_) >= 1
    assert len(estimator.pareto_front_) >= 0
    for value in (estimator.honest_score_, estimator.run_, estimator.columns_, estimator):
        assert str(value)
        assert repr(value)
    for table in (estimator.members_, estimator.nested_results_, estimator.ablation_):
        assert table.to_string()
    estimator.score(X, target)
    assert len(describe(X, kinds=None))
    estimator.save(path.with_name("again"))


def outcome(path, target):
    """Use a model; the class of an error that no user can act upon."""
    try:
        use(path, target)
    except AutoMLError:
        return "refused"
    except Exception as error:  # noqa: BLE001 any other error is the finding
        return f"{type(error).__name__}: {error}"
    return "works"


@pytest.mark.slow
def test_a_changed_fact_is_refused_or_harmless(model, request):
    path, facts, pipelines = model
    target = SEARCHES[request.node.callspec.params["model"]][1]
    assert outcome(path, target) == "works"
    wrong = {}
    changed = path.with_name("changed")
    for change, content in mutants(facts, random.Random(0), N_MUTANTS):
        changed.write_bytes(pack(json.dumps(content).encode(), pipelines))
        if (text := outcome(changed, target)) not in ("refused", "works"):
            wrong[change] = text
    assert wrong == {}


@pytest.mark.slow
def test_flipped_bytes_are_refused_or_harmless(model, request):
    path, _, _ = model
    target = SEARCHES[request.node.callspec.params["model"]][1]
    content = path.read_bytes()
    changed = path.with_name("changed")
    rng = random.Random(0)
    for _ in range(N_MUTANTS // 2):
        flipped = bytearray(content)
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        changed.write_bytes(
            flipped if rng.random() < 0.8 else content[: rng.randrange(len(content))]
        )
        assert outcome(changed, target) in ("refused", "works")
