"""A job as a folder: what the suite hands to an adapter's process, and what comes back.

::

    data/                          one per split, shared by its jobs
        train_X.parquet            what to fit on
        train_y.parquet            its targets; the others never leave the suite's process
        test_X.parquet             what to predict
    job/                           one per adapter
        job.json                   in:  adapter and settings
        predictions.npy            out: numbers or probabilities
        result.json                out: seconds, classes, preparation; written last, so it is whole
        extra.json                 out: what else the adapter says
        artifacts/                 out: an exported script and the labels it has to give again

Parquet, because a CSV file would lose the types of the columns, and a pickle is for one version of
pandas: peers bring their own.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

from benchmarks.adapters import Predictions, Settings
from benchmarks.tasks.task import Kind


@dataclass(frozen=True)
class Result:
    """The work of an adapter, without its predictions."""

    fit_seconds: float
    """Wall seconds of `fit`."""
    predict_seconds: float
    """Wall seconds of `predict` for the held-out rows."""
    preparation: str
    """The preparation of the dataframe before the tool saw it."""
    classes: list[Any]
    """The labels of the columns of the probabilities."""


@dataclass(frozen=True)
class Job:
    """The folder of one job."""

    folder: Path
    """Its folder."""
    data: Path
    """The folder with its data."""

    @property
    def artifacts(self) -> Path:
        """The folder for what an adapter wants to keep."""
        return self.folder / "artifacts"

    @property
    def log(self) -> Path:
        """The file that takes output and errors."""
        return self.folder / "job.log"

    def write_settings(self, adapter: str, settings: Settings) -> None:
        """Make the folder and say what is to be done."""
        # An adapter finds its folder there, and the suite an empty one where nothing was left.
        self.artifacts.mkdir(parents=True)
        _write(self.folder / "job.json", {"adapter": adapter, **asdict(settings)})

    def read_settings(self) -> tuple[str, Settings]:
        """Return the name of the adapter and its settings."""
        content = _read(self.folder / "job.json")
        adapter = content.pop("adapter")
        return adapter, Settings(**{**content, "kind": Kind(content["kind"])})

    def read_data(self) -> tuple[pd.DataFrame, pd.Series[Any], pd.DataFrame]:
        """Return features and target to fit on, and features to predict."""
        # The held-out targets are in no file: an adapter cannot read what it is to predict.
        names = ("train_X", "train_y", "test_X")
        train_X, train_y, test_X = (_read_frame(self.data / f"{name}.parquet") for name in names)
        return train_X, train_y.iloc[:, 0], test_X

    def write_result(self, result: Result, predictions: Predictions) -> None:
        """Keep predictions, then say that they are whole."""
        values = np.asarray(predictions.values, dtype=np.float64)
        np.save(self.folder / "predictions.npy", values)
        _write(self.folder / "result.json", asdict(result))

    def read_result(self) -> tuple[Result, Predictions] | None:
        """Return what `write_result` wrote, if it came so far."""
        if not (self.folder / "result.json").exists():
            return None
        result = Result(**_read(self.folder / "result.json"))
        # No pickle: the suite runs none of an adapter's code.
        values = np.load(self.folder / "predictions.npy", allow_pickle=False)
        return result, Predictions(values, result.classes)

    def write_extra(self, extra: dict[str, Any]) -> None:
        """Keep what else the adapter says."""
        _write(self.folder / "extra.json", _plain(extra))

    def read_extra(self) -> dict[str, Any] | None:
        """Return what `write_extra` wrote, if it came so far."""
        path = self.folder / "extra.json"
        return dict(_read(path)) if path.exists() else None


def write_data(
    folder: Path, train_X: pd.DataFrame, train_y: pd.Series[Any], test_X: pd.DataFrame
) -> None:
    """Write what adapters may see of a split: all but the held-out targets.

    Parameters
    ----------
    folder : path
        Is made.
    train_X : dataframe of shape (n_train_rows, n_columns)
    train_y : series of shape (n_train_rows,)
    test_X : dataframe of shape (n_test_rows, n_columns)
    """
    folder.mkdir()
    frames = {"train_X": train_X, "train_y": train_y.to_frame(), "test_X": test_X}
    for name, frame in frames.items():
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        # Without what pandas noted for itself, which older versions of it do not understand.
        table = table.replace_schema_metadata(None)
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: numpy's numbers as Python's, no infinities."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # Tools hand back NumPy's numbers, which json does not know.
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if isinstance(value, str | int | None) else str(value)


def _read_frame(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pyarrow.parquet.read_table(path).to_pandas()
    return frame


def _write(path: Path, content: Any) -> None:
    """Write a file so that it is there whole or not at all."""
    # A process may be killed in the middle of a line.
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, allow_nan=False), "utf-8")
    os.replace(draft, path)


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
