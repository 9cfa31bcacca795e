"""Nothing is learnt outside the training part of a fold."""

import sys
import types
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin

from automl.errors import AutoMLWarning
from automl.evaluation import evaluate_fold, fit_final, tune_fold
from automl.outcome import State
from automl.pipelines import Catalogue, Genome, Operator, load_catalogue
from automl.pipelines.operators.flow_types import Gappy, Matrix, Prediction
from automl.problem import Problem, nested_cv, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import Metric, resolve_metric
from automl.problem.objectives import Objectives

# A row is known by its number here.
pytestmark = pytest.mark.filterwarnings("ignore:the columns .* count the rows")

SEEN = {"transformer": [], "model": [], "predicted": []}


class SpyTransformer(TransformerMixin, BaseEstimator):
    """Writes down the rows that it learns from; a row is known by its number."""

    def fit(self, X, y=None):
        SEEN["transformer"].append(np.asarray(X)[:, 0].copy())
        return self

    def transform(self, X):
        return np.asarray(X)


class SpyModel(ClassifierMixin, BaseEstimator):
    """Writes down the rows that it learns from and those that it predicts."""

    def fit(self, X, y, sample_weight=None):
        SEEN["model"].append(X[:, 0].copy())
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        SEEN["predicted"].append(X[:, 0].copy())
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


SPIES = Catalogue(
    [
        Operator(
            name="spy_transformer", path=f"{__name__}.SpyTransformer", takes=Gappy, gives=Matrix
        ),
        Operator(name="spy_model", path=f"{__name__}.SpyModel", takes=Matrix, gives=Prediction),
    ]
)


def problem_of(y, task="classification", catalogue=SPIES, cv=4, X=None, **options):
    X = pd.DataFrame({"number": np.arange(len(y))}) if X is None else X
    dataset = read_dataset(X, y, task, **options)
    cv = nested_cv(cv, "auto")
    return Problem(
        dataset=dataset,
        catalogue=catalogue,
        splits=outer_splits(dataset, cv, seed=0),
        cv=cv,
        metric=resolve_metric(
            None, task, None if dataset.classes is None else dataset.classes.tolist()
        ),
        seed=0,
    )


@pytest.fixture(autouse=True)
def _spies(monkeypatch):
    """Let the spies be found by their dotted path, and forget their rows."""
    module = types.ModuleType(__name__)
    module.SpyTransformer, module.SpyModel = SpyTransformer, SpyModel
    monkeypatch.setitem(sys.modules, __name__, module)
    for rows in SEEN.values():
        rows.clear()


def test_a_pipeline_sees_the_training_part_only():
    problem = problem_of(np.repeat(["a", "b", "c"], 20))
    genome = Genome.parse("spy_model(spy_transformer(numeric))")
    held_out = []
    for fold in range(4):
        for rows in SEEN.values():
            rows.clear()
        outcome = evaluate_fold(problem, genome, fold)
        train, test = problem.splits[fold]
        assert outcome.state is State.DONE
        for rows in (*SEEN["transformer"], *SEEN["model"]):
            assert set(rows) <= set(train)
        assert [set(rows) for rows in SEEN["predicted"]] == [set(test)]  # once, for the score
        held_out.extend(test)
    assert sorted(held_out) == list(range(60))


def test_a_final_fit_that_predicts_no_numbers_is_refused(monkeypatch):
    problem = problem_of(np.repeat(["a", "b"], 10))
    genome = Genome.parse("spy_model(spy_transformer(numeric))")
    assert fit_final(problem, genome, None, 1).pipeline.predict(problem.dataset.frame).size == 20
    monkeypatch.setattr(SpyModel, "predict_proba", lambda self, X: np.full((len(X), 2), np.nan))
    with pytest.raises(ValueError, match="numbers that are not finite"):
        fit_final(problem, genome, None, n_jobs=1)


def test_early_stopping_chooses_its_rounds_on_training_rows():
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 4)), columns=list("abcd"))
    y = np.where(X["a"] + 0.3 * X["b"] > 0, "yes", "no")
    catalogue = load_catalogue("default")
    problem = problem_of(y, catalogue=catalogue, X=X)
    for name in ("hist_gradient_boosting_classifier", "xgb_classifier"):
        operator = catalogue[name]
        genome = Genome.canonical(name, Genome("numeric"), settings=operator.defaults())
        outcome = evaluate_fold(problem, genome, 0)
        limit = operator.fixed[operator.rounds.parameter]
        assert 1 <= outcome.rounds < limit
        # The held-out part has no say in the number of rounds.
        _, test = problem.splits[0]
        flipped = problem.dataset.y.copy()
        flipped[test] = np.where(flipped[test] == "yes", "no", "yes")
        changed = problem_of(flipped, catalogue=catalogue, X=X, cv=problem.splits)
        assert evaluate_fold(changed, genome, 0).rounds == outcome.rounds
        final = fit_final(problem, genome, outcome.rounds, n_jobs=1)
        assert final.pipeline.steps[-1][1].get_params()[operator.rounds.parameter] == outcome.rounds


def test_a_class_that_a_training_part_lacks_costs_no_score():
    y = np.array(["rare"] + ["a", "b"] * 20)
    X = pd.DataFrame({"number": np.random.default_rng(0).normal(size=41)})
    with pytest.warns(AutoMLWarning, match=r"a single row .*\['rare'\]"):
        problem = problem_of(y, catalogue=load_catalogue("default"), X=X)
    genome = Genome.parse(
        "gaussian_nb(simple_imputer(numeric, add_indicator=False, "
        "strategy='mean'), var_smoothing=1e-09)"
    )
    outcomes = [evaluate_fold(problem, genome, fold) for fold in range(4)]
    assert all(np.isfinite(outcome.score) for outcome in outcomes)


def test_weights_reach_the_model_and_the_score():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=80)})
    y = 2 * X["x"].to_numpy()
    y[:40] = -y[:40]
    weights = np.repeat([1e-9, 1.0], 40)
    genome = Genome.parse(
        "ridge(standard_scaler(simple_imputer(numeric, add_indicator=False, "
        "strategy='mean')), alpha=1e-06)"
    )
    catalogue = load_catalogue("default")
    plain = problem_of(y, "regression", catalogue, X=X)
    weighed = problem_of(y, "regression", catalogue, X=X, sample_weight=weights)
    assert evaluate_fold(plain, genome, 0).score < -1
    assert evaluate_fold(weighed, genome, 0).score > -0.1


def test_groups_are_never_split():
    groups = np.repeat(np.arange(12), 5)
    problem = problem_of(np.tile(["a", "b"], 30), groups=groups)
    for train, test in problem.splits:
        assert not set(groups[train]) & set(groups[test])


def test_further_scores_are_of_the_outer_fold_only():
    scored = []

    def spying(estimator, X, y):
        scored.append(X["number"].tolist())
        return len(estimator.predict_proba(X))

    objectives = Objectives(("spying",), (Metric("spying", spying),))
    problem = replace(problem_of(np.repeat(["a", "b", "c"], 12)), objectives=objectives)
    genome = Genome.parse("spy_model(spy_transformer(numeric))")
    assert tune_fold(problem, genome, 0).further == ()
    assert scored == []
    SEEN["predicted"].clear()
    assert evaluate_fold(problem, genome, 0).further == (9.0,)
    assert scored == [problem.splits[0][1].tolist()]
    assert len(SEEN["predicted"]) == 1  # for all scores
