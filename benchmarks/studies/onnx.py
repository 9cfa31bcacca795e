"""`python -m benchmarks onnx`: how far the ONNX form of each operator is from Python."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from automl import catalogue
from automl.onnx import DifferenceError, StepError, model_of
from automl.pipelines import (
    Columns,
    Genome,
    Grammar,
    Start,
    Traits,
    build_pipeline,
    read_columns,
    starting_pipeline,
)
from benchmarks.errors import BenchmarkError
from benchmarks.scores.markdown import EMPTY, NONE, describe_origin, document, markdown_table
from benchmarks.studies.study import RESULTS, Study, StudyRow, failures

Task = Literal["classification", "regression"]
Target = Literal["two classes", "three classes", "numbers"]

TARGETS: dict[Target, Task] = {
    "two classes": "classification",
    "three classes": "classification",
    "numbers": "regression",
}
SIZES = ["S", "M", "L"]
# Of dates and free text, which have no ONNX form.
TEXTS = {"datetime_encoder", "min_hash_encoder", "string_encoder", "tfidf_vectorizer"}
# Operators that prepare columns, among which pipelines are drawn.
PLAIN = ("simple_imputer", "one_hot_encoder", "ordinal_encoder", "standard_scaler")
MANY_ROWS = 20_000  # for which operators are offered that want more rows
N_DRAWS = 1_000  # pipelines at random, among which those operators are that no start has
N_ROWS = 600  # half of them to fit on, half to compare
# Around which an operator that is no model stands, the first that it suits.
MODELS: dict[Task, tuple[str, ...]] = {
    "classification": (
        "logistic_regression",
        "random_forest_classifier",
        "lgbm_classifier_unstopped",
        "multinomial_nb",
        "svc_rbf",
        "linear_svc",
    ),
    "regression": ("ridge", "random_forest_regressor", "lgbm_regressor_unstopped", "svr_rbf"),
}
INTRODUCTION = (
    "Each operator of the default catalogue stands in a pipeline with the steps that it needs, at "
    "its defaults. The pipeline is fitted on 300 made rows with numbers, categories and missing "
    "cells, and its ONNX form is compared with Python on 300 new rows. Some of these have "
    "categories that training has not seen. *Difference* is the largest one of a probability, "
    "or of a predicted number as a share of the range of predictions. A sentence "
    "says why there is no ONNX form. Operators of dates and free text have none and are left out. "
    'The preset `catalogue="onnx"` has the operators with an ONNX form.'
)
HEADER = ["operator", *TARGETS]


@dataclass(frozen=True)
class OnnxKey:
    """An operator with a target."""

    operator: str
    """Its name in the catalogue."""
    target: Target
    """What is predicted."""

    @property
    def task(self) -> Task:
        """The task of the target."""
        return TARGETS[self.target]

    def __str__(self) -> str:
        return f"{self.operator}, {self.target}"


@dataclass(frozen=True)
class OnnxDifference:
    """The difference of a pipeline's ONNX form."""

    difference: float | None
    """Of a probability, or of a number as a share of the range; None without an ONNX form."""
    reason: str = ""
    """Why there is none."""


class OnnxForms(Study[OnnxKey, OnnxDifference]):
    """Operators, each with a pipeline around it."""

    journal = RESULTS / "onnx.jsonl"
    key_type = OnnxKey
    result_type = OnnxDifference

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add no option: all operators take a few minutes."""

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study."""
        return cls()

    def keys(self) -> Iterable[OnnxKey]:
        """Return the operators of the default catalogue that a pipeline of numbers can have."""
        return [
            OnnxKey(operator.name, target)
            for operator in catalogue("default").values()
            for target, task in TARGETS.items()
            if task in operator.tasks and operator.name not in TEXTS
        ]

    def measure(self, key: OnnxKey) -> OnnxDifference:
        """Return the difference of a pipeline with the operator."""
        frame, y = made_rows(key.target)
        is_new = np.arange(len(frame)) % 2 == 1
        genome, columns = _pipeline_of(key, frame)
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            pipeline = build_pipeline(
                genome, catalogue("default"), columns, random_state=0, final=True
            )
            pipeline.fit(frame[~is_new], y[~is_new])
            new = frame[is_new].reset_index(drop=True)
            new.loc[::9, "city"] = "Paris"  # which training has not seen
            try:
                _, export = model_of(pipeline, columns, new)
            except StepError as error:
                refusal = error.refusals[0]
                return OnnxDifference(None, f"`{refusal.places[-1]}` {refusal.reason}")
            except DifferenceError as error:
                return OnnxDifference(None, str(error.export))
            is_number = key.task == "regression"
            spread = float(np.ptp(pipeline.predict(new))) if is_number else 1.0
        return OnnxDifference(export.largest_difference / (spread or 1.0))

    @staticmethod
    def describe(result: OnnxDifference) -> str:
        """Return the difference, or why there is none."""
        return result.reason if result.difference is None else f"{result.difference:.1e}"

    @staticmethod
    def report(rows: Sequence[StudyRow[OnnxKey, OnnxDifference]]) -> str:
        """Return the page of the operators."""
        if not rows:
            return EMPTY
        results = {(row.key.operator, row.key.target): row.result for row in rows if row.result}
        n_forms = sum(result.difference is not None for result in results.values())
        cells = [
            [f"`{name}`", *(_cell(results.get((name, target))) for target in TARGETS)]
            for name in dict.fromkeys(row.key.operator for row in rows)
        ]
        return document(
            "# ONNX differences by member",
            describe_origin("pipelines", [row.provenance for row in rows]),
            INTRODUCTION,
            f"{n_forms} of {len(results)} pipelines have an ONNX form. `python -m benchmarks onnx` "
            "measures those that the journal does not have yet.",
            markdown_table(HEADER, cells),
            failures(rows),
        )


def _cell(result: OnnxDifference | None) -> str:
    return NONE if result is None else OnnxForms.describe(result)


def made_rows(target: Target) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return rows with numbers, categories and missing cells, and their target.

    Parameters
    ----------
    target : {"two classes", "three classes", "numbers"}
    """
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, N_ROWS).round(1),
            "pay": rng.lognormal(8, 1, N_ROWS).round(2),
            "children": rng.integers(0, 5, N_ROWS),
            "city": rng.choice(["Oslo", "Rome", "Bern", "Lima"], N_ROWS),
            "code": rng.choice(list("abcdefgh"), N_ROWS),
            "size": pd.Categorical(rng.choice(SIZES, N_ROWS), SIZES, ordered=True),
        }
    )
    amount = frame["age"] / 10 + np.log(frame["pay"]) + 2 * (frame["city"] == "Oslo")
    amount += frame["size"].cat.codes + rng.normal(0, 0.5, N_ROWS)
    frame.loc[rng.random(N_ROWS) < 0.1, "age"] = np.nan
    frame.loc[rng.random(N_ROWS) < 0.1, "city"] = None
    if target == "numbers":
        return frame, amount
    labels = ["low", "high"] if target == "two classes" else ["low", "middle", "high"]
    return frame, pd.qcut(amount, len(labels), labels=labels).astype(str)


def _pipeline_of(key: OnnxKey, frame: pd.DataFrame) -> tuple[Genome, Columns]:
    """Return the first pipeline that has an operator.

    Raises
    ------
    BenchmarkError
        If there is none.
    """
    columns, operators = read_columns(frame), catalogue("default")
    for n_rows in (N_ROWS // 2, MANY_ROWS):
        traits = Traits(
            task=key.task, n_rows=n_rows, n_columns=len(columns.names), least_target=1.0
        )
        grammar = Grammar(operators, columns, traits)
        drawn = Grammar(operators.only(*PLAIN, *MODELS[key.task], key.operator), columns, traits)
        rng = np.random.default_rng(0)
        starts = (starting_pipeline(grammar, start) for start in _starts(key))
        for genome in chain(starts, (drawn.grow(rng) for _ in range(N_DRAWS))):
            if genome is not None and key.operator in {part.operator for part in genome.walk()}:
                return genome, columns
    raise BenchmarkError(f"no pipeline of these rows has {key}")


def _starts(key: OnnxKey) -> Iterator[Start]:
    """Yield pipelines that may have an operator."""
    yield Start(key.operator)
    for model in MODELS[key.task]:
        yield Start(model, prefer=(key.operator,))
        yield Start(model, before=(key.operator,))
        yield Start(model, finish=key.operator)
