"""A warning points at the line of the user, however deep the code that found the reason."""

import inspect
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest

import automl
from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    Observer,
    Quantile,
    catalogue,
    load,
)

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RNG.normal(size=80), "b": RNG.normal(size=80)})
LABELS = np.where(FRAME["a"] + RNG.normal(size=80) > 0, "yes", "no")
QUICK = {"max_evaluations": 2, "n_jobs": 1, "random_state": 0, "verbose": 0, "cv": 2}


def own_score(estimator, X, y):
    """A score that looks at the pipeline, which kept predictions have not."""
    return float(len(estimator.steps))


class Failing(Observer):
    def on_end(self, search):
        raise ValueError("no end")


def few_rows():
    frame = FRAME.iloc[:8]
    labels = ["a", "b"] * 4
    AutoMLClassifier(**{**QUICK, "cv": 5}).fit(frame, labels)  # here


def infinite_cells():
    AutoMLClassifier(**QUICK).fit(FRAME.assign(c=[np.inf, *range(79)]), LABELS)  # here


def unused_columns():
    few = catalogue("default", include=["ridge"]).without("ordinal_encoder")
    few = few.filter(lambda operator: operator.role != "encoder")
    AutoMLRegressor(catalogue=few, **QUICK).fit(FRAME.assign(c=LABELS), FRAME["a"])  # here


def only_the_constant():
    AutoMLClassifier(**{**QUICK, "max_evaluations": 1}).fit(FRAME, LABELS)  # here


def a_score_of_pipelines():
    AutoMLClassifier(scoring=own_score, **QUICK).fit(FRAME, LABELS)  # here


def a_failing_observer():
    AutoMLClassifier(callbacks=[Failing()], **QUICK).fit(FRAME, LABELS)  # here


def the_same_rows():
    twice = pd.concat([FRAME, FRAME], ignore_index=True)
    AutoMLClassifier(**QUICK).fit(twice, np.append(LABELS, LABELS))  # here


def described():
    automl.describe(FRAME.assign(c=LABELS))
    AutoMLRegressor(scoring=Quantile(0.9), callbacks=[Failing()], **QUICK).fit(  # here
        FRAME, FRAME["a"]
    )


def fitted_in_a_helper():
    def fit(search):
        return search.fit(FRAME, LABELS)  # here

    fit(AutoMLClassifier(callbacks=[Failing()], **QUICK))


def more_workers_than_cores():
    search = AutoMLClassifier(**{**QUICK, "n_jobs": joblib.cpu_count() + 1})
    search.fit(FRAME, LABELS)  # here


CASES = [
    few_rows,
    infinite_cells,
    unused_columns,
    only_the_constant,
    a_score_of_pipelines,
    a_failing_observer,
    the_same_rows,
    described,
    fitted_in_a_helper,
    more_workers_than_cores,
]


def lines_marked(case):
    """Return the lines of a case that are marked as the user's."""
    source, first = inspect.getsourcelines(case)
    return [first + place for place, line in enumerate(source) if "# here" in line]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_warning_points_at_the_line_of_the_user(case):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        case()
    places = [
        (warning.filename, warning.lineno)
        for warning in caught
        if warning.category is AutoMLWarning
    ]
    assert places
    assert set(places) == {(__file__, line) for line in lines_marked(case)}


def test_a_loaded_model_warns_at_the_line_of_the_user(tmp_path):
    search = AutoMLClassifier(callbacks=[Observer()], **QUICK).fit(FRAME, LABELS)
    search.save(tmp_path / "model")
    with pytest.warns(AutoMLWarning, match="callbacks") as caught:
        load(tmp_path / "model")
    assert [warning.filename for warning in caught] == [__file__]


def test_no_module_warns_by_itself():
    """There is one place that finds the user's line, and nobody goes around it."""
    root = inspect.getfile(automl).removesuffix("__init__.py")
    callers = [
        path.name
        for path in __import__("pathlib").Path(root).rglob("*.py")
        if "warnings.warn(" in path.read_text("utf-8")
    ]
    assert callers == ["errors.py"]
