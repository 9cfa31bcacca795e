"""A fitted estimator's knowledge from the content of a model file, which may come from anybody.

::

    facts (JSON) ──types──► Fitted ──relations──► checked ┐
    pipelines ────────────────────────────────────────────┴──────────► Fitted with its pipelines
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sklearn.base import BaseEstimator

from automl.errors import FileError
from automl.pipelines import Catalogue
from automl.problem.labels import Classes
from automl.winner.checks import broken_relations
from automl.winner.digests import find_operators
from automl.winner.facts import read_record
from automl.winner.fitted import Fitted


def restore_fitted(
    facts: Mapping[str, Any],
    pipelines: Sequence[BaseEstimator],
    classes: Classes | None,
    catalogue: Catalogue,
) -> Fitted:
    """Return what `Fitted.to_facts` told.

    Parameters
    ----------
    facts : mapping of str to object
    pipelines : sequence of Pipeline
        The members, fitted.
    classes : ndarray, list of ndarray or None
        The labels of a classification, or of each of its targets.
    catalogue : Catalogue
        The operators that they may be made of, beside the shipped ones.

    Raises
    ------
    FileError
        If facts are missing, unknown, of another type, or do not go together.
    """
    unstored = {"pipelines": tuple(pipelines), "catalogue": catalogue, "classes": classes}
    fitted = read_record(Fitted, facts, "the facts", **unstored)
    script = fitted.script
    if script is None:
        raise FileError("expected the facts of a script in the facts.script, got None")
    fitted = replace(fitted, catalogue=Catalogue(find_operators(script.operators, catalogue)[0]))
    if expectation := next(broken_relations(fitted, script, pipelines), None):
        raise FileError(f"expected {expectation}")
    return fitted
