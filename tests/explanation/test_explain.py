"""Explanations: by refits on training parts, equal to scikit-learn's on the same rows."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import get_scorer

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    BudgetError,
    DataError,
    Quantile,
    SettingsError,
    catalogue,
    load,
)
from automl.explanation.explaining import held_out_sample
from automl.page.views import fit_again
from automl.pipelines import Genome
from automl.winner.predictor import pipelines_of

RNG = np.random.default_rng(0)
N = 150
X = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": RNG.normal(size=N),
        "noise": RNG.normal(size=N),
        "color": RNG.choice(["red", "green", "blue"], N).astype(object),
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 300, N), unit="D"),
    }
)
SHIFTS = X["color"].map({"red": 2.0, "green": 0.0, "blue": -2.0})
NUMBERS = pd.Series(3 * X["a"] + X["b"] + SHIFTS + 0.2 * RNG.normal(size=N), name="price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
THREE = pd.Series(pd.qcut(NUMBERS, 3, labels=["low", "middle", "high"]).astype(str), name="level")
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder", "datetime_encoder"]
FEW = catalogue("default", include=["ridge", "k_neighbors_regressor", *STEPS])
FEW_CLASSES = catalogue("default", include=["logistic_regression", "gaussian_nb", *STEPS])


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
    with fit_again(search, "explain", data, list(genomes)) as (evaluator, _):
        problem = evaluator.problem
    rng = np.random.default_rng(0)
    for fold in range(3):
        train, test = problem.splits[fold]
        assert not set(train) & set(test)
        rows = held_out_sample(problem, fold, 2_000, rng)
        members = [clone(pipeline) for pipeline in pipelines_of(search.ensemble_)]
        fitted = [member.fit(X.iloc[train], target.iloc[train]) for member in members]
        yield fitted, search.members_["weight"].to_numpy(), rows, len(test) / len(train)


class Average:
    """The weighted mean of fitted pipelines."""

    def __init__(self, pipelines, weights):
        self.pipelines, self.weights = pipelines, weights

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.average([one.predict(X) for one in self.pipelines], axis=0, weights=self.weights)


def test_importances_are_those_of_scikit_learn(numbers, explanation):
    scorer = get_scorer("neg_root_mean_squared_error")
    falls, ratios = [], []
    for members, weights, rows, ratio in fold_views(numbers, NUMBERS):
        result = permutation_importance(
            Average(members, weights),
            X.iloc[rows],
            NUMBERS.iloc[rows],
            scoring=lambda model, frame, y: (
                scorer._sign * scorer._score_func(y, model.predict(frame))
            ),
            n_repeats=5,
            random_state=0,
        )
        falls.append(result.importances_mean)
        ratios.append(ratio)
    expected = pd.Series(np.mean(falls, axis=0), X.columns)
    table = explanation.importances.set_index("column")
    np.testing.assert_allclose(table["importance"], expected[table.index], atol=1e-9)
    error = np.sqrt((1 / 3 + np.mean(ratios)) * np.var(falls, axis=0, ddof=1))
    low = expected - t.ppf(0.975, 2) * error
    np.testing.assert_allclose(table["low"], low[table.index], atol=1e-9)
    assert table.index[0] == "a"
    assert table["importance"].is_monotonic_decreasing
    assert (table["folds"] == 3).all()


def test_dependence_is_that_of_scikit_learn(classes):
    explanation = classes.explain(X, LABELS)
    curves = {"a": [], "color": []}
    shown = explanation.dependence
    assert set(shown["output"]) == {"yes"}
    for members, weights, rows, _ in fold_views(classes, LABELS):
        for name in curves:
            values = shown.loc[shown["column"] == name, "value"].to_numpy()
            parts = [
                partial_dependence(
                    member, X.iloc[rows], [name], custom_values={name: values}, method="brute"
                ).average[0]
                for member in members
            ]
            curves[name].append(np.average(parts, axis=0, weights=weights))
    assert classes._fitted.script.rescaling is None
    for name, values in curves.items():
        predicted = shown.loc[shown["column"] == name, "prediction"]
        np.testing.assert_allclose(predicted, np.mean(values, axis=0), atol=1e-9)


def test_values_are_quantiles_or_the_most_frequent(explanation):
    values = explanation.dependence.groupby("column")["value"].apply(list)
    assert 2 < len(values["a"]) <= 12
    assert values["a"][0] == pytest.approx(X["a"].quantile(0.05), abs=0.1)
    assert values["a"] == sorted(values["a"])
    assert set(values["color"]) == {"red", "green", "blue"}
    assert all(isinstance(value, pd.Timestamp) for value in values["day"])
    means = explanation.dependence.set_index(["column", "value"])["prediction"]
    assert means["color"]["red"] - means["color"]["blue"] == pytest.approx(4, abs=0.5)


def test_contributions_of_a_linear_model_are_exact():
    linear = catalogue("default", include=["ridge", *STEPS])
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
    near = catalogue("default", include=["k_neighbors_regressor", "simple_imputer"])
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=near, ensemble_size=1)
    frame = X[["a", "b"]]
    explanation = search.fit(frame, products).explain(frame, products)
    row, background = frame.iloc[[0]], explanation.background

    def worth(**columns):
        return search.predict(background.assign(**columns)).mean()

    a, b = (row[name].iloc[0] for name in "ab")
    none, both = worth(), search.predict(row)[0]
    exact = {
        "a": (worth(a=a) - none + both - worth(b=b)) / 2,
        "b": (worth(b=b) - none + both - worth(a=a)) / 2,
    }
    sampled = explanation.contributions(row).iloc[0]
    # Of two columns, both orders are tried with each background row.
    assert {name: sampled[name] for name in "ab"} == pytest.approx(exact)
    assert sampled["base"] == pytest.approx(none)


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
    assert str(explanation).startswith("Most important of 5 columns: a (")
    assert "150 held-out rows of 3 folds" in str(explanation)
    assert "<table" in explanation._repr_html_()
    again = clone(numbers).set_params(max_evaluations=1).fit(X, NUMBERS)
    again.explanation_ = explanation
    assert not hasattr(again.fit(X, NUMBERS), "explanation_")


def test_the_seconds_hold_and_what_is_left_out_is_said(numbers, monkeypatch):
    monkeypatch.setattr("automl.explanation.explaining.ROWS_AT_ONCE", 1)
    monkeypatch.setattr("automl.explanation.explaining.FIRST_SHARE", 0.0)
    with pytest.warns(AutoMLWarning, match=r"leaves out 4 columns, for want of time: \['b'"):
        explanation = numbers.explain(X, NUMBERS)
    assert explanation.importances["column"].tolist() == ["a"]
    assert explanation.left_out == ("b", "noise", "color", "day")
    with pytest.raises(BudgetError, match=r"nothing was refitted within 0\.001 seconds"):
        numbers.explain(X, NUMBERS, seconds=0.001)


def test_a_fold_that_fails_is_said(numbers, monkeypatch):
    predictor = "automl.explanation.refits.Refits.predictor"
    original = __import__("automl.explanation.refits", fromlist=["Refits"]).Refits.predictor

    def refuse(self, fold):
        if fold == 1:
            raise ValueError("no such fold")
        return original(self, fold)

    monkeypatch.setattr(predictor, refuse)
    with pytest.warns(AutoMLWarning, match="leaves out 1 folds, which failed .*no such fold"):
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
    search = AutoMLClassifier(**QUICK, max_evaluations=1, catalogue=FEW_CLASSES).fit(X, rare)
    data = X, rare, None, None, None, None
    with fit_again(search, "explain", data, []) as (evaluator, _):
        rows = held_out_sample(evaluator.problem, 0, 10, np.random.default_rng(0))
    assert len(rows) == 10
    assert set(rare[rows]) == {"rare", "often"}


def test_several_targets_weights_and_quantiles_are_explained():
    both = pd.DataFrame({"one": NUMBERS, "two": -NUMBERS})
    options = {**QUICK, "max_evaluations": 1, "catalogue": FEW}
    weights = np.where(np.arange(N) % 2, 1.0, 0.0)
    search = AutoMLRegressor(**options).fit(X, both, sample_weight=weights)
    explanation = search.explain(X, both, sample_weight=weights)
    assert set(explanation.dependence["output"]) == {"one", "two"}
    assert explanation.n_rows == N / 2
    search = AutoMLRegressor(**options, scoring=Quantile([0.1, 0.9]))
    search.set_params(catalogue="linear").fit(X, NUMBERS)
    explanation = search.explain(X, NUMBERS)
    assert set(explanation.dependence["output"]) == {"price at 0.1", "price at 0.9"}
