"""The demo does the main job."""

from functools import partial

import pytest

from automl import AutoMLClassifier
from automl.cli import demo, main


@pytest.mark.slow
def test_the_demo_does_the_main_job(monkeypatch, capfd):
    # A few evaluations end the search, so that a busy machine cannot: 300 seconds are never used.
    few_evaluations = partial(AutoMLClassifier, max_evaluations=4, n_jobs=2)
    monkeypatch.setattr(demo, "AutoMLClassifier", few_evaluations)
    assert main(["demo", "--budget", "300"]) == 0
    output = capfd.readouterr().out
    assert "4 pipelines in" in output
    assert output.index("python best.py train.csv") < output.index("verified")
    difference = float(output.split("difference to the script's predictions: ")[1])
    assert difference <= 1e-9
