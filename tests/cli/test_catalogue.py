"""The catalogue is listed with its ranges."""

import pytest

from automl.cli import main
from automl.pipelines import load_catalogue


def test_the_catalogue_is_listed(capsys):
    assert main(["catalogue"]) == 0
    output = capsys.readouterr().out
    assert "svc_rbf  (sklearn.svm.SVC)" in output
    assert "    C: 0.01 to 10000, logarithmic, 1.0 by default" in output
    assert "one of [" in output


@pytest.mark.parametrize("preset", ["fast", "linear"])
def test_a_preset_is_listed(preset, capsys):
    assert main(["catalogue", preset]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert names == [operator.name for operator in load_catalogue(preset).values()]


def test_a_file_is_listed(tmp_path, capsys):
    path = tmp_path / "few.toml"
    path.write_text('preset = "default"\ninclude = ["gaussian_nb"]\n')
    assert main(["catalogue", str(path)]) == 0
    output = capsys.readouterr().out
    assert "gaussian_nb  (" in output
    assert "svc_rbf" not in output


def test_an_unknown_preset_is_an_error(capsys):
    assert main(["catalogue", "everything"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("automl: ")
    assert "['default', 'fast', " in captured.err
