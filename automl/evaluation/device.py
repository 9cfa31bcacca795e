"""Fits on a GPU, with the processor for those that are too large for its memory."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from automl.pipelines import Genome
from automl.problem.problem import Problem

if sys.platform != "win32":
    import resource

Result = TypeVar("Result")

# XGBoost, CatBoost and LightGBM have errors of their own for it, with one of these in the text.
TOO_LITTLE_MEMORY = ("out of memory", "cudaerrormemoryallocation", "bad_alloc")


def on_device(
    problem: Problem, genome: Genome, fit: Callable[[Problem], Result]
) -> tuple[Result, bool]:
    """Return the result of a fit, and whether the processor made it instead of the GPU.

    Parameters
    ----------
    problem : Problem
    genome : Genome
        The pipeline that is fitted.
    fit : callable
        Fits it to a problem.

    Raises
    ------
    Exception
        Any error of the pipeline, but a lack of memory on the GPU.
    """
    if not problem.uses_device(genome):
        return fit(problem), False
    _free_address_space()
    try:
        return fit(problem), False
    except Exception as error:
        if not is_too_large(error):
            raise
    return fit(problem.on_processor()), True


def is_too_large(error: Exception) -> bool:
    """Tell whether an error says that the memory of a GPU is too small."""
    text = str(error).lower()
    return any(words in text for words in TOO_LITTLE_MEMORY)


def _free_address_space() -> None:
    """Lift the limit of the address space: CUDA reserves more of it than there is memory.

    The process is replaced after the job, because it is not as it was.
    """
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def predict_on_processor(model: Any) -> None:
    """Let a fitted model predict where there is no GPU; others than XGBoost do so anyway."""
    if hasattr(model, "get_booster"):
        model.set_params(device="cpu")
        model.get_booster().set_param({"device": "cpu"})
