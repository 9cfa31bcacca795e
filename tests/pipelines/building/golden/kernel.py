# Made by automl X, which this script does not need.
# Score: 0.9 on rows that it did not see.
# Needs: X
#     python THIS.py train.csv --verify --save model
#     python THIS.py --load model --predict new.csv --out predictions.csv

import argparse
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

TARGET = "species"
NUMERIC = ["age", "weight"]
CATEGORICAL = ["color", "tame"]
CLASSES = ["cat", "dog", "eel"]
COLUMNS = [*NUMERIC, *CATEGORICAL]
READ_OPTIONS = {"dtype": dict.fromkeys([*CATEGORICAL, TARGET], str)}

def read_cells(frame, kinds):
    """Return the columns that pipelines use, those of every kind by a reader of their own."""
    frame = frame.rename(columns=str)
    parts = (read(frame[names], *options) for read, names, *options in kinds)
    return pd.concat([frame[[]], *parts], axis=1)

def read_numbers(frame):
    """Return columns as floats; what is no number, or one whose square overflows, is missing."""
    numbers = frame.copy()
    for name, dtype in frame.dtypes.items():
        if dtype != "float64" and not (isinstance(dtype, np.dtype) and dtype.kind in "biu"):
            short = str(dtype) in ("float16", "float32", "Float32")  # as a CSV file would have them
            column = frame[name].astype(str if short else object)
            numbers[name] = pd.to_numeric(column, errors="coerce")
    return numbers.astype("float64").where(lambda cells: cells.abs() < 1e150)

def read_texts(frame):
    """Return cells as text, empty ones as missing; whole numbers without the .0 of floats."""
    texts, frame = {}, frame.astype(object)
    for name, column in frame.items():
        written = map(str, column)
        cells = [x.removesuffix(".0") if x[:-2].strip("-").isdigit() else x for x in written]
        texts[name] = pd.Series(cells, frame.index, dtype=object)
    return pd.DataFrame(texts, frame.index).where(lambda x: frame.notna() & (x != ""), np.nan)

class KernelScaler(TransformerMixin, BaseEstimator):
    """Scale a matrix so that a kernel's gamma of 1 acts as `gamma` times scikit-learn's "scale"."""

    def __init__(self, gamma=1.0):
        self.gamma = gamma

    def fit(self, X, y=None):
        X = np.asarray(X)
        spread = X.shape[1] * X.var()
        self.factor_ = np.sqrt(self.gamma / spread) if spread > 0 else 1.0
        return self

    def transform(self, X):
        return np.asarray(X) * self.factor_

def build_pipeline():
    return Pipeline([
        ("cells", FunctionTransformer(read_cells, kw_args={"kinds": [
            (read_numbers, NUMERIC), (read_texts, CATEGORICAL)]})),
        ("columns", ColumnTransformer([
            ("numeric", Pipeline([
                ("simple_imputer", SimpleImputer(keep_empty_features=True, strategy="median")),
                ("standard_scaler", StandardScaler()),
                ("kernel_scaler", KernelScaler(gamma=0.5)),
            ]), NUMERIC),
        ], sparse_threshold=0.0)),
        ("svc_rbf", CalibratedClassifierCV(estimator=SVC(
            gamma=1.0, C=3.0, class_weight="balanced", random_state=7), cv=3, ensemble=False)),
    ])

def read_table(path, *others):
    """Read a CSV file with the columns of the pipeline and others, texts as they stand."""
    frame = pd.read_csv(path, **READ_OPTIONS)
    if (missing := [name for name in [*COLUMNS, *others] if name not in frame]) or frame.empty:
        found = f"{len(frame) or 'no'} rows with {list(frame)}"
        sys.exit(f"expected rows with {missing or COLUMNS} in {path}, found {found}")
    return frame

def fit(frame, target):
    y = frame[target].map(str, na_action="ignore")
    if unknown := sorted(set(y[~y.isin(CLASSES)].map(str))):
        sys.exit(f"expected the classes {CLASSES} in {target!r}, found {unknown[:5]}")
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, np.array(y.tolist(), type(CLASSES[0])))

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fit the pipeline, and predict with it.")
    parser.add_argument("train", nargs="?", help="CSV file to fit on")
    parser.add_argument("--target", default=TARGET, help="its target column")
    parser.add_argument("--predict", help="CSV file to predict")
    parser.add_argument("--out", default=sys.stdout, help="CSV file for the predictions")
    parser.add_argument("--save", type=Path, help="file for the fitted pipeline")
    parser.add_argument("--load", type=Path, help="file that --save wrote; load none but your own")
    parser.add_argument("--verify", action="store_true", help="are the predictions the same?")
    args = parser.parse_args()
    wanted = args.predict or args.save or (args.verify and args.train)
    if bool(args.train) == bool(args.load) or not wanted:
        parser.error("give a CSV file to fit on (or --load) and --verify, --save or --predict")
    try:
        new = read_table(args.predict) if args.predict else None
        frame = read_table(args.train, args.target) if args.train else []
        if args.verify:
            sys.exit("--verify has nothing to compare with: no predictions came with this script")
        pipeline = fit(frame, args.target) if args.train else pickle.loads(args.load.read_bytes())
        if args.save:
            args.save.write_bytes(pickle.dumps(pipeline))
        if args.predict:
            names = [f"probability_{label}" for label in pipeline.classes_]
            table = pd.DataFrame(pipeline.predict_proba(new), columns=names, dtype="float64")
            table.insert(0, "prediction", pipeline.predict(new))
            table.to_csv(args.out, index=False)
    except (OSError, EOFError, pickle.UnpicklingError, pd.errors.EmptyDataError) as error:
        sys.exit(f"{error}; did --save write {args.load}?" if args.load else str(error))
