"""What flows between two operators has a type.

::

    Numeric, Duration ──────► Gappy ─impute─► Matrix ─scale─► Scaled ─spread─► Spread
    Date, Ordered ──encode──► Gappy
    Categorical ────encode──► Matrix, Scaled, Counts, Table
    Text ───────────encode──► Scaled, Counts       any matrix ─model─► Prediction ─finish─► Output
                                                   Output ─out of fold─► Matrix

What needs less takes more: a type is also every type that it inherits from.
"""

import zlib


class FlowType(type):
    """The type of what flows between operators, with a hash that is the same in every process.

    DEAP draws from sets of types. The usual hash of a class is its address, which would give every
    process another order, and so another search for the same seed.
    """

    def __hash__(cls) -> int:
        return zlib.crc32(cls.__name__.encode())

    def fits(cls, other: "FlowType") -> bool:
        """Tell whether it can stand where another type is asked for."""
        return other in cls.__mro__


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
    """The numeric columns of the dataframe as they came."""


class Ordered(Categorical):
    """The columns of ordered categories, as text."""


class Duration(Gappy):
    """The columns of durations, in seconds."""


class Date(metaclass=FlowType):
    """The date columns of the dataframe."""


class Output(metaclass=FlowType):
    """What a pipeline gives."""


class Prediction(Output):
    """What a model gives, as it comes."""


MATRICES = (Scaled, Counts, Matrix, Wide, Gappy, Complete, Table)  # the narrowest first
