"""A user's pipelines are the first of a search, as far as the catalogue has them."""

import numpy as np
import pytest
from catboost import CatBoostRegressor
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm import LGBMRegressor
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge, RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, RobustScaler, StandardScaler
from sklearn.svm import SVR
from xgboost import XGBRegressor

from automl.pipelines import Columns, Grammar, Traits, build_pipeline, load_catalogue
from automl.pipelines.spaces.user_starts import read_start, read_starts

COLUMNS = Columns(numeric=("age", "income"), categorical=("city",))
GRAMMAR = Grammar(load_catalogue(), COLUMNS, Traits(task="regression", n_rows=500))
IMPUTED = "simple_imputer(numeric, add_indicator=False, strategy='mean')"


def settings_of(read, operator):
    (part,) = {part for part in read.genome.walk() if part.operator == operator}
    return dict(part.settings)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_the_text_of_a_pipeline_is_the_pipeline(seed):
    genome = GRAMMAR.grow(np.random.default_rng(seed))
    assert read_start(genome.text, GRAMMAR).genome == genome


def test_settings_may_be_left_out():
    read = read_start("ridge(standard_scaler(simple_imputer(numeric)), alpha=4.0)", GRAMMAR)
    assert read.genome.text == f"ridge(standard_scaler({IMPUTED}), alpha=4.0)"
    assert read.lost == ()


def test_settings_that_are_fixed_here_are_named():
    catalogue = load_catalogue().without_gaps()
    grammar = Grammar(catalogue, COLUMNS, Traits(task="regression", n_rows=500))
    read = read_start(f"ridge(standard_scaler({IMPUTED}), alpha=4.0)", grammar)
    assert read.genome.text == "ridge(standard_scaler(simple_imputer(numeric)), alpha=4.0)"
    assert read.lost == (
        "add_indicator=False of simple_imputer",
        "strategy='mean' of simple_imputer",
    )


IMPUTED_BY_MEDIAN = make_pipeline(SimpleImputer(strategy="median"), Ridge())
NESTED = make_pipeline("passthrough", make_pipeline(ElasticNet(l1_ratio=0.1)))
USUAL = make_pipeline(
    ColumnTransformer(
        [
            ("n", make_pipeline(SimpleImputer(strategy="median"), RobustScaler()), ["age"]),
            (
                "c",
                make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
                ["city"],
            ),
        ],
        remainder=StandardScaler(),
    ),
    Ridge(),
)
BY_RATE = LGBMRegressor(n_estimators=100, learning_rate=0.1)


@pytest.mark.parametrize(
    ("estimator", "operator", "expected"),
    [
        (Ridge(alpha=3), "ridge", {"alpha": 3.0}),
        (SVR(), "svr_rbf", {"C": 1.0, "epsilon": 0.1}),
        (SVR(kernel="linear"), "svr_linear", {"C": 1.0}),
        (XGBRegressor(n_estimators=500), "xgb_regressor_unstopped", {"n_estimators": 500}),
        (XGBRegressor(max_depth=np.int64(3)), "xgb_regressor_unstopped", {"max_depth": 3}),
        (BY_RATE, "lgbm_regressor_unstopped", {"n_estimators": 100, "learning_rate": 0.1}),
        (IMPUTED_BY_MEDIAN, "simple_imputer", {"strategy": "median"}),
        (make_pipeline(PCA(0.9), Ridge()), "pca", {"n_components": 0.9}),
        (NESTED, "elastic_net", {"l1_ratio": 0.1}),
        (make_pipeline(make_union(StandardScaler()), Lasso(0.5)), "lasso", {"alpha": 0.5}),
        (RidgeCV(alphas=np.logspace(-3, 3, 7)), "ridge_cv", {}),
    ],
)
def test_an_estimator_is_its_operator_with_its_settings(estimator, operator, expected):
    read = read_start(estimator, GRAMMAR)
    assert expected.items() <= settings_of(read, operator).items()
    assert [text for text in read.lost if "alphas" not in text] == []
    GRAMMAR.tree(read.genome)


def test_catboost_is_no_estimator_of_scikit_learn_but_one_of_its_kind():
    for options in ({"depth": 4}, {"max_depth": 4, "random_seed": 1, "iterations": 1000}):
        read = read_start(CatBoostRegressor(**options, verbose=0), GRAMMAR)
        assert read.genome.operator == "cat_boost_regressor_unstopped"
        assert dict(read.genome.settings)["depth"] == 4
        assert read.lost == ()
    stopped = read_start(CatBoostRegressor(eta=0.1), GRAMMAR)
    assert stopped.genome.operator == "cat_boost_regressor"
    assert dict(stopped.genome.settings)["learning_rate"] == 0.1


@pytest.mark.parametrize(
    ("estimator", "lost"),
    [
        (RandomForestRegressor(300), ["n_estimators=300 of RandomForestRegressor"]),
        (SVR(gamma=0.1), ["gamma=0.1 of SVR"]),
        (Ridge(alpha=1e9), ["alpha=1000000000.0 (it is 1000000.0) of Ridge"]),
        (CatBoostRegressor(iterations=60), ["iterations=60 (it is 100) of CatBoostRegressor"]),
        (
            make_pipeline(FunctionTransformer(np.log1p), Ridge(tol=0.1)),
            ["the step FunctionTransformer", "tol=0.1 of Ridge"],
        ),
        (USUAL, ["the columns of ColumnTransformer", "the step SimpleImputer"]),
        (
            make_pipeline(make_union(StandardScaler(), PCA(0.9)), Ridge()),
            ["the branches of FeatureUnion"],
        ),
        (make_pipeline(PCA(0.9), PCA(0.5), Ridge()), ["the step PCA"]),
        (make_pipeline(PCA(0.9), StandardScaler(), Ridge()), ["the order of its steps"]),
        (
            TransformedTargetRegressor(Ridge(alpha=2.0)),
            ["the TransformedTargetRegressor around its model"],
        ),
    ],
)
def test_what_the_catalogue_does_not_have_is_named(estimator, lost):
    read = read_start(estimator, GRAMMAR)
    assert [text for text in lost if text not in read.lost] == []
    assert "linear" not in read.genome.operator


def test_of_the_most_usual_pipeline_the_first_imputer_stays():
    read = read_start(USUAL, GRAMMAR)
    assert settings_of(read, "simple_imputer")["strategy"] == "median"
    assert settings_of(read, "robust_scaler") == {"quantile_range": (25, 75)}


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("ridge(", "'ridge('"),
        ("rigde(numeric)", "'rigde'; did you mean 'ridge'?"),
        ("gaussian_nb(simple_imputer(numeric))", "'gaussian_nb' is for classification"),
        ("Ridge(alpha=3)", "names what each step takes"),
        ("ridge(" * 10_000 + "numeric" + ")" * 10_000, "names what each step takes"),
        (make_pipeline(StandardScaler, Ridge()), "steps of Pipeline"),
        ("ridge(standard_scaler(simple_imputer(numeric)), alpha='a')", "alpha"),
        ("ridge(standard_scaler(simple_imputer(numeric)), alhpa=3.0)", "alhpa"),
        (Pipeline([("nothing", "passthrough")]), "Pipeline"),
        (LogisticRegression(), "LogisticRegression"),
        (StandardScaler(), "StandardScaler"),
        (Ridge, "Ridge"),
        (3, "3"),
        (None, "None"),
    ],
)
def test_what_is_no_start_is_named(wrong, shown):
    with pytest.raises(ValueError, match=r"expected|no operator|got|is for") as caught:
        read_start(wrong, GRAMMAR)
    assert shown in str(caught.value)
    assert len(str(caught.value)) < 500


class Raising(Ridge):
    def get_params(self, deep=True):
        raise RuntimeError("no parameters")


def test_an_error_of_an_estimator_names_its_place():
    with pytest.raises(
        ValueError, match=r"starts\[1\] cannot be read: RuntimeError: no parameters"
    ):
        read_starts([Ridge(), Raising()], GRAMMAR)


def test_the_best_pipeline_of_a_search_is_a_start_of_the_next():
    genome = read_start("ridge(standard_scaler(simple_imputer(numeric)))", GRAMMAR).genome
    built = build_pipeline(genome, load_catalogue(), COLUMNS, random_state=0)
    read = read_start(built, GRAMMAR)
    assert read.lost == ("the columns of ColumnTransformer",)
    assert read.genome.operator == "ridge"
