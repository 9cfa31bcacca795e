# Made by automl X, which this script does not need.
# Score: 0.9 on rows that it did not see.
# Needs: X
#
#     python THIS.py train.csv --predict new.csv --out predictions.csv
#     python THIS.py train.csv --save model    and later    python THIS.py --load model ...
#     python THIS.py train.csv --verify        the same predictions as when it was made?

import argparse
import pickle
import sys

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from threadpoolctl import threadpool_limits

TARGET = "species"
NUMERIC = ["age", "weight"]
CATEGORICAL = ["color", "tame"]
CLASSES = ["cat", "dog", "eel"]
READ_OPTIONS = {}
N_ROWS = 80
CHECK_ROWS = []
CHECK_VALUES = []
COLUMNS = [*NUMERIC, *CATEGORICAL]
READ_AS_TEXT = [*CATEGORICAL, TARGET]


def read_cells(frame, kinds):
    """Return the columns that pipelines use, those of every kind by a reader of their own."""
    frame = frame.rename(columns=str)
    parts = [read(frame[names], *options) for read, names, *options in kinds]
    return pd.concat(parts, axis=1) if parts else frame[[]]


def read_numbers(frame):
    """Return columns as floats; what is no number, or one whose square overflows, is missing."""
    numbers = frame.copy()
    for name, dtype in frame.dtypes.items():
        if dtype == "float64" or (isinstance(dtype, np.dtype) and dtype.kind in "biu"):
            continue
        short = str(dtype) in ("float16", "float32", "Float32")  # as a CSV file would have them
        column = frame[name].astype(str if short else object)
        numbers[name] = pd.to_numeric(column, errors="coerce").astype("float64")
    numbers = numbers.astype("float64")
    return numbers.where(numbers.abs() < 1e150)


def read_texts(frame):
    """Return cells as text, empty ones as missing; whole numbers without the .0 of floats."""
    texts = {}
    for name in frame:
        column = frame[name].astype(object)
        cells = [
            cell[:-2] if cell[-2:] == ".0" and cell[:-2].strip("-").isdigit() else cell
            for cell in map(str, column)
        ]
        written = pd.Series(cells, index=frame.index, dtype=object)
        texts[name] = written.where(column.notna() & (written != ""), np.nan)
    return pd.DataFrame(texts, index=frame.index)


class CategoryEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Turn texts into pandas' categories; rare and new ones are missing."""

    def __init__(self, max_categories=254):
        self.max_categories = max_categories

    def fit(self, X, y=None):
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        self.categories_ = [
            np.sort(X[name].value_counts().index[: self.max_categories].to_numpy(dtype=object))
            for name in X
        ]
        return self

    def transform(self, X):
        columns = {}
        for name, texts in zip(X.columns, self.categories_, strict=True):
            known = X[name].where(X[name].isin(texts)).astype(object)
            some = texts if len(texts) else [""]  # XGBoost refuses a column without categories
            columns[name] = pd.Categorical(known, pd.Index(some, dtype=object))
        return pd.DataFrame(columns, index=X.index)


def number_columns(frame):
    """Return a dataframe with names for its columns that every library takes."""
    return frame.set_axis([f"x{number}" for number in range(frame.shape[1])], axis=1)


def build_pipeline():
    return Pipeline(
        [
            (
                "cells",
                FunctionTransformer(
                    read_cells,
                    kw_args={
                        "kinds": [(read_numbers, NUMERIC), (read_texts, CATEGORICAL)],
                    },
                ),
            ),
            (
                "columns",
                ColumnTransformer(
                    [
                        ("categorical", CategoryEncoder(), CATEGORICAL),
                        ("numeric", "passthrough", NUMERIC),
                    ],
                    sparse_threshold=0.0,
                ).set_output(transform="pandas"),
            ),
            ("numbered", FunctionTransformer(number_columns)),
            (
                "hist_gradient_boosting_classifier",
                HistGradientBoostingClassifier(
                    early_stopping=False,
                    max_iter=20,
                    n_iter_no_change=20,
                    l2_regularization=1e-06,
                    random_state=7,
                ),
            ),
        ],
    )


def read_table(path):
    """Read a CSV file, texts as they stand."""
    header = pd.read_csv(path, nrows=0).columns
    texts = {name: str for name in header if name in READ_AS_TEXT}
    return pd.read_csv(path, dtype=texts, **READ_OPTIONS)


def need_columns(frame, names):
    missing = [name for name in names if name not in frame.columns]
    if missing:
        sys.exit(f"the file lacks the columns {missing}; it has {list(frame.columns)}")
    if frame.empty:
        sys.exit("the file has no rows")


def read_target(frame, name):
    """Return the classes of a table, whatever their texts look like in a file."""
    labels = {str(label): label for label in CLASSES}
    labels |= {f"{label:g}": label for label in CLASSES if isinstance(label, float)}
    texts = frame[name].map(str, na_action="ignore")
    unknown = sorted(set(texts[~texts.isin(list(labels))].map(str)))
    if unknown:
        sys.exit(f"expected the classes {list(labels)} in {name!r}, found {unknown[:5]}")
    return np.array([labels[text] for text in texts])


def fit(frame, target):
    need_columns(frame, [*COLUMNS, target])
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, read_target(frame, target))


def predict(pipeline, frame):
    """Return a table of predicted classes with their probabilities."""
    probabilities = pipeline.predict_proba(frame)
    table = pd.DataFrame({"prediction": pipeline.predict(frame)})
    for number, label in enumerate(pipeline.classes_):
        table[f"probability_{label}"] = probabilities[:, number].astype("float64")
    return table


def verify(pipeline, frame):
    """Compare with what the pipeline predicted when this script was made."""
    if not CHECK_ROWS:
        sys.exit("--verify has nothing to compare with: no predictions came with this script")
    if len(frame) != N_ROWS:
        sys.exit(f"--verify takes the table of {N_ROWS} training rows, got {len(frame)} rows")
    table = predict(pipeline, frame.iloc[CHECK_ROWS])
    values = table.select_dtypes("number").iloc[:, -len(CHECK_VALUES[0]) :].to_numpy()
    difference = np.abs(values - CHECK_VALUES).max()
    # Other processors sum in another order, too.
    if difference > 1e-6 * np.abs(CHECK_VALUES).max():
        sys.exit(f"NOT verified: predictions differ by up to {difference:.3g}")
    print(f"verified: predictions differ by at most {difference:.3g}")


def main():
    parser = argparse.ArgumentParser(description="Fit the pipeline, and predict with it.")
    parser.add_argument("train", nargs="?", help="CSV file to fit on")
    parser.add_argument("--target", default=TARGET, help="its target column")
    parser.add_argument("--predict", help="CSV file to predict")
    parser.add_argument("--out", default=sys.stdout, help="CSV file for the predictions")
    parser.add_argument("--save", help="file for the fitted pipeline")
    parser.add_argument("--load", help="file that --save wrote, instead of train")
    parser.add_argument("--verify", action="store_true", help="are the predictions the same?")
    args = parser.parse_args()
    if (args.train is None) == (args.load is None):
        parser.error("give either a CSV file to fit on or --load")
    if not (args.predict or args.save or args.verify):
        parser.error("give what to do: --predict, --save or --verify")
    if args.verify and args.load:
        parser.error("--verify fits anew: give the training file")
    try:
        run(args)
    except (OSError, pd.errors.EmptyDataError) as error:
        sys.exit(str(error))


def load(path):
    with open(path, "rb") as file:
        try:
            return pickle.load(file)  # only ever load a file that you made
        except (pickle.UnpicklingError, EOFError) as error:
            sys.exit(f"{path} is not what --save of this script wrote: {error}")


def run(args):
    if args.predict:
        new = read_table(args.predict)
        need_columns(new, COLUMNS)
    if args.load:
        pipeline = load(args.load)
    else:
        frame = read_table(args.train)
        pipeline = fit(frame, args.target)
        print(f"fitted on {len(frame)} rows", file=sys.stderr)
    if args.verify:
        verify(pipeline, frame)
    if args.save:
        with open(args.save, "wb") as file:
            pickle.dump(pipeline, file)
    if args.predict:
        predict(pipeline, new).to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
