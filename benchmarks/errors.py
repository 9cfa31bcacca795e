"""The errors of the suite, all of which a user can act upon.

Family::

    BenchmarkError
    ├── TaskError      a data set, a suite or a split is not what it should be
    ├── AdapterError   there is no such adapter
    ├── PeerError      the environment of an adapter is missing or cannot be made
    ├── ScoringError   predictions cannot be scored
    └── JournalError   a journal is damaged or belongs to other measurements
"""


class BenchmarkError(Exception):
    """An error of the suite."""


class TaskError(BenchmarkError):
    """A data set, a suite or a split is not what it should be."""


class AdapterError(BenchmarkError):
    """There is no such adapter."""


class PeerError(BenchmarkError):
    """The environment of an adapter is missing or cannot be made."""


class ScoringError(BenchmarkError):
    """Predictions cannot be scored."""


class JournalError(BenchmarkError):
    """A journal is damaged or belongs to other measurements."""
