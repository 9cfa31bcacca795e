"""Scores by the groups of a column."""

import json
from copy import copy

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score

from automl import AutoMLClassifier, AutoMLRegressor, DataError, SettingsError, TunedThreshold
from automl.page.groups import group_facts
from automl.page.row_facts import row_facts
from automl.page.scored_rows import ScoredRows
from automl.pipelines import load_catalogue
from automl.problem.metric import resolve_metric

N = 300
RNG = np.random.default_rng(0)
CELLS, LABELS = make_classification(N, 5, flip_y=0.2, random_state=0)
X = pd.DataFrame(CELLS, columns=list("abcde"))
X["sex"] = np.where(RNG.uniform(size=N) < 0.4, "f", "m")
X["age"] = RNG.integers(18, 90, N)
NEW = X.iloc[::-1]
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
FEW = load_catalogue("default").only("logistic_regression", "ridge", *STEPS)
BINARY = np.array([0, 1])
AUC = resolve_metric("roc_auc", "classification", BINARY)


@pytest.fixture(scope="module")
def classes():
    return AutoMLClassifier(**QUICK, max_evaluations=3, catalogue=FEW).fit(X, LABELS)


def facts(search, folder, *rows, **options):
    search.report(folder / "report.json", *rows, **options)
    return json.loads((folder / "report.json").read_text("utf-8"))


def by_name(groups):
    return {row[0]: row[1:] for row in groups["table"]["rows"]}


def scored(y, predictions, weights=None, units=None):
    rows = np.arange(len(y))
    units = rows if units is None else units
    return ScoredRows(rows, y, predictions, weights, units)


def test_rows_of_the_fit_are_scored_on_held_out_predictions(classes, tmp_path):
    report = facts(classes, tmp_path, X, LABELS, by="sex")
    groups = by_name(report["groups"])
    held_out = classes._fitted.held_out
    is_female = (X["sex"] == "f").to_numpy()[held_out.places.rows]
    assert groups["f"][0] == is_female.sum()
    area = roc_auc_score(held_out.target[is_female], held_out.predictions[is_female, 1])
    assert groups["f"][1] == pytest.approx(area, abs=1e-6)
    assert groups["f"][2] < area < groups["f"][3]
    assert "held-out rows" in report["groups"]["rows"]
    # Their scores would be too good, as those of rows that the search has not seen.
    assert report["new_rows"] is None
    assert any("rows of the fit" in sentence for sentence in report["missing"])
    overfitting = next(
        row for row in report["quality"]["checks"]["rows"] if row[0] == "Overfitting"
    )
    assert f"{classes._score(X, LABELS, None, 'roc_auc'):.4g}" in overfitting[2]


def test_new_rows_are_scored_on_new_predictions(classes, tmp_path):
    report = facts(classes, tmp_path, NEW, LABELS[::-1], by=NEW["sex"].to_numpy())
    groups = by_name(report["groups"])
    is_male = (NEW["sex"] == "m").to_numpy()
    probabilities = classes.predict_proba(NEW)[is_male, 1]
    assert groups["m"][1] == pytest.approx(roc_auc_score(LABELS[::-1][is_male], probabilities))
    assert report["new_rows"] is not None
    assert "not seen" in report["groups"]["rows"]


def test_numbers_are_put_into_ranges(classes, tmp_path):
    groups = by_name(facts(classes, tmp_path, X, LABELS, by="age")["groups"])
    *ranges, everything = groups
    assert everything == "all rows"
    assert len(ranges) == 5
    assert all(name.startswith("above ") for name in ranges)
    assert sum(groups[name][0] for name in ranges) == groups["all rows"][0] == N
    assert min(groups[name][0] for name in ranges) > 45


def test_the_page_and_the_text_have_the_groups(classes, tmp_path):
    hostile = np.where(X["sex"] == "f", "<script>alert(1)</script>", "a|b")
    for ending in (".html", ".md"):
        classes.report(tmp_path / f"report{ending}", X, LABELS, by=pd.Series(hostile, name="<i>"))
        text = (tmp_path / f"report{ending}").read_text("utf-8")
        assert "<script>" not in text
        assert "<i>" not in text
        assert "The largest gap is" in text


def test_small_groups_and_groups_of_one_class_have_no_score():
    y = np.array([0, 1] * 40 + [1] * 30)
    groups = pd.Series(["many"] * 70 + ["few"] * 10 + ["one class"] * 30)
    predictions = np.column_stack([1 - y * 0.9, y * 0.9])
    table = group_facts("name", groups, scored(y, predictions), AUC, BINARY, "").table
    remarks = {row[0]: row[-1] for row in table.rows}
    assert remarks["few"] == "too few rows"
    assert remarks["one class"] == "too few rows of a second class"
    assert remarks["many"] == ""
    scores = {row[0]: row[2] for row in table.rows}
    assert (scores["few"], scores["one class"], scores["many"]) == (None, None, 1.0)


def test_the_smallest_groups_are_pooled_and_missing_cells_are_a_group():
    y = np.tile([0, 1], 300)
    groups = pd.Series(np.repeat([f"g{n}" for n in range(15)], 40)).where(np.arange(600) >= 20)
    predictions = RNG.uniform(size=(600, 2))
    facts = group_facts("name", groups, scored(y, predictions), AUC, BINARY, "")
    names = [row[0] for row in facts.table.rows]
    assert len(names) == 12
    assert names[-2:] == ["(6 smaller groups)", "all rows"]
    assert sum(row[1] for row in facts.table.rows[:-1]) == 600


def test_the_largest_gap_is_told_with_its_chance():
    y = np.tile([0, 1], 400)
    groups = pd.Series(np.repeat(["good", "bad"], 400))
    noise = RNG.uniform(size=800)
    share = np.where(groups == "good", 0.9 * y + 0.1 * noise, noise)
    rows = scored(y, np.column_stack([1 - share, share]))
    words = group_facts("name", groups, rows, AUC, BINARY, "").words
    assert "between good (1) and bad" in words
    assert "do not overlap" in words
    same = scored(y, np.column_stack([1 - noise, noise]))
    assert "may be chance" in group_facts("name", groups, same, AUC, BINARY, "").words


def test_the_interval_is_that_of_the_standard_error_and_draws_units_as_a_whole():
    metric = resolve_metric("accuracy", "classification", BINARY)
    y = np.repeat([0, 1], 500)
    is_right = np.repeat(RNG.uniform(size=100) < 0.7, 10)  # ten rows of a unit are alike
    predicted = np.where(is_right, y, 1 - y)
    predictions = np.column_stack([1 - predicted, predicted]).astype(float)
    groups = pd.Series(["all"] * 1000)
    for units, n_units in ((np.arange(1000), 1000), (np.repeat(np.arange(100), 10), 100)):
        rows = scored(y, predictions, units=units)
        _, _, score, low, high, _ = group_facts("n", groups, rows, metric, BINARY, "").table.rows[0]
        assert score == pytest.approx(is_right.mean())
        error = np.sqrt(score * (1 - score) / n_units)
        assert high - low == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_weights_count():
    y = np.tile([0, 1], 100)
    predictions = RNG.uniform(size=(200, 2))
    weights = np.where(np.arange(200) < 100, 1.0, 0.0)
    groups = pd.Series(["all"] * 200)
    heavy = group_facts("n", groups, scored(y, predictions, weights), AUC, BINARY, "")
    first = scored(y[:100], predictions[:100])
    plain = group_facts("n", groups[:100], first, AUC, BINARY, "")
    assert heavy.table.rows[0] == pytest.approx(plain.table.rows[0])


@pytest.mark.slow
def test_a_tuned_threshold_is_scored_by_its_labels():
    search = AutoMLClassifier(
        **QUICK | {"cv": 2}, max_evaluations=2, catalogue=FEW, scoring=TunedThreshold("f1")
    ).fit(X, LABELS)
    groups = row_facts(search, NEW, LABELS[::-1], None, "sex").groups
    score = next(row[2] for row in groups.table.rows if row[0] == "all rows")
    assert score == pytest.approx(search._score(NEW, LABELS[::-1], None, "f1"))


def test_several_targets_of_numbers():
    targets = X[["a", "b"]] + RNG.normal(size=(N, 2))
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=FEW).fit(X, targets)
    groups = row_facts(search, X, targets, None, "sex").groups
    assert all(row[2] < 0 for row in groups.table.rows)


def test_what_cannot_be_grouped_is_said(classes, tmp_path):
    path = tmp_path / "report.html"
    with pytest.raises(SettingsError, match="expected X and y beside by"):
        classes.report(path, by="sex")
    with pytest.raises(DataError, match="'gender'"):
        classes.report(path, X, LABELS, by="gender")
    with pytest.raises(DataError, match=r"300 cells as by, got list of shape \(2,\)"):
        classes.report(path, X, LABELS, by=[1, 2])
    with pytest.raises(DataError, match="labels of the fit"):
        classes.report(path, NEW, LABELS + 1, by="sex")
    selected = classes.select(1, X, LABELS)
    with pytest.raises(SettingsError, match="holds no held-out predictions"):
        selected.report(path, X, LABELS, by="sex")


def test_a_column_that_the_fit_has_not_seen_tells_groups_apart(classes):
    wide = NEW.assign(region=np.where(NEW["a"] > 0, "north", "south"))
    with pytest.warns(UserWarning, match="region"):
        groups = row_facts(classes, wide, LABELS[::-1], None, "region").groups
    assert {row[0] for row in groups.table.rows} == {"north", "south", "all rows"}


@pytest.fixture(scope="module")
def decided():
    """Return a search by accuracy whose threshold was set after the fit."""
    settings = QUICK | {"scoring": "accuracy", "max_evaluations": 3, "catalogue": FEW}
    return AutoMLClassifier(**settings).fit(X, LABELS).set_threshold(0.9)


@pytest.mark.parametrize(("rows", "target"), [(X, LABELS), (NEW, LABELS[::-1])])
def test_a_threshold_that_was_set_decides_in_groups_too(decided, tmp_path, rows, target):
    report = facts(decided, tmp_path, rows, target, by="sex")
    if rows is NEW:
        truth, predicted = target, decided.predict(rows)
    else:
        held_out = decided._fitted.held_out
        truth, predicted = held_out.target, held_out.predictions[:, 1] >= 0.9
    accuracy = (truth == predicted).mean()
    assert by_name(report["groups"])["all rows"][1] == pytest.approx(accuracy)


@pytest.mark.parametrize(
    ("rows", "target", "weights", "message"),
    [
        (NEW, np.full(N, 2), None, "expected labels of the fit"),
        (NEW[:0], LABELS[:0], None, "at least one, got"),
        (NEW, LABELS[:-1], None, "expected as many rows in each"),
        (NEW, LABELS[::-1], np.ones(N - 1), "expected as many rows in each"),
        (NEW, LABELS[::-1], np.zeros(N), "expected finite sample weights"),
        (NEW, LABELS[::-1], -np.ones(N), "expected finite sample weights"),
        (NEW, LABELS[::-1], "age", "got the name 'age'"),
    ],
)
def test_rows_that_cannot_be_scored_are_refused(classes, tmp_path, rows, target, weights, message):
    with pytest.raises(DataError, match=message):
        classes.report(tmp_path / "report.json", rows, target, weights)


def test_rows_are_scored_as_the_search_was(classes, tmp_path):
    search = copy(classes)
    search.scoring = "neg_log_loss"
    with pytest.raises(SettingsError, match="expected the scoring of fit, roc_auc"):
        search.report(tmp_path / "report.json", NEW, LABELS[::-1])
