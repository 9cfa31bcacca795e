"""Explanations: by refits on training parts, equal to scikit-learn's on the same rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.inspection import partial_dependence, permutation_importance

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    BudgetError,
    DataError,
    Quantile,
    SettingsError,
    load,
)
from automl.explanation.dependence import grids
from automl.explanation.explaining import held_out_sample
from automl.explanation.refits import Refits
from automl.pipelines import Columns, Genome, load_catalogue
from automl.problem import read_dataset
from automl.problem.pose import pose_problem
from automl.problem.splits import nested_cv
from automl.winner.fit_again import problem_of_fit

RNG = np.random.default_rng(0)
N = 150
X = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": RNG.normal(size=N),
        "noise": RNG.normal(size=N),
        "color": RNG.choice(["red", "green", "blue"], N).astype(object),
    }
)
SHIFTS = X["color"].map({"red": 2.0, "green": 0.0, "blue": -2.0})
NUMBERS = pd.Series(3 * X["a"] + X["b"] + SHIFTS + 0.2 * RNG.normal(size=N), name="price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
THREE = pd.Series(pd.qcut(NUMBERS, 3, labels=["low", "middle", "high"]).astype(str), name="level")
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
FEW = load_catalogue("default").only("ridge", "k_neighbors_regressor", *STEPS)
FEW_CLASSES = load_catalogue("default").only("logistic_regression", "gaussian_nb", *STEPS)


@pytest.fixture(scope="module")
def numbers():
    return AutoMLRegressor(**QUICK, max_evaluations=5, catalogue=FEW).fit(X, NUMBERS)


@pytest.fixture(scope="module")
def explanation(numbers):
    return numbers.explain(X, NUMBERS)


@pytest.fixture(scope="module")
def classes():
    return AutoMLClassifier(**QUICK, max_evaluations=5, catalogue=FEW_CLASSES).fit(X, LABELS)


def fold_views(search, target):
    """Yield, for each fold, what predicts as a user would refit it, with its held-out rows."""
    data = X, target, None, None, None, None
    genomes = map(Genome.parse, search.members_["pipeline"])
    problem, _ = problem_of_fit(search, "explain", data, list(genomes))
    for train, test in problem.splits[:3]:
        assert not set(train) & set(test)
        members = [clone(pipeline) for pipeline in search._fitted.pipelines]
        for member in members:
            member.fit(X.iloc[train], target.iloc[train])
        predictor = replace(search._fitted, pipelines=tuple(members)).predictor
        yield predictor, X.iloc[test], target.iloc[test], len(test) / len(train)


def test_importances_are_those_of_scikit_learn(numbers, explanation):
    assert len(numbers.members_) > 1
    falls, ratios = [], []
    for predictor, frame, target, ratio in fold_views(numbers, NUMBERS):
        scoring, options = "neg_root_mean_squared_error", {"n_repeats": 5, "random_state": 0}
        result = permutation_importance(predictor, frame, target, scoring=scoring, **options)
        falls.append(result.importances_mean)
        ratios.append(ratio)
    expected = pd.Series(np.mean(falls, axis=0), X.columns)
    table = explanation.importances.set_index("column")
    np.testing.assert_allclose(table["importance"], expected[table.index])
    error = np.sqrt((1 / 3 + np.mean(ratios)) * np.var(falls, axis=0, ddof=1))
    low = expected - t.ppf(0.975, 2) * error
    np.testing.assert_allclose(table["low"], low[table.index])
    assert table.index[0] == "a"
    assert table["importance"].is_monotonic_decreasing
    assert (table["folds"] == 3).all()


def test_dependence_is_that_of_scikit_learn(classes):
    shown = classes.explain(X, LABELS).dependence
    assert set(shown["output"]) == {"yes"}
    folds = list(fold_views(classes, LABELS))
    for name in ("a", "color"):
        curve = shown[shown["column"] == name]
        values = {name: curve["value"].to_numpy()}
        means = [
            partial_dependence(predictor, frame, [name], custom_values=values, method="brute")
            for predictor, frame, _, _ in folds
        ]
        expected = np.mean([mean.average[0] for mean in means], axis=0)
        np.testing.assert_allclose(curve["prediction"], expected)
        assert (curve["low"] <= curve["prediction"]).all()
        assert curve[["low", "high"]].stack().between(0, 1).all()


def test_values_are_quantiles_or_the_most_frequent(explanation):
    values = explanation.dependence.groupby("column")["value"].apply(list)
    assert 2 < len(values["a"]) <= 12
    assert values["a"][0] == pytest.approx(X["a"].quantile(0.05), abs=0.1)
    assert values["a"] == sorted(values["a"])
    assert set(values["color"]) == {"red", "green", "blue"}
    means = explanation.dependence.set_index(["column", "value"])["prediction"]
    assert means["color"]["red"] - means["color"]["blue"] == pytest.approx(4, abs=0.5)


def test_values_of_dates_and_orders():
    days = pd.Series(pd.date_range("2024-01-01", periods=101), name="day")
    sizes = pd.Series(["S", "M", "L", None] * 25 + ["S"], dtype=object)
    frame = pd.DataFrame({"day": days, "size": sizes, "note": "free text"})
    orders = {"size": ("S", "M", "L")}
    columns = Columns(dates=("day",), ordered=("size",), texts=("note",), orders=orders)
    values = grids(frame, columns)
    assert set(values) == {"day", "size"}
    assert values["day"].dtype == days.dtype
    assert values["day"].iloc[[0, -1]].tolist() == [days[5], days[95]]
    assert values["size"].tolist() == ["S", "M", "L"]


def test_contributions_of_a_linear_model_are_exact():
    linear = load_catalogue("default").only("ridge", *STEPS)
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=linear, ensemble_size=1)
    search.fit(X, NUMBERS)
    model, steps = search.best_pipeline_[-1], search.best_pipeline_[:-1]
    explanation = search.explain(X, NUMBERS)
    rows = X.head(4)
    contributions = explanation.contributions(rows)
    apart = steps.transform(rows) - steps.transform(explanation.background).mean(axis=0)
    terms = pd.DataFrame(apart * model.coef_, columns=steps.get_feature_names_out())
    for name in X:
        of_column = terms[[term for term in terms if term.split("__")[1].startswith(name)]]
        np.testing.assert_allclose(contributions[name], of_column.sum(axis=1), atol=1e-9)
    np.testing.assert_allclose(contributions["prediction"], search.predict(rows))


def test_contributions_are_near_the_shapley_values_of_an_interaction():
    products = pd.Series(X["a"] * X["b"], name="product")
    near = load_catalogue("default").only("k_neighbors_regressor", *STEPS)
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=near, ensemble_size=1)
    frame = X[["a", "b"]]
    explanation = search.fit(frame, products).explain(frame, products)
    row, background = frame.iloc[[0]], explanation.background

    def worth(**columns):
        return search.predict(background.assign(**columns)).mean()

    a, b = (row[name].iloc[0] for name in "ab")
    nothing_fixed, all_fixed = worth(), search.predict(row)[0]
    exact = {
        "a": (worth(a=a) - nothing_fixed + all_fixed - worth(b=b)) / 2,
        "b": (worth(b=b) - nothing_fixed + all_fixed - worth(a=a)) / 2,
    }
    sampled = explanation.contributions(row).iloc[0]
    # Of two columns, both orders are tried with each background row.
    assert {name: sampled[name] for name in "ab"} == pytest.approx(exact)
    assert sampled["base"] == pytest.approx(nothing_fixed)


@pytest.mark.parametrize("target", [LABELS, THREE], ids=["two", "three"])
def test_contributions_sum_to_the_probabilities(target, classes):
    search = classes
    if target is THREE:
        options = {**QUICK, "max_evaluations": 3, "catalogue": FEW_CLASSES}
        search = AutoMLClassifier(**options).fit(X, target)
    explanation = search.explain(X, target)
    contributions = explanation.contributions(X.head(3))
    expected = search.predict_proba(X.head(3))
    expected = expected[:, 1] if target is LABELS else expected.ravel()
    np.testing.assert_allclose(contributions["prediction"], expected)
    total = contributions.drop(columns="prediction").sum(axis=1)
    np.testing.assert_allclose(total, expected)
    if target is THREE:
        assert contributions.index.names == ["row", "output"]
        assert set(explanation.dependence["output"]) == {"low", "middle", "high"}
        # Contributions to the probabilities of all classes cancel out.
        sums = contributions.groupby("row")[list(X)].sum()
        np.testing.assert_allclose(sums, 0, atol=1e-9)


def test_it_is_in_words_and_kept(numbers, explanation):
    assert numbers.explanation_ is explanation
    assert str(explanation).startswith("Most important of 4 columns: a (")
    assert "150 held-out rows of 3 folds" in str(explanation)
    assert "<table" in explanation._repr_html_()
    again = clone(numbers).set_params(max_evaluations=2)
    again.explanation_ = explanation
    assert not hasattr(again.fit(X, NUMBERS), "explanation_")


def test_the_seconds_hold_and_what_is_left_out_is_said(numbers, monkeypatch):
    monkeypatch.setattr("automl.explanation.explaining.ROWS_AT_ONCE", 1)
    monkeypatch.setattr("automl.explanation.explaining.FIRST_SHARE", 0.0)
    with pytest.warns(
        AutoMLWarning, match=r"leaves out 3 columns, for want of time: \['b'"
    ) as caught:
        explanation = numbers.explain(X, NUMBERS)
    assert Path(caught[0].filename) == Path(__file__)
    assert explanation.importances["column"].tolist() == ["a"]
    assert explanation.left_out == ("b", "noise", "color")
    with pytest.raises(BudgetError, match="nothing was refitted within 1e-09 seconds"):
        numbers.explain(X, NUMBERS, seconds=1e-9)


def test_a_fold_that_fails_is_said(numbers, monkeypatch):
    original = Refits.predictor

    def refuse(self, fold):
        if fold == 1:
            raise ValueError("no such fold")
        return original(self, fold)

    monkeypatch.setattr(Refits, "predictor", refuse)
    with pytest.warns(AutoMLWarning, match="leaves out 1 fold, which failed .*no such fold"):
        explanation = numbers.explain(X, NUMBERS)
    assert explanation.n_folds == 2


def test_other_data_and_settings_are_refused(numbers, tmp_path):
    with pytest.raises(DataError, match="differ; give explain the same arguments"):
        numbers.explain(X, NUMBERS + 1)
    with pytest.raises(SettingsError, match="expected seconds above 0"):
        numbers.explain(X, NUMBERS, seconds=0)
    with pytest.raises(NotFittedError):
        AutoMLRegressor().explain(X, NUMBERS)
    assert not hasattr(AutoMLRegressor(refit=False), "explain")
    numbers.save(tmp_path / "model")
    with pytest.raises(SettingsError, match="explain before you save"):
        load(tmp_path / "model", catalogue=FEW).explain(X, NUMBERS)


def test_rows_lack_no_class():
    rare = pd.Series(np.where(np.arange(N) < 6, "rare", "often"))
    dataset, cv = read_dataset(X, rare, "classification"), nested_cv(3, None)
    problem = pose_problem(dataset, catalogue=FEW_CLASSES, cv=cv, scoring=None, seed=0)
    rows = held_out_sample(problem, 0, 10, np.random.default_rng(0))
    assert len(rows) == 10
    assert set(rare[rows]) == {"rare", "often"}


def test_several_targets_weights_and_quantiles_are_explained():
    targets = pd.DataFrame({"one": NUMBERS, "two": -NUMBERS})
    options = {**QUICK, "max_evaluations": 2, "catalogue": FEW}
    weights = np.where(np.arange(N) % 2, 1.0, 0.0)
    search = AutoMLRegressor(**options).fit(X, targets, sample_weight=weights)
    explanation = search.explain(X, targets, sample_weight=weights)
    assert set(explanation.dependence["output"]) == {"one", "two"}
    assert explanation.n_rows == N / 2
    search = AutoMLRegressor(**options, scoring=Quantile([0.1, 0.9]))
    search.set_params(catalogue="linear").fit(X, NUMBERS)
    explanation = search.explain(X, NUMBERS)
    assert set(explanation.dependence["output"]) == {"price at 0.1", "price at 0.9"}
