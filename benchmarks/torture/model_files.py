"""Model files that were changed: `load` refuses them, or the model predicts and exports."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from automl import load
from benchmarks.torture.attempts import Attempt, run_attempts, serve
from benchmarks.torture.fitting import made_up
from benchmarks.torture.histories import N_ROWS, search
from benchmarks.torture.mutations import change_bytes, change_json
from benchmarks.torture.part import Batch, Part, Try

CASES = {"bytes": 150, "facts": 200, "types": 100, "entries": 50}
# The entries of a model file, and that of the archive inside which names all types.
FACTS, PIPELINES, TYPES = "automl.json", "pipelines.skops", "schema.json"


def prepare(case: str, folder: Path) -> Attempt:
    """Write a model, and return what loads changed copies of it."""
    warnings.simplefilter("ignore")
    frame, target = made_up(N_ROWS)
    original, changed = folder / "original", folder / "changed"
    search(None, 5).fit(frame, target).save(original)

    def attempt(rng: np.random.Generator) -> None:
        changed.write_bytes(change(case, original.read_bytes(), rng))
        model = load(changed)
        model.predict(frame)
        model.export(folder / "best.py")
        str(model.honest_score_)

    return attempt


def change(case: str, content: bytes, rng: np.random.Generator) -> bytes:
    """Return a changed model file.

    Parameters
    ----------
    case : str
    content : bytes
    rng : generator
    """
    if case == "bytes":
        return change_bytes(content, rng)
    entries = read_entries(content)
    if case == "entries":
        change_entries(entries, rng)
    elif case == "facts":
        change_text(entries, FACTS, rng)
    else:
        pipelines = read_entries(entries[PIPELINES])
        change_text(pipelines, TYPES, rng)
        entries[PIPELINES] = write_entries(pipelines)
    return write_entries(entries)


def change_text(entries: dict[str, bytes], name: str, rng: np.random.Generator) -> None:
    """Change the JSON of an entry."""
    entries[name] = change_json(entries[name].decode(), rng).encode()


def change_entries(entries: dict[str, bytes], rng: np.random.Generator) -> None:
    """Remove, swap, double or damage entries of a model file."""
    names = sorted(entries)
    first, second = (names[int(place)] for place in rng.choice(len(names), 2, replace=False))
    match rng.choice(["gone", "swapped", "damaged", "added"]):
        case "gone":
            del entries[first]
        case "swapped":
            entries[first], entries[second] = entries[second], entries[first]
        case "damaged":
            entries[first] = change_bytes(entries[first], rng)
        case _:
            entries[f"../{second}"] = entries[first]


def read_entries(content: bytes) -> dict[str, bytes]:
    """Return the entries of a zip file by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_entries(entries: dict[str, bytes]) -> bytes:
    """Return a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def run(batch: Batch) -> Iterator[Try]:
    """Load changed model files."""
    return run_attempts(["-m", "benchmarks.torture.model_files"], batch)


MODEL_FILES = Part(
    "model_files",
    "A changed model file is refused by an error of this project, or its model predicts and "
    "exports.",
    CASES,
    run,
    batch_size=50,
)

if __name__ == "__main__":
    serve(prepare)
