# Made by automl 0.1.0, which this script does not need.
# Score: neg_root_mean_squared_error -0.134807 +- 0.011, mean and standard deviation
# from nested cross-validation with 5 outer folds
# Chosen among 50 pipelines: expect a little less on new data
# Needs: pip install scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6 (fitted with these
# and Python 3.11)
#
#     python THIS.py train.csv --predict new.csv --out predictions.csv
#     python THIS.py train.csv --save model    and later    python THIS.py --load model ...
#     python THIS.py train.csv --verify        the same predictions as when it was made?

import argparse
import pickle
import sys

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

TARGET = "target"
NUMERIC = [
    "population",
    "householdsize",
    "racepctblack",
    "racepctwhite",
    "racepctasian",
    "racepcthisp",
    "agepct12t21",
    "agepct12t29",
    "agepct16t24",
    "agepct65up",
    "numburban",
    "pcturban",
    "medincome",
    "pctwwage",
    "pctwfarmself",
    "pctwinvinc",
    "pctwsocsec",
    "pctwpubasst",
    "pctwretire",
    "medfaminc",
    "percapinc",
    "whitepercap",
    "blackpercap",
    "indianpercap",
    "asianpercap",
    "otherpercap",
    "hisppercap",
    "numunderpov",
    "pctpopunderpov",
    "pctless9thgrade",
    "pctnothsgrad",
    "pctbsormore",
    "pctunemployed",
    "pctemploy",
    "pctemplmanu",
    "pctemplprofserv",
    "pctoccupmanu",
    "pctoccupmgmtprof",
    "malepctdivorce",
    "malepctnevmarr",
    "femalepctdiv",
    "totalpctdiv",
    "persperfam",
    "pctfam2par",
    "pctkids2par",
    "pctyoungkids2par",
    "pctteen2par",
    "pctworkmomyoungkids",
    "pctworkmom",
    "numilleg",
    "pctilleg",
    "numimmig",
    "pctimmigrecent",
    "pctimmigrec5",
    "pctimmigrec8",
    "pctimmigrec10",
    "pctrecentimmig",
    "pctrecimmig5",
    "pctrecimmig8",
    "pctrecimmig10",
    "pctspeakenglonly",
    "pctnotspeakenglwell",
    "pctlarghousefam",
    "pctlarghouseoccup",
    "persperoccuphous",
    "persperownocchous",
    "persperrentocchous",
    "pctpersownoccup",
    "pctpersdensehous",
    "pcthousless3br",
    "mednumbr",
    "housvacant",
    "pcthousoccup",
    "pcthousownocc",
    "pctvacantboarded",
    "pctvacmore6mos",
    "medyrhousbuilt",
    "pcthousnophone",
    "pctwofullplumb",
    "ownocclowquart",
    "ownoccmedval",
    "ownocchiquart",
    "rentlowq",
    "rentmedian",
    "renthighq",
    "medrent",
    "medrentpcthousinc",
    "medowncostpctinc",
    "medowncostpctincnomtg",
    "numinshelters",
    "numstreet",
    "pctforeignborn",
    "pctbornsamestate",
    "pctsamehouse85",
    "pctsamecity85",
    "pctsamestate85",
    "lemasswornft",
    "lemasswftperpop",
    "lemasswftfieldops",
    "lemasswftfieldperpop",
    "lemastotalreq",
    "lemastotreqperpop",
    "policreqperoffic",
    "policperpop",
    "racialmatchcommpol",
    "pctpolicwhite",
    "pctpolicblack",
    "pctpolichisp",
    "pctpolicasian",
    "pctpolicminor",
    "officassgndrugunits",
    "numkindsdrugsseiz",
    "policaveotworked",
    "landarea",
    "popdens",
    "pctusepubtrans",
    "policcars",
    "policoperbudg",
    "lemaspctpoliconpatr",
    "lemasgangunitdeploy",
    "lemaspctofficdrugun",
    "policbudgperpop",
]
READ_OPTIONS = {}
N_ROWS = 1335
CHECK_ROWS = [0, 333, 667, 1000, 1334]
CHECK_VALUES = [
    [0.009999999999999875],
    [0.009999999999999875],
    [0.21999999999999909],
    [0.31000000000000166],
    [0.26000000000000206],
]
COLUMNS = [*NUMERIC]
TEXTS = []


def read_cells(frame, numeric=(), categorical=(), dates=()):
    """Return the columns by kind: numbers as floats, categories as text, dates as dates."""
    frame = frame.rename(columns=str)
    cells = {}
    for name in numeric:
        column = frame[name]
        if column.dtype in ("float16", "float32"):
            column = column.astype(str)  # as a CSV file would have it
        elif not isinstance(column.dtype, np.dtype):
            column = column.astype(object)
        cells[name] = pd.to_numeric(column, errors="coerce").astype("float64")
    for name in categorical:
        column = frame[name].astype(object)
        present = column.notna() & (column != "")
        cells[name] = column.map(str).where(present, np.nan).astype(object)
    for name in dates:
        dated = pd.to_datetime(frame[name], errors="coerce", utc=True, format="mixed")
        cells[name] = dated.dt.tz_localize(None).astype("datetime64[us]")
    return pd.DataFrame(cells, index=frame.index).replace([np.inf, -np.inf], np.nan)


def build_pipeline():
    return Pipeline(
        [
            ("cells", FunctionTransformer(read_cells, kw_args={"numeric": NUMERIC})),
            (
                "columns",
                ColumnTransformer(
                    [("numeric", SimpleImputer(strategy="median"), NUMERIC)],
                    sparse_threshold=0.0,
                ),
            ),
            (
                "extra_trees_regressor",
                ExtraTreesRegressor(n_estimators=500, max_features=0.5, random_state=0),
            ),
        ],
    )


def read_table(path):
    """Read a CSV file, texts as they stand."""
    header = pd.read_csv(path, nrows=0).columns
    texts = {name: str for name in header if name in TEXTS}
    return pd.read_csv(path, dtype=texts, **READ_OPTIONS)


def need_columns(frame, names):
    missing = [name for name in names if name not in frame.columns]
    if missing:
        sys.exit(f"the file lacks the columns {missing}; it has {list(frame.columns)}")
    if frame.empty:
        sys.exit("the file has no rows")


def read_target(frame, name):
    """Return the numbers to be predicted."""
    numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype="float64")
    if not np.isfinite(numbers).all():
        sys.exit(f"expected numbers without gaps in {name!r}")
    return numbers


def fit(frame, target):
    need_columns(frame, [*COLUMNS, target])
    return build_pipeline().fit(frame, read_target(frame, target))


def predict(pipeline, frame):
    """Return a table of predictions."""
    return pd.DataFrame({"prediction": pipeline.predict(frame).astype("float64")})


def verify(pipeline, frame):
    """Compare with what the pipeline predicted when this script was made."""
    if not CHECK_ROWS:
        sys.exit("--verify has nothing to compare with: no predictions came with this script")
    if len(frame) != N_ROWS:
        sys.exit(f"--verify takes the table of {N_ROWS} training rows, got {len(frame)} rows")
    table = predict(pipeline, frame.iloc[CHECK_ROWS])
    values = table.select_dtypes("number").iloc[:, -len(CHECK_VALUES[0]) :].to_numpy()
    difference = np.abs(values - CHECK_VALUES).max()
    if not np.allclose(values, CHECK_VALUES, rtol=1e-9, atol=1e-9):
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
