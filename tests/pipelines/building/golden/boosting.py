# Made by automl X. It runs without automl. Score: 0.9 on rows that it did not
# see.
# Install: X
# Fit:     python THIS.py train.csv --verify --save model
# Predict: python THIS.py --load model --predict new.csv --out predictions.csv

import argparse
import pickle
import sys
from pathlib import Path
from warnings import warn

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier

TARGETS = ["species"]
NUMERIC = ["age", "weight"]
CATEGORICAL = ["color", "tame"]
CATEGORICAL_CODES = ["tame"]
CLASSES = ["cat", "dog", "eel"]
N_ROWS = 80
COLUMNS = [*NUMERIC, *CATEGORICAL]
READ_OPTIONS = {"dtype": dict.fromkeys([*CATEGORICAL, *TARGETS], str)}

class LabelXGBClassifier(XGBClassifier):
    """XGBClassifier that takes any labels, where its base takes 0 to k - 1 only."""

    labels_ = None

    def fit(self, X, y, *, eval_set=None, **options):
        self.labels_ = None
        labels, codes = np.unique(y, return_inverse=True)
        if eval_set is not None:
            eval_set = [(X_held, np.searchsorted(labels, y_held)) for X_held, y_held in eval_set]
        super().fit(X, codes, eval_set=eval_set, **options)
        self.labels_ = labels
        return self

    def predict(self, X, **options):
        codes = np.asarray(super().predict(X, **options), dtype=int)
        return np.asarray(self.labels_)[codes]

    @property
    def classes_(self):
        return super().classes_ if self.labels_ is None else self.labels_

class CellReader(TransformerMixin, BaseEstimator):
    """Read the cells of the columns that pipelines use; say which are not as in training."""

    def __init__(self, kinds, missing=None):
        self.kinds = kinds
        self.missing = missing

    def fit(self, X, y=None):
        self.texts_, cells = {}, read_cells(X, self.kinds)
        self.names_ = np.array(cells.columns, dtype=object)
        for name in cells.select_dtypes(object):
            counts = cells[name].value_counts()
            if len(counts) <= 50:  # new texts are about as frequent as those that are there once
                self.texts_[name] = list(counts.index), float((counts == 1).sum() / len(X))
        return self

    def transform(self, X):
        X = X.rename(columns=str)
        cells = read_cells(X, self.kinds)
        is_lost = cells.isna().to_numpy(bool) & X[list(cells)].notna().to_numpy(bool)
        for name in cells.columns[is_lost.any(axis=0) | cells.columns.isin(list(self.texts_))]:
            column = cells[name]
            texts, usual = (self.missing or {}).get(name, ([], 0.0))
            odd = X[name][column.isna() & X[name].notna()]
            if name in self.texts_:
                texts, usual = self.texts_[name]
                odd = column[column.notna() & ~column.isin(texts)]
            odd = [str(cell).strip() for cell in odd if not isinstance(cell, float)]
            odd = [text for text in odd if text]
            new = sorted(set(odd) - set(texts))[:3]
            shown = [text[:100] for text in new or texts[:3]]  # a cell may have a megabyte
            message = f"{len(odd)} of {len(X)} cells of the column {name!r} are not as in training"
            if new and column.isna().all():
                raise UnreadableError(f"{message}, and none can be read: {shown}")
            if len(odd) >= 3 and len(odd) >= (usual + 0.05) * len(X):
                warn(f"{message}, and count as unknown: {shown}", stacklevel=2)
        return cells

    def get_feature_names_out(self, input_features=None):
        return self.names_

def read_codes(frame, codes):
    """Return cells as text, in some columns 1, 1.0, 01, True and "true" as the same."""
    texts = read_texts(frame)
    for name in codes:
        plain = texts[name].str.lower().replace({"true": "1", "false": "0"})
        numbers = pd.to_numeric(plain, errors="coerce") + 0.0
        written = numbers.map("{:.15g}".format)
        texts[name] = texts[name].where(numbers.isna(), written).astype(object)
    return texts

def read_numbers(frame):
    """Return columns as floats; what is no number, or one whose square overflows, is missing."""
    numbers = frame.copy(deep=False)
    for name, dtype in frame.dtypes.items():
        if dtype == "float64":
            continue
        if (short := str(dtype).lower()) in ("float16", "float32"):
            cells = frame[name].to_numpy(short, na_value=np.nan)
            numbers[name] = short_floats(cells)
        elif dtype.kind not in "biuf":
            texts = frame[name].astype(object).map(lambda cell: str(cell).strip()).astype(object)
            cells = pd.to_numeric(texts, errors="coerce")
            booleans = texts.str.lower().map({"true": 1.0, "false": 0.0})
            numbers[name] = cells.fillna(booleans)
    return without_extremes(numbers.astype("float64"))

class UnreadableError(ValueError):
    """No cell of a column can be read as in training."""

def read_cells(frame, kinds):
    """Return the columns that pipelines use, those of every kind by a reader of their own."""
    frame = frame.rename(columns=str)
    parts = (read(frame[names], *options) for read, names, *options in kinds)
    return pd.concat([frame[[]], *parts], axis=1)

def read_texts(frame):
    """Return cells as text, blank ones as missing; whole numbers without the .0 of floats."""
    columns = {}
    for name, column in frame.items():
        column, gaps = column.astype(object).to_numpy(), column.isna().to_numpy()
        if any(kind is not str for kind in set(map(type, column[~gaps]))):
            column = np.array([str(cell) for cell in column], dtype=object)  # 1 is no True
        places, written = pd.factorize(column)
        texts = [text.strip() for text in written]
        texts = [x.removesuffix(".0") if x[:-2].strip("-").isdigit() else x for x in texts]
        read = np.array([*(text or np.nan for text in texts), np.nan], dtype=object)
        columns[name] = read[np.where(gaps, -1, places)]
    return pd.DataFrame(columns, frame.index, dtype=object)

def short_floats(cells):
    """Return floats of 16 or 32 bits as a CSV file has them: with the fewest digits that do."""
    numbers = cells.astype("float64")
    sizes = np.abs(numbers)
    # Of 16 bits, 2**-6 is written as 0.01563: the nearest number of so few digits is another float.
    is_text = (sizes >= 1e14) | (sizes == 2.0**-6)
    places = np.flatnonzero(~(is_text | np.isnan(sizes)))
    n_digits = 1 + int(np.log10(sizes[places].max(initial=1.0)))
    for decimals in range(np.finfo(cells.dtype).precision - n_digits, 13):
        rounded = numbers[places].round(decimals)  # exact, for so few decimals
        is_equal = rounded.astype(cells.dtype) == cells[places]
        numbers[places[is_equal]] = rounded[is_equal]
        places = places[~is_equal]
    is_text[places] = True
    numbers[is_text] = pd.to_numeric(cells[is_text].astype("str").astype(object))
    return numbers

def without_extremes(numbers):
    """Return floats in one table, those whose square overflows as missing; few frames have such."""
    # Rows of one table are taken at once, those of a thousand columns one column after the other.
    table = numbers.to_numpy()
    numbers = pd.DataFrame(table, numbers.index, numbers.columns, copy=False)
    cells = table.ravel("K")
    if cells.size and max(np.fmax.reduce(cells), -np.fmin.reduce(cells)) >= 1e150:
        return numbers.where(numbers.abs() < 1e150)
    return numbers

def build_pipeline():
    return Pipeline([
        ("cells", CellReader(kinds=[
            (read_numbers, NUMERIC), (read_codes, CATEGORICAL, CATEGORICAL_CODES)])),
        ("columns", ColumnTransformer([
            ("numeric", "passthrough", NUMERIC),
            ("categorical", OrdinalEncoder(
                handle_unknown="use_encoded_value", unknown_value=-1,
                encoded_missing_value=-2), CATEGORICAL),
        ], sparse_threshold=0.0)),
        ("xgb_classifier", LabelXGBClassifier(
            enable_categorical=True, n_jobs=1, n_estimators=20, colsample_bytree=0.8,
            learning_rate=0.1, max_depth=3, min_child_weight=1.0, reg_alpha=0.0001, reg_lambda=1.0,
            subsample=0.8, random_state=7)),
    ])

def read_table(path, *names):
    try:
        frame = read_file(path, **READ_OPTIONS)
    except ValueError as error:
        sys.exit(f"{path} is not a file of the form of this script: {str(error).strip()}")
    if (missing := [name for name in [*COLUMNS, *names] if name not in frame]) or frame.empty:
        sys.exit(f"expected {missing or COLUMNS} in {path}, got {len(frame)} rows of {list(frame)}")
    return frame

def fit_labels(frame, args, **options):
    y = frame[args.target[0]]
    y = y.map(str, na_action="ignore") if isinstance(CLASSES[0], str) else y
    if unknown := sorted(set(y[~y.isin(CLASSES)].map(lambda x: str(x)[:100]))):
        sys.exit(f"expected the classes {CLASSES} in {args.target}, got {unknown[:5]}")
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, np.array(y.tolist(), type(CLASSES[0])), **options)

def verify_nothing(pipeline, frame):
    sys.exit("--verify has nothing to compare with: no predictions came with this script")

def predict_labels(pipeline, frame):
    names = [f"probability_{label}" for label in pipeline.classes_]
    table = pd.DataFrame(pipeline.predict_proba(frame), columns=names, dtype="float64")
    table.insert(0, "prediction", pipeline.predict(frame))
    return table

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

read_file, fit, verify, predict = pd.read_csv, fit_labels, verify_nothing, predict_labels
if __name__ == "__main__":
    main(argparse.ArgumentParser(description="Fit the pipeline, and predict with it."))
