"""Categories to numbers, or to pandas' categories for models that take these."""

from automl.pipelines.operators.calls import Call, Name
from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import (
    Categorical,
    Counts,
    Gappy,
    HighCardinality,
    Matrix,
    Ordered,
    Scaled,
    Table,
)
from automl.pipelines.operators.operator import ORDERS, Operator

SMOOTH = Choice(("auto", 1.0, 3.0, 10.0, 30.0, 100.0), default="auto")
# Folds with a seed: the encoding of training rows must be the same in search, final fit and script.
FOLDS = Call("sklearn.model_selection.KFold", {"n_splits": 5, "shuffle": True, "random_state": 0})
FOLD_PARTS = ("sklearn.model_selection._split.KFold",)
REPEATABLE = "folds of its own choice would be others each time"
NEW = "new categories come in new data"

OPERATORS = (
    Operator(
        name="one_hot_encoder",
        path="sklearn.preprocessing.OneHotEncoder",
        takes=Categorical,
        gives=Scaled,
        domains={
            "max_categories": Integer(5, 50, default=50, log=True),
            "min_frequency": Choice((None, 0.001, 0.003, 0.01, 0.03), default=None),
        },
        fixed={"handle_unknown": "infrequent_if_exist", "sparse_output": False},
        reasons={
            "max_categories": "without a bound a column of names makes thousands of columns",
            "handle_unknown": NEW,
            "sparse_output": "most of the steps that follow take dense matrices only",
        },
    ),
    # Without a bound on columns, for models that take sparse matrices.
    Operator(
        name="sparse_one_hot_encoder",
        path="sklearn.preprocessing.OneHotEncoder",
        takes=Categorical,
        gives=Counts,
        domains={"min_frequency": Choice((None, 2, 5, 10, 20), default=None)},
        fixed={"handle_unknown": "infrequent_if_exist"},
        reasons={"handle_unknown": NEW},
    ),
    Operator(
        name="ordinal_encoder",
        path="sklearn.preprocessing.OrdinalEncoder",
        takes=Categorical,
        gives=Matrix,
        fixed={
            "handle_unknown": "use_encoded_value",
            "unknown_value": -1,
            "encoded_missing_value": -2,
        },
        reasons={
            "handle_unknown": NEW,
            "unknown_value": "a code that no category has",
            "encoded_missing_value": "a code that no category has, so that no cell is missing",
        },
    ),
    Operator(
        name="ordered_encoder",
        path="sklearn.preprocessing.OrdinalEncoder",
        takes=Ordered,
        gives=Gappy,
        fixed={
            "categories": ORDERS,
            "handle_unknown": "use_encoded_value",
            "unknown_value": Name("numpy.nan"),
        },
        reasons={
            "categories": "their order is known, and not that of the alphabet",
            "handle_unknown": NEW,
            "unknown_value": "a category without a place is as good as missing",
        },
    ),
    Operator(
        name="category_encoder",
        path="automl.pipelines.carried.tables.CategoryEncoder",
        takes=Categorical,
        gives=Table,
    ),
    Operator(
        name="count_encoder",
        path="automl.pipelines.carried.categories.CountEncoder",
        takes=Categorical,
        gives=Scaled,
    ),
    Operator(
        name="category_crosser",
        path="automl.pipelines.carried.categories.CategoryCrosser",
        takes=Categorical,
        gives=HighCardinality,
        domains={"max_pairs": Integer(1, 30, default=10, log=True)},
        max_columns=100,  # pairs grow with their square, and only a few are taken
    ),
    # Two operators of one class, because only one of the tasks needs its type to be named.
    Operator(
        name="target_encoder_classification",
        path="sklearn.preprocessing.TargetEncoder",
        takes=Categorical,
        gives=Matrix,
        tasks=("classification",),
        domains={"smooth": SMOOTH},
        fixed={"cv": FOLDS},
        one_output=True,
        parts=FOLD_PARTS,
        reasons={"cv": REPEATABLE},
    ),
    Operator(
        name="target_encoder_regression",
        path="sklearn.preprocessing.TargetEncoder",
        takes=Categorical,
        gives=Matrix,
        tasks=("regression",),
        domains={"smooth": SMOOTH},
        fixed={"cv": FOLDS, "target_type": "continuous"},
        one_output=True,
        parts=FOLD_PARTS,
        reasons={
            "cv": REPEATABLE,
            "target_type": "whole numbers as the target would be taken for classes",
        },
    ),
)
