"""Dates and free text to numbers."""

from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import Counts, Date, Gappy, Scaled, Text
from automl.pipelines.operators.operator import Operator, Wrapper

# skrub's encoders take one column; the wrapper chooses its own class and fits a copy a column.
EACH_COLUMN = Wrapper(
    "skrub.ApplyToCols",
    "transformer",
    parts=(
        "skrub._apply_to_cols.ApplyToCols",
        "skrub._apply_to_each_col.ApplyToEachCol",
        "skrub.selectors._base.All",
    ),
)

OPERATORS = (
    Operator(
        name="datetime_encoder",
        path="skrub.DatetimeEncoder",
        takes=Date,
        gives=Gappy,
        domains={
            "add_weekday": Choice((False, True), default=False),
            "add_day_of_year": Choice((False, True), default=False),
            "periodic_encoding": Choice((None, "circular"), default=None),
        },
        wrapper=EACH_COLUMN,
        parts=(
            "skrub._datetime_encoder.DatetimeEncoder",
            "skrub._datetime_encoder._CircularEncoder",
            "skrub._to_datetime.ToDatetime",
        ),
    ),
    Operator(
        name="string_encoder",
        path="skrub.StringEncoder",
        takes=Text,
        gives=Scaled,
        domains={
            "n_components": Integer(5, 100, default=30, log=True),
            "analyzer": Choice(("char_wb", "char", "word"), default="char_wb"),
            "ngram_range": Choice(((1, 1), (1, 2), (2, 4), (3, 4)), default=(3, 4)),
        },
        wrapper=EACH_COLUMN,
        parts=("skrub._string_encoder.StringEncoder", "skrub._to_str.ToStr"),
    ),
    Operator(
        name="min_hash_encoder",
        path="skrub.MinHashEncoder",
        takes=Text,
        gives=Scaled,
        domains={"n_components": Integer(10, 100, default=30, log=True)},
        wrapper=EACH_COLUMN,
        parts=("skrub._minhash_encoder.MinHashEncoder", "skrub._utils.LRUDict"),
    ),
    # scikit-learn's own takes one column of texts; this one joins those of all columns.
    Operator(
        name="tfidf_vectorizer",
        path="automl.pipelines.carried.texts.JoinedTfidfVectorizer",
        takes=Text,
        gives=Counts,
        domains={
            "analyzer": Choice(("word", "char_wb"), default="word"),
            "ngram_max": Integer(1, 4, default=1),
            "max_features": Integer(100, 20_000, default=2_000, log=True),
        },
    ),
)
