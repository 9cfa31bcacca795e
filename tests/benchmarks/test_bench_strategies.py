"""Strategies are compared on equal evaluations, and the table follows from the rows."""

from dataclasses import replace

import numpy as np
import pytest

from automl.outcome import State
from automl.pipelines import Genome
from benchmarks.__main__ import main
from benchmarks.running.provenance import Provenance
from benchmarks.studies.strategies import arena
from benchmarks.studies.strategies.arena import Arena, Place, ground
from benchmarks.studies.strategies.course import Course, CourseKey
from benchmarks.studies.strategies.report import strategies_report
from benchmarks.studies.strategies.study import Strategies
from benchmarks.studies.study import StudyRow
from tests.benchmarks.made_sets import hang, write_sets

ORIGIN = Provenance({"automl": "0.1.0"}, "abc", {"cpu": "a processor", "cores": 2}, 1)
COURSE = Course("roc_auc", 2, [2, 4], [0.8, 0.9], [0.7, 0.8], [0.7, 0.8], 0, 3.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a set of each kind."""
    return write_sets(tmp_path_factory.mktemp("sets"), 300)


MODELS = {
    "binary": "gaussian_nb(simple_imputer(numeric))",
    "multiclass": "gaussian_nb(simple_imputer(numeric))",
    "regression": "ridge(simple_imputer(numeric))",
}


@pytest.mark.parametrize("task", MODELS)
def test_an_evaluation_has_scores_and_predictions_in_the_order_of_rows(folder, task):
    place = Place(folder, task, 0, 100)
    evaluation = ground(place).evaluated(Genome.parse(MODELS[task]))
    classes = {"binary": 2, "multiclass": 3, "regression": 1}[task]
    assert evaluation.held_out.shape == (100, classes)
    assert evaluation.tested.shape == (200, classes)
    assert len(evaluation.outcome.scores) == 3
    truth = ground(place).split.train_y.to_numpy(float)
    column = evaluation.held_out @ np.arange(classes) if classes > 1 else evaluation.held_out[:, 0]
    assert np.corrcoef(column, truth)[0, 1] > 0.5
    # Of one pipeline the ensemble is that pipeline.
    alone = ground(place).test_score(evaluation.tested)
    assert ground(place).ensemble([evaluation]) == pytest.approx(alone)


@pytest.mark.slow
def test_a_pipeline_that_fails_or_hangs_costs_no_search(folder, monkeypatch):
    monkeypatch.setattr(arena, "SECONDS", 60.0)
    with Arena(Place(folder, "binary", 0, 100)) as evaluator:
        failed = evaluator.evaluate(Genome.parse("gaussian_nb(no_such_step(numeric))"))
        assert failed.outcome.state is State.REFUSED
        assert failed.score == -np.inf
        monkeypatch.setattr(arena, "SECONDS", 0.1)
        monkeypatch.setattr(arena, "_evaluate", hang)
        slow = evaluator.evaluate(Genome.parse("gaussian_nb(simple_imputer(numeric))"))
        assert slow.outcome.state is State.TIMED_OUT


@pytest.mark.slow
def test_what_is_there_is_not_measured_again(folder, tmp_path, capsys):
    journal = tmp_path / "rows.jsonl"
    command = f"strategies --data {folder} --tasks binary --seeds 1 --rows 100 --evaluations 6"
    command += f" --strategies genetic random --journal {journal}"
    assert main(command.split()) == 0
    page, progress = capsys.readouterr()
    assert [line.split(":")[0] for line in progress.splitlines()] == [
        "binary, seed 0, genetic",
        "binary, seed 0, random",
    ]
    courses = [row.result for row in Strategies.open(journal).rows]
    assert courses[0].held_out[:1] == courses[1].held_out[:1]  # of the same starts
    assert all(course.after[-1] >= 6 for course in courses)
    assert main(command.split()) == 0
    assert capsys.readouterr() == (page, "")


def test_the_table_compares_losses_with_those_of_chance():
    def row(strategy, task="a", **changes):
        return StudyRow(CourseKey(task, 0, strategy, 500, 4), ORIGIN, replace(COURSE, **changes))

    rows = [row("random"), row("genetic", held_out=[0.8, 0.95]), row("genetic", task="b")]
    page = strategies_report(rows)
    assert "1 sets: a" not in page
    assert "2 sets: a, b." in page
    assert "| genetic | 1 | -50.0% ± 0.0%, 1–0–0 | +0.0% ± 0.0%, 0–1–0 |" in page
    assert "| starts alone | 1 | +100.0% ± 0.0%, 0–0–1 | +50.0% ± 0.0%, 0–0–1 |" in page
    assert strategies_report([]) == "The journal is empty.\n"
    lost = replace(row("bayesian"), result=None, failure="ValueError: no luck")
    assert "- a, seed 0, bayesian: ValueError: no luck" in strategies_report([*rows, lost])
