"""A folder with a CSV file for the commands."""

import pytest
from sklearn.datasets import load_iris


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Make a folder with train.csv the working directory."""
    frame = load_iris(as_frame=True).frame
    frame["target"] = frame["target"].map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    frame.to_csv(tmp_path / "train.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path
