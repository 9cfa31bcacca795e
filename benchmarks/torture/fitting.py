"""One fit in a process of its own, and the facts of it: `python -m benchmarks.torture.fitting`."""

import contextlib
import json
import os
import sys
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl import (
    AutoMLClassifier,
    AutoMLError,
    AutoMLRegressor,
    Limits,
    NestedCV,
    Observer,
    catalogue,
)
from automl.pipelines import Catalogue, Integer, Operator, Prediction, Scaled
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.torture.attempts import describe
from benchmarks.torture.misdeeds import MISDEEDS
from benchmarks.torture.noted import NOTED

GOOD = (
    "logistic_regression",
    "gaussian_nb",
    "decision_tree_classifier",
    "linear_discriminant_analysis",
)
STEPS = ("simple_imputer", "standard_scaler")
MONSTER = "monster"  # the name of its operator
FOLDS = 3
PAUSE = 0.3  # seconds of each fit of a noted tree: most kills then meet a fit


@dataclass(frozen=True)
class FitOrder:
    """What is to be fitted, and where its traces go."""

    report: str
    """The file for the facts."""
    budget: float | None = 15.0
    """Seconds of the fit."""
    evaluations: int | None = 10
    """Pipelines, at most."""
    limit: float | None = 1.5
    """Seconds of a job; None leaves it to the fit."""
    mebibytes: float | None = 600.0
    """MiB of a job; None leaves them to the fit."""
    n_jobs: int = 2
    """Workers."""
    n_rows: int = 240
    """Rows of the made-up data."""
    n_columns: int = 4
    """Columns of the made-up data."""
    data: str = ""
    """The name of a bundled set instead."""
    misdeed: str = ""
    """What the monster does, if there is one."""
    variants: int = 1
    """Different monsters that the search may propose."""
    rows: int = 0
    """Training rows from which on the monster misbehaves."""
    history: str | None = None
    """The file of the history."""
    resume: bool = False
    """Whether to continue the run in it."""
    observed: str = ""
    """A file for a line about every pipeline that is reported."""
    export: str = ""
    """The file for the script."""
    save: str = ""
    """The file for the model."""
    seed: int = 0
    """The seed."""
    executor: str | None = None
    """The address of a Dask scheduler; None is this machine."""
    noted: str = ""
    """A file for a line about every fit of the only model, which is then a slow tree."""


@dataclass(frozen=True)
class Row:
    """A line of the leaderboard."""

    pipeline: str
    """Its text."""
    state: str
    """How it ended."""
    cause: str
    """Why it has no score."""


@dataclass(frozen=True)
class FitFacts:
    """What came of a fit."""

    seconds: float
    """Wall seconds of `fit`."""
    error: str = ""
    """An error of this project."""
    foreign: str = ""
    """Any other error."""
    best: str = ""
    """The text of the best pipeline."""
    predicts: bool = False
    """Whether it predicts every row."""
    pipelines: int = 0
    """Pipelines that were evaluated."""
    board: list[Row] = field(default_factory=list)
    """The leaderboard."""

    @classmethod
    def read(cls, path: Path) -> "FitFacts | None":
        """Return the facts in a file; None if the fit never came so far."""
        if not path.exists():
            return None
        content = json.loads(path.read_text("utf-8"))
        rows = [Row(**row) for row in content.pop("board")]
        return cls(**content, board=rows)


class Reporter(Observer):
    """Writes a line about every pipeline that ended, at once."""

    def __init__(self, path: str) -> None:
        self.path = path

    def on_start(self, search: Any) -> None:
        """Say that the search began."""
        self._write("start")

    def on_evaluated(self, search: Any, evaluated: Any) -> None:
        """Write the number of a pipeline and of its folds."""
        self._write(f"{evaluated.number} {len(evaluated.outcome.folds)}")

    def _write(self, line: str) -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def made_up(n_rows: int, n_columns: int = 4) -> tuple[pd.DataFrame, "pd.Series[Any]"]:
    """Return classes that depend on the product of two columns, and a little on a third.

    Parameters
    ----------
    n_rows : int
    n_columns : int
    """
    rng = np.random.default_rng(0)
    cells = rng.normal(size=(n_rows, n_columns))
    signal = cells[:, 0] * cells[:, 1] + 0.3 * cells[:, 2]
    frame = pd.DataFrame(cells, columns=[f"column {number}" for number in range(n_columns)])
    return frame, pd.Series(np.where(signal > 0, "yes", "no"), name="class")


def operators(order: FitOrder) -> Catalogue:
    """Return a few good operators, with the monster of an order."""
    if order.noted:
        return catalogue("default").only(*STEPS).with_operator(_noted_tree(order.noted))
    good = catalogue("default").only(*STEPS, *GOOD)
    if not order.misdeed:
        return good
    monster = Operator(
        name=MONSTER,
        path=MISDEEDS[order.misdeed],
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={"variant": Integer(0, order.variants, default=0)},
        fixed={"misdeed": order.misdeed, "rows": order.rows},
    )
    return good.with_operator(monster)


def _noted_tree(path: str) -> Operator:
    return Operator(
        name="noted_tree",
        path=NOTED,
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={
            "max_depth": Integer(1, 12, default=3),
            "min_samples_leaf": Integer(1, 40, default=1),
        },
        fixed={"path": path, "pause": PAUSE},
    )


def estimator(order: FitOrder) -> tuple[Any, pd.DataFrame, Any]:
    """Return what an order fits: an estimator, features and a target."""
    limits = Limits(
        **{
            name: value
            for name, value in {"seconds": order.limit, "mebibytes": order.mebibytes}.items()
            if value is not None
        }
    )
    settings: dict[str, Any] = {
        "time_budget": order.budget,
        "max_evaluations": order.evaluations,
        "limits": limits,
        "n_jobs": order.n_jobs if order.executor is None else None,
        "executor": order.executor,
        "history": order.history,
        "callbacks": [Reporter(order.observed)] if order.observed else [],
        "random_state": order.seed,
        "verbose": 0,
    }
    if order.data:
        (reference,) = bundled_tasks([order.data])
        task = reference.load()
        kind = AutoMLClassifier if task.kind.is_classification else AutoMLRegressor
        return kind(**settings), task.X, task.y
    frame, target = made_up(order.n_rows, order.n_columns)
    settings |= {"catalogue": operators(order), "cv": NestedCV(outer=FOLDS, repeats=1)}
    return AutoMLClassifier(**settings), frame, target


def run_order(order: FitOrder) -> FitFacts:
    """Fit, and write down what came of it."""
    search, frame, target = estimator(order)
    started = time.monotonic()
    error = foreign = ""
    try:
        search.fit(frame, target, resume=order.resume)
    except AutoMLError as own:
        error = f"{type(own).__name__}: {own}"[:300]
    except KeyboardInterrupt:
        raise
    except BaseException as error_:  # noqa: BLE001 everything else is foreign
        foreign = describe(error_)
    seconds = time.monotonic() - started
    if error or foreign:
        facts = FitFacts(seconds, error, foreign)
    else:
        facts = _facts(search, frame, seconds)
        for path, write in ((order.export, search.export), (order.save, search.save)):
            if path:
                write(path)
    text = json.dumps(asdict(facts))
    Path(f"{order.report}.part").write_text(text, "utf-8")
    os.replace(f"{order.report}.part", order.report)
    return facts


def _facts(search: Any, frame: pd.DataFrame, seconds: float) -> FitFacts:
    board = search.leaderboard_[["pipeline", "state", "cause"]]
    predicted = search.predict(frame)
    return FitFacts(
        seconds,
        best=search.best_genome_,
        predicts=len(predicted) == len(frame),
        pipelines=search.run_.pipelines,
        board=[Row(*map(str, row)) for row in board.itertuples(index=False)],
    )


def main() -> int:
    """Run the order of the command line."""
    warnings.simplefilter("ignore")  # that there is a monster is no news here
    with contextlib.suppress(KeyboardInterrupt):
        facts = run_order(FitOrder(**json.loads(sys.argv[1])))
        return 1 if facts.error or facts.foreign else 0
    return 130


if __name__ == "__main__":
    sys.exit(main())
