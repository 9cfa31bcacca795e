"""A fitted estimator in a file, and back: skops' format, from which nothing is unpickled.

::

    a model file (zip) ─┬─ automl.json       format, packages, types, parameters, facts of the fit
                        └─ pipelines.skops   the members and the classes, as skops writes them

A file may come from a stranger. So its JSON is checked against the types of `Fitted` and the
relations between them, and skops makes only objects of the types that the operators of a catalogue
name. `load` refuses all other types, and `save` writes no file that `load` would refuse. A script
is no part of a file: it is made of the facts.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from automl.errors import FileError, SettingsError
from automl.files import check_writable, write_whole
from automl.pipelines import Catalogue, Genome, load_catalogue
from automl.pipelines.operators.calls import locate
from automl.pipelines.operators.operator import Task
from automl.winner.archive import pack, unpack
from automl.winner.facts import plain, read_record
from automl.winner.fitted import Fitted
from automl.winner.packages import Package, differences, is_required, missing_module, packages_of
from automl.winner.parameters import StoredParameters
from automl.winner.restore import restore_fitted

FORMAT = 9  # of the JSON; it changes when older files cannot be read any more
PARTS = (  # types of a pipeline whatever its operators; theirs are `Operator.parts`
    # Reading of cells, and the names of columns for models that want them.
    "automl.pipelines.carried.frame.CellReader",
    "automl.pipelines.carried.frame.read_codes",
    "automl.pipelines.carried.frame.read_dates",
    "automl.pipelines.carried.frame.read_durations",
    "automl.pipelines.carried.frame.read_numbers",
    "automl.pipelines.carried.frame.read_texts",
    "automl.pipelines.carried.frame.read_written_numbers",
    "automl.pipelines.carried.tables.ColumnNumberer",
    "numpy.dtype",
    # Averages over folds, and several quantiles.
    "automl.pipelines.carried.bagging.FoldBaggingClassifier",
    "automl.pipelines.carried.bagging.FoldBaggingRegressor",
    "automl.pipelines.carried.quantiles.QuantilesRegressor",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils._metadata_requests.MetadataRequest",
    "sklearn.utils._metadata_requests.MethodMetadataRequest",
    # The decision threshold, with the score for which it is tuned.
    "sklearn.metrics._classification.accuracy_score",
    "sklearn.metrics._classification.balanced_accuracy_score",
    "sklearn.metrics._classification.f1_score",
    "sklearn.metrics._classification.jaccard_score",
    "sklearn.metrics._classification.matthews_corrcoef",
    "sklearn.metrics._classification.precision_score",
    "sklearn.metrics._classification.recall_score",
    "sklearn.metrics._scorer._CurveScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV",
)


@dataclass(frozen=True)
class ModelFacts:
    """The JSON of a model file."""

    packages: tuple[Package, ...]
    """The packages that the model is made with."""
    types: tuple[str, ...]
    """The types in it that skops does not trust by itself."""
    parameters: StoredParameters
    """The parameters of the estimator."""
    fitted: Mapping[str, Any]
    """The facts of `Fitted`."""


@dataclass(frozen=True)
class Model:
    """The content of a model file."""

    fitted: Fitted
    """The state of the estimator."""
    parameters: Mapping[str, Any]
    """Its parameters, by name."""
    omitted: Mapping[str, str]
    """What the parameters are that have their default instead, by name."""


def write_model(
    path: str | os.PathLike[str], fitted: Fitted, parameters: Mapping[str, Any]
) -> None:
    """Write a fitted estimator.

    Parameters
    ----------
    path : path
        The file; it is replaced as a whole or not at all.
    fitted : Fitted
    parameters : mapping of str to object
        As `get_params` gives them.

    Raises
    ------
    SettingsError
        If the pipeline holds what `read_model` would refuse.
    FileError
        If the file cannot be written.
    """
    import skops.io

    check_writable(path)
    pipelines = list(fitted.pipelines)
    try:
        content = skops.io.dumps({"pipelines": pipelines, "classes": fitted.classes})
    except Exception as error:
        raise SettingsError(
            "the model cannot be saved, because an operator holds what cannot be written without "
            f"pickle: {type(error).__name__}: {error}"
        ) from error
    types = skops.io.get_untrusted_types(data=content)
    if refused := set(types) - known_types(fitted.catalogue):
        raise SettingsError(_refusal(refused, fitted))
    facts = ModelFacts(
        packages_of(types),
        tuple(types),
        StoredParameters.from_parameters(parameters),
        fitted.to_facts(),
    )
    text = json.dumps({"format": FORMAT, **plain(facts)})
    try:
        restore_fitted(json.loads(text)["fitted"], pipelines, fitted.classes, fitted.catalogue)
    except FileError as error:
        raise SettingsError(f"`load` would refuse this model: {error}") from error
    write_whole(path, pack(text.encode(), content), is_private=True)


def read_model(
    path: str | os.PathLike[str], catalogue: Catalogue, defaults: Mapping[Task, Mapping[str, Any]]
) -> Model:
    """Return the content of a file that `write_model` wrote.

    Parameters
    ----------
    path : path
    catalogue : Catalogue
        Operators that the pipelines may be made of, beside the shipped ones.
    defaults : mapping of task to mapping of str to object
        All parameters of the estimator of each task.

    Raises
    ------
    FileError
        If the file is something else, needs a package that is not installed, or holds types that
        no operator names.
    """
    text, content = unpack(path)
    facts = _facts(path, text)
    if module := missing_module(facts.packages):
        raise FileError(_absence(path, module))
    with _explained(path, facts.packages):
        pipelines, classes = _objects(content, facts.types, known_types(catalogue))
        fitted = restore_fitted(facts.fitted, pipelines, classes, catalogue)
        parameters, omitted = facts.parameters.restore(defaults[fitted.task], catalogue)
        # With it off, a model could not have been saved, and would not predict.
        if (refit := parameters.get("refit", True)) not in (True, "bagged"):
            raise FileError(f"expected refit in [True, 'bagged'], got {refit!r}")
    return Model(fitted, parameters, omitted)


def known_types(catalogue: Catalogue) -> set[str]:
    """Return the types that a file may hold: those of the shipped operators and of a catalogue."""
    operators = [*load_catalogue().values(), *catalogue.values()]
    return set(PARTS).union(*(operator.types() for operator in operators))


def _facts(path: str | os.PathLike[str], text: bytes) -> ModelFacts:
    """Return the JSON of a file; it is read before any package that the model needs is."""
    try:
        facts = json.loads(text)
    except Exception as error:
        raise FileError(
            f"{str(path)!r} is not a model that this version saved: {type(error).__name__}: {error}"
        ) from error
    number = facts.pop("format", None) if isinstance(facts, dict) else None
    if number != FORMAT or type(number) is not int:
        raise FileError(
            f"{str(path)!r} is a model in format {number!r:.60}, but this version reads format "
            f"{FORMAT}; fit and save it again"
        )
    with _explained(path, ()):
        return read_record(ModelFacts, facts, "the model")


def _objects(content: bytes, types: Collection[str], allowed: Collection[str]) -> tuple[Any, Any]:
    """Return the pipelines and the classes that skops wrote."""
    import skops.io
    import skops.io.exceptions

    try:
        if set(types) <= set(allowed):
            objects = skops.io.loads(content, trusted=list(types))
            return objects["pipelines"], objects["classes"]
        refused = set(types) - set(allowed)
    except skops.io.exceptions.UntrustedTypesFoundException:
        refused = set(skops.io.get_untrusted_types(data=content)) - set(types)
    raise FileError(
        f"it holds types that no operator names: {sorted(refused)}; give load(..., catalogue=) the "
        "catalogue with your own operators, or do not trust the file"
    )


@contextmanager
def _explained(path: str | os.PathLike[str], packages: Collection[Package]) -> Iterator[None]:
    """Turn every error into one that names the file, and the versions that differ."""
    try:
        yield
    except Exception as error:
        reason = str(error) if isinstance(error, FileError) else f"{type(error).__name__}: {error}"
        message = f"{str(path)!r} cannot be loaded: {reason}"
        differing = differences(packages)
        raise FileError(f"{message}; {differing}" if differing else message) from error


def _absence(path: str | os.PathLike[str], module: str) -> str:
    """Return the message for a module that a model needs."""
    if is_required(module):
        return f"{str(path)!r} needs {module}, which is not installed: pip install {module}"
    return f"{str(path)!r} needs the module {module!r}; put it where Python can import it from"


def _refusal(refused: Collection[str], fitted: Fitted) -> str:
    """Return the message for types that `read_model` would refuse."""
    owners = _owners(refused, fitted)
    reasons = []
    for kind in sorted(refused):
        holder = f"the operator {owners[kind]!r}" if owners.get(kind) else "an operator"
        try:
            locate(kind)
            advice = f"add parts=({kind!r},) to the operator"
        except (ImportError, AttributeError, ValueError):
            advice = "define it at the top of a module, and name it in the operator's parts"
        reasons.append(f"{holder} holds a {kind}, which it does not name; {advice}")
    return f"`load` would refuse this model: {'. '.join(reasons)}"


def _owners(refused: Collection[str], fitted: Fitted) -> dict[str, str]:
    """Return the operators whose estimators hold types, by type."""
    import skops.io

    classes = {}
    for name in _operators(fitted):
        for path in fitted.catalogue[name].types():
            with suppress(ImportError, AttributeError, ValueError):
                classes[locate(path)] = name
    owners: dict[str, str] = {}
    for estimator in _estimators(fitted.pipelines, set()):
        if owner := classes.get(type(estimator)):
            types = skops.io.get_untrusted_types(data=skops.io.dumps(estimator))
            owners |= dict.fromkeys(set(types).intersection(refused), owner)
    return owners


def _estimators(value: Any, visited: set[int]) -> Iterator[Any]:
    """Yield all estimators inside a value, an outer one before those that it holds."""
    if id(value) in visited:
        return
    visited.add(id(value))
    items: Iterable[Any] = ()
    if hasattr(value, "fit") and hasattr(value, "__dict__"):
        yield value
        items = vars(value).values()
    elif isinstance(value, list | tuple):
        items = value
    elif isinstance(value, dict):
        items = value.values()
    for item in items:
        yield from _estimators(item, visited)


def _operators(fitted: Fitted) -> set[str]:
    """Return the names of the operators of the members."""
    genomes = [Genome.parse(text) for text in fitted.members["pipeline"]]
    names = {node.operator for genome in genomes for node in genome.walk()}
    return names & set(fitted.catalogue)
