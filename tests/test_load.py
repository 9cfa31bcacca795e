"""A loaded estimator is the one that was saved: its parameters, its attributes, its predictions."""

import copy
import os
import pickle
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.model_selection import KFold

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    FileError,
    Limits,
    NestedCV,
    Observer,
    Quantile,
    SettingsError,
    TunedThreshold,
    catalogue,
    load,
)
from automl.pipelines import Integer, Operator, Prediction, Scaled

# The frame has a constant column, of which each fit speaks.
pytestmark = pytest.mark.filterwarnings("ignore:columns of one value are left out")

RNG = np.random.default_rng(0)
N = 180  # LightGBM wants 100 rows in every training part
X = pd.DataFrame(RNG.normal(size=(N, 3)), columns=list("abc")).assign(
    color=RNG.choice(["red", "green"], N), same=1
)
X.loc[::9, "b"] = np.nan
NUMBERS = (X["a"] + 0.8 * RNG.normal(size=N)).rename("price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
FEW = ["gaussian_nb", "logistic_regression", "ridge", "simple_imputer", "standard_scaler"]
QUICK = {"max_evaluations": 6, "time_budget": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
RENAMED = Operator(
    name="renamed",
    path="sklearn.neighbors.KNeighborsClassifier",
    takes=Scaled,
    gives=Prediction,
    tasks=("classification",),
    domains={"n_neighbors": Integer(1, 50, default=5)},
)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    options = {
        **QUICK,
        "cv": NestedCV(outer=4, repeats=1, trials=3),
        "catalogue": catalogue("default", include=FEW),
        "limits": Limits(seconds=60),
        "history": tmp_path_factory.mktemp("load") / "run.db",
    }
    return AutoMLClassifier(**options).fit(X, LABELS)


@pytest.fixture(scope="module")
def regressor():
    options = {**QUICK, "catalogue": catalogue("default", include=FEW), "ensemble_size": 1}
    return AutoMLRegressor(cv=4, **options).fit(X.to_numpy(), NUMBERS)


def saved_and_loaded(search, folder, **options):
    search.save(folder / "model")
    return load(folder / "model", **options)


def documented_attributes():
    """The names in the section of the class's docstring."""
    section = AutoMLClassifier.__doc__.split("Attributes\n")[1].split("Examples\n")[0]
    lines = re.findall(r"^    ((?:\w+_, )*\w+_) :", section, re.MULTILINE)
    return [name for line in lines for name in line.split(", ")]


def test_the_docstring_names_attributes():
    names = documented_attributes()
    assert {"ensemble_", "leaderboard_", "history_", "run_"} <= set(names)
    assert len(names) > 15


@pytest.mark.parametrize("task", ["classifier", "regressor"])
@pytest.mark.parametrize("name", [*documented_attributes(), "n_features_in_", "feature_names_in_"])
def test_an_attribute_is_that_of_the_saved_one(task, name, request, tmp_path):
    search = request.getfixturevalue(task)
    loaded = saved_and_loaded(search, tmp_path)
    if name == "history_":
        assert len(search.history_) >= 4
        with pytest.raises(AttributeError, match=r"give history='run\.db' before fit"):
            loaded.history_  # noqa: B018
        return
    assert hasattr(loaded, name) == hasattr(search, name)
    value, expected = getattr(loaded, name, None), getattr(search, name, None)
    if name in ("ensemble_", "best_pipeline_"):
        frame = X if task == "classifier" else loaded_frame(search)
        assert type(value) is type(expected)
        np.testing.assert_array_equal(value.predict(frame), expected.predict(frame))
    elif isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(value, expected, check_exact=True)
        assert value.dtypes.to_dict() == expected.dtypes.to_dict()
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(value, expected)
        assert value.dtype == expected.dtype
    else:
        assert value == expected
        assert type(value) is type(expected)


def loaded_frame(search):
    """An array's columns, by the names that pipelines know them by."""
    return pd.DataFrame(X.to_numpy()).rename(columns=str)


def test_only_a_frame_has_names(classifier, regressor):
    assert classifier.feature_names_in_.tolist() == list(X.columns)
    assert not hasattr(regressor, "feature_names_in_")
    assert not hasattr(regressor, "classes_")


def test_a_loaded_estimator_predicts_scores_exports_and_saves_the_same(classifier, tmp_path):
    loaded = saved_and_loaded(classifier, tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    assert loaded.score(X, LABELS) == classifier.score(X, LABELS)
    loaded.export(tmp_path / "best.py")
    assert (tmp_path / "best.py").read_text() == classifier.script_
    again = saved_and_loaded(loaded, tmp_path)
    np.testing.assert_array_equal(again.predict(X), classifier.predict(X))
    assert again.get_params() == classifier.get_params()
    with pytest.raises(ValueError, match="expected the columns of fit"):
        loaded.predict(X[["a", "b"]])
    with pytest.raises(SettingsError, match="loaded model"):
        loaded.select("smallest", X, LABELS)


def test_intervals_come_back(regressor, tmp_path):
    loaded = saved_and_loaded(regressor, tmp_path)
    np.testing.assert_array_equal(
        loaded.predict_interval(X.to_numpy()), regressor.predict_interval(X.to_numpy())
    )


def test_the_parameters_of_a_fit_come_back(classifier, regressor, tmp_path):
    for search in (classifier, regressor):
        loaded = saved_and_loaded(search, tmp_path)
        assert loaded.get_params() == search.get_params()
        assert type(loaded) is type(search)


@pytest.mark.parametrize(
    "parameters",
    [
        {"scoring": "accuracy", "time_budget": 12.5, "n_jobs": None, "tuner": None},
        {"scoring": TunedThreshold("f1"), "limits": Limits(30, mebibytes=512.5)},
        {"scoring": Quantile(0.9), "refit": "bagged", "ensemble_size": 1},
        {"cv": NestedCV(outer=3, inner=4, repeats=2, tuner="random", trials=7)},
        {"cv": [([0, 1], [2, 3]), ([2, 3], [0, 1])], "callbacks": []},
        {"cv": NestedCV(outer=[([0, 1], [2, 3])])},
        {"catalogue": "linear", "history": "run.db", "random_state": 7, "verbose": True},
        {"catalogue": Path("mine.toml"), "history": Path("a") / "run.db"},
        {"catalogue": catalogue("fast", exclude=["gaussian_nb"])},
        {"catalogue": catalogue("linear", template="selector > classifier")},
        {"time_budget": np.float64(2.5), "random_state": np.int64(3)},
    ],
)
def test_what_json_can_hold_comes_back(classifier, parameters, tmp_path):
    search = copy.copy(classifier).set_params(**parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = saved_and_loaded(search, tmp_path)
    assert loaded.get_params() == search.get_params()
    types = {name: type(value) for name, value in search.get_params().items()}
    numbers = {np.float64: float, np.int64: int}
    for name, value in loaded.get_params().items():
        assert type(value) is numbers.get(types[name], types[name])


def scorer(estimator, X, y):
    return float((estimator.predict(X) == y).mean())


def test_what_json_cannot_hold_is_named_in_one_warning(classifier, tmp_path):
    search = copy.copy(classifier).set_params(
        scoring=scorer,
        cv=NestedCV(outer=KFold(3)),
        callbacks=[Observer()],
        random_state=np.random.default_rng(0),
        limits=Limits(seconds=30),
    )
    search.save(tmp_path / "model")
    with pytest.warns(AutoMLWarning) as caught:
        loaded = load(tmp_path / "model")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    for text in ("scoring (function)", "cv (KFold)", "callbacks (Observer)", "(Generator)"):
        assert text in message
    defaults = AutoMLClassifier().get_params()
    for name in ("scoring", "cv", "callbacks", "random_state"):
        assert loaded.get_params()[name] == defaults[name]
    assert loaded.limits == Limits(seconds=30)


def test_a_parameter_of_a_later_version_is_covered(classifier, tmp_path, monkeypatch):
    """Nothing lists the parameters by hand."""
    defaults = AutoMLClassifier.get_params

    def with_one_more(self, deep=True):
        return {**defaults(self, deep), "patience": vars(self).get("patience", 3)}

    plain_init = AutoMLClassifier.__init__

    def init(self, *, patience=3, **options):
        plain_init(self, **options)
        self.patience = patience

    search = copy.copy(classifier)
    search.patience = (5, "rounds")
    monkeypatch.setattr(AutoMLClassifier, "get_params", with_one_more)
    monkeypatch.setattr(AutoMLClassifier, "__init__", init)
    assert saved_and_loaded(search, tmp_path).patience == (5, "rounds")


def test_a_catalogue_of_own_operators_comes_back_where_load_is_given_them(classifier, tmp_path):
    own = catalogue("linear").with_operator(RENAMED)
    search = copy.copy(classifier).set_params(catalogue=own)
    search.save(tmp_path / "model")
    assert load(tmp_path / "model", catalogue=own).catalogue == own
    with pytest.warns(AutoMLWarning, match=r"catalogue \(.*'renamed'.*load"):
        assert load(tmp_path / "model").catalogue == "default"
    changed = catalogue("linear").with_operator(
        Operator(**{**vars(RENAMED), "domains": {"n_neighbors": Integer(1, 9, default=5)}})
    )
    with pytest.warns(AutoMLWarning, match="'renamed'"):
        assert load(tmp_path / "model", catalogue=changed).catalogue == "default"


def test_load_checks_its_catalogue(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    assert load(tmp_path / "model", catalogue="linear").metric_ == classifier.metric_
    with pytest.raises(SettingsError, match="expected a catalogue"):
        load(tmp_path / "model", catalogue=3)


def test_a_file_of_something_else_is_not_loaded(classifier, tmp_path):
    class Hostile:
        def __reduce__(self):
            return (print, ("gotcha",))

    path = tmp_path / "model"
    with pytest.raises(FileError, match="cannot be read"):
        load(path)
    path.write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(FileError, match="not a model"):
        load(path)
    path.write_bytes(skops.io.dumps({"pipeline": 1}))
    with pytest.raises(FileError, match="not a model"):
        load(path)


def test_a_second_fit_forgets_what_the_first_one_had(classifier):
    search = copy.copy(classifier).set_params(refit=False, history=None, max_evaluations=2)
    assert search.script_
    search.fit(X.to_numpy(), LABELS)
    for name in ("script_", "feature_names_in_", "predict", "save"):
        assert not hasattr(search, name)
    assert search.classes_.tolist() == ["no", "yes"]


def run(source, folder):
    """Run Python in a process of its own that can import what stands in a folder."""
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


OWN_MODULE = '''
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Center:
    """What an estimator keeps."""

    def __init__(self, values):
        self.values = values


class Nearest(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.centers_ = [Center(np.asarray(X)[y == label].mean(axis=0)) for label in self.classes_]
        return self

    def predict_proba(self, X):
        apart = [((np.asarray(X) - center.values) ** 2).sum(axis=1) for center in self.centers_]
        close = np.exp(-np.column_stack(apart))
        return close / close.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
'''
OWN_SEARCH = """
import sys
import numpy as np
from automl import AutoMLClassifier, SettingsError, catalogue, load
from automl.pipelines import Operator, Prediction, Scaled
from sklearn.datasets import load_iris


def operators(**parts):
    nearest = Operator(
        name="nearest", path="own.Nearest", takes=Scaled, gives=Prediction,
        tasks=("classification",), **parts,
    )
    few = catalogue("default", include=["gaussian_nb", "simple_imputer", "standard_scaler"])
    return few.without("gaussian_nb").with_operator(nearest)


X, y = load_iris(return_X_y=True, as_frame=True)
named = operators(parts=("own.Center",))
"""
OWN_FIT = f"""{OWN_SEARCH}
options = dict(max_evaluations=2, cv=3, n_jobs=1, verbose=0, random_state=0, ensemble_size=1)
search = AutoMLClassifier(catalogue=named, **options).fit(X, y)
search.save("model")
np.save("predicted.npy", search.predict_proba(X))
search = AutoMLClassifier(catalogue=operators(), **options).fit(X, y)
try:
    search.save("refused")
except SettingsError as error:
    print(error)
"""
OWN_LOAD = f"""{OWN_SEARCH}
from automl import FileError
loaded = load("model", catalogue=named)
assert "nearest" in loaded.best_genome_
assert (loaded.predict_proba(X) == np.load("predicted.npy")).all()
assert loaded.catalogue == named
for operators in (None, operators()):
    try:
        load("model", catalogue=operators)
    except FileError as error:
        print(error)
"""


@pytest.mark.slow
def test_an_operator_that_keeps_an_object_is_saved_if_it_names_its_type(tmp_path):
    (tmp_path / "own.py").write_text(OWN_MODULE)
    message = run(OWN_FIT, tmp_path)
    assert not (tmp_path / "refused").exists()
    assert "the operator 'nearest' holds a own.Center" in message
    assert "parts=('own.Center',)" in message
    refused = run(OWN_LOAD, tmp_path).splitlines()
    assert len(refused) == 2
    for message in refused:
        assert "'own.Center'" in message
        assert "catalogue=" in message
    assert "own.Nearest" in refused[0]
    assert "own.Nearest" not in refused[1]
    (tmp_path / "own.py").rename(tmp_path / "elsewhere.py")
    message = run(
        "from automl import FileError, load\n"
        "try:\n    load('model')\nexcept FileError as error:\n    print(error)",
        tmp_path,
    )
    assert "needs the module 'own'" in message
    assert "pip install" not in message


WITHOUT_LIGHTGBM = """
import sys
from importlib.machinery import PathFinder


class Blocker(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.split(".")[0] != "lightgbm":
            return super().find_spec(name, path, target)


sys.meta_path = [Blocker if finder is PathFinder else finder for finder in sys.meta_path]
from automl import FileError, catalogue, load

assert "lightgbm_classifier" not in catalogue()
try:
    load("model")
except FileError as error:
    print(error)
"""


def test_a_model_names_the_package_that_it_needs(tmp_path):
    pytest.importorskip("lightgbm")
    boosted = catalogue("default")
    names = [name for name in boosted if boosted[name].requires == "lightgbm"]
    few = boosted.only(*names, "category_encoder")
    search = AutoMLClassifier(**{**QUICK, "max_evaluations": 2, "cv": 3}, catalogue=few)
    search.fit(X[["a", "b", "color"]], LABELS).save(tmp_path / "model")
    assert load(tmp_path / "model").get_params() == search.get_params()
    message = run(WITHOUT_LIGHTGBM, tmp_path)
    assert "'model' needs lightgbm, which is not installed: pip install lightgbm" in message
