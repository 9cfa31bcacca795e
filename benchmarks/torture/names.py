"""Hostile names of columns, classes and files, through fit, script, model and prediction."""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import automl
from benchmarks.torture.attempts import Attempt, run_attempts, serve
from benchmarks.torture.fitting import made_up
from benchmarks.torture.histories import N_ROWS, search
from benchmarks.torture.part import Batch, Part, Try

CANARY = "canary"  # a file that only code in a name would make
CODE = f"open('{CANARY}', 'w')"
NAMES = (
    "", " ", "  a", "a ", "\t", "\n", "a\nb", "\r\n", "\x00", "\x1b[2J", "\x7f", "\ufeff",
    "\u200b", "\u202eevil", "\ud800", "ß", "größe", "日本", "🦜", "e\u0301", "'", '"', '"""',
    "'''", "\\", "\\n", "\\N{BULLET}", "\\x41", "a\\", "{", "}", "{}", "{0}", "{{a}}", "%s",
    "%", "${HOME}", "`id`", "#", "# noqa", ",", ";", "a,b", "a;b", "=1+1", "@a", "+1", "-o",
    "--help", "/", "..", "../a", "a/b", ":", "*", "?", "<b>", "&amp;", "|", "nan", "NaN",
    "None", "null", "True", "1", "1.0", "01", "1e999", "inf", "class", "def", "import",
    "lambda", "self", "__class__", "__init__", "target", "prediction", "probability_yes",
    "index", "level_0", "Unnamed: 0", "('a', 'b')", "[a]", "'; DROP TABLE run; --",
    "Robert'); DELETE FROM folds;--", "x" * 1_000, "a" * 255,
    f"');{CODE};('", f'");{CODE};("', f'"""\n{CODE}\n"""', f"\n{CODE}\n", f"{{{CODE}}}",
    f"\\';{CODE}#", f"a\r{CODE}", f"a\u2028{CODE}", f"a\x0c{CODE}", f"'+{CODE}+'", f"\\\n{CODE}",
)  # fmt: skip
CASES = ("columns", "classes", "files")
SCRIPT_SECONDS = 120.0


class InjectedError(Exception):
    """A name was run as code."""


def prepare(case: str, folder: Path) -> Attempt:
    """Return what takes one name after the other through everything."""
    warnings.simplefilter("ignore")
    os.chdir(folder)
    remaining = iter(NAMES)

    def attempt(rng: np.random.Generator) -> None:
        name = next(remaining)
        frame, target = made_up(N_ROWS)
        paths = {"script": Path("best.py"), "model": Path("model")}
        if case == "columns":
            # Python's own texts, for those of pyarrow hold no half of a character.
            frame.columns = pd.Index([name, *frame.columns[1:]], dtype=object)
        elif case == "classes":
            target = target.astype(object).where(target != "yes", name)
        else:
            holder = Path(tempfile.mkdtemp(dir=folder))  # a name may be that of its own folder
            paths = {kind: holder / kind / name for kind in paths}
            for kind in paths:
                (holder / kind).mkdir()
        try:
            _take_through(frame, target, paths)
        finally:
            if Path(CANARY).exists():
                os.unlink(CANARY)
                raise InjectedError(name)

    return attempt


def _take_through(frame: pd.DataFrame, target: Any, paths: dict[str, Path]) -> None:
    model = search(None, 3).fit(frame, target)
    predicted = model.predict(frame)
    model.save(paths["model"])
    assert list(automl.load(paths["model"]).predict(frame)) == list(predicted)
    model.export(paths["script"])
    compile(paths["script"].read_text("utf-8"), "script", "exec")
    table = frame.assign(**{str(target.name): target})
    try:
        table.to_csv("train.csv", index=False)
        back = pd.read_csv("train.csv", keep_default_na=False, na_values=[""])
    except (UnicodeError, ValueError):
        return  # no CSV file can hold the name
    # A CSV file in which the name is another one is not what was fitted.
    if list(back.columns) == list(table.columns) and set(back.iloc[:, -1]) == set(target):
        _verify(paths["script"])


def _verify(script: Path) -> None:
    words = [str(script), "train.csv", "--target", "class", "--verify"]
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, timeout=SCRIPT_SECONDS, check=False
    )
    if done.returncode:
        last = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-1:]
        # What `--verify` says in a sentence of its own is no traceback.
        raise AssertionError(f"the script ended with {done.returncode}: {last}")


def run(batch: Batch) -> Iterator[Try]:
    """Take names through everything."""
    return run_attempts(["-m", "benchmarks.torture.names"], batch)


NAMES_PART = Part(
    "names",
    "A hostile name of a column, a class or a file goes through fit, model file and verified "
    "script unchanged and never runs as code, or is refused by an error of this project.",
    dict.fromkeys(CASES, len(NAMES)),
    run,
    batch_size=len(NAMES),
)

if __name__ == "__main__":
    serve(prepare)
