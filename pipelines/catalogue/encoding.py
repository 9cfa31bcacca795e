"""Categories and dates to numbers."""

from automl.pipelines.domains import Choice, Integer
from automl.pipelines.operator import (
    Call,
    Categorical,
    Date,
    Gappy,
    Matrix,
    Operator,
    Scaled,
    Wrapper,
)

SMOOTH = Choice(("auto", 1.0, 3.0, 10.0, 30.0, 100.0), default="auto")
FOLDS = Call("sklearn.model_selection.KFold", {"n_splits": 5, "shuffle": True, "random_state": 0})
REPEATABLE = "folds of its own choice would be others each time"

OPERATORS = (
    Operator(
        name="one_hot_encoder",
        path="sklearn.preprocessing.OneHotEncoder",
        takes=Categorical,
        gives=Scaled,
        domains={"max_categories": Integer(5, 50, default=50, log=True)},
        fixed={"handle_unknown": "infrequent_if_exist", "sparse_output": False},
        reasons={
            "max_categories": "without a bound a column of names makes thousands of columns",
            "handle_unknown": "new categories come in new data",
            "sparse_output": "most of the steps that follow take dense matrices only",
        },
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
            "handle_unknown": "new categories come in new data",
            "unknown_value": "a code that no category has",
            "encoded_missing_value": "a code that no category has, so that no cell is missing",
        },
    ),
    Operator(
        name="target_encoder_classification",
        path="sklearn.preprocessing.TargetEncoder",
        takes=Categorical,
        gives=Matrix,
        tasks=("classification",),
        domains={"smooth": SMOOTH},
        fixed={"cv": FOLDS},
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
        reasons={
            "cv": REPEATABLE,
            "target_type": "whole numbers as the target would be taken for classes",
        },
    ),
    Operator(
        name="datetime_encoder",
        path="skrub.DatetimeEncoder",
        takes=Date,
        gives=Gappy,
        domains={"add_weekday": Choice((False, True), default=False)},
        wrapper=Wrapper("skrub.ApplyToCols", "transformer"),
    ),
)
