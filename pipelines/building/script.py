"""Writing a script: its command line, which is the same for all pipelines of a form, and calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automl.pipelines.operators.calls import Call, Constant, Name

WIDTH = 100  # characters of a line, as in the rest of the project
STATIC_IMPORTS = {
    "argparse",
    "pickle",
    "sys",
    "pathlib.Path",
    "numpy as np",
    "pandas as pd",
    "threadpoolctl.threadpool_limits",  # which scikit-learn brings
}
WEIGHTED_MEMBERS_IMPORTS = {"sklearn.base.clone", "sklearn.frozen.FrozenEstimator"}
POSITIONAL = {"steps", "transformers", "transformer_list", "estimators", "func", "score_func"}

READ_TABLE = '''
def read_table(path, *others):
    """Read a CSV file with the columns of the pipeline and others, texts as they stand."""
    frame = pd.read_csv(path, **READ_OPTIONS)
    if (missing := [name for name in [*COLUMNS, *others] if name not in frame]) or frame.empty:
        found = f"{len(frame) or 'no'} rows with {list(frame)}"
        sys.exit(f"expected rows with {missing or COLUMNS} in {path}, found {found}")
    return frame
'''

READ_CLASSES = """\
    y = frame[target]{as_texts}
    if unknown := sorted(set(y[~y.isin(CLASSES)].map(str))):
        sys.exit(f"expected the classes {CLASSES} in {target!r}, found {unknown[:5]}")"""

READ_NUMBERS = """\
    y = {numbers}.to_numpy(dtype="float64")
    if not np.isfinite(y).all():
        sys.exit(f"expected numbers without gaps in {target!r}")"""

AS_TEXTS = '.map(str, na_action="ignore")'
ONE_TARGET = 'pd.to_numeric(frame[target], errors="coerce")'
SEVERAL_TARGETS = 'frame[target].apply(pd.to_numeric, errors="coerce")'

FIT = """
def fit(frame, target):
{read}
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return build_pipeline().fit(frame, {y})
"""

FIT_WEIGHTED = """
def fit(frame, target, weight):
    frame = frame[frame[weight] > 0]
{read}
    pipeline = build_pipeline()
    weights = {f"{pipeline.steps[-1][0]}__sample_weight": frame[weight].to_numpy(dtype="float64")}
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        return pipeline.fit(frame, y, **weights)
"""

FIT_WEIGHTED_MEMBERS = """
def fit(frame, target, weight):
    frame = frame[frame[weight] > 0]
{read}
    weights, pipeline = frame[weight].to_numpy(dtype="float64"), build_pipeline()
    fitted, cells = [], pipeline[0].fit_transform(frame)
    with threadpool_limits(1, "blas"):  # more threads sum in another order, which solvers amplify
        for name, member in pipeline[-1].estimators:
            options = {f"{member.steps[-1][0]}__sample_weight": weights}
            member = clone(member).fit(cells, {codes}, **options)
            fitted.append((name, FrozenEstimator(member)))
    pipeline[-1].estimators = fitted
    return pipeline.fit(frame, y)
"""

LABELS = "np.array(y.tolist(), type(CLASSES[0]))"
CODES = "np.unique(y, return_inverse=True)[1]"

MAIN = """
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fit the pipeline, and predict with it.")
    parser.add_argument("train", nargs="?", help="CSV file to fit on")
    parser.add_argument("--target", {target_option})
{weight_option}\
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
        frame = read_table(args.train, {targets}{weight}) if args.train else []
{check_table}\
        pipeline = {fitted} if args.train else pickle.loads(args.load.read_bytes())
{verify}\
        if args.save:
            args.save.write_bytes(pickle.dumps(pipeline))
        if args.predict:
{predict}\
    except (OSError, EOFError, pickle.UnpicklingError, pd.errors.EmptyDataError) as error:
        sys.exit(f"{error}; did --save write {args.load}?" if args.load else str(error))
"""

TARGET_OPTION = 'default=TARGET, help="its target column"'
TARGETS_OPTION = 'nargs="+", default=TARGETS, help="its target columns"'
WEIGHT_OPTION = """\
    needed = "--load" not in sys.argv
    parser.add_argument("--weight", required=needed, help="its column of sample weights")
"""

CHECK_TABLE = """\
        if args.verify and len(frame) != N_ROWS:
            sys.exit(f"--verify takes the table of {N_ROWS} training rows, got {len(frame)} rows")
"""
CANNOT_VERIFY = """\
        if args.verify:
            sys.exit("--verify has nothing to compare with: no predictions came with this script")
"""
VERIFY = """\
        if args.verify:
            found = pipeline.{predicted}
            difference = np.abs(found - CHECK_VALUES).max()
            if not difference <= 1e-6 * np.abs(CHECK_VALUES).max():  # processors sum differently
                sys.exit(f"NOT verified: predictions differ by up to {difference:.3g}")
            print(f"verified: predictions differ by at most {difference:.3g}")
"""
PREDICTED = "predict(frame.iloc[CHECK_ROWS])"
PREDICTED_CLASSES = "predict_proba(frame.iloc[CHECK_ROWS])"
PREDICTED_BINARY = "predict_proba(frame.iloc[CHECK_ROWS])[:, 0]"

PREDICT_CLASSES = """\
            names = [f"probability_{label}" for label in pipeline.classes_]
            table = pd.DataFrame(pipeline.predict_proba(new), columns=names, dtype="float64")
            table.insert(0, "prediction", pipeline.predict(new))
            table.to_csv(args.out, index=False)
"""
PREDICT_NUMBERS = """\
            table = pd.DataFrame({"prediction": pipeline.predict(new)}, dtype="float64")
            table.to_csv(args.out, index=False)
"""
PREDICT_SEVERAL = """\
            names = [f"prediction_{name}" for name in TARGETS]
            table = pd.DataFrame(pipeline.predict(new), columns=names, dtype="float64")
            table.to_csv(args.out, index=False)
"""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What the command line of a script depends on."""

    labels: type | None
    """The type of the labels of a classification."""
    binary: bool
    """Whether there are two of them."""
    several: bool
    """Whether it predicts several targets."""
    weighted: bool
    """Whether it is fitted with sample weights."""
    averaged: bool
    """Whether it is an ensemble."""
    checked: bool
    """Whether it has predictions to compare with."""

    @property
    def checks_one(self) -> bool:
        """Whether one number tells what is predicted for a row."""
        return self.binary or (self.labels is None and not self.several)


def static_imports(form: Form) -> set[str]:
    """Return the dotted paths that the static part needs."""
    fits_members = form.weighted and form.averaged
    return STATIC_IMPORTS | (WEIGHTED_MEMBERS_IMPORTS if fits_members else set())


def static_part(form: Form) -> str:
    """Return the functions around `build_pipeline`."""
    return "\n\n".join(part.strip() for part in _parts(form)) + "\n"


def _parts(form: Form) -> Iterator[str]:
    yield READ_TABLE
    yield _fit(form)
    one = PREDICT_NUMBERS if form.labels is None else PREDICT_CLASSES
    classes = PREDICTED_BINARY if form.binary else PREDICTED_CLASSES
    filled = {
        "{target_option}": TARGETS_OPTION if form.several else TARGET_OPTION,
        "{weight_option}": WEIGHT_OPTION if form.weighted else "",
        "{targets}": "*args.target" if form.several else "args.target",
        "{fitted}": "fit(frame, args.target{weight})",
        "{weight}": ", args.weight" if form.weighted else "",
        "{check_table}": CHECK_TABLE if form.checked else CANNOT_VERIFY,
        "{verify}": VERIFY if form.checked else "",
        "{predict}": PREDICT_SEVERAL if form.several else one,
        "{predicted}": PREDICTED if form.labels is None else classes,
    }
    main = MAIN
    for place, text in filled.items():
        main = main.replace(place, text)
    yield main


def _fit(form: Form) -> str:
    """Return the function that reads the target and fits."""
    y = codes = "y"
    read = READ_NUMBERS.replace("{numbers}", SEVERAL_TARGETS if form.several else ONE_TARGET)
    if form.labels is not None:
        y, codes = LABELS, CODES
        read = READ_CLASSES.replace("{as_texts}", AS_TEXTS if form.labels is str else "")
        read += f"\n    y = {LABELS}" if form.weighted else ""
    weighted = FIT_WEIGHTED_MEMBERS if form.averaged else FIT_WEIGHTED
    fit = (weighted if form.weighted else FIT).replace("{read}", read)
    return fit.replace("{y}", y).replace("{codes}", codes)


def layout(argument: Any, column: int, indent: int, tail: int = 0) -> str:
    """Return the source of an argument, broken where it is too long for a line.

    It starts in a column of a line with some indent, and a tail will follow on its last line. A
    list of calls has a line for each, anything else fills lines. The only call among arguments
    opens and closes on the lines of the call that it is for.
    """
    line = flat(argument)
    name, opening, items, closing = _pieces(argument)
    if not items or column + len(line) + tail <= WIDTH:
        return line
    start, tail = name + opening, tail + len(closing)
    column += len(start)
    parts = list(parts_of(argument))
    if not any(isinstance(part, Call | Name) for part in parts):
        return start + _filled(items, column, tail) + closing
    pad = f"\n{' ' * (indent + 4)}"
    if isinstance(argument, list) and any(isinstance(part, Call) for part in parts):
        lines = [f"{pad}{layout(item, indent + 4, indent + 4, 1)}," for item in items]
        return f"{start}{''.join(lines)}\n{' ' * indent}{closing}"
    hugged = None if isinstance(argument, list) else _hugged(items, column, tail)
    if hugged is None:
        return start + pad + _filled(items, indent + 4, tail) + closing
    before, item, after = hugged
    middle = layout(item, column + len(before), indent, len(after) + tail)
    return start + before + middle + after + closing


def _hugged(items: Sequence[Any], column: int, tail: int) -> tuple[str, Any, str] | None:
    """Return the only item that can be broken, with what stands before and after it."""
    places = [
        place
        for place, item in enumerate(items)
        if _pieces(item)[2] and any(isinstance(part, Call | Name) for part in parts_of(item))
    ]
    if len(places) != 1:
        return None
    (place,) = places
    name, opening, *_ = _pieces(items[place])
    before = "".join(f"{flat(item)}, " for item in items[:place])
    after = "".join(f", {flat(item)}" for item in items[place + 1 :])
    if column + len(before + name + opening) > WIDTH or len(after) + tail > WIDTH // 2:
        return None
    return before, items[place], after


def _filled(items: Sequence[Any], column: int, tail: int) -> str:
    """Return items that start in a column, as many on every line as it takes."""
    text = ""
    for place, item in enumerate(items, 1):
        room = 1 if place < len(items) else tail
        alone = layout(item, column, column, room)
        last = text.rpartition("\n")[2]
        used = len(last) + (0 if "\n" in text else column) + 2
        long = "\n" in alone and isinstance(item, Call | _Named)
        beside = layout(item, used, column, room) if long else alone
        first, _, more = beside.partition("\n")
        if not text:
            text = alone
        elif used + len(first) + (0 if more else room) <= WIDTH:
            text += f", {beside}"
        else:
            text += f",\n{' ' * column}{alone}"
    return text


def flat(argument: Any) -> str:
    """Return the source of an argument on one line."""
    name, opening, items, closing = _pieces(argument)
    return name + opening + ", ".join(map(flat, items)) + closing


def _pieces(argument: Any) -> tuple[str, str, list[Any], str]:
    """Split an argument into name, opening, items and closing."""
    if isinstance(argument, _Named):
        name, opening, items, closing = _pieces(argument.value)
        return argument.name + name, opening, items, closing
    if isinstance(argument, Call):
        output = '.set_output(transform="pandas")' if argument.as_frame else ""
        return argument.path.rpartition(".")[2], "(", _arguments(argument), f"){output}"
    if isinstance(argument, Name):
        return argument.path.rpartition(".")[2], "", [], ""
    if isinstance(argument, Constant):
        return argument.name, "", [], ""
    if isinstance(argument, list):
        return "", "[", argument, "]"
    if isinstance(argument, tuple) and len(argument) > 1:
        return "", "(", list(argument), ")"
    if isinstance(argument, dict):
        entries = [_Named(f"{_literal(name)}: ", value) for name, value in argument.items()]
        return "", "{", entries, "}"
    return _literal(argument), "", [], ""


@dataclass(frozen=True)
class _Named:
    """An argument by keyword, or an entry of a dictionary."""

    name: str
    value: Any


def _arguments(call: Call) -> list[Any]:
    positional: list[Any] = []
    named = []
    for place, (name, value) in enumerate(call.settings.items()):
        if name == "*":
            positional += value
        elif place == 0 and name in POSITIONAL:
            positional.append(value)
        else:
            named.append(_Named(f"{name}=", value))
    return positional + named


def parts_of(argument: Any) -> Iterator[Call | Name | Constant]:
    """Yield every call, name and constant in nested calls."""
    if isinstance(argument, Call | Name | Constant):
        yield argument
    if isinstance(argument, _Named):
        yield from parts_of(argument.value)
    if isinstance(argument, Call):
        argument = argument.settings
    if isinstance(argument, Mapping):
        argument = list(argument.values())
    if isinstance(argument, list | tuple):
        for item in argument:
            yield from parts_of(item)


def _literal(value: Any) -> str:
    """Return a plain value as source, texts in double quotes where that needs no escapes."""
    text = repr(value)
    if isinstance(value, str) and text[0] == "'" and '"' not in text and "\\" not in text:
        return f'"{value}"'
    return text
