"""A run is resumed with the same settings only, and what differs is named."""

import json

import numpy as np
import pandas as pd
import pytest

from automl import Limits, NestedCV, Quantile, TunedThreshold
from automl.problem.dataset import read_dataset
from automl.problem.pose import pose_problem
from automl.search.budget import Budget
from automl.search.fingerprint import differences, fingerprint

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(60, 3)), columns=["a", "b", "c"])
FRAME["city"] = ["Oslo", "Rome", "Bonn"] * 20
NOISE = RNG.normal(size=60)
PARAMETERS = {"strategy": "genetic", "ensemble_size": 5, "refit": True, "limits": None}


def taken(frame=FRAME, seed=0, budget=None, kinds=None, parameters=None, **options):
    scoring = options.pop("scoring", None)
    options = {"cv": NestedCV(outer=3), "catalogue": "fast", **options}
    is_class = options.pop("task", "regression") == "classification"
    y = NOISE > 0 if is_class else NOISE
    dataset = read_dataset(frame, y, "classification" if is_class else "regression", kinds=kinds)
    problem = pose_problem(dataset, scoring=scoring, seed=seed, **options)
    budget = budget or Budget(None, 5)
    settings = fingerprint(problem, budget, list(frame), [], {**PARAMETERS, **(parameters or {})})
    return json.loads(json.dumps(settings))


def test_the_same_is_the_same():
    assert differences(taken(), taken()) == []
    assert differences(taken(), taken(budget=Budget(None, 50))) == []
    assert differences(taken(), taken(parameters={"limits": Limits()})) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 1}, ["random_state: 0 then, 1 now"]),
        ({"cv": NestedCV(outer=4)}, ["cv: outer=3, inner=3, repeats=None then, outer=4, inner=3"]),
        ({"cv": NestedCV(outer=3, tuner="random")}, ["tuner: 'auto' then, 'random' now"]),
        ({"cv": NestedCV(outer=3, tuner=None)}, ["tuner: 'auto' then, None now"]),
        ({"cv": NestedCV(outer=3, trials=9)}, ["trials: 20 then, 9 now"]),
        ({"catalogue": "linear"}, ["catalogue: "]),
        (
            {"scoring": ["rmse", "r2", "size"]},
            ["'neg_root_mean_squared_error' then, 'neg_root_mean_squared_error', 'r2', 'size' now"],
        ),
        ({"scoring": ["rmse", "r2", "mae", "mse", "size"]}, ["other scoring"]),
        ({"scoring": "r2"}, ["scoring: 'neg_root_mean_squared_error' then, 'r2' now"]),
        ({"budget": Budget(60)}, ["kind of budget: 'max_evaluations' then, 'time_budget' now"]),
        ({"parameters": {"refit": False}}, ["refit: True then, False now"]),
        ({"parameters": {"refit": "bagged"}}, ["refit: True then, 'bagged' now"]),
        ({"parameters": {"ensemble_size": 1}}, ["ensemble_size: 5 then, 1 now"]),
        ({"parameters": {"strategy": "grid"}}, ["strategy: 'genetic' then, 'grid' now"]),
        ({"parameters": {"limits": Limits(seconds=9)}}, ["limits"]),
        ({"frame": FRAME[["b", "a", "c", "city"]]}, ["columns", "data"]),
        ({"frame": FRAME[["city", "a", "b", "c"]]}, ["columns: ['a', 'b', 'c', 'city'] then"]),
        ({"frame": FRAME.rename(columns={"a": "x"})}, ["columns", "data"]),
        ({"frame": FRAME.rename(columns={"a": "b", "b": "a"})}, ["columns", "data"]),
        ({"frame": FRAME.assign(a=FRAME["a"] + 1)}, ["other data"]),
        ({"kinds": {"city": "high_cardinality"}}, ["other data"]),
    ],
)
def test_what_differs_is_named(changes, named):
    reasons = differences(taken(), taken(**changes))
    assert len(reasons) == len(named)
    assert all(name in reason for reason, name in zip(reasons, named, strict=True))


def test_other_scorings_of_the_same_name():
    tuned = taken(task="classification", scoring=TunedThreshold("f1"))
    assert differences(tuned, taken(task="classification", scoring="f1")) == ["other scoring"]
    wide, narrow = (taken(scoring=Quantile(quantile)) for quantile in (0.9, 0.5))
    assert len(differences(wide, narrow)) == 1


@pytest.mark.parametrize(
    "value", [None, 3, "x", [], {}, {"compared": 3, "shown": 4}, {"shown": "\x1b"}, "y" * 10_000]
)
def test_settings_of_a_file_may_be_anything(value):
    (reason,) = differences({**taken(), "limits": value}, taken())
    assert reason.startswith(("limits: ", "other limits"))
    assert reason.isprintable()
    assert len(reason) < 300
