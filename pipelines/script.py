"""The part of an exported script that is the same for every pipeline: its command line."""

STATIC_IMPORTS = {
    "argparse",
    "pickle",
    "sys",
    "numpy as np",
    "pandas as pd",
    "threadpoolctl.threadpool_limits",  # which scikit-learn brings
}

READ_TABLE = '''
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
'''

READ_CLASSES = '''
def read_target(frame, name):
    """Return the classes of a table, whatever their texts look like in a file."""
    labels = {str(label): label for label in CLASSES}
    labels |= {f"{label:g}": label for label in CLASSES if isinstance(label, float)}
    texts = frame[name].map(str, na_action="ignore")
    unknown = sorted(set(texts[~texts.isin(list(labels))].map(str)))
    if unknown:
        sys.exit(f"expected the classes {list(labels)} in {name!r}, found {unknown[:5]}")
    return np.array([labels[text] for text in texts])
'''

READ_NUMBERS = '''
def read_target(frame, name):
    """Return the numbers to be predicted."""
    numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype="float64")
    if not np.isfinite(numbers).all():
        sys.exit(f"expected numbers without gaps in {name!r}")
    return numbers
'''

READ_SEVERAL = '''
def read_target(frame, names):
    """Return the numbers to be predicted, a column each."""
    numbers = frame[names].apply(pd.to_numeric, errors="coerce").to_numpy(dtype="float64")
    if not np.isfinite(numbers).all():
        sys.exit(f"expected numbers without gaps in {names}")
    return numbers
'''

PREDICT_CLASSES = '''
def predict(pipeline, frame):
    """Return a table of predicted classes with their probabilities."""
    probabilities = pipeline.predict_proba(frame)
    table = pd.DataFrame({"prediction": pipeline.predict(frame)})
    for number, label in enumerate(pipeline.classes_):
        table[f"probability_{label}"] = probabilities[:, number].astype("float64")
    return table
'''

PREDICT_NUMBERS = '''
def predict(pipeline, frame):
    """Return a table of predictions."""
    return pd.DataFrame({"prediction": pipeline.predict(frame).astype("float64")})
'''

PREDICT_SEVERAL = '''
def predict(pipeline, frame):
    """Return a table of predictions, a column for each target."""
    names = [f"prediction_{name}" for name in TARGETS]
    return pd.DataFrame(pipeline.predict(frame).astype("float64"), columns=names)
'''

VERIFY = '''
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
'''

FIT_PLAIN = """
def fit(frame, target):
    need_columns(frame, [*COLUMNS, {targets}])
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, read_target(frame, target))
"""

FIT_WEIGHTED = """
def fit(frame, target, weight):
    need_columns(frame, [*COLUMNS, {targets}, weight])
    frame = frame[frame[weight] > 0]
    pipeline = build_pipeline()
    weights = {f"{pipeline.steps[-1][0]}__sample_weight": frame[weight].to_numpy(dtype="float64")}
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return pipeline.fit(frame, read_target(frame, target), **weights)
"""

FIT_WEIGHTED_MEMBERS = """
def fit(frame, target, weight):
    need_columns(frame, [*COLUMNS, {targets}, weight])
    frame = frame[frame[weight] > 0]
    y, weights = read_target(frame, target), frame[weight].to_numpy(dtype="float64")
    pipeline = build_pipeline()
    voting = pipeline[-1]
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        cells = pipeline[0].fit_transform(frame)
        for _, member in voting.estimators:
            member.fit(cells, y, **{f"{member.steps[-1][0]}__sample_weight": weights})
    voting.estimators = [(name, FrozenEstimator(member)) for name, member in voting.estimators]
    return pipeline.fit(frame, y)
"""

MAIN = """
def main():
    parser = argparse.ArgumentParser(description="Fit the pipeline, and predict with it.")
    parser.add_argument("train", nargs="?", help="CSV file to fit on")
{target_option}{weight_option}    parser.add_argument("--predict", help="CSV file to predict")
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
        pipeline = fit(frame, args.target{weight_argument})
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
"""

WEIGHT_OPTION = (
    '    parser.add_argument("--weight", required=True, help="its column of sample weights")\n'
)


TARGET_OPTION = """\
    parser.add_argument("--target", default=TARGET, help="its target column")
"""
TARGETS_OPTION = """\
    parser.add_argument("--target", nargs="+", default=TARGETS, help="its target columns")
"""


def static_part(
    *, classification: bool, weighted: bool, several: bool = False, averaged: bool = False
) -> str:
    """Return the functions around `build_pipeline` for a kind of task."""
    main = MAIN.replace("{target_option}", TARGETS_OPTION if several else TARGET_OPTION)
    main = main.replace("{weight_option}", WEIGHT_OPTION if weighted else "")
    main = main.replace("{weight_argument}", ", args.weight" if weighted else "")
    weighing = FIT_WEIGHTED_MEMBERS if averaged else FIT_WEIGHTED
    fit = (weighing if weighted else FIT_PLAIN).replace(
        "{targets}", "*target" if several else "target"
    )
    numbers = (READ_SEVERAL, PREDICT_SEVERAL) if several else (READ_NUMBERS, PREDICT_NUMBERS)
    read, predict = (READ_CLASSES, PREDICT_CLASSES) if classification else numbers
    parts = [
        READ_TABLE,
        read,
        fit,
        predict,
        VERIFY,
        main,
    ]
    return "\n\n\n".join(part.strip() for part in parts) + "\n"
