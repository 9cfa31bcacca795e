"""Categories and dates to numbers."""

from automl.pipelines.domains import Choice, Integer
from automl.pipelines.operator import (
    Categorical,
    Date,
    Gappy,
    Matrix,
    Operator,
    Scaled,
    Wrapper,
)

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
        name="target_encoder",
        path="sklearn.preprocessing.TargetEncoder",
        takes=Categorical,
        gives=Matrix,
        domains={"smooth": Choice(("auto", 1.0, 3.0, 10.0, 30.0, 100.0), default="auto")},
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
