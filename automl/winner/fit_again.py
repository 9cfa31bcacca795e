"""Fits after the search, on the data of the search: who asks for them has to bring these again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from automl.errors import DataError, SettingsError
from automl.execution import Evaluator, Limits, lend_executor
from automl.pipelines import Genome
from automl.problem import Problem
from automl.winner.default_output import default_output
from automl.winner.fitted import Names


def problem_of_fit(
    search: Any, method: str, data: tuple[Any, ...], genomes: Sequence[Genome]
) -> tuple[Problem, Names]:
    """Return the problem of a search, and the names of its data.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    method : str
        The name of its method that was called.
    data : tuple
        The arguments of that method; they have to be those of `fit`.
    genomes : sequence of Genome
        The pipelines that are to be fitted.

    Raises
    ------
    DataError, SettingsError
        If the data are others, or operators of the pipelines are not there.
    """
    fitted = search._fitted
    origin = fitted.origin(method)
    with default_output():
        dataset, names = search._read(*data)
        if dataset.digest != origin.data_digest or dataset.columns != fitted.columns:
            raise DataError(
                "expected what fit was given, but rows, target, weights, groups, kinds or time "
                f"differ; give {method} the same arguments"
            )
        problem = search._problem(dataset, origin.cv, origin.seed, thrift=origin.thrift)
    fitted.check_scoring(problem)
    parts = [part for genome in genomes for part in genome.walk()]
    steps = {part.operator for part in parts if not (part.is_leaf or part.is_join)}
    if absent := sorted(steps - set(problem.catalogue)):
        raise SettingsError(f"expected the catalogue of fit, got one without {absent}")
    return problem, names


@contextmanager
def evaluator_of(search: Any, problem: Problem) -> Iterator[Evaluator]:
    """Enter a context in which workers fit pipelines, as many and as large as the search allows."""
    limits = search.limits or Limits()
    with (
        default_output(),
        lend_executor(search.executor, search.n_jobs, limits) as executor,
        Evaluator(problem, executor, limits) as evaluator,
    ):
        yield evaluator
