"""Scores of the same rows, plain and as people write them."""

import argparse
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

import pandas as pd
from sklearn.metrics import roc_auc_score

from automl import AutoMLClassifier, DataError, catalogue
from benchmarks.scores.markdown import EMPTY, describe_origin, document, markdown_table
from benchmarks.studies.reading.cases import CASES, Case, plain, rows
from benchmarks.studies.study import RESULTS, Study, StudyRow, failures

OPERATORS = (
    "hist_gradient_boosting_classifier",
    "simple_imputer",
    "one_hot_encoder",
    "datetime_encoder",
)
HEADER = ["cells", "before", "now", "plain cells", "what is said"]
INTRODUCTION = (
    "Half of 800 made rows are fitted on, the others are predicted. One column tells most of the "
    "target, and is written as people write it. The score is the ROC AUC of new rows, beside that "
    "of the same rows with plain cells. *Before* is what was seen when the reading of cells was "
    "looked at first, in brackets with plain cells: accuracies of booleans, and ROC AUCs, on other "
    "data. *Off by* means probabilities. An error is better than a wrong prediction.\n\n"
    "Files of these and all other kinds are in `tests/files`, and `make test-files` reads them."
)


@dataclass(frozen=True)
class ReadingKey:
    """A case."""

    case: str
    """Its name."""

    def __str__(self) -> str:
        return self.case


@dataclass(frozen=True)
class Scores:
    """The scores of a case."""

    plain: float
    """With plain cells."""
    written: float | None
    """With cells as people write them; None where these are refused."""
    messages: list[str]
    """The warnings, or the error."""


class Readings(Study[ReadingKey, Scores]):
    """Cases, each with two fits."""

    journal = RESULTS / "reading.jsonl"
    key_type = ReadingKey
    result_type = Scores

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add no option: all cases take less than a minute."""

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study."""
        return cls()

    def keys(self) -> Iterable[ReadingKey]:
        """Return all cases."""
        return [ReadingKey(name) for name in CASES]

    def measure(self, key: ReadingKey) -> Scores:
        """Return the scores of a case."""
        case = CASES[key.case]
        return Scores(_plain_score(case.column), *_score(case))

    @staticmethod
    def describe(result: Scores) -> str:
        """Return both scores."""
        return f"{_shown(result.written)}, plain {_shown(result.plain)}"

    @staticmethod
    def report(rows: Sequence[StudyRow[ReadingKey, Scores]]) -> str:
        """Return the page of what was read."""
        if not rows:
            return EMPTY
        body = [
            [
                f"`{row.key}`",
                CASES[row.key.case].before,
                _shown(row.result.written),
                _shown(row.result.plain),
                "; ".join(row.result.messages),
            ]
            for row in rows
            if row.result
        ]
        return document(
            "# Cells as people write them",
            describe_origin("cases", [row.provenance for row in rows]),
            INTRODUCTION,
            markdown_table(HEADER, body),
            failures(rows),
        )


@cache
def _plain_score(column: str) -> float:
    score, messages = _score(Case(column, "", plain))
    if score is None:
        raise ValueError(f"plain cells of {column} are refused: {messages}")
    return score


def _score(case: Case) -> tuple[float | None, list[str]]:
    """Return the score of new rows, None if they are refused, and what is said."""
    frame = rows()
    names = [case.column, "noise"]
    train, new = frame.iloc[::2], frame.iloc[1::2]
    search = AutoMLClassifier(
        catalogue=catalogue("default").only(*OPERATORS),
        time_budget=None,
        max_evaluations=2,  # the constant and the model
        ensemble_size=1,
        cv=2,  # the score of new rows counts, not that of folds
        n_jobs=1,
        random_state=0,
        verbose=0,
    )
    kinds = {case.column: case.kind} if case.kind else None
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        search.fit(_written(train[names], case, is_new=False), train["y"], kinds=kinds)
        try:
            shares = search.predict_proba(_written(new[names], case, is_new=True))
        except DataError as error:
            return None, [f"error: {error}"]
    messages = list(dict.fromkeys(str(warning.message) for warning in issued))
    return float(roc_auc_score(new["y"] == "yes", shares[:, 1])), messages


def _written(frame: pd.DataFrame, case: Case, *, is_new: bool) -> pd.DataFrame:
    write = case.new if is_new and case.new else case.train
    return frame.assign(**{case.column: write(frame[case.column])})


def _shown(score: float | None) -> str:
    return "an error" if score is None else f"{score:.3f}"
