"""A portfolio is measured in processes, learnt greedily, and shown with a set left out."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import Start, load_catalogue
from automl.pipelines.spaces.portfolio import MOST_ROWS
from benchmarks.__main__ import main
from benchmarks.running.provenance import Provenance
from benchmarks.studies.portfolio import forecast, study
from benchmarks.studies.portfolio.candidates import BY_HAND, candidates
from benchmarks.studies.portfolio.learn import SMALLEST_GAIN, gather, learn, leave_one_out
from benchmarks.studies.portfolio.report import portfolio_report, portfolio_text
from benchmarks.studies.portfolio.rows import SIZES, CandidateKey, Fit
from benchmarks.studies.portfolio.study import Portfolio, evaluate
from benchmarks.studies.study import StudyRow
from benchmarks.tasks.task import Kind
from tests.benchmarks.made_sets import hang

ORIGIN = Provenance({"automl": "0.1.0"}, "abc", {"cpu": "a processor", "cores": 2}, 1)
FEW, MANY = SIZES
CATALOGUE = load_catalogue()
REQUIRED = {name for name, operator in CATALOGUE.items() if operator.requires is None}


def rows_of(table, kind="regression", seconds=None):
    """Yield what models score on sets of few rows."""
    for model, scores in table.items():
        for name, score in scores.items():
            key = CandidateKey(name, kind, FEW.rows, Start(model).to_json())
            fit = Fit(score, (seconds or {}).get(model, 1.0))
            failure = "" if score is not None else "no luck"
            yield StudyRow(key, ORIGIN, fit, failure)


def slower(row, seconds):
    assert row.result is not None
    return replace(row, result=replace(row.result, seconds=seconds))


def of_kind(rows, kind):
    return [replace(row, key=replace(row.key, kind=kind)) for row in rows]


def chosen(rows):
    evidence = gather(list(rows), "regression", FEW)
    return [evidence.models[place] for place in learn(evidence)]


SETS = ("x", "y", "z", "w")


def scores(*values):
    return dict(zip(SETS, values, strict=True))


TABLE = {
    "ridge": scores(0.5, 0.5, 0.5, 0.5),
    "lasso": scores(0.9, 0.9, 0.9, 0.1),
    "svr_rbf": scores(0.6, 0.6, 0.6, 0.9),
    "poor": scores(0.1, 0.1, 0.1, 0.1),
    "broken": scores(None, None, None, None),
}


def test_the_best_comes_first_and_what_is_worth_nothing_never():
    assert chosen(rows_of(TABLE))[0] == "lasso"
    assert not {"poor", "broken"} & set(chosen(rows_of(TABLE)))


def test_a_gain_counts_per_second():
    assert chosen(rows_of(TABLE, seconds={"lasso": 10.0}))[0] == "svr_rbf"


def test_the_quickest_of_those_that_are_worth_something_goes_first():
    rows = rows_of(TABLE, seconds={"svr_rbf": 0.05, "lasso": 0.01, "poor": 0.001})
    assert chosen(rows)[0] == "lasso"


def test_what_only_repeats_another_is_left_out():
    evidence = gather(list(rows_of(TABLE)), "regression", FEW)
    twice = replace(
        evidence,
        starts=(*evidence.starts, "again"),
        models=(*evidence.models, "lasso"),
        worth=np.vstack([evidence.worth, evidence.worth[1]]),
        seconds=np.vstack([evidence.seconds, evidence.seconds[1]]),
        scored=np.vstack([evidence.scored, evidence.scored[1]]),
    )
    assert [twice.models[place] for place in learn(twice)].count("lasso") == 1
    better = replace(twice, worth=np.clip(twice.worth + 10 * SMALLEST_GAIN, 0, 2))
    assert len(learn(better)) >= len(learn(twice))


def test_worth_goes_from_the_median_to_the_best():
    evidence = gather(list(rows_of(TABLE)), "regression", FEW)
    first = dict(zip(evidence.models, evidence.worth[:, evidence.sets.index("x")], strict=True))
    assert first["lasso"] == 1.0
    assert first["broken"] == first["poor"] == first["ridge"] == 0.0
    assert first["svr_rbf"] == pytest.approx((0.6 - 0.55) / (0.9 - 0.55))


def test_candidates_that_a_set_lacks_are_not_compared():
    rows = list(rows_of(TABLE))[:-1]
    assert "broken" not in gather(rows, "regression", FEW).models
    assert gather(rows, "regression", FEW).worth.shape == (4, 4)


def test_a_set_says_nothing_about_its_own_portfolio():
    table = {**TABLE, "only_z": scores(0.0, 0.0, 1.5, 0.0)}
    evidence = gather(list(rows_of(table)), "regression", FEW)
    assert "only_z" in {evidence.models[place] for place in learn(evidence)}
    unseen = {curve.name: curve for curve in leave_one_out(evidence)}
    assert max(unseen["z"].best) < 1.0
    learnt = {curve.name: curve for curve in leave_one_out(evidence, learn(evidence))}
    assert max(learnt["z"].best) == 1.0


def test_worth_within_seconds_counts_what_has_ended():
    evidence = gather(list(rows_of(TABLE)), "regression", FEW)
    (curve, *_) = leave_one_out(evidence, [0, 1])
    assert [curve.within(seconds) for seconds in (0.5, 1.0, 2.5)] == [0.0, *curve.best]
    assert [curve.after(1), curve.after(28)] == curve.best


def test_seconds_are_foretold_by_what_starts_took_elsewhere(
    monkeypatch,
):
    monkeypatch.setattr(forecast, "SEEN", 1)
    rows = list(rows_of(TABLE, seconds={"lasso": 1.0, "svr_rbf": 3.0}))
    rows = [
        slower(row, 10 * row.result.seconds) if row.result and row.key.task == "x" else row
        for row in rows
    ]
    forecasts = forecast.forecast(gather(rows, "regression", FEW))
    assert forecasts.by_start == pytest.approx(np.ones(len(forecasts.by_start)))
    assert len(forecasts.by_start) == len(forecasts.by_model) >= 4
    assert not forecasts.by_model.any()  # every model has a single start


def test_the_package_knows_what_starts_took():
    rows = list(rows_of(TABLE, seconds={"lasso": 0.12345}))
    rows += of_kind(rows, "classification")
    lists = json.loads(portfolio_text(rows))["regression"]
    seconds = {start["model"]: start["seconds"] for start in lists["few"]}
    assert seconds["lasso"] == 0.123
    assert seconds["svr_rbf"] == 1.0
    assert lists["many"][0]["seconds"] > 0  # none of these sets has many rows


def test_fits_without_a_score_say_nothing_of_seconds():
    table = {**TABLE, "lasso": scores(None, 0.9, 0.9, 0.1)}
    rows = [slower(row, 1e-5 if row.failure else 2.0) for row in rows_of(table)]
    evidence = gather(rows, "regression", FEW)
    seconds = dict(zip(evidence.models, evidence.typical_seconds(), strict=True))
    assert (seconds["lasso"], seconds["ridge"], seconds["broken"]) == (2.0, 2.0, 0.0)


def test_the_package_knows_the_most_rows_of_a_measurement():
    assert MANY.rows == MOST_ROWS


def test_other_sizes_count_half():
    rows = list(rows_of(TABLE))
    many = [replace(row, key=replace(row.key, rows=MANY.rows)) for row in rows]
    evidence = gather([*rows, *many], "regression", MANY)
    assert evidence.worth.shape == (5, 8)
    assert sorted(evidence.weights) == [0.5] * 4 + [1.0] * 4
    assert len(evidence.of_size().sets) == 4
    assert len(evidence.without("x").sets) == 6


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_candidates_are_hundreds_that_the_catalogue_has(task):
    starts = candidates(task)
    assert len({start.to_json() for start in starts}) == len(starts) > 150
    assert starts == candidates(task)
    by_hand = [start for start in BY_HAND if task in CATALOGUE[start.model].tasks]
    assert starts[: len(by_hand)] == by_hand
    for start in starts:
        domains = CATALOGUE[start.model].domains
        assert all(domains[name].contains(value) for name, value in start.settings.items())


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a set of two classes and one of numbers."""
    random = np.random.default_rng(0)
    index = []
    for kind in (Kind.BINARY, Kind.REGRESSION):
        table = pd.DataFrame(random.normal(size=(300, 2)), columns=["a", "b"])
        noisy = table["a"] + 0.5 * random.normal(size=300)
        table["target"] = (noisy > 0).astype(int) if kind is Kind.BINARY else noisy
        table.to_csv(tmp_path / f"{kind}.csv", index=False)
        index.append({"name": str(kind), "task": str(kind)})
    (tmp_path / "index.json").write_text(json.dumps(index))
    return tmp_path


@pytest.fixture
def few(monkeypatch):
    def starts(task):
        return [start for start in BY_HAND if task in CATALOGUE[start.model].tasks][:3]

    monkeypatch.setattr(study, "candidates", starts)
    return starts


def test_a_candidate_is_scored_on_rows_that_it_did_not_see(folder):
    start = Start("linear_discriminant_analysis").to_json()
    fit, failure = evaluate(folder, CandidateKey("binary", "classification", FEW.rows, start))
    assert (failure, fit.seconds > 0) == ("", True)
    assert fit.score is not None
    assert 0.8 < fit.score < 1.0


def test_what_the_grammar_lacks_is_a_failure(folder):
    key = CandidateKey("binary", "classification", FEW.rows, Start("ridge").to_json())
    fit, failure = evaluate(folder, key)
    assert (fit.score, failure) == (None, "ValueError: the grammar does not have it")


def unmeasured(content):
    """Return a start of a portfolio as it was before its seconds were known."""
    assert content["seconds"] > 0
    return replace(Start.from_values(content), seconds=None).to_json()


@pytest.mark.slow
def test_what_is_in_the_journal_is_not_measured_again(folder, few, tmp_path, capsys):
    journal = tmp_path / "rows.jsonl"
    command = f"portfolio --data {folder} --journal {journal} --jobs 2 --tasks ".split()
    assert main([*command, "binary"]) == 2  # nothing was learnt for regressions
    assert main([*command, "binary,regression"]) == 0
    rows = Portfolio.open(journal).rows
    assert len({row.key for row in rows}) == len(rows) == 6
    assert all(row.result and row.result.score and row.result.seconds > 0 for row in rows)
    assert "## Regression, fits on up to 1,000 rows" in capsys.readouterr().out
    content = json.loads(portfolio_text(rows))
    assert content["from sets"] == ["binary", "regression"]
    for task in ("classification", "regression"):
        measured = {start.to_json() for start in few(task)}
        for starts in content[task].values():
            learnt = {unmeasured(start) for start in starts}
            assert learnt
            assert learnt <= measured


@pytest.mark.slow
def test_what_takes_too_long_is_stopped(folder, few, tmp_path, monkeypatch):
    monkeypatch.setattr(study, "SECONDS", 0.1)
    monkeypatch.setattr(study, "evaluate", hang)
    journal = Portfolio.open(tmp_path / "rows.jsonl")
    Portfolio(folder, ["binary"], workers=1).run(journal)
    assert [row.failure for row in journal.rows] == ["stopped after 0.1 s a fit"] * 3


def test_the_report_compares_with_what_was_made_by_hand():
    rows = [*rows_of(TABLE), *rows_of(TABLE, "classification")]
    rows += [replace(row, key=replace(row.key, rows=MANY.rows)) for row in rows]
    report = portfolio_report(rows)
    assert report.count("| learnt |") == report.count("| by chance |") == 4
    assert "5 candidates on 4 sets: w, x, y, z." in report


def test_the_report_says_how_well_seconds_are_foretold(monkeypatch):
    monkeypatch.setattr(forecast, "SEEN", 1)
    report = portfolio_report([*rows_of(TABLE), *rows_of(TABLE, "classification")])
    assert "| regression, up to 1,000 rows | starts | " in report
    assert "| 100% | 0% |" in report
