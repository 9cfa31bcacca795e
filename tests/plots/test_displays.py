"""Displays follow scikit-learn's conventions, and leave pyplot and its settings alone."""

import builtins
from copy import copy

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from automl import AutoMLRegressor, SettingsError, load, plots
from automl.pipelines import load_catalogue

matplotlib = pytest.importorskip("matplotlib")
pyplot = pytest.importorskip("matplotlib.pyplot")

RNG = np.random.default_rng(0)
N = 120
X = pd.DataFrame(
    {"$a$": RNG.normal(size=N), "b": RNG.normal(size=N), "color": RNG.choice(["red", "blue"], N)}
)
Y = pd.Series(3 * X["$a$"] + X["b"] + (X["color"] == "red") + 0.1 * RNG.normal(size=N))
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
FEW = load_catalogue("default").only("ridge", "k_neighbors_regressor", *STEPS)
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
DISPLAYS = [getattr(plots, name) for name in plots.__all__]


@pytest.fixture(scope="module", autouse=True)
def no_screen():
    backend = matplotlib.get_backend()
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(backend)


@pytest.fixture(scope="module")
def plain():
    return AutoMLRegressor(**QUICK, max_evaluations=3, catalogue=FEW).fit(X, Y)


@pytest.fixture(scope="module")
def search(plain):
    search = copy(plain)
    search.explain(X, Y)
    return search


@pytest.mark.parametrize("display", DISPLAYS)
def test_it_draws_on_new_or_given_axes(display, search, tmp_path):
    before = dict(matplotlib.rcParams)
    drawn = display.from_estimator(search)
    assert drawn.figure_ is drawn.ax_.figure
    assert drawn.ax_.get_xlabel()
    drawn.figure_.savefig(tmp_path / "plot.png")  # names such as $a$ are no formulas
    figure = matplotlib.figure.Figure()
    ax = figure.subplots()
    again = drawn.plot(ax)
    assert again is drawn
    assert (again.ax_, again.figure_) == (ax, figure)
    assert display.from_estimator(search, ax=ax).ax_ is ax
    assert dict(matplotlib.rcParams) == before


def test_importances_are_those_of_the_explanation(search):
    table = search.explanation_.importances
    display = plots.ImportancesDisplay.from_estimator(search, n_columns=2)
    line, _, _ = display.container_
    assert line.get_xdata().tolist() == table["importance"].head(2).tolist()[::-1]
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == [name.replace("$", r"\$") for name in table["column"].head(2)][::-1]


def test_dependence_is_that_of_a_column(search):
    curve = search.explanation_.dependence
    first = plots.DependenceDisplay.from_estimator(search)
    (line,) = first.lines_
    name = search.explanation_.importances["column"].iloc[0]
    expected = curve.loc[curve["column"] == name, "prediction"]
    assert line.get_ydata().tolist() == expected.tolist()
    colors = plots.DependenceDisplay.from_estimator(search, column="color")
    assert set(colors.lines_[0].get_xdata()) == {"red", "blue"}
    with pytest.raises(SettingsError, match=r"out of \[.*\], got nowhere"):
        plots.DependenceDisplay.from_estimator(search, column="nowhere")


def test_the_course_ends_with_the_best_score(search):
    display = plots.CourseDisplay.from_estimator(search)
    assert display.line_.get_ydata()[-1] == search.leaderboard_["score"].max()
    assert (np.diff(display.line_.get_ydata()) >= 0).all()


def test_the_front_is_that_of_the_leaderboard(search):
    display = plots.ParetoDisplay.from_estimator(search)
    assert len(display.front_.get_offsets()) == len(search.pareto_front_)
    assert len(display.points_.get_offsets()) == search.leaderboard_["score"].count()
    with pytest.raises(SettingsError, match="expected a column of numbers out of"):
        plots.ParetoDisplay.from_estimator(search, axis="model")


def test_what_is_missing_is_said(plain, tmp_path):
    with pytest.raises(SettingsError, match=r"call search\.explain\(X, y\)"):
        plots.ImportancesDisplay.from_estimator(plain)
    for display in DISPLAYS:
        with pytest.raises(NotFittedError):
            display.from_estimator(AutoMLRegressor())
    plain.save(tmp_path / "model")
    with pytest.raises(SettingsError, match="plot the course before you save"):
        plots.CourseDisplay.from_estimator(load(tmp_path / "model", catalogue=FEW))


def test_without_matplotlib_the_extra_is_named(plain, monkeypatch):
    original = builtins.__import__

    def refuse(name, *arguments, **options):
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError("no matplotlib", name="matplotlib")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SettingsError, match=r"pip install 'automl-gp\[plots\]'"):
        plots.ParetoDisplay.from_estimator(plain)
