"""Other ways to choose are compared on the same search, and their table follows from the rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from automl import AutoMLClassifier, AutoMLRegressor
from automl.selection.evidence import standard_error
from benchmarks.adapters.plain import predictions_of
from benchmarks.scores.scoring import gain_score
from benchmarks.studies.honesty.choices import (
    SHIPPED,
    WAYS,
    Evaluations,
    compare,
    simultaneous_low,
    watched,
)
from benchmarks.studies.honesty.promise import Alternatives
from benchmarks.studies.honesty.report import honesty_report
from benchmarks.studies.honesty.study import Honesty, draw_split
from benchmarks.tasks.task import make_task
from tests.benchmarks.test_bench_honesty import ROWS, row

EVALUATIONS = 8


def searched(kind, target):
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(400, 3)), columns=list("abc"))
    y = pd.Series(target(X["a"] + 0.5 * random.normal(size=400)))
    is_classification = kind is AutoMLClassifier
    task = make_task("made up", X, y, "here", is_classification=is_classification)
    split = draw_split(task, seed=0, rows=150)
    search = kind(
        time_budget=None,
        max_evaluations=EVALUATIONS,
        catalogue="fast",
        random_state=0,
        n_jobs=1,
        verbose=0,
    )
    with watched() as choosers:
        search.fit(split.train_X, split.train_y)
    return search, choosers, split


@pytest.fixture(scope="module")
def classified():
    return searched(AutoMLClassifier, lambda numbers: np.where(numbers > 0, "up", "down"))


@pytest.fixture(scope="module")
def regressed():
    return searched(AutoMLRegressor, lambda numbers: numbers)


def test_a_chooser_is_watched_only_within_the_context(classified):
    search, choosers, _ = classified
    assert len(choosers) == 1
    assert search.members_["pipeline"].iloc[0] == choosers[0].candidates[0].genome.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classified", "regressed"])
def test_each_way_has_the_score_of_its_fits(name, request):
    search, (chooser,), split = request.getfixturevalue(name)
    comparison = compare(search, chooser, split)
    further = {f"{SHIPPED}, bagged"} | ({f"{SHIPPED}, stacked"} if name == "classified" else set())
    assert set(comparison.ways) == {*WAYS, *further}
    assert np.isfinite(list(comparison.ways.values())).all()
    ((place, _),) = WAYS["best"](Evaluations(chooser)).items()
    board = search.leaderboard_
    is_best = board["pipeline"] == chooser.candidates[place].genome.text
    best = search.select(int(board[is_best]["rank"].iloc[0]), split.train_X, split.train_y)
    expected = gain_score(split, predictions_of(best, split.test_X, split.task.kind))
    assert comparison.ways["best"] == pytest.approx(expected)
    members = WAYS[SHIPPED](Evaluations(chooser))
    assert len(comparison.bagged) == len(members)
    assert sum(members.values()) == pytest.approx(1)


def test_scores_are_drawn_down_to_their_family_and_never_up(classified):
    _, (chooser,), _ = classified
    evaluations = Evaluations(chooser)
    assert (evaluations.shrunken <= evaluations.scores + 1e-12).all()
    # The best is the reference, so its difference has no error and nothing is luck.
    best = evaluations.scores.argmax()
    assert evaluations.shrunken[best] == pytest.approx(evaluations.scores[best])


def test_a_family_has_its_limit_in_a_pool(classified):
    _, (chooser,), _ = classified
    evaluations = Evaluations(chooser)
    pool = evaluations.pool(evaluations.scores, relatives=1)
    assert len({evaluations.families[place] for place in pool}) == len(pool)
    assert len(evaluations.pool(evaluations.scores, size=2)) == 2
    assert pool[0] == evaluations.scores.argmax()


def test_a_bound_for_all_is_below_that_of_one(classified):
    _, (chooser,), _ = classified
    evaluations = Evaluations(chooser)
    best, sizes = evaluations.scores.argmax(), chooser.evidence.sizes
    error = standard_error(evaluations.values[best], sizes)
    alone = evaluations.scores[best] - norm.ppf(0.95) * error
    bonferroni = evaluations.scores[best] - norm.ppf(1 - 0.05 / len(evaluations.scores)) * error
    assert bonferroni - 0.2 * error < simultaneous_low(chooser) < alone
    assert simultaneous_low(chooser) == simultaneous_low(chooser)


def test_the_page_compares_ways_and_parts():
    choices = {SHIPPED: 0.75, "best": 0.7, "ensemble of 3": 0.8}
    alternatives = Alternatives(choices, [("ridge", 0.7, 0.75)], 0.74)
    usual = row("a", 0, alternatives=alternatives)
    key = replace(usual.key, part="WithoutEvolution")
    partial = replace(usual, key=key, result=replace(usual.result, test=0.7))
    lines = [run.to_json() for run in (usual, partial)]  # as a journal has them
    page = honesty_report([Honesty.parse(line) for line in lines])
    assert "Over 1 runs" in page  # without the one that lacks a part
    assert "| best | 1 | -1.00 | 0–0–1 |" in page
    assert "| ensemble of 3 | 1 | +1.00 | 1–0–0 |" in page
    assert "| ridge | 1 | +1.00 | 1–0–0 |" in page
    assert f"| {SHIPPED} |" not in page
    assert "in **1 of 1** runs; its test score is 0.00 standard errors above" in page
    assert "| evolution (random pipelines after the starts) | 1 | -1.00 | 0–0–1 |" in page
    assert "Other ways" not in honesty_report(ROWS)
    assert "without a part" not in honesty_report(ROWS)
