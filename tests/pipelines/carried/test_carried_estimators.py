"""The estimators that scripts carry: small values by hand, and what scikit-learn asks of each."""

import ast
import inspect
import pickle
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_selection import SelectFdr, SelectPercentile, f_regression
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, PowerTransformer
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBRegressor

from automl.pipelines.carried.boosting import LabelXGBClassifier
from automl.pipelines.carried.categories import CategoryCrosser, CountEncoder
from automl.pipelines.carried.expanding import PairFeatures, RowStatistics
from automl.pipelines.carried.grouping import GroupStatistics
from automl.pipelines.carried.imputing import RegressionImputer
from automl.pipelines.carried.projecting import DiscriminantScores, PLSScores
from automl.pipelines.carried.selecting import (
    NonemptySelectFdr,
    RandomProbeSelector,
    mutual_info_of_classes,
    mutual_info_of_numbers,
)
from automl.pipelines.carried.stacking import OutOfFold
from automl.pipelines.carried.tables import CategoryEncoder, ColumnNumberer
from automl.pipelines.carried.targets import BoundedTarget
from automl.pipelines.carried.texts import JoinedTfidfVectorizer
from automl.pipelines.search_only.stopping import StoppingXGBClassifier, StoppingXGBRegressor

NAMES = list("abcde")
CARRIED = "automl.pipelines.carried."
SCRIPT_IMPORTS = {"np", "pd"}  # what every script imports


def numbers(n_rows=60, seed=0):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(n_rows, 5)), columns=NAMES)


def gaps(n_rows=60):
    frame = numbers(n_rows)
    frame["e"] = frame["a"] + frame["b"]
    frame = frame.mask(np.random.default_rng(1).uniform(size=frame.shape) < 0.2)
    return frame.assign(d=np.nan)


def texts(n_rows=60):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "city": rng.choice(["oslo", "new york", "rome", "bonn"], n_rows),
            "size": rng.choice(["big", "small"], n_rows),
            "note": np.nan,
        }
    ).astype(object)
    return frame.mask(rng.uniform(size=frame.shape) < 0.1)


def three_classes(frame):
    return np.array(["u", "v", "w"])[(frame["a"] > 0).astype(int) + (frame["b"] > 0.5)]


def mixed(n_rows=60):
    return pd.concat([CategoryEncoder().fit_transform(texts(n_rows)), gaps(n_rows)], axis=1)


X, GAPS, TEXTS, MIXED = numbers(), gaps(), texts(), mixed()
Y, LABELS = (X["a"] * X["b"] + 0.1 * X["c"]).to_numpy(), three_classes(X)
CASES = {
    "out of fold, classes": (OutOfFold(LogisticRegression()), X, LABELS),
    "out of fold, numbers": (OutOfFold(LinearRegression(), cv=4), X, Y),
    "out of fold, two targets": (OutOfFold(LinearRegression()), X, np.c_[Y, -Y]),
    "pairs, classes": (PairFeatures(n_pairs=4), X, LABELS),
    "pairs, numbers": (PairFeatures(n_pairs=4), X, Y),
    "pairs, two targets": (PairFeatures(n_pairs=4), X, np.c_[Y, X["c"]]),
    "pairs, one column": (PairFeatures(n_pairs=4), X[["a"]], Y),
    "counts": (CountEncoder(), TEXTS, None),
    "crossed": (CategoryCrosser(max_pairs=2), TEXTS, None),
    "categories": (CategoryEncoder(), TEXTS, None),
    "groups": (GroupStatistics(n_pairs=3), MIXED, None),
    "groups, without categories": (GroupStatistics(), X, None),
    "probes, classes": (RandomProbeSelector(random_state=0), X, LABELS),
    "probes, numbers": (RandomProbeSelector("regression", random_state=0), X, Y),
    "false discoveries, classes": (NonemptySelectFdr(), X, LABELS),
    "false discoveries, numbers": (NonemptySelectFdr(f_regression), X, Y),
    "least squares": (PLSScores(n_components=3), X, Y),
    "least squares, two targets": (PLSScores(), X, np.c_[Y, X["c"]]),
    "discriminant": (DiscriminantScores(), X, LABELS),
    "words": (JoinedTfidfVectorizer(), TEXTS, None),
    "letters": (JoinedTfidfVectorizer("char_wb", ngram_max=3, max_features=50), TEXTS, None),
    "imputed": (RegressionImputer(random_state=0), GAPS, None),
    "imputed, indicators": (RegressionImputer(add_indicator=True, random_state=0), GAPS, None),
}
EXTRA_TYPES = {
    "numpy.dtype",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.impute._iterative._ImputerTriplet",
}


def dense(table):
    """Return what a transformer gave as an array in which a missing cell equals another."""
    if isinstance(table, pd.DataFrame):
        return table.astype(object).where(table.notna(), None).to_numpy()
    return table.toarray() if sparse.issparse(table) else table


def through_skops(estimator):
    data = skops.io.dumps(estimator)
    types = skops.io.get_untrusted_types(data=data)
    return skops.io.loads(data, trusted=types), types


@pytest.mark.parametrize(("estimator", "table", "y"), CASES.values(), ids=CASES)
def test_transformers_are_as_scikit_learn_wants_them(estimator, table, y):
    fitted = clone(estimator)
    assert fitted.fit(table, y) is fitted
    expected = dense(fitted.transform(table))
    rows = [dense(fitted.transform(table[i : i + 1])) for i in range(len(table))]
    new = dense(fitted.transform(table[:0].reindex([7, 8]))) if table.isna().any(axis=None) else []
    assert len(new) in (0, 2)
    is_text = expected.dtype == object
    assert_equal = np.testing.assert_array_equal if is_text else np.testing.assert_allclose
    assert_equal(np.concatenate(rows), expected)
    first, second = (dense(clone(estimator).fit_transform(table, y)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == expected.shape == (len(table), len(fitted.get_feature_names_out()))
    for again in (clone(estimator).fit(table, y), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(dense(again.transform(table)), expected)
    loaded, types = through_skops(fitted)
    np.testing.assert_array_equal(dense(loaded.transform(table)), expected)
    assert {name for name in types if not name.startswith(CARRIED)} <= EXTRA_TYPES
    assert clone(fitted).get_params().keys() == estimator.get_params().keys()


@pytest.mark.parametrize(("estimator", "table", "y"), CASES.values(), ids=CASES)
def test_transformers_give_dataframes_if_asked(estimator, table, y):
    model = clone(estimator).set_output(transform="pandas")
    table = table.set_axis(range(5, 5 + len(table)))
    if isinstance(estimator, JoinedTfidfVectorizer):
        with pytest.raises(ValueError, match="sparse"):
            model.fit_transform(table, y)
        return
    transformed = model.fit_transform(table, y)
    assert isinstance(transformed, pd.DataFrame)
    assert list(transformed.columns) == list(model.get_feature_names_out())
    assert list(transformed.index) == list(table.index)
    assert transformed.columns.is_unique
    np.testing.assert_array_equal(model.transform(table).index, table.index)


ARRAYS = [name for name, (_, table, _) in CASES.items() if table is X or table is GAPS]


@pytest.mark.parametrize("name", ARRAYS)
def test_transformers_take_arrays(name):
    estimator, table, y = CASES[name]
    expected = clone(estimator).fit_transform(table, y)
    plain_cells = clone(estimator).fit_transform(table.to_numpy(), y)
    np.testing.assert_allclose(plain_cells, expected)


@pytest.mark.parametrize(
    "module",
    "boosting catboost categories expanding imputing kernels projecting selecting stacking tables "
    "targets texts".split(),
)
def test_each_stands_alone(module):
    """It uses nothing of its module but what that imports."""
    folder = inspect.getfile(import_module("automl.pipelines.carried")).removesuffix("__init__.py")
    with open(f"{folder}{module}.py", encoding="utf-8") as file:
        tree = ast.parse(file.read())
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    for node in tree.body:
        assert isinstance(
            node, ast.Expr | ast.Import | ast.ImportFrom | ast.ClassDef | ast.FunctionDef
        )
        if isinstance(node, ast.Import):
            assert {alias.asname for alias in node.names} <= SCRIPT_IMPORTS
        if isinstance(node, ast.ImportFrom):
            assert {alias.asname for alias in node.names} == {None}
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        assert not used & own


# Predictions as columns


def test_out_of_fold_predictions_are_those_of_cross_validation():
    labels = np.where(Y > 0, "yes", "no")
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    model = LogisticRegression()
    expected = cross_val_predict(model, X, labels, cv=folds, method="predict_proba")[:, 1:]
    stack = OutOfFold(model)
    np.testing.assert_array_equal(stack.fit_transform(X, labels), expected)
    later = model.fit(X, labels).predict_proba(X)[:, 1:]
    np.testing.assert_array_equal(stack.transform(X), later)
    assert list(stack.get_feature_names_out()) == ["outoffold0"]


def test_out_of_fold_predictions_cannot_learn_by_heart():
    noise = np.random.default_rng(3).choice(["no", "yes"], len(X))
    stack = OutOfFold(DecisionTreeClassifier(random_state=0))
    column = stack.fit_transform(X, noise)[:, 0]
    assert ((column > 0.5) == (noise == "yes")).mean() < 0.75
    assert ((stack.transform(X)[:, 0] > 0.5) == (noise == "yes")).all()


def test_out_of_fold_gives_rare_classes_their_columns():
    for rare in (1, 2):
        labels = LABELS.copy()
        labels[-rare:] = "z"
        columns = OutOfFold(DecisionTreeClassifier(random_state=0)).fit_transform(X, labels)
        assert columns.shape == (60, 4)
        assert not np.isnan(columns).any()
    assert (columns[-2:, 3] != 1).all()
    few = np.array(["no"] * 58 + ["yes"] * 2)
    assert OutOfFold(LogisticRegression()).fit_transform(X, few).shape == (60, 1)
    all_rare = OutOfFold(DecisionTreeClassifier()).fit_transform(X[:4], list("aabb"))
    assert all_rare.shape == (4, 1)
    alone = OutOfFold(DecisionTreeClassifier()).fit_transform(X[:6], list("abcdef"))
    assert alone.shape == (6, 6)


def test_out_of_fold_goes_around_a_pipeline_of_cells():
    frame = pd.concat([TEXTS[["size"]], X], axis=1)
    cells = ColumnTransformer([("numeric", "passthrough", ["a", "b"])])
    inner = Pipeline([("columns", cells), ("model", LogisticRegression())])
    columns = ColumnTransformer([("counts", CountEncoder(), ["size"])])
    union = FeatureUnion([("columns", columns), ("stack", OutOfFold(inner))])
    union.set_output(transform="pandas")
    model = make_pipeline(union, LogisticRegression()).fit(frame, LABELS)
    assert model.predict_proba(frame).shape == (60, 3)
    assert union.transform(frame).shape == (60, 4)


# Pairs of columns


def test_pairs_that_make_the_target_are_found():
    table = X.to_numpy()
    product = PairFeatures(n_pairs=1).fit(table, 1e6 + table[:, 1] * table[:, 3])
    products = product.transform(table)
    np.testing.assert_array_equal(products[:, :5], table)
    np.testing.assert_allclose(products[:, 5], table[:, 1] * table[:, 3])
    apart = np.where(table[:, 4] < 0, -1, 1) * np.maximum(abs(table[:, 4]), 0.1)
    ratio = PairFeatures(n_pairs=1).fit(table, 1e-6 * table[:, 2] / apart)
    np.testing.assert_allclose(ratio.transform(table)[:, 5], table[:, 2] / apart)
    labels = np.where(table[:, 0] * table[:, 1] > 1, "rare", "often")
    of_classes = PairFeatures(n_pairs=1).fit_transform(table, labels)[:, 5]
    np.testing.assert_allclose(of_classes, table[:, 0] * table[:, 1])


def test_ratios_stay_away_from_zero_and_values_in_bounds():
    table = np.array([[1.0, 0.0], [2.0, -0.001], [-3.0, 0.02], [1e200, 1e200]])
    pairs = PairFeatures()._pairs(table, [0, 0], [1, 1], np.array([True, False]))
    np.testing.assert_allclose(pairs, [[10, 0], [-20, -0.002], [-30, -0.06], [1, 1e3]], rtol=1e-12)


@pytest.mark.parametrize("target", [np.zeros(60), Y, LABELS, LABELS.astype(object), LABELS == "u"])
def test_pairs_of_columns_that_say_nothing(target):
    constant = np.full((60, 1), 0.1)
    features = PairFeatures(n_pairs=3).fit_transform(constant, target)
    np.testing.assert_allclose(features, np.c_[constant, constant**2])
    mixed = PairFeatures(n_pairs=100).fit_transform(np.c_[constant, X], target)
    assert mixed.shape == (60, 6 + 21 + 30)
    assert np.isfinite(mixed).all()


def test_pairs_are_made_of_twelve_columns_at_most():
    wide = np.random.default_rng(4).normal(size=(40, 30))
    y = wide[:, 29]
    model = PairFeatures(n_pairs=1000).fit(wide, y)
    assert model._n_features_out == 30 + 78 + 132
    assert 29 in model.first_
    assert len(set(model.first_)) == 12


def test_pairs_refuse_what_scikit_learn_refuses():
    with pytest.raises(ValueError, match="NaN"):
        PairFeatures().fit(GAPS, Y)
    with pytest.raises(ValueError, match="feature names"):
        PairFeatures().fit(X, Y).transform(X[["a"]])


def test_row_statistics():
    table = np.array([[1.0, 3.0, np.nan, 0.0], [np.nan] * 4, [2.0, 2.0, 2.0, 2.0]])
    statistics_of = RowStatistics().fit_transform
    statistics = statistics_of(table)
    expected = [
        [1, 1, 4 / 3, np.std([1, 3, 0]), 0, 3],
        [4, 0, 0, 0, 0, 0],
        [0, 0, 2, 0, 2, 2],
    ]
    assert isinstance(statistics, np.ndarray)
    np.testing.assert_allclose(statistics, expected, atol=1e-12)
    frame = pd.DataFrame(table, index=[3, 1, 2])
    np.testing.assert_array_equal(statistics_of(frame), statistics)
    shown = RowStatistics().set_output(transform="pandas").fit_transform(frame)
    assert list(shown.index) == [3, 1, 2]
    assert list(shown)[:2] == ["n_missing", "n_zeros"]
    np.testing.assert_array_equal(
        np.vstack([statistics_of(table[i : i + 1]) for i in range(3)]), statistics
    )
    assert statistics_of(table[:, :1]).shape == (3, 6)
    assert statistics_of(table[:0]).shape == (0, 6)
    large = statistics_of(np.array([[1e9, 1.0, 0.1]]))
    np.testing.assert_array_equal(large[0, 4:], [0.1, 1e9])


def test_row_statistics_as_a_step():
    step = RowStatistics()
    columns = ColumnTransformer([("rows", step, NAMES), ("rest", "passthrough", ["a"])])
    assert isinstance(columns.fit_transform(GAPS), np.ndarray)
    marks = columns.set_output(transform="pandas").fit_transform(GAPS)
    assert marks.shape == (60, 7)
    loaded, types = through_skops(step)
    assert types == ["automl.pipelines.carried.expanding.RowStatistics"]
    np.testing.assert_array_equal(loaded.transform(GAPS), step.fit_transform(GAPS))


# Categories and texts


def test_counts_are_shares_of_the_training_rows():
    train = pd.DataFrame({"x": ["a", "b", "a", np.nan], "y": [np.nan] * 4, "z": list("pppp")})
    encoder = CountEncoder().fit(train.astype(object))
    new = pd.DataFrame({"x": ["a", np.nan, "new"], "y": [np.nan, "new", np.nan], "z": list("pqp")})
    shares = encoder.transform(new.astype(object))
    np.testing.assert_array_equal(shares, [[0.5, 1, 1], [0.25, 0, 0], [0, 1, 1]])
    full = pd.DataFrame({"x": ["a"]}, dtype=object)
    empty = pd.DataFrame({"x": [np.nan]}, dtype=object)
    assert CountEncoder().fit(full).transform(empty)[0, 0] == 0


def test_crossed_categories():
    frame = pd.DataFrame(
        {"many": list("abcd"), "two": ["x", "y", "x", np.nan], "one": ["k"] * 4}, dtype=object
    )
    crossed = CategoryCrosser(max_pairs=2).fit_transform(frame)
    assert crossed.to_dict("list") == {
        "one & two": ["k & x", "k & y", "k & x", "k & missing"],
        "one & many": ["k & a", "k & b", "k & c", "k & d"],
    }
    assert {str(dtype) for dtype in crossed.dtypes} == {"object"}
    alone = CategoryCrosser().fit_transform(frame[["two"]])
    assert alone.to_dict("list") == {"two": ["x", "y", "x", "missing"]}
    assert len(CategoryCrosser().fit(frame).transform(frame[:0])) == 0
    assert CategoryCrosser().fit_transform(frame).shape == (4, 3)


def test_categories_of_new_rows_are_those_of_the_training_rows():
    frame = pd.DataFrame({"x": list("bbbaac"), "y": [np.nan] * 6}, dtype=object)
    encoder = CategoryEncoder(max_categories=2).fit(frame)
    new = pd.DataFrame({"x": ["c", "a", "new", np.nan], "y": ["new"] * 4}, dtype=object)
    encoded = encoder.transform(new)
    assert encoded["x"].cat.codes.tolist() == [-1, 0, -1, -1]
    assert list(encoded["x"].cat.categories) == ["a", "b"]
    assert encoded["y"].isna().all()
    numberer = ColumnNumberer().fit(encoded)
    assert list(numberer.transform(encoded)) == ["x0", "x1"]
    assert numberer.get_feature_names_out().tolist() == list(encoded)
    assert list(encoded) == ["x", "y"]


def test_words_of_a_row_are_joined():
    frame = pd.DataFrame({"a": ["red car", np.nan], "b": ["Car", "blue"]}, dtype=object)
    vectorizer = JoinedTfidfVectorizer()
    matrix = vectorizer.fit_transform(frame)
    assert sparse.issparse(matrix)
    assert list(vectorizer.vectorizer_.get_feature_names_out()) == ["blue", "car", "red"]
    weights = np.array([1 + np.log(2), 1.0])
    np.testing.assert_allclose(
        matrix.toarray(), [[0, *weights / np.linalg.norm(weights)], [1, 0, 0]]
    )
    np.testing.assert_array_equal(
        vectorizer.transform(frame.to_numpy()).toarray(), matrix.toarray()
    )
    unknown = pd.DataFrame({"a": [np.nan], "b": ["green"]}, dtype=object)
    assert vectorizer.transform(unknown).nnz == 0
    with pytest.raises(ValueError, match="empty vocabulary"):
        JoinedTfidfVectorizer().fit(frame.mask(frame.notna()))


# Selecting and projecting


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_probes_tell_what_matters(task):
    table = numbers(300)
    y = table["a"] - table["b"]
    y = y.to_numpy() if task == "regression" else np.where(y > 0, "p", "q")
    selector = RandomProbeSelector(task, random_state=0).fit(table, y)
    selected = set(selector.get_feature_names_out())
    assert {"a", "b"} <= selected < set(NAMES)
    reseeded = RandomProbeSelector(task, random_state=1).fit(table, y)
    assert (reseeded.importances_ != selector.importances_).any()
    held = RandomProbeSelector(task, random_state=0).fit(sparse.csr_matrix(table.to_numpy()), y)
    np.testing.assert_allclose(held.importances_, selector.importances_, atol=1e-3)
    assert sparse.issparse(held.transform(sparse.csr_matrix(table.to_numpy())))


@pytest.mark.filterwarnings("ignore:Features .* are constant", "ignore:invalid value")
def test_a_test_that_no_column_passes_keeps_the_best():
    table = X.assign(a=1.0)  # whose test has no result
    noise = NonemptySelectFdr(alpha=1e-9).fit(table, LABELS[::-1])
    assert noise.get_support(indices=True).tolist() == [np.nanargmin(noise.pvalues_)]
    assert NonemptySelectFdr().fit(table[["a"]], LABELS).get_support().tolist() == [True]
    usual = SelectFdr().fit(X, LABELS).get_support()
    assert usual.any()
    np.testing.assert_array_equal(NonemptySelectFdr().fit(X, LABELS).get_support(), usual)


@pytest.mark.parametrize("columns", [1, 40])
def test_probes_keep_a_column_at_least(columns):
    constant = np.ones((30, columns))
    selector = RandomProbeSelector(random_state=0).fit(constant, LABELS[:30])
    assert selector.get_support().sum() == 1
    labels = np.array(["u"] * 28 + ["v"] * 2)
    assert RandomProbeSelector(random_state=0).fit_transform(X[:30], labels).shape[1] >= 1


def test_information_is_the_same_each_time():
    table = numbers(200).to_numpy()
    y = table[:, 2] ** 2
    for function, target in ((mutual_info_of_numbers, y), (mutual_info_of_classes, y > 1)):
        scores = function(table, target)
        assert scores.argmax() == 2
        np.testing.assert_array_equal(scores, function(table, target))
        selector = SelectPercentile(function, percentile=20).fit(table, target)
        assert selector.get_support().tolist() == [False, False, True, False, False]
        assert through_skops(selector)[1] == [f"{CARRIED}selecting.{function.__name__}"]


def test_least_squares_axes():
    y = 3 * X["a"].to_numpy()
    first = PLSScores(n_components=1).fit_transform(X, y)[:, 0]
    assert abs(np.corrcoef(first, y)[0, 1]) > 0.9
    assert PLSScores(n_components=9).fit_transform(X, y).shape == (60, 5)
    assert PLSScores(n_components=9).fit_transform(X[["a"]], y).shape == (60, 1)
    assert PLSScores(n_components=9).fit_transform(X[:3], y[:3]).shape == (3, 3)
    for table, target in ((X, np.zeros(60)), (X.assign(c=1.0), y), (X[["a"]].assign(c=y), y)):
        assert np.isfinite(PLSScores(n_components=3).fit_transform(table, target)).all()


def test_discriminant_axes_are_as_many_as_there_can_be():
    assert DiscriminantScores().fit_transform(X, LABELS).shape == (60, 2)
    assert DiscriminantScores(n_components=1).fit_transform(X, LABELS).shape == (60, 1)
    assert DiscriminantScores(n_components=7).fit_transform(X, LABELS).shape == (60, 2)
    assert DiscriminantScores().fit_transform(X[["a"]], LABELS).shape == (60, 1)
    labels = np.array(["u"] * 58 + ["v"] * 2)
    assert DiscriminantScores().fit_transform(X.assign(a=1.0), labels).shape == (60, 1)
    assert not is_classifier(DiscriminantScores())


# Targets


@pytest.mark.parametrize(
    ("target", "transformer"),
    [
        (np.exp(Y), PowerTransformer()),
        (-np.exp(3 * Y), PowerTransformer()),
        (np.exp(10 * Y), PowerTransformer()),
        (np.exp(Y), FunctionTransformer(np.log1p, inverse_func=np.expm1, check_inverse=False)),
        (np.c_[np.exp(Y), Y], PowerTransformer()),
    ],
    ids=["long tail", "long tail below", "longer tail", "logarithm", "two targets"],
)
def test_a_target_comes_back_within_its_bounds(target, transformer):
    target = target.reshape(len(Y), -1)
    bounded = clone(BoundedTarget(transformer)).fit(target)
    transformed = bounded.transform(target)
    np.testing.assert_array_equal(transformed, clone(transformer).fit_transform(target))
    np.testing.assert_allclose(bounded.inverse_transform(transformed), target, rtol=1e-4, atol=1e-6)
    ends = np.array([target.min(axis=0), target.max(axis=0)])
    away = np.sign(ends - target.mean(axis=0))
    for far in (1e2, 1e9, np.inf):
        np.testing.assert_allclose(bounded.inverse_transform(far * away), ends, rtol=1e-4)
    loaded, _ = through_skops(bounded)
    np.testing.assert_array_equal(
        loaded.inverse_transform(transformed), bounded.inverse_transform(transformed)
    )


def test_a_tail_that_a_power_cannot_tell_apart_is_finite():
    target = np.append(np.linspace(0, 1, 200), 1e30).reshape(-1, 1)
    bounded = BoundedTarget(PowerTransformer()).fit(target)
    restored = bounded.inverse_transform(bounded.transform(target))
    assert np.isfinite(restored).all()
    assert restored.max() <= 1e30


# Imputing


def test_gaps_are_filled_by_regression():
    table = np.random.default_rng(5).normal(size=(200, 3))
    table[:, 2] = table[:, 0] + 2 * table[:, 1]
    holes = table.copy()
    holes[::5, 2] = np.nan
    filled = RegressionImputer(random_state=0).fit_transform(holes)
    np.testing.assert_allclose(filled, table, atol=1e-3)


def test_gaps_where_there_is_little_to_go_by():
    filled = RegressionImputer(random_state=0).fit_transform(GAPS)
    assert filled.shape == GAPS.shape
    assert not np.isnan(filled).any()
    assert (filled[:, 3] == 0).all()
    present = GAPS.notna().to_numpy()
    np.testing.assert_array_equal(filled[present], GAPS.to_numpy()[present])
    alone = RegressionImputer(random_state=0).fit_transform(GAPS[["a"]])
    np.testing.assert_allclose(alone[GAPS["a"].isna(), 0], GAPS["a"].mean())
    empty = RegressionImputer(add_indicator=True, random_state=0).fit_transform(GAPS[["d"]])
    assert empty.tolist() == [[0.0, 1.0]] * 60
    holes = np.asfortranarray(GAPS)
    RegressionImputer(random_state=0).fit_transform(holes)
    np.testing.assert_array_equal(holes, GAPS)
    later = RegressionImputer(random_state=0).fit(X).transform(GAPS)
    assert not np.isnan(later).any()
    wide = np.random.default_rng(6).normal(size=(60, 30))
    wide[::4, ::3] = np.nan
    assert not np.isnan(RegressionImputer(random_state=0).fit_transform(wide)).any()
    assert not np.isnan(RegressionImputer().fit_transform(X.assign(a=1.0).mask(X > 1))).any()


def test_the_imputer_names_what_makes_it_possible():
    """A script imports the names that occur in the source, sorted by their modules."""
    tree = ast.parse(inspect.getsource(RegressionImputer))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {"enable_iterative_imputer", "IterativeImputer"} <= used


def test_numbers_are_compared_with_the_others_of_their_category():
    frame = pd.DataFrame(
        {"kind": [*"aaab", None], "size": [1.0, 2.0, 6.0, 50.0, 3.0], "noise": 1.0}
    ).astype({"kind": "category"})
    model = GroupStatistics().fit(frame)
    assert model.get_feature_names_out().tolist()[3:] == [
        "distance of size in kind",  # a constant is in no pair
        "rank of size in kind",
    ]
    distance, rank = model.transform(frame).iloc[:, 3:].to_numpy().T
    np.testing.assert_array_equal(distance, [-2.0, -1.0, 3.0, 0.0, np.nan])
    np.testing.assert_array_equal(rank, [0.0, 0.5, 1.0, 0.0, np.nan])
    new = frame.assign(
        kind=pd.Categorical(["b"] * 5, ["a", "b"]), size=[49.0, 51.0, np.nan, 50, 50]
    )
    np.testing.assert_array_equal(
        model.transform(new).iloc[:3, 3:], [[-1.0, 0.0], [1.0, 1.0], [np.nan, np.nan]]
    )
    np.testing.assert_array_equal(GroupStatistics().fit_transform(X.to_numpy()), X)


# Boosted trees


def table_of_categories(n_rows=200):
    """Return categories, one column of which is empty, with numbers, labels and targets."""
    frame = texts(n_rows)
    table = pd.concat([CategoryEncoder().fit_transform(frame), gaps(n_rows)[["a", "b"]]], axis=1)
    y = (frame["city"] == "oslo") * 2.0 + table["a"].fillna(0.3).to_numpy()
    labels = np.where(y > 1.5, "9", "10").astype(object)
    labels[:2] = "few"
    return ColumnNumberer().fit_transform(table), labels.astype(str), y


XGB = {"n_jobs": 1, "enable_categorical": True, "n_estimators": 100, "random_state": 0}
LGBM = {"n_jobs": 1, "verbosity": -1, "n_estimators": 100, "random_state": 0}
CAT = {
    "thread_count": 1,
    "allow_writing_files": False,
    "verbose": False,
    "iterations": 100,
    "random_state": 0,
}
STOPPING = "automl.pipelines.search_only.stopping"
BOOSTED = {
    f"{STOPPING}.StoppingXGBClassifier": XGB,
    f"{STOPPING}.StoppingXGBRegressor": XGB,
    f"{CARRIED}boosting.LabelXGBClassifier": {**XGB, "n_estimators": 5},
    f"{STOPPING}_lightgbm.StoppingLGBMClassifier": LGBM,
    f"{STOPPING}_lightgbm.StoppingLGBMRegressor": LGBM,
    "lightgbm.LGBMClassifier": {**LGBM, "n_estimators": 5},
    f"{STOPPING}_catboost.StoppingCatBoostClassifier": CAT,
    f"{STOPPING}_catboost.StoppingCatBoostRegressor": CAT,
    f"{CARRIED}catboost.FrameCatBoostClassifier": {**CAT, "iterations": 5},
    f"{CARRIED}catboost.FrameCatBoostRegressor": {**CAT, "iterations": 5},
}
BOOSTED_TYPES = {"collections.OrderedDict", "lightgbm.basic.Booster", "xgboost.core.Booster"}


def make_boosted(path, **options):
    """Return an estimator, or skip the test if its package is not there."""
    for package in ("lightgbm", "catboost"):
        if package in path:
            pytest.importorskip(package)
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)(**{**BOOSTED[path], **options})


@pytest.mark.parametrize("data", ["categories", "matrix"])
@pytest.mark.parametrize("path", BOOSTED)
def test_boosted_trees(path, data):
    table, labels, y = table_of_categories()
    if data == "matrix":
        table = table[["x3", "x4"]].to_numpy()
    target = labels if path.endswith("Classifier") else y
    model = make_boosted(path)
    assert clone(model).get_params() == model.get_params()
    model.fit(table, target)
    predictions = model.predict(table)
    assert predictions.shape == (len(table),)
    predict = model.predict
    if path.endswith("Classifier"):
        assert is_classifier(model)
        predict = model.predict_proba
        assert list(model.classes_) == ["10", "9", "few"]
        np.testing.assert_array_equal(model.classes_[predict(table).argmax(axis=1)], predictions)
    rows = np.concatenate([predict(table[i : i + 1]) for i in range(20)])
    np.testing.assert_allclose(rows, predict(table[:20]), rtol=1e-6)
    again = clone(model).fit(table, target)
    loaded, types = through_skops(model)
    for twin in (again, loaded, pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(twin.predict(table), predictions)
    own = {f"{type(model).__module__}.{type(model).__name__}", "lightgbm.sklearn.LGBMClassifier"}
    assert set(types) <= BOOSTED_TYPES | own
    pipeline = make_pipeline(FunctionTransformer(), clone(model)).fit(table, target)
    assert is_classifier(pipeline) == is_classifier(model)
    np.testing.assert_array_equal(pipeline.predict(table), predictions)


@pytest.mark.parametrize("path", [path for path in BOOSTED if "Stopping" in path])
def test_stopping_finds_the_rounds_that_are_used(path):
    table, labels, y = table_of_categories(400)
    target = labels if path.endswith("Classifier") else y
    model = make_boosted(path, learning_rate=0.5).fit(table, target)
    assert 1 <= model.n_iter_ <= 100
    train = ~model._held_out(target)
    assert 0.8 < train.mean() < 0.97
    rounds = "iterations" if "CatBoost" in path else "n_estimators"
    options = {**model.get_params(), rounds: model.n_iter_}
    options.pop("early_stopping_rounds", None)
    base = type(model).__mro__[3]  # after the two that stop
    assert "Stopping" not in base.__name__
    plain = base(**options).fit(table[train], target[train])
    predict = "predict_proba" if path.endswith("Classifier") else "predict"
    np.testing.assert_allclose(
        getattr(plain, predict)(table), getattr(model, predict)(table), rtol=1e-5
    )
    weighted = clone(model).fit(table, target, sample_weight=np.linspace(0.01, 2, len(table)))
    assert (getattr(weighted, predict)(table) != getattr(model, predict)(table)).any()
    ones = clone(model).fit(table, target, sample_weight=np.ones(len(table)))
    np.testing.assert_array_equal(ones.predict(table), model.predict(table))


@pytest.mark.parametrize("path", [path for path in BOOSTED if "Classifier" in path])
def test_labels_of_other_types(path):
    table, _, y = table_of_categories(400)
    for low, high in ((False, True), (0, 1), (-1.0, 2.0), ("no", "yes")):
        target = np.where(y > 0.5, high, low)
        model = make_boosted(path).fit(table, target)
        assert model.classes_.tolist() == [low, high]
        assert set(model.predict(table).tolist()) == {low, high}
        assert model.score(table, target) > 0.8


def test_categories_matter_to_xgboost():
    table, labels, y = table_of_categories()
    for model, target in ((LabelXGBClassifier(**XGB), labels), (XGBRegressor(**XGB), y)):
        model.fit(table, target)
        assert model.get_booster().feature_types == ["c", "c", "c", "float", "float"]
    for stopping, target in ((StoppingXGBClassifier, labels), (StoppingXGBRegressor, y)):
        model = stopping(**XGB).fit(table, target)
        assert model.get_booster().feature_types[0] == "c"
    HistGradientBoostingClassifier(max_iter=2).fit(table, labels)  # it takes them, too


@pytest.mark.parametrize("path", [path for path in BOOSTED if "LGBM" in path or "Cat" in path])
def test_categories_matter_to_other_packages(path):
    table, labels, y = table_of_categories()
    model = make_boosted(path).fit(table, labels if path.endswith("Classifier") else y)
    if "CatBoost" in path:
        assert model.get_cat_feature_indices() == [0, 1, 2]
    else:
        assert len(model.booster_.pandas_categorical) == 3
