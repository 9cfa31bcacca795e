"""Several targets of classes at once: searched, scored, saved and exported as one is."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_multilabel_classification
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from automl import AutoMLClassifier, NestedCV, SettingsError, TunedThreshold, catalogue, load
from automl.errors import AutoMLWarning, DataError
from automl.problem import pose_problem, read_dataset
from automl.problem.labels import strata_of

N_ROWS = 240
FEW = catalogue(
    "default",
    include=["decision_tree_classifier", "mlp_classifier", "k_neighbors_classifier", "gaussian_nb"],
)
QUICK = {"max_evaluations": 4, "catalogue": FEW, "n_jobs": 1, "random_state": 0, "verbose": 0}
ONCE = NestedCV(outer=3, inner=2, repeats=1)


def made_labels():
    cells, labels = make_multilabel_classification(N_ROWS, 6, n_classes=3, random_state=0)
    frame = pd.DataFrame(cells, columns=list("abcdef"))
    return frame, pd.DataFrame(labels, columns=["sun", "sea", "snow"])


X, LABELS = made_labels()
TEXTS = pd.DataFrame(
    {
        "color": np.select([X["a"] + X["b"] > 10, X["c"] > 5], ["red", "green"], "blue"),
        "size": np.where(X["d"] > X["d"].median(), "big", "small"),
    }
)


def fitted(y, **options):
    options = {**QUICK, "cv": ONCE, **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutoMLWarning)
        return AutoMLClassifier(**options).fit(X, y)


def run_script(folder, *arguments):
    command = [sys.executable, "-W", "ignore", "best.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def mean_auc(y, probabilities):
    columns = y.to_numpy().T
    pairs = zip(columns, probabilities, strict=True)
    return np.mean([roc_auc_score(labels, part[:, 1]) for labels, part in pairs])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("y", "model"),
    [
        (LABELS, "mlp_classifier"),
        (TEXTS, "k_neighbors_classifier"),
        (TEXTS, "extra_trees_classifier"),
    ],
)
def test_from_the_fit_to_the_script(y, model, tmp_path):
    search = fitted(y, catalogue=catalogue("default", include=[model]), max_evaluations=3)
    assert search.best_genome_.startswith(model)
    assert search.metric_ == ("roc_auc" if y is LABELS else "neg_log_loss")
    predicted, probabilities = search.predict(X), search.predict_proba(X)
    assert predicted.shape == y.shape
    assert [part.shape for part in probabilities] == [(N_ROWS, len(own)) for own in search.classes_]
    for place, own in enumerate(search.classes_):
        assert own.tolist() == sorted(set(y.iloc[:, place]))
        np.testing.assert_allclose(probabilities[place].sum(axis=1), 1)
        np.testing.assert_array_equal(own[probabilities[place].argmax(axis=1)], predicted[:, place])
    honest = search.honest_score_
    assert honest.low < honest.estimate < honest.high
    assert honest.gain_probability > 0.5
    assert search.score(X, y) == pytest.approx(np.mean(predicted == y.to_numpy()))
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(X), predicted)
    assert loaded.script_ == search.script_
    assert loaded.score(X, y) == search.score(X, y)
    search.export(tmp_path / "best.py")
    pd.concat([X, y], axis=1).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--predict", "train.csv", "--out", "o.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(tmp_path / "o.csv")
    names = [f"prediction_{name}" for name in y]
    assert (table[names].to_numpy() == predicted).all()
    np.testing.assert_allclose(table.iloc[:, len(names) :], np.hstack(probabilities), atol=1e-9)


def test_the_score_is_the_mean_of_the_targets():
    search = fitted(LABELS, scoring="f1", max_evaluations=2)
    scores = [f1_score(LABELS[name], search.predict(X)[:, n]) for n, name in enumerate(LABELS)]
    assert search.score(X, LABELS) == pytest.approx(np.mean(scores))
    assert search.score(X, LABELS.astype(object)) == search.score(X, LABELS)
    honest = search.honest_score_
    assert honest.metric == "f1"
    assert honest.naive == pytest.approx(search.best_score_)
    search.set_params(scoring=None)
    assert search.score(X, LABELS) == pytest.approx(
        np.mean([accuracy_score(LABELS[n], search.predict(X)[:, i]) for i, n in enumerate(LABELS)])
    )


def test_the_default_is_roc_auc_where_all_targets_have_two_classes():
    search = fitted(LABELS, max_evaluations=3)
    assert search.metric_ == "roc_auc"
    assert search.honest_score_.naive == pytest.approx(search.best_score_)
    assert search.best_score_ > 0.7
    assert mean_auc(LABELS, search.predict_proba(X)) >= search.best_score_
    mixed = LABELS.assign(snow=np.arange(N_ROWS) % 3)
    assert fitted(mixed, max_evaluations=2).metric_ == "neg_log_loss"
    assert fitted(mixed, scoring="auc", max_evaluations=2).metric_ == "roc_auc_ovr"


def test_further_scores_are_means_too():
    search = fitted(TEXTS, scoring=["logloss", "f1_macro", "size"], max_evaluations=2)
    assert search.metric_ == "neg_log_loss"
    assert search.leaderboard_["f1_macro"].between(0, 1).all()


def test_a_function_gets_all_targets():
    def exact(estimator, X, y):
        return float((estimator.predict(X) == y).all(axis=1).mean())

    search = fitted(LABELS, scoring=exact, max_evaluations=2)
    assert search.metric_ == "exact"
    assert search.honest_score_.naive == pytest.approx(search.best_score_)


def test_groups_and_weights_are_kept():
    groups, weights = np.repeat(np.arange(40), 6), np.where(np.arange(N_ROWS) < 30, 0.0, 1.0)
    dataset = read_dataset(X, TEXTS, "classification", weights, groups)
    problem = pose_problem(dataset, catalogue=FEW, cv=ONCE, scoring=None, seed=0)
    for train, test in problem.splits:
        assert not set(groups[train]) & set(groups[test])
        assert weights[np.concatenate([train, test])].all()
    models = {name for name, operator in problem.catalogue.items() if operator.is_model}
    suited = {name for name in models if problem.catalogue[name].suits(problem.traits)}
    assert suited == {"decision_tree_classifier", "mlp_classifier", "dummy_classifier"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutoMLWarning)
        search = AutoMLClassifier(cv=ONCE, **QUICK)
        search.fit(X, TEXTS, sample_weight=weights, groups=groups)
    assert (search.leaderboard_["state"] == "done").sum() > 1
    assert search.score(X, TEXTS, sample_weight=weights) > 0.5


def test_every_fold_has_its_share_of_a_rare_label():
    rare = np.isin(np.arange(N_ROWS), [3, 70, 120, 121, 200, 201]).astype(int)
    dataset = read_dataset(X, LABELS.assign(snow=rare), "classification")
    problem = pose_problem(dataset, catalogue=FEW, cv=ONCE, scoring=None, seed=0)
    assert [rare[test].sum() for _, test in problem.splits] == [2, 2, 2]
    assert (strata_of(dataset.y)[rare == 1] < 0).all()


@pytest.mark.parametrize(
    ("y", "options", "error", "words"),
    [
        (LABELS.assign(snow=[1, *[0] * (N_ROWS - 1)]), {}, DataError, "1 of target 2 has 1 row"),
        (LABELS, {"scoring": TunedThreshold("f1")}, SettingsError, "for one target, got 3"),
        (LABELS, {"refit": "bagged"}, SettingsError, "probabilities of one target, got 3"),
        (LABELS, {"scoring": "rmse"}, SettingsError, "no score of 2 classes"),
        (TEXTS, {"scoring": "f1"}, SettingsError, "no score of 3 classes"),
        (TEXTS, {"catalogue": FEW.without("mlp_classifier", "k_neighbors_classifier",
         "decision_tree_classifier")}, SettingsError, "predicts one target"),
        (LABELS.assign(snow=0), {}, DataError, "in the target 'snow', got one class: [0]"),
        (LABELS.assign(snow=X["a"] / 7), {}, DataError, "target 2: expected classes, got numbers"),
        (LABELS.assign(snow=pd.date_range("2020", periods=N_ROWS)), {}, DataError, "target 2: "),
    ],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused_by_a_sentence(y, options, error, words):
    with pytest.raises(error) as caught:
        fitted(y, **options)
    assert words in str(caught.value)


def test_one_hot_labels_are_warned_of():
    one_hot = pd.get_dummies(TEXTS["color"]).astype(int)
    with pytest.warns(AutoMLWarning, match=r"single 1 among its 3 targets.*argmax"):
        read_dataset(X, one_hot, "classification")


def test_lists_and_booleans_are_targets_too():
    labels = read_dataset(X, LABELS.to_numpy().tolist(), "classification")
    assert [own.tolist() for own in labels.classes] == [[0, 1]] * 3
    nullable = LABELS.astype("boolean")
    assert [own.tolist() for own in read_dataset(X, nullable, "classification").classes] == [
        [False, True]
    ] * 3
