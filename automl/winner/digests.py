"""Operators that a file names: they come from catalogues that are there, by their fingerprints.

Nothing is imported because a file says so, and an operator that changed is not taken for the old
one.
"""

from collections.abc import Iterable, Mapping

import joblib

from automl.pipelines import Catalogue, Operator, load_catalogue
from automl.pipelines.catalogue import BASELINES


def digests(operators: Iterable[Operator]) -> dict[str, str]:
    """Return the fingerprints of all that the records of operators say, by name."""
    return {operator.name: str(joblib.hash(repr(operator))) for operator in operators}


def find_operators(
    named: Mapping[str, str], catalogue: Catalogue
) -> tuple[list[Operator], list[str]]:
    """Return the operators with some fingerprints, and the names of those that are nowhere.

    Parameters
    ----------
    named : mapping of str to str
        Their fingerprints, by name.
    catalogue : Catalogue
        Operators beside those that ship with the project.
    """
    available: dict[tuple[str, str], Operator] = {}
    for source in (BASELINES, load_catalogue(), catalogue):
        for operator in (operator for operator in source.values() if operator.name in named):
            # Where no cell is missing, a search takes an imputer at its defaults.
            for variant in (operator, operator.at_defaults()):
                available |= dict.fromkeys(digests([variant]).items(), variant)
    absent = [name for name, digest in named.items() if (name, digest) not in available]
    return [available[item] for item in named.items() if item in available], absent
