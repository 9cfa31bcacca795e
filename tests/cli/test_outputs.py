"""No output of a command takes the place of its input."""

import os

import pytest

from automl.cli import main

FIT = ["fit", "train.csv", "--target", "target"]


@pytest.fixture
def files(folder):
    """Make links beside train.csv and return the contents of all files."""
    (folder / "inner").mkdir()
    (folder / "link.csv").symlink_to("train.csv")
    os.link("train.csv", "hard.csv")
    (folder / "model").write_text("a model")
    return {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("path", ["train.csv", "inner/../train.csv", "link.csv", "hard.csv"])
@pytest.mark.parametrize("option", ["--save", "--export", "--history"])
def test_a_fit_does_not_overwrite_its_file(files, capsys, option, path):
    assert main([*FIT, option, path]) == 1
    error = capsys.readouterr().err
    assert f"{option} {path!r} is the same file as TRAIN 'train.csv'" in error
    assert len(error.splitlines()) == 1
    assert files == {path: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "arguments",
    [
        [*FIT, "--save", "new", "--export", "new"],
        [*FIT, "--save", "new", "--history", "inner/../new"],
        [*FIT, "--catalogue", "model", "--save", "model"],
        ["predict", "model", "train.csv", "--out", "link.csv"],
        ["predict", "model", "train.csv", "--out", "./model"],
        ["export", "model", "inner/../model"],
        ["resume", "train.csv", "--target", "target", "--history", "model", "--save", "model"],
    ],
)
def test_outputs_differ(files, capsys, arguments):
    assert main(arguments) == 1
    assert "is the same file as" in capsys.readouterr().err
    assert files == {path: path.read_bytes() for path in files}
