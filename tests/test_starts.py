"""Pipelines that a user gives as starts are evaluated before all others."""

import pytest
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from automl import HistoryError, SettingsError
from automl.cli import main
from tests.searches import NUMBERS, X, regressor

TEXT = "ridge(standard_scaler(simple_imputer(numeric)), alpha=7.0)"
NEIGHBORS = make_pipeline(StandardScaler(), KNeighborsRegressor(weights="distance"))


def pipelines(search):
    return list(dict.fromkeys(search.history_.sort_values("number")["genome"]))


def test_starts_are_evaluated_first_in_their_order(recwarn):
    search = regressor(starts=[NEIGHBORS, TEXT]).fit(X, NUMBERS)
    _, first, second, *_ = pipelines(search)  # after the baseline
    assert first.startswith("k_neighbors_regressor(")
    assert "weights='distance'" in first
    assert second.startswith("ridge(")
    assert "alpha=7.0" in second
    assert not recwarn.list


def test_starts_that_were_not_reached_are_said():
    with pytest.warns(UserWarning, match=r"came to starts\[1\]; give more evaluations than 2"):
        regressor(starts=[NEIGHBORS, TEXT], max_evaluations=2).fit(X, NUMBERS)


def test_what_a_start_loses_is_said():
    with pytest.warns(
        UserWarning, match=r"for starts\[0\], without tol=0.1 of Ridge, stands ridge"
    ):
        regressor(starts=(Ridge(alpha=2.0, tol=0.1),)).fit(X, NUMBERS)


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        (TEXT, "expected starts as a list of pipelines"),
        (["rigde(numeric)"], r"starts\[0\]: .*rigde"),
        ([TEXT, StandardScaler()], r"starts\[1\]: expected a model of the catalogue"),
    ],
)
def test_what_is_no_start_is_an_error(starts, message):
    with pytest.raises(SettingsError, match=message):
        regressor(starts=starts).fit(X, NUMBERS)


def test_a_run_is_resumed_with_the_same_starts(tmp_path):
    path = tmp_path / "run.db"
    regressor(starts=[TEXT], history=path).fit(X, NUMBERS)
    with pytest.raises(HistoryError, match="starts"):
        regressor(starts=[], history=path).fit(X, NUMBERS, resume=True)
    regressor(starts=[TEXT], history=path, max_evaluations=5).fit(X, NUMBERS, resume=True)


def test_the_command_line_takes_starts(tmp_path, capsys):
    path, train = tmp_path / "run.db", tmp_path / "train.csv"
    X.assign(price=NUMBERS).to_csv(train, index=False)
    command = f"fit {train} --target price --evaluations 3 --jobs 1 --history {path} --quiet"
    assert (
        main([*command.split(), "--start", "ridge(standard_scaler(simple_imputer(numeric)))"]) == 0
    )
    path.unlink()
    assert main([*command.split(), "--start", "none"]) == 1
    assert "starts[0]" in capsys.readouterr().err
