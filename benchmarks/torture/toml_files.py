"""Catalogues in TOML that were changed: they are understood, or refused."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from automl import AutoMLClassifier, NestedCV
from benchmarks.torture.attempts import Attempt, run_attempts, serve
from benchmarks.torture.fitting import made_up
from benchmarks.torture.histories import N_ROWS
from benchmarks.torture.mutations import change_bytes
from benchmarks.torture.part import Batch, Part, Try

CASES = {"bytes": 150, "values": 250}
CATALOGUE = """\
preset = "linear"
exclude = ["pca"]
template = "scaler > model"

[operators.own]
path = "sklearn.linear_model.LogisticRegression"
takes = "Scaled"
gives = "Prediction"
tasks = ["classification"]
fixed = {solver = "lbfgs"}
max_rows = 100000
parts = ["sklearn.linear_model.Ridge"]

[operators.own.domains]
C = {low = 1e-3, high = 1e3, default = 1.0, log = true}
max_iter = {low = 50, high = 500, default = 100}
fit_intercept = {values = [true, false], default = true}
"""
VALUES = (
    '""', '"\\u0000"', '"../x"', '"os.system"', '"builtins.eval"', '"Nothing"', "0", "-1", "1e400",
    "nan", "inf", "[]", "{}", "[[]]", '["a", 1]', "true", "1979-05-27", '{a = {b = "c"}}',
    '"""\nlines\n"""', f'"{"x" * 5_000}"', "[" * 300 + "]" * 300,
)  # fmt: skip
KEYS = (
    "path", "takes", "gives", "tasks", "rounds", "wrapper", "quantile", "parallel", "role", "final",
    "requires", "argument", "one_output", "reasons", "name", "domains", "unknown", '"a\\nb"', '""',
)  # fmt: skip


def prepare(case: str, folder: Path) -> Attempt:
    """Return what fits with changed catalogues."""
    warnings.simplefilter("ignore")
    frame, target = made_up(N_ROWS)
    path = folder / "own.toml"

    def attempt(rng: np.random.Generator) -> None:
        change_ = change_bytes if case == "bytes" else change_value
        path.write_bytes(change_(CATALOGUE.encode(), rng))
        AutoMLClassifier(
            catalogue=str(path),
            cv=NestedCV(outer=2, repeats=1),
            max_evaluations=2,
            time_budget=None,
            n_jobs=1,
            random_state=0,
            verbose=0,
        ).fit(frame, target)

    return attempt


def change_value(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a catalogue of which a line has another value or key, is gone, or is there twice.

    Parameters
    ----------
    content : bytes
    rng : generator
    """
    lines = content.decode().splitlines()
    place = int(rng.choice([place for place, line in enumerate(lines) if line]))
    key, _, value = lines[place].partition(" = ")
    odd = VALUES[int(rng.integers(len(VALUES)))]
    name = KEYS[int(rng.integers(len(KEYS)))]
    lines[place] = {
        "value": f"{key} = {odd}",
        "key": f"{name} = {value or odd}",
        "both": f"{name} = {odd}",
        "gone": "",
        "twice": f"{lines[place]}\n{lines[place]}",
        "table": f"[operators.{name}]",
    }[str(rng.choice(["value", "value", "key", "both", "gone", "twice", "table"]))]
    return "\n".join(lines).encode()


def run(batch: Batch) -> Iterator[Try]:
    """Fit with changed catalogues."""
    return run_attempts(["-m", "benchmarks.torture.toml_files"], batch)


TOML_FILES = Part(
    "toml",
    "A fit with a changed catalogue ends, or refuses it by an error of this project.",
    CASES,
    run,
    batch_size=50,
)

if __name__ == "__main__":
    serve(prepare)
