"""A search is measured without each of its parts, which are back afterwards."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl.outcome import FoldOutcome, State
from automl.pipelines import (
    Columns,
    Genome,
    Grammar,
    Start,
    Traits,
    load_catalogue,
    starting_pipeline,
    starting_pipelines,
)
from automl.search import make
from automl.search.costs import Costs
from automl.search.trial import Trial
from automl.strategies import make_strategy
from automl.strategies.genetic import Move
from benchmarks.__main__ import main
from benchmarks.adapters import check_source, load_adapter
from benchmarks.adapters.adapter import Settings
from benchmarks.adapters.spent import spent
from benchmarks.studies.parts import variants
from benchmarks.studies.parts.command import ONLY_ON
from benchmarks.studies.parts.report import VARIANTS, growths, loss, parts_report
from benchmarks.studies.parts.variants import PARTS
from benchmarks.studies.portfolio.candidates import BY_HAND
from benchmarks.tasks.task import Kind

SETTINGS = Settings(Kind.REGRESSION, 10.0, 1, 0)
GENOME = Genome.parse("ridge(standard_scaler(numeric))")
GRAMMAR = Grammar(
    load_catalogue(), Columns(numeric=("a", "b")), Traits(task="regression", n_rows=1_000)
)


def raced_out():
    trial = Trial(1, GENOME, 5, 5, hurdle=[0.9] * 5)
    trial.folds[0] = FoldOutcome(State.DONE, 0.1)
    return trial.outcome() is not None


def test_racing_is_out_for_as_long_as_a_fit():
    assert raced_out()
    with variants.WithoutRacing(SETTINGS).absence():
        assert not raced_out()
    assert raced_out()


def test_costs_are_out():
    costs = Costs()
    costs.note(GENOME, FoldOutcome(State.DONE, 0.5, fit_seconds=9.0))
    with variants.WithoutCosts(SETTINGS).absence():
        assert costs.with_time([Trial(1, GENOME, 5, 5)], {}, 1, seconds_left=1.0)
    assert not costs.with_time([Trial(1, GENOME, 5, 5)], {}, 1, seconds_left=1.0)


def test_starts_are_those_by_hand():
    rng = np.random.default_rng(0)
    learnt = list(starting_pipelines(GRAMMAR, rng))
    with variants.WithoutPortfolio(SETTINGS).absence():
        by_hand = list(starting_pipelines(GRAMMAR, rng))
    assert {genome.operator for genome in by_hand} <= {start.model for start in BY_HAND}
    assert learnt == list(starting_pipelines(GRAMMAR, rng)) != by_hand


def test_moves_have_fixed_weights():
    move = Move(0.3, lambda tree, rng: None, children=20, better=0)
    with variants.WithoutCredit(SETTINGS).absence():
        assert move.credit == 0.3
    assert move.credit < 0.3 / 20


def test_nothing_is_foretold_and_nothing_shortened():
    problem = SimpleNamespace(uses_device=lambda genome: False)
    with variants.WithoutForecasts(SETTINGS).absence():
        assert make.seconds_here(problem, {GENOME: 1.0}) == {}
    assert make.seconds_here(problem, {GENOME: 1.0}) == {GENOME: 1.0}
    proposals = make_strategy("random", GRAMMAR, [])
    genome = starting_pipeline(GRAMMAR, Start("ridge", before=("pca",)))
    assert genome is not None
    with variants.WithoutShortening(SETTINGS).absence():
        proposals.add_shortened(genome)
    assert not proposals.has_starts
    proposals.add_shortened(genome)
    assert proposals.has_starts


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_its_variant(part):
    check_source(VARIANTS.format(part))
    assert load_adapter(VARIANTS.format(part)).__doc__
    assert set(ONLY_ON) <= set(PARTS)


def test_losses_grow_without_what_pays(make_row):
    variant = VARIANTS.format("WithoutRacing")
    rows = [
        make_row(task=task, adapter=adapter, metric="rmse", score=score)
        for task, full in (("a", 1.0), ("b", 2.0))
        for adapter, score in (("automl", full), (variant, 1.1 * full))
    ]
    assert growths({row.key: loss(row) for row in rows}, variant) == {
        "a": [pytest.approx(np.log(1.1))],
        "b": [pytest.approx(np.log(1.1))],
    }
    report = parts_report(rows)
    assert f"| {PARTS['WithoutRacing']} | 2 | +10.0% ± 0.0% | 2–0 |" in report
    assert PARTS["WithoutCosts"] not in report
    assert "on tuning leaders" not in report  # no row has that
    rows[0] = replace(rows[0], extra={"tuning_share": 0.25})
    report = parts_report(rows)
    assert "on tuning leaders" in report
    assert "| a | 25% |" in report


def test_most_pipelines_may_be_raced_out():
    rows = [(1, fold, GENOME.text, "done", 1.0) for fold in range(5)]
    rows += [(number, 0, GENOME.text, "done", 1.0) for number in range(2, 7)]
    history = pd.DataFrame(rows, columns=["number", "fold", "genome", "state", "fit_seconds"])
    history[["predict_seconds", "tune_seconds"]] = 0.0
    assert spent(history, draw=5)["unfinished_share"] == 0.5


def test_nothing_measured_is_an_empty_report():
    assert parts_report([]) == "The journal is empty.\n"


def test_a_loss_is_small_where_the_score_is_good(make_row):
    assert loss(make_row(metric="roc_auc", score=0.9)) == pytest.approx(0.1)
    assert loss(make_row(metric="roc_auc", score=None, constant=0.5)) == 0.5
    assert loss(make_row(metric="roc_auc", score=1.0)) > 0


def test_what_a_search_spent_its_time_on():
    twin = "svr_rbf(standard_scaler(numeric), C=1.0)"
    rows = [(0, 0, "dummy_regressor(numeric)", "done", 9.0)]
    rows += [(1, fold, GENOME.text, "done", 1.0) for fold in range(5)]
    rows += [(2, fold, twin, "done", 1.0) for fold in range(5)]
    rows += [(3, 0, "svr_rbf(standard_scaler(numeric), C=9.0)", "done", 4.0)]
    rows += [(4, 0, twin, "tuned", 6.0)]
    history = pd.DataFrame(rows, columns=["number", "fold", "genome", "state", "fit_seconds"])
    history[["predict_seconds", "tune_seconds"]] = 0.0
    shares = spent(history, draw=5)
    assert shares["tuning_share"] == pytest.approx(6 / 20)
    assert shares["unfinished_share"] == pytest.approx(4 / 20)
    assert shares["row_racing_share"] == pytest.approx((0.75 * 4 - 0.25 * 2) / 20)
    assert shares["same_steps_share"] == pytest.approx(6 / 11)


@pytest.mark.slow
def test_the_command_measures_and_goes_on(tmp_path, capsys):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(200, 2)), columns=["a", "b"])
    table["target"] = table["a"] + 0.1 * rng.normal(size=200)
    table.to_csv(tmp_path / "line.csv", index=False)
    (tmp_path / "index.json").write_text(json.dumps([{"name": "line", "task": "regression"}]))
    options = f"--data {tmp_path} --tasks line --budget 3 --splits 1 --parts WithoutRacing"
    command = ["parts", *options.split(), "--journal", str(tmp_path / "parts.jsonl")]
    assert main(command) == 0
    report = capsys.readouterr().out
    assert f"| {PARTS['WithoutRacing']} | 1 | " in report
    assert "| line |" in report  # a busy machine may have no time for what else stands there
    assert main(command) == 0  # nothing is measured again
    assert capsys.readouterr().out == report
