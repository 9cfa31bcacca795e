"""The net of a refactoring: two checkouts fit the same data sets, and their results are compared.

::

    checkout ──copy──► source ──pip──► site ──┐
                                              ├──► child: fit, predict, export, run the script
    data sets ──────► train.csv, new.csv ─────┘        │
                                                       ▼
            BEFORE: NAME.json ──► first difference ◄── AFTER: NAME.json

It is run as ``python tests/compare_checkouts.py BEFORE AFTER``, or by ``make compare``. The child
uses documented names only, for everything else may move. No result is stored in the repository:
other processors and other versions of packages give other numbers, so both checkouts are run on
one machine.
"""

import argparse
import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

INSTALLED = ("automl", "pipelines", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
# After some 25 starts, 40 evaluations reach tuning, shorter leaders and the strategy's proposals.
BUDGET = {"max_evaluations": 40, "time_budget": None}
SETTINGS = {**BUDGET, "n_jobs": 2, "random_state": 0, "verbose": 0}
TARGET = "target"
SEED = 18  # any other would do
N_ROWS = 300  # to fit: as few as leave a search of 40 pipelines below half a minute
N_NEW = 100  # to predict: enough to reach most leaves of the trees that predict
TOLERANCE = 1e-9  # sums in another order differ by less, pipelines that differ by more
SCORES = ("estimate", "low", "high", "naive", "baseline", "gain_probability", "growth")
FIT = "--fit"  # the first argument of a child
MISSING = "nothing"  # what is shown where one of the results has no value


@dataclass(frozen=True)
class DataSet:
    """A data set that is drawn anew in every call, with the folds that it is searched with."""

    draw: Callable[[np.random.Generator, int], pd.DataFrame]
    """Returns a number of rows, the target among their columns."""
    estimator: str
    """Name of the class that fits it."""
    folds: Mapping[str, Any] = field(default_factory=dict)
    """Settings of `NestedCV` other than the defaults."""


def draw_loans(rng, n_rows):
    """Return applications of people: numbers, few and many categories, dates, remarks, gaps."""
    income, amount = rng.lognormal(10, 0.5, n_rows), rng.lognormal(9, 0.8, n_rows)
    purpose = rng.choice(["car", "house", "school", "travel", "debts"], n_rows)
    words = np.array("late paid letter phone visit moved asked early twice never again".split())
    remarks = words[rng.integers(len(words), size=(n_rows, 5))]
    age = rng.integers(18, 80, n_rows)
    signal = np.log(amount / income) + 1.2 * (remarks == "late").sum(axis=1) - 0.2
    signal += np.where(purpose == "debts", 2.0, -0.5) * np.where(age < 40, 1, -1)
    return pd.DataFrame(
        {
            "income": with_gaps(rng, income.round(2), 0.1),
            "amount": amount.round(2),
            "age": age,
            "purpose": with_gaps(rng, purpose, 0.05),
            "town": [f"town {number}" for number in rng.integers(0, 70, n_rows)],
            "since": np.datetime64("2015-01-01") + rng.integers(0, 3000, n_rows),
            "remark": with_gaps(rng, [" ".join(row) for row in remarks], 0.1),
            TARGET: np.where(signal + rng.normal(0, 0.7, n_rows) > 0, "bad", "good"),
        }
    )


def draw_reviews(rng, n_rows):
    """Return texts with a number and a category beside them, all with gaps; labels are numbers."""
    words = np.array([f"{start}{end}" for start in "bdfgklmnprst" for end in ("a", "ed", "ing")])
    texts = words[rng.integers(len(words), size=(n_rows, 8))]
    stars = rng.integers(1, 6, n_rows).astype(float)
    signal = np.isin(texts, words[:6]).sum(axis=1) - np.isin(texts, words[-6:]).sum(axis=1)
    return pd.DataFrame(
        {
            "text": with_gaps(rng, [" ".join(row) for row in texts], 0.05),
            "stars": with_gaps(rng, stars, 0.2),
            "shop": with_gaps(rng, rng.choice(["north", "south", "web"], n_rows), 0.1),
            TARGET: (signal + stars - 3 + rng.normal(0, 1, n_rows) > 0).astype(int),
        }
    )


def draw_species(rng, n_rows):
    """Return four classes of unequal size around centers, with a category that tells a little."""
    labels = rng.choice(4, n_rows, p=[0.4, 0.3, 0.2, 0.1])
    centers = rng.normal(0, 1, (4, 6))
    soils = np.where(rng.random(n_rows) < 0.6, labels, rng.integers(0, 4, n_rows))
    cells = centers[labels] + rng.normal(0, 1.2, (n_rows, 6))
    soil, tree = np.array([["sand", "clay", "loam", "peat"], ["oak", "elm", "ash", "fir"]])
    return pd.DataFrame(cells).add_prefix("length_").assign(soil=soil[soils], target=tree[labels])


def draw_houses(rng, n_rows):
    """Return prices that are skewed, by numbers and categories with gaps."""
    area = rng.gamma(9, 12, n_rows)
    year = rng.integers(1900, 2021, n_rows).astype(float)
    district = rng.choice(["harbor", "center", "hill", "station", "park", "mill"], n_rows)
    log_price = 0.8 * np.log(area) + 0.3 * (district == "park") - 0.4 * (district == "mill")
    log_price += 0.004 * (year - 1960) + rng.normal(0, 0.15, n_rows)
    return pd.DataFrame(
        {
            "area": with_gaps(rng, area.round(1), 0.1),
            "rooms": np.clip(area / 25 + rng.normal(0, 1, n_rows), 1, 12).round(),
            "year": with_gaps(rng, year, 0.2),
            "district": with_gaps(rng, district, 0.1),
            "heating": rng.choice(["gas", "oil", "wood"], n_rows, p=[0.6, 0.3, 0.1]),
            TARGET: (1000 * np.exp(log_price)).round(2),
        }
    )


def draw_waves(rng, n_rows):
    """Return numbers only, with a target that is no sum of what each column tells."""
    frame = pd.DataFrame(rng.random((n_rows, 5)), columns=list("abcde"))
    bent = 10 * np.sin(np.pi * frame["a"] * frame["b"]) + 20 * (frame["c"] - 0.5) ** 2
    return frame.assign(target=bent + 5 * frame["d"] + rng.normal(0, 1, n_rows))


def with_gaps(rng, cells, share):
    """Return cells of which a share is missing."""
    return pd.Series(cells).mask(rng.random(len(cells)) < share)


# By default, so few rows are split three times into five folds. The search has code for that, which
# "houses" runs; three folds are quicker.
ONE_DRAW = {"outer": 3, "repeats": 1}
DATA_SETS = {
    "loans": DataSet(draw_loans, "AutoMLClassifier", ONE_DRAW),
    "reviews": DataSet(draw_reviews, "AutoMLClassifier", ONE_DRAW),
    "species": DataSet(draw_species, "AutoMLClassifier", ONE_DRAW),
    "houses": DataSet(draw_houses, "AutoMLRegressor"),
    "waves": DataSet(draw_waves, "AutoMLRegressor", ONE_DRAW),
}


def write_data(names, folder):
    """Write the rows to fit and the rows to predict of every data set."""
    for name in names:
        rng = np.random.default_rng([SEED, list(DATA_SETS).index(name)])
        frame = DATA_SETS[name].draw(rng, N_ROWS + N_NEW)
        (folder / name).mkdir(parents=True)
        frame[:N_ROWS].to_csv(folder / name / "train.csv", index=False)
        frame[N_ROWS:].drop(columns=TARGET).to_csv(folder / name / "new.csv", index=False)


# The child: it fits with one checkout.


def fit_all(target, data, results, names):
    """Fit every data set with the installed checkout, and write a file of results for each."""
    import automl
    import automl.pipelines

    check_origin(target)
    for name in names:
        start = time.monotonic()
        data_set = DATA_SETS[name]
        cv = automl.NestedCV(**data_set.folds)
        estimator = getattr(automl, data_set.estimator)(cv=cv, **SETTINGS)
        train = pd.read_csv(data / name / "train.csv")
        estimator.fit(train.drop(columns=TARGET), train[TARGET])
        result = results_of(estimator, pd.read_csv(data / name / "new.csv"))
        result |= results_of_script(estimator, data / name)
        check_origin(target)  # of what was imported late, too
        part = results / f"{name}.part"
        part.write_text(json.dumps(result), "utf-8")
        part.replace(results / f"{name}.json")  # so that no half file is ever kept
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def check_origin(target):
    """Raise if a module of the project is not the checkout's own, but of another installation."""
    modules = {name: module for name, module in sys.modules.items() if name.startswith("automl")}
    files = {name: Path(str(module.__file__)).resolve() for name, module in modules.items()}
    strangers = {name: str(file) for name, file in files.items() if target not in file.parents}
    if strangers:
        raise ImportError(f"expected modules below {target}, got {strangers}")


def results_of(estimator, new):
    """Return what a fitted estimator tells and predicts, as plain values."""
    leaderboard, score = estimator.leaderboard_, estimator.honest_score_
    result = {
        "leaderboard": table_of(leaderboard),
        "history": table_of(counted(estimator.history_, leaderboard)),
        "best genome": estimator.best_genome_,
        # `compared_with` is left out, for it is a wording.
        "honest score": {"metric": score.metric} | {name: getattr(score, name) for name in SCORES},
        "members": table_of(estimator.members_),
        "predictions": estimator.predict(new).tolist(),
    }
    if hasattr(estimator, "predict_proba"):
        result["probabilities"] = estimator.predict_proba(new).tolist()
    return result


def counted(history, leaderboard):
    """Return the folds that count.

    When a pipeline is raced out, some of its later folds may be under way. The clock decides which
    of them have ended by then and are in the history.
    """
    n_folds = leaderboard.set_index("pipeline")["folds"]
    return history[history["fold"] < history["genome"].map(n_folds).fillna(np.inf)]


def table_of(frame):
    """Return the rows of a table as plain values, without what a clock measured."""
    columns = [str(name) for name in frame if "seconds" not in str(name)]
    rows = frame[columns].astype(object).to_numpy().tolist()
    return [dict(zip(columns, row, strict=True)) for row in rows]


def results_of_script(estimator, folder):
    """Return parts of the exported script, and what it predicts when it is run.

    Its head, command line and texts may change without a change of the pipeline.
    """
    script, out = folder / "best.py", folder / "out.csv"
    estimator.export(script)
    # The project comes first on the path, and the script has to do without it.
    path = [Path(part) for part in os.environ["PYTHONPATH"].split(os.pathsep)[1:]]
    train, new = folder / "train.csv", folder / "new.csv"
    run_python(script, train, "--verify", "--predict", new, "--out", out, path=path)
    source = script.read_text("utf-8")
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    build = ast.get_source_segment(source, functions["build_pipeline"])
    return {
        "script's imports": imports_of(tree),
        "script's build_pipeline": str(build).splitlines(),
        "script's predictions": table_of(pd.read_csv(out)),
    }


def imports_of(tree):
    """Return what a script imports, name by name."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return sorted(
        f"{getattr(node, 'module', '')} {ast.unparse(alias)}".strip()
        for node in statements
        for alias in node.names
    )


# The parent: it starts a child for each checkout and compares.


def run_python(*arguments, path, cwd=None):
    """Run Python with nothing else on its path.

    Without `site` no .pth file is read, so that an editable install of another checkout cannot
    stand in for modules that this one lacks. Worker processes inherit that.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-S", "-P", *map(str, arguments)]
    subprocess.run(command, env=environment, cwd=cwd, check=True, stdout=sys.stderr)


def install(checkout, folder):
    """Install a copy of a checkout, for building leaves files beside the sources; return where."""
    source, target = folder / "source", folder / "site"
    source.mkdir()
    for name in INSTALLED:
        if (checkout / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(checkout / name, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(checkout / name, source / name)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True, cwd=folder)
    return target.resolve()


def run_checkout(checkout, names, results):
    """Fit data sets with a checkout, where the folder of results lacks them."""
    lacking = [name for name in names if not (results / f"{name}.json").is_file()]
    if not lacking:
        return
    print(f"fitting {', '.join(lacking)} with {checkout}", file=sys.stderr, flush=True)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        target, data = install(checkout, folder), folder / "data"
        write_data(lacking, data)
        packages = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
        script, path = Path(__file__).resolve(), [target, *packages]
        try:
            run_python(script, FIT, target, data, results, *lacking, path=path, cwd=folder)
        except subprocess.CalledProcessError:
            sys.exit(f"{checkout} could not be fitted with, exported or run: see above")


def kept_results(keep, checkout):
    """Return the folder for a commit, this script and the packages; None if files were changed."""
    commit, _, top = git(checkout, "rev-parse", "HEAD", "--show-toplevel").partition("\n")
    if not commit or Path(top).resolve() != checkout or git(checkout, "status", "--porcelain"):
        print(f"{checkout} is no clean checkout: its results are not kept", file=sys.stderr)
        return None
    versions = sorted(f"{package.name} {package.version}" for package in distributions())
    made_by = [Path(__file__).read_text("utf-8"), sys.version, *versions]
    return keep / commit / hashlib.sha256("\n".join(made_by).encode()).hexdigest()[:16]


def git(checkout, *arguments):
    """Return what git tells of a checkout; nothing where it fails."""
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def first_difference(before, after):
    """Return where two results differ first, with both values; None if they do not."""
    old, new = dict(leaves(before)), dict(leaves(after))
    for place in {**old, **new}:
        pair = old.get(place, MISSING), new.get(place, MISSING)
        if not are_equal(*pair):
            return f"{place}: {pair[0]!r} before, {pair[1]!r} after".removeprefix(": ")
    return None if list(old) == list(new) else "the same values, in another order"


def leaves(value, place=""):
    """Yield every plain value inside nested lists and dictionaries, after its place."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{place} {name}".strip())
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, f"{place} [{number}]".strip())
    else:
        yield place, value


def are_equal(before, after):
    """Tell whether two plain values are equal, numbers up to the tolerance."""
    if not isinstance(before, float) or not isinstance(after, float):
        return type(before) is type(after) and bool(before == after)
    return bool(np.isclose(before, after, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def compare(names, before, after):
    """Print a line for everything that is compared, and return how many of them differ."""
    n_different = 0
    for name in names:
        files = before / f"{name}.json", after / f"{name}.json"
        old, new = (json.loads(file.read_text("utf-8")) for file in files)
        for part in {**old, **new}:
            difference = first_difference(old.get(part), new.get(part))
            n_different += difference is not None
            print(f"{name:<9}{part:<25}{difference or 'same'}", flush=True)
    return n_different


def main():
    """Compare two checkouts, and return 1 if they differ."""
    parser = argparse.ArgumentParser(description="Fit with two checkouts and compare the results.")
    parser.add_argument("before", type=Path, metavar="BEFORE", help="a checkout of this project")
    parser.add_argument("after", type=Path, metavar="AFTER", help="another one")
    parser.add_argument("--sets", nargs="+", choices=DATA_SETS, default=list(DATA_SETS))
    parser.add_argument("--keep", type=Path, help="folder that keeps the results of BEFORE")
    arguments = parser.parse_args()
    for checkout in (arguments.before, arguments.after):
        lacking = [name for name in INSTALLED if not (checkout / name).exists()]
        if lacking:
            parser.error(f"expected a checkout of this project, {checkout} lacks {lacking}")
    with TemporaryDirectory() as temporary:
        before, after = Path(temporary) / "before", Path(temporary) / "after"
        if arguments.keep:
            before = kept_results(arguments.keep.resolve(), arguments.before.resolve()) or before
        for checkout, results in ((arguments.before, before), (arguments.after, after)):
            results.mkdir(parents=True, exist_ok=True)
            run_checkout(checkout.resolve(), arguments.sets, results)
        n_different = compare(arguments.sets, before, after)
    print(f"{n_different or 'no'} differences")
    return int(n_different > 0)


if __name__ == "__main__":
    if sys.argv[1:2] == [FIT]:
        fit_all(Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), sys.argv[5:])
    else:
        sys.exit(main())
