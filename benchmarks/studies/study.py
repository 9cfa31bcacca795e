"""The shape that all studies share; a study adds keys, a measure and a report.

::

    options ─► Study.keys ─► journal: those without a row
                                │
                                ▼
               Study.measure ─► StudyRow (result or failure) ─► journal ─► Study.report

A command for each: it measures what the journal does not have, then prints the report.
"""

import argparse
import json
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from benchmarks.errors import JournalError, TaskError
from benchmarks.running.lines import Lines
from benchmarks.running.provenance import Provenance, read_provenance
from benchmarks.scores.markdown import section

RESULTS = Path("benchmarks/results")

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


@dataclass(frozen=True)
class StudyRow(Generic[Key, Result]):
    """One measurement of a study."""

    key: Key
    """The place of the measurement; a journal has one row for each."""
    provenance: Provenance
    """Its origin."""
    result: Result | None = None
    """The result; a failure may have none."""
    failure: str = ""
    """The reason of a failure, empty otherwise."""
    digest: str = ""
    """A fingerprint of the data, empty where the key says it all."""

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)


class Study(ABC, Generic[Key, Result]):
    """A question that is measured key by key.

    A study is made by `from_options`; its attributes are those of the command line.
    """

    journal: ClassVar[Path]
    """The file of the measurements that are committed."""
    key_type: ClassVar[Callable[..., Any]]
    """Makes a key of its fields."""
    result_type: ClassVar[Callable[..., Any]]
    """Makes a result of its fields."""
    jobs: int = 1
    """Cores that a measurement uses."""

    @classmethod
    @abstractmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""

    @classmethod
    @abstractmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""

    @abstractmethod
    def keys(self) -> Iterable[Key]:
        """Return all that is to be measured, in its order."""

    @abstractmethod
    def measure(self, key: Key) -> Result:
        """Measure; an exception becomes the failure of the row."""

    @staticmethod
    @abstractmethod
    def describe(result: Any) -> str:
        """Return a result in a few words, for the terminal."""

    @staticmethod
    @abstractmethod
    def report(rows: Sequence[Any]) -> str:
        """Return the report of a journal in Markdown: a pure function of its rows."""

    def digest(self, key: Key) -> str:
        """Return the fingerprint of the data of a key; an error here ends the run."""
        return ""

    def rows(self, keys: Iterable[Key]) -> Iterator[StudyRow[Key, Result]]:
        """Measure keys one by one."""
        for key in keys:
            # Outside of the attempt: data that cannot be read are no failure of what is measured.
            digest = self.digest(key)
            # Read anew for every row, because a run may last longer than a commit.
            origin = read_provenance(self.jobs)
            result, failure = None, ""
            try:
                result = self.measure(key)
            except Exception as error:  # noqa: BLE001 a measurement that fails is a row, too
                failure = describe_error(error)
            yield StudyRow(key, origin, result, failure, digest)

    def run(self, journal: Lines[StudyRow[Key, Result]]) -> None:
        """Measure whatever the journal does not have yet."""
        journal.fill(self.keys(), self.rows, self.show)

    def show(self, row: StudyRow[Key, Result]) -> None:
        """Print one line about a new row."""
        text = f"failed, {row.failure}" if row.failure else self.describe(row.result)
        print(f"{row.key}: {text}", file=sys.stderr)

    @classmethod
    def parse(cls, line: str) -> StudyRow[Key, Result]:
        """Return the row of a line."""
        content = json.loads(line)
        result = content.pop("result")
        return StudyRow(
            cls.key_type(**content.pop("key")),
            Provenance(**content.pop("provenance")),
            None if result is None else cls.result_type(**result),
            **content,
        )

    @classmethod
    def open(cls, path: Path) -> Lines[StudyRow[Key, Result]]:
        """Return the journal of a file."""
        return Lines(path, cls.parse)


def describe_error(error: Exception) -> str:
    """Return an error on one line, with the place that raised it.

    Of a message of many lines, the first says how it ended and the last says why.
    """
    # The last frame is the one that raised.
    place = traceback.extract_tb(error.__traceback__)[-1]
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = " ".join(dict.fromkeys([*lines[:1], *lines[-1:]]))
    return f"{type(error).__name__}: {message} ({place.name}, line {place.lineno})"


def failures(rows: Iterable[StudyRow[Any, Any]]) -> str:
    """Return a section on the rows without a result, nothing if there are none."""
    return section("### Failures", [f"{row.key}: {row.failure}" for row in rows if row.failure])


def check_digests(rows: Iterable[StudyRow[Any, Any]]) -> None:
    """Refuse to compare results on different data.

    Raises
    ------
    JournalError
        If the data of a task and a seed are not always the same.
    """
    digests: dict[tuple[str, int], str] = {}
    for row in rows:
        if digests.setdefault((row.key.task, row.key.seed), row.digest) != row.digest:
            raise JournalError(
                f"expected the same data in all rows of {row.key.task}, seed {row.key.seed}, got "
                "others; take the rows of one of them out of the journal and measure again"
            )


def add_command(study: type[Study[Any, Any]], parser: argparse.ArgumentParser) -> None:
    """Add what the command of a study takes and does."""
    study.add_options(parser)
    add = parser.add_argument
    add("--journal", type=Path, default=study.journal, help="measurements (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")
    parser.set_defaults(run=partial(run_command, study))


def run_command(study: type[Study[Any, Any]], options: argparse.Namespace) -> None:
    """Measure what is missing, and print the report."""
    journal = study.open(options.journal)
    if not options.report:
        study.from_options(options).run(journal)
    print(study.report(journal.rows), end="")


def data_folder(options: argparse.Namespace) -> Path:
    """Return the folder of data sets, which measuring needs and a report does not.

    Raises
    ------
    TaskError
        If the options name none.
    """
    # argparse would demand it for `--report`, too.
    if options.data is None:
        raise TaskError("expected --data FOLDER, a folder of data sets with an index.json")
    return Path(options.data)
