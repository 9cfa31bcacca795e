"""The command line of an exported script, as functions that are copied into it by their source.

::

    file ─► read_file ─► read_table ─► fit ─► verify, save, predict ─► CSV file

A script holds `read_table`, `main`, and the functions `fit`, `verify` and `predict`. These names
are the simplest case: targets of numbers, without weights. Another case has functions with names
of their own, which the script assigns before it calls `main`, as in ``predict = predict_labels``.
So `main` is the same in every script, and no text of a function is ever replaced.

The functions use constants and `build_pipeline`, which a script defines above them. Those below
make a script that predicts the mean of a target; tests set others. The functions have no types,
like all that is copied, for scripts are the users': short rather than typed.
"""
# ruff: noqa: D103 (in a script, the names say enough, and every line counts)
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False

import argparse
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from automl.pipelines.carried.frame import UnreadableError

TARGETS = ["target"]
CLASSES: list[Any] = []
QUANTILES: list[float] = []
COLUMNS: list[str] = []
READ_OPTIONS: dict[str, Any] = {}
READER: Any = pd.read_json
MISSING: list[str] = []
N_ROWS = 0
N_LEARNT = 0
SEED = 0
CHECK_ROWS: list[int] = []
CHECK_VALUES: list[list[float]] = []


def build_pipeline():
    return Pipeline([("dummy_regressor", DummyRegressor())])


read_file = pd.read_csv


def read_stripped_file(path, **options):
    names = pd.read_csv(path, nrows=0, **options).columns.str.strip()
    return pd.read_csv(path, header=0, names=names, **options)


def read_typed_file(path, **options):
    frame = READER(path, **options).reset_index().rename(columns=str)
    return frame.mask(frame.isin(MISSING))


def read_table(path, *names):
    try:
        frame = read_file(path, **READ_OPTIONS)
    except ValueError as error:
        sys.exit(f"{path} is not a file of the form of this script: {str(error).strip()}")
    if (missing := [name for name in [*COLUMNS, *names] if name not in frame]) or frame.empty:
        sys.exit(f"expected {missing or COLUMNS} in {path}, got {len(frame)} rows of {list(frame)}")
    return frame


def read_with_target(path, *names):
    return read_rows(path, *names).dropna(subset=list(names), ignore_index=True)


read_rows = read_table


def fit(frame, args, **options):
    y = frame[args.target].apply(pd.to_numeric, errors="coerce").to_numpy(dtype="float64")
    if not np.isfinite(y).all():
        sys.exit(f"expected numbers without gaps in {args.target}")
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, y if len(args.target) > 1 else y[:, 0], **options)


def fit_labels(frame, args, **options):
    y = frame[args.target[0]]
    y = y.map(str, na_action="ignore") if isinstance(CLASSES[0], str) else y
    if unknown := sorted(set(y[~y.isin(CLASSES)].map(lambda x: str(x)[:100]))):
        sys.exit(f"expected the classes {CLASSES} in {args.target}, got {unknown[:5]}")
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, np.array(y.tolist(), type(CLASSES[0])), **options)


def fit_several_labels(frame, args, **options):
    columns = []
    for target, classes in zip(args.target, CLASSES, strict=True):
        y = frame[target]
        y = y.map(str, na_action="ignore") if isinstance(classes[0], str) else y
        if unknown := sorted(set(y[~y.isin(classes)].map(lambda x: str(x)[:100]))):
            sys.exit(f"expected the classes {classes} in {target}, got {unknown[:5]}")
        columns.append(np.array(y.tolist(), type(classes[0])))
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, np.column_stack(columns), **options)


def fit_weighted(frame, args):
    if args.weight not in frame:
        sys.exit(f"expected {[args.weight]} in {args.train}, got {list(frame)}")
    frame = frame[frame[args.weight] > 0]
    step, weights = build_pipeline().steps[-1][0], frame[args.weight].to_numpy(dtype="float64")
    return fit_rows(frame, args, **{f"{step}__sample_weight": weights})


fit_rows = fit


def fit_sample(frame, args):
    order = np.random.default_rng(SEED).permutation(len(frame))
    return fit_all(frame.iloc[np.sort(order[:N_LEARNT])], args)


def fit_sample_of_classes(frame, args):
    order = np.random.default_rng(SEED).permutation(len(frame))
    counts = pd.DataFrame(frame[args.target]).iloc[order].apply(lambda y: y.groupby(y).cumcount())
    is_first = (counts < 10).any(axis=1).to_numpy()  # rows of a class that may be rare
    order = np.concatenate([order[is_first], order[~is_first]])
    return fit_all(frame.iloc[np.sort(order[:N_LEARNT])], args)


fit_all = fit


def verify(pipeline, frame):
    values = predict(pipeline, frame.iloc[CHECK_ROWS]).iloc[:, -len(CHECK_VALUES[0]) :].to_numpy()
    difference = np.abs(values - CHECK_VALUES).max()
    if not difference <= 1e-6 * np.abs(CHECK_VALUES).max():  # processors sum differently
        sys.exit(f"NOT verified: predictions differ by up to {difference:.3g} (same row order?)")
    print(f"verified: predictions differ by at most {difference:.3g}")


def verify_nothing(pipeline, frame):
    sys.exit("--verify has nothing to compare with: no predictions came with this script")


def predict(pipeline, frame):
    return pd.DataFrame({"prediction": pipeline.predict(frame)}, dtype="float64")


def predict_targets(pipeline, frame):
    names = [f"prediction_{target}" for target in TARGETS]
    return pd.DataFrame(pipeline.predict(frame), columns=names, dtype="float64")


def predict_quantiles(pipeline, frame):
    names = [f"prediction_{quantile}" for quantile in QUANTILES]
    return pd.DataFrame(pipeline.predict(frame), columns=names, dtype="float64")


def predict_labels(pipeline, frame):
    names = [f"probability_{label}" for label in pipeline.classes_]
    table = pd.DataFrame(pipeline.predict_proba(frame), columns=names, dtype="float64")
    table.insert(0, "prediction", pipeline.predict(frame))
    return table


def predict_several_labels(pipeline, frame):
    table = pd.DataFrame(pipeline.predict(frame), columns=[f"prediction_{x}" for x in TARGETS])
    probabilities = zip(TARGETS, pipeline.classes_, pipeline.predict_proba(frame), strict=True)
    for target, classes, values in probabilities:
        names = [f"probability_{target}_{label}" for label in classes]
        table = table.join(pd.DataFrame(values, columns=names, dtype="float64"))
    return table


def weighted_parser(description):
    """Return a parser that asks for weights where there is a table to fit on."""
    parser = argparse.ArgumentParser(description=description)
    needed = "--load" not in sys.argv
    parser.add_argument("--weight", required=needed, help="its column of sample weights")
    return parser


def main(parser):
    parser.add_argument("train", nargs="?", help="file to fit on")
    parser.add_argument("--target", nargs=len(TARGETS), default=TARGETS, help="its target column")
    parser.add_argument("--predict", help="file to predict")
    parser.add_argument("--out", default=sys.stdout, help="CSV file for the predictions")
    parser.add_argument("--save", type=Path, help="file for the fitted pipeline")
    parser.add_argument("--load", type=Path, help="file that --save wrote; load none but your own")
    parser.add_argument("--verify", action="store_true", help="compare predictions with the search")
    args = parser.parse_args()
    if bool(args.train) == bool(args.load) or not (args.predict or args.save or args.verify):
        parser.error("give a file to fit on (or --load) and --verify, --save or --predict")
    try:
        new = read_table(args.predict) if args.predict else None
        frame = read_table(args.train, *args.target) if args.train else []
        if args.verify and len(frame) != (N_ROWS or len(frame)):
            sys.exit(f"--verify takes the table of {N_ROWS} training rows, got {len(frame)} rows")
        pipeline = fit(frame, args) if args.train else pickle.loads(args.load.read_bytes())
        if args.verify:
            verify(pipeline, frame)
        if args.save:
            args.save.write_bytes(pickle.dumps(pipeline))
        if args.predict:
            predict(pipeline, new).to_csv(args.out, index=False)
    except UnreadableError as error:
        sys.exit(str(error))
    except Exception as error:  # --load of another file may raise anything
        if args.train and not isinstance(error, OSError):
            raise
        sys.exit(f"{error}; did --save write {args.load}?" if args.load else str(error))
