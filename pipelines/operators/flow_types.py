"""The types of the data that flow between two operators.

::

    Numeric, Duration ──────► Gappy ─impute─► Matrix ─scale─► Scaled ─spread─► Spread
    Date, Ordered ──encode──► Gappy
    Categorical ────encode──► Matrix, Scaled, Counts, Table
    Text ───────────encode──► Scaled, Counts       any matrix ─model─► Prediction ─finish─► Output
                                                   Output ─out of fold─► Matrix

A type is also every type that it inherits from, so an operator that needs less takes more: boosted
trees take any `Table`, forests any `Complete` matrix, linear models `Wide` matrices only::

    Scaled    is a Matrix and a Wide
    Matrix    is a Gappy and a Complete
    Counts    is a Wide
    Wide      is a Complete
    Gappy     is a Table
"""

import zlib
from typing import Any


class FlowType(type):
    """The type of data between operators, with a hash that is the same in every process.

    DEAP draws from sets of types, in the order of their hashes. The usual hash of a class is its
    address, which differs from process to process, and so would searches with the same seed.

    Parameters
    ----------
    name : str
        The name of the type, unique.
    bases : tuple of type
        The types in whose place it can stand.
    namespace : dict
    """

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        # Python salts the hashes of texts in every process, so the name's own hash will not do.
        cls._hash = zlib.crc32(name.encode())

    def __hash__(cls) -> int:
        return cls._hash

    def fits(cls, required: "FlowType") -> bool:
        """Tell whether data of this type can stand where a type is required."""
        return required in cls.__mro__


class Table(metaclass=FlowType):
    """A dataframe of numbers and of pandas' categories; cells may be missing."""


class Gappy(Table):
    """A matrix of numbers in which cells may be missing."""


class Complete(metaclass=FlowType):
    """A matrix of numbers without missing cells, dense or sparse."""


class Matrix(Gappy, Complete):
    """A dense matrix of numbers without missing cells."""


class Wide(Complete):
    """A matrix, dense or sparse, whose columns are of comparable size."""


class Counts(Wide):
    """A matrix, dense or sparse, of small numbers none of which is negative."""


class Scaled(Matrix, Wide):
    """A dense matrix whose columns are of comparable size."""


class Spread(metaclass=FlowType):
    """A scaled matrix whose overall variance was set for a kernel."""


class Categorical(metaclass=FlowType):
    """The categorical columns of the dataframe, as text."""


class Text(metaclass=FlowType):
    """The columns of free text."""


class HighCardinality(Categorical, Text):
    """The categorical columns with many values."""


class Numeric(Gappy):
    """The numeric columns of the dataframe, before any operator."""


class Ordered(Categorical):
    """The columns of ordered categories, as text."""


class Duration(Gappy):
    """The columns of durations, in seconds."""


class Date(metaclass=FlowType):
    """The date columns of the dataframe."""


class Output(metaclass=FlowType):
    """The predictions of a pipeline."""


class Prediction(Output):
    """The predictions of a model, before any finish."""


# The narrowest first: a join has the first type that all of its inputs have.
MATRICES = (Scaled, Counts, Matrix, Wide, Gappy, Complete, Table)
