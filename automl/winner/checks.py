"""The relations between the facts of a model file, which may come from anybody.

`facts.read_as` has checked the type of each fact before. Here are the values: what is in a range,
what names something that exists, and what has as many parts as something else. A file that passes
is loaded without an error, and gives none later.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

from automl.outcome import State
from automl.pipelines import Catalogue, Columns, Genome
from automl.pipelines.building.build import make
from automl.pipelines.carried.frame import CellReader
from automl.problem.labels import parts_of
from automl.problem.metric import THRESHOLD_SCORES, are_levels
from automl.problem.objectives import COSTS
from automl.problem.splits import INSIDE
from automl.report.leaderboard import board_columns
from automl.winner.fitted import Fitted
from automl.winner.script_facts import ScriptFacts

MOST = 2**53  # of a count: larger numbers are none of this world, and not exact in JSON of others
NUMBER, TEXT, FLAG, COUNT = "a number or None", "a text", "a boolean", "a count"
# The columns of the tables, with what their cells are.
LEADERBOARD = {
    "rank": COUNT,
    "score": NUMBER,
    "deviation": NUMBER,
    "state": TEXT,
    "folds": COUNT,
    "size": COUNT,
    "fit_seconds": NUMBER,
    "predict_seconds": NUMBER,
    "pipeline": TEXT,
    "cause": TEXT,
}
MEMBERS = {"weight": NUMBER, "score": NUMBER, "pipeline": TEXT}
NESTED_RESULTS = {
    "fold": COUNT,
    "score": NUMBER,
    "inner_score": NUMBER,
    "pipeline": TEXT,
    "rounds": NUMBER,
    "fit_seconds": NUMBER,
}
ABLATION = {"step": TEXT, "worth": NUMBER, "error": NUMBER, "dropped": FLAG, "pipeline": TEXT}
STRUCTURE = {"column": TEXT, "score": NUMBER, "at_random": NUMBER, "folds": COUNT}

Relations = Iterator[tuple[bool, str]]
"""Whether a relation holds, and its words after "expected"."""


def broken_relations(
    fitted: Fitted, script: ScriptFacts, pipelines: Sequence[BaseEstimator]
) -> Iterator[str]:
    """Yield the relations that do not hold, in words that follow "expected".

    Later relations rely on those before them.

    Parameters
    ----------
    fitted : Fitted
        Its catalogue holds the operators that are there.
    script : ScriptFacts
        Those of `fitted`.
    pipelines : sequence of Pipeline
        The members, fitted.
    """
    parts = (
        _names(fitted),
        _classes(fitted),
        _columns(fitted.columns),
        _tables(fitted),
        _scores(fitted),
        _price(fitted),
        _script(fitted, script),
        _pipelines(fitted, pipelines),
        _genomes(fitted),
    )
    yield from (words for part in parts for holds, words in part if not holds)


def _classes(fitted: Fitted) -> Relations:
    classes, is_classification = fitted.classes, fitted.task == "classification"
    yield (classes is not None) == is_classification, "classes of a classification, and no others"
    if classes is None:
        return
    targets = fitted.n_outputs
    n_lists = len(classes) if isinstance(classes, list) else 1
    yield (
        n_lists == targets and (targets > 1) == isinstance(classes, list),
        "classes of each target",
    )
    for own in parts_of(classes):
        yield from _labels(own)


def _labels(classes: NDArray[Any]) -> Relations:
    is_list = type(classes) is np.ndarray and classes.ndim == 1
    yield is_list and classes.dtype.kind in "biufUS", "a list of texts or numbers as classes"
    yield len(classes) >= 2, "two classes or more"
    yield np.array_equal(np.unique(classes), classes), "sorted classes, each of them once"
    yield classes.dtype.kind != "f" or np.isfinite(classes).all(), "finite classes"


def _names(fitted: Fitted) -> Relations:
    names, target = fitted.names, fitted.names.target
    yield len(set(names.columns)) == len(names.columns), "columns of different names"
    used = {*fitted.columns.names, *fitted.columns.dropped}
    yield used == set(names.columns), "the kinds of all columns, and of no others"
    is_single = isinstance(target, str)
    yield is_single or len(target) > 1, "the name of a target, or of several"


def _columns(columns: Columns) -> Relations:
    names = [*columns.names, *columns.dropped]
    yield len(columns.names) > 0, "a column that pipelines use"
    yield len(set(names)) == len(names), "one kind for each column"
    yield set(columns.orders) == set(columns.ordered), "the orders of the ordered columns"
    yield set(columns.readings) <= set(columns.names), "readings of used columns only"
    for name, reading in columns.readings.items():
        kinds = [kind for kind, names in columns.kinds().items() if name in names]
        yield not reading.formats or kinds == ["dates"], "formats of dates only"
        year = reading.first_year
        yield year is None or (kinds == ["dates"] and 1800 <= year <= 2039), "years of dates only"
        yield reading.number is None or kinds == ["numeric"], "forms of numbers only"


def _tables(fitted: Fitted) -> Relations:
    axes = fitted.search.axes
    further = [axis for axis in axes if axis not in COSTS.values()]
    yield len(set(axes)) == len(axes), "different axes"
    yield not set(further) & set(LEADERBOARD), "axes that are scores or costs"
    leaderboard = {name: LEADERBOARD.get(name, NUMBER) for name in board_columns(further)}
    tables: Mapping[str, tuple[pd.DataFrame, dict[str, str], int]] = {
        "members": (fitted.members, MEMBERS, 1),
        "nested_results": (fitted.nested_results, NESTED_RESULTS, 1),
        "leaderboard": (fitted.search.leaderboard, leaderboard, 1),
        "ablation": (fitted.search.ablation, ABLATION, 0),
        "structure": (fitted.structure, STRUCTURE, 0),
    }
    for name, (table, columns, least) in tables.items():
        yield list(table) == list(columns), f"the columns {list(columns)} of {name}"
        yield len(table) >= least, f"a row of {name} or more"
        for column, content in columns.items():
            yield _are(table[column], content), f"{content} in each cell of {name}.{column}"
    board = fitted.search.leaderboard
    yield board["rank"].tolist() == list(range(1, len(board) + 1)), "ranks from 1 on"
    yield set(board["state"]) <= {state.value for state in State}, "states of pipelines"
    yield _are_finite(fitted.nested_results["score"]), "finite scores of the folds"


def _are(cells: "pd.Series[Any]", content: str) -> bool:
    """Tell whether the cells of a column are what a table holds there."""
    values = cells.tolist()
    if content == TEXT:
        return all(isinstance(value, str) for value in values)
    if content == FLAG:
        return all(isinstance(value, bool) for value in values)
    if content == COUNT:
        return all(type(value) is int and 0 <= value <= MOST for value in values)
    return all(value is None or type(value) in (int, float) for value in values)


def _scores(fitted: Fitted) -> Relations:
    yield isfinite(fitted.best_score), "a finite best_score"
    honest = fitted.honest_score
    if honest is not None:
        values = [honest.low, honest.estimate, honest.high, honest.naive, honest.baseline]
        values += [honest.growth, honest.spread]
        yield _are_finite(values), "finite numbers in the honest_score"
        yield honest.low <= honest.estimate <= honest.high, "the honest_score in its interval"
        best = honest.high if honest.best is None else honest.best
        yield isfinite(best) and best >= honest.high, "a best score that is none of the worse"
        yield honest.spread >= 0, "a spread of 0 or more"
        yield 0 <= honest.gain_probability <= 1, "a gain_probability between 0 and 1"
        yield honest.metric == fitted.metric, "one metric"
    errors = fitted.residuals
    yield _are_finite(errors) and bool((np.diff(errors, prepend=0) >= 0).all()), "sorted residuals"
    yield not len(errors) or fitted.task == "regression", "residuals of a regression only"
    yield not len(errors) or isinstance(fitted.names.target, str), "residuals of one target only"
    run = fitted.search.run
    seconds = [run.seconds, run.first_model_seconds or 0.0, run.estimator_seconds]
    yield _are_finite(seconds) and min(seconds) >= 0, "seconds of the run"
    counts = [run.pipelines, run.evaluations, run.workers]
    yield all(0 <= count <= MOST for count in counts), "counts of the run"


def _script(fitted: Fitted, script: ScriptFacts) -> Relations:
    n_members, is_classification = len(fitted.members), fitted.classes is not None
    names = script.names
    yield len(names) == len(script.rounds) == n_members, "a name and rounds for each member"
    is_name = all(name.isidentifier() and "__" not in name for name in names)
    yield is_name and len(set(names)) == len(names), "different names of the members"
    yield all(0 < (rounds or 1) <= MOST for rounds in script.rounds), "rounds of 1 or more"
    yield 0 <= script.seed < 2**32, "a seed of 32 bits"
    yield from _quantiles(fitted, script)
    is_tuned = script.tunes_threshold
    scores = THRESHOLD_SCORES if is_tuned else (fitted.metric,)
    yield fitted.metric in scores, f"a score of {list(THRESHOLD_SCORES)} for a tuned threshold"
    is_single = n_members == 1 and isinstance(fitted.classes, np.ndarray)
    yield not is_tuned or is_single, "a threshold of one classifier"
    yield (
        script.bags is None or fitted.n_outputs == 1 or not is_classification,
        "bags of one target",
    )
    yield script.bags is None or 2 <= script.bags <= MOST, "two bags or more"
    yield script.tuner in (*INSIDE, None) and 0 < script.trials <= MOST, "a tuner and its trials"
    yield script.form.is_valid(), "a form that files can have"
    yield from _rescaling(fitted, script)
    yield from _threshold(fitted, script)
    rows = script.check_rows
    yield len(rows) > 0 and list(rows) == sorted(set(rows)), "sorted check_rows"
    yield rows[0] >= 0 and rows[-1] < script.n_rows <= MOST, "check_rows of the training rows"
    yield script.n_learnt is None or 0 < script.n_learnt <= script.n_rows, "n_learnt of n_rows"
    width = max(fitted.n_outputs, len(script.levels))
    if fitted.classes is not None:
        width = sum(map(len, parts_of(fitted.classes)))
    yield len(script.check_values) == len(rows), "check_values for each of the check_rows"
    for values in script.check_values:
        yield len(values) == width and _are_finite(values), "finite check_values for each target"


def _quantiles(fitted: Fitted, script: ScriptFacts) -> Relations:
    if script.quantile is None:
        return
    yield fitted.task == "regression" and fitted.n_outputs == 1, "quantiles of a regression"
    several = isinstance(script.quantile, tuple)
    yield not several or len(script.levels) > 1, "two quantiles or more"
    yield are_levels(script.levels), "rising quantiles between 0 and 1"
    yield not several or len(fitted.members) == 1, "several quantiles of one pipeline"


def _rescaling(fitted: Fitted, script: ScriptFacts) -> Relations:
    if script.rescaling is None:
        return
    yield isinstance(fitted.classes, np.ndarray), "a rescaling of one target of classes only"
    n_classes = 0 if fitted.classes is None else len(fitted.classes)
    shifts = script.rescaling.shifts
    is_finite = _are_finite([script.rescaling.slope, *shifts])
    yield is_finite and len(shifts) == n_classes, "a finite slope and a shift for each class"


def _threshold(fitted: Fitted, script: ScriptFacts) -> Relations:
    threshold = fitted.threshold
    if threshold is None:
        return
    is_binary = isinstance(fitted.classes, np.ndarray) and len(fitted.classes) == 2
    yield is_binary and not script.is_weighted, "a threshold between two classes without weights"
    yield 0 <= threshold.value <= 1, "a threshold between 0 and 1"
    yield threshold.metric in (*THRESHOLD_SCORES, None), "a threshold for a score of classes"
    scores = [threshold.score, threshold.at_half]
    yield _are_finite([score or 0.0 for score in scores]), "finite scores of the threshold"


def _price(fitted: Fitted) -> Relations:
    price = fitted.price
    if price is None:
        return
    ends = [price.low, price.high, price.cost_low, price.cost_high]
    numbers = [price.score, price.naive, price.winner, price.cost]
    yield _are_finite([*numbers, *(end or 0.0 for end in ends)]), "finite numbers in the price"
    yield price.metric == fitted.metric, "one metric"
    yield 0 < price.folds <= MOST, "folds of the price"


def _pipelines(fitted: Fitted, pipelines: Sequence[BaseEstimator]) -> Relations:
    yield len(pipelines) == len(fitted.members), "a pipeline for each row of members"
    weights = fitted.members["weight"]
    yield _are_finite(weights) and min(weights) > 0, "weights above 0 in members"
    reader = make(fitted.columns.reader())
    needed = ["predict"] if fitted.classes is None else ["predict_proba", "classes_"]
    for pipeline in pipelines:
        yield isinstance(pipeline, Pipeline) and len(pipeline.steps) > 1, "pipelines of steps"
        cells = pipeline.steps[0][1]
        yield isinstance(cells, CellReader), "a first step that reads the cells"
        yield cells.get_params() == reader.get_params(), "pipelines that read the columns"
        yield _are_texts(getattr(cells, "texts_", None)), "the texts that columns are known to hold"
        yield all(hasattr(pipeline, name) for name in needed), "fitted pipelines of the task"
        if fitted.classes is not None:
            learnt, classes = parts_of(pipeline.classes_), parts_of(fitted.classes)
            are_equal = len(learnt) == len(classes) and all(map(np.array_equal, learnt, classes))
            yield are_equal, "pipelines of the classes"


def _are_texts(value: Any) -> bool:
    """Tell whether a value has lists of texts, and a share for each."""
    return isinstance(value, dict) and all(
        isinstance(pair, tuple)
        and [type(part) for part in pair] == [list, float]
        and all(isinstance(text, str) for text in pair[0])
        for pair in value.values()
    )


def _genomes(fitted: Fitted) -> Relations:
    members = fitted.members["pipeline"]
    yield fitted.best_genome == members[0], "the best_genome as the first of the members"
    kinds = fitted.columns.kinds()
    for genome in map(Genome.parse, members):
        for part in genome.walk():
            if part.is_leaf:
                yield part.operator in kinds, f"a pipeline of the kinds {list(kinds)}"
            elif not part.is_join:
                yield from _operator(part, fitted.catalogue, fitted.absent)


def _operator(part: Genome, catalogue: Catalogue, absent: Sequence[str]) -> Relations:
    name = part.operator
    yield name in catalogue or name in absent, f"a fingerprint of the operator {name!r}"
    if name in catalogue:
        domains = catalogue[name].domains
        for setting, value in part.settings:
            is_inside = setting in domains and domains[setting].contains(value)
            yield is_inside, f"settings of the operator {name!r} as its domains say"


def _are_finite(values: Any) -> bool:
    return bool(np.isfinite(np.asarray(values, dtype=np.float64)).all())
