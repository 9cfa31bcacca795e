"""The base class of those who watch a search."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

from automl.errors import SettingsError
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.search.running import RunningFold


class Phase(StrEnum):
    """What a fit does after its search."""

    CHOOSING = "choosing"
    FITTING = "fitting"
    DONE = "done"


# A protocol, so that observers depend on these six names and not on the conductor.
class RunningSearch(Protocol):
    """The part of a search that observers may use."""

    @property
    def budget(self) -> Budget:
        """The budget: `seconds`, `evaluations`, `elapsed()`, `remaining()`."""

    @property
    def metric(self) -> str:
        """The name of the score; greater is better."""

    @property
    def best(self) -> Evaluated | None:
        """The best pipeline so far; the baseline only while it is alone."""

    @property
    def evaluated(self) -> Sequence[Evaluated]:
        """The pipelines that ended, in the order in which they did."""

    @property
    def running(self) -> Sequence[RunningFold]:
        """The folds under way, at most one a worker, the oldest first."""

    def stop(self) -> None:
        """End the search; the winner is chosen among the pipelines so far."""


class Observer:
    """Watches a search; derive from it, and override the calls that you need.

    Every call is given the search: its `budget`, its `metric`, its `best` pipeline, all that were
    `evaluated`, the folds that are `running`, and `stop()`, which ends it with the best pipelines
    so far.

    All calls are made by the process and thread that called `fit`, while the workers go on, so
    return from them quickly. An error of an observer is reported once, as a warning, and changes
    nothing else.

    Examples
    --------
    >>> from automl import AutoMLClassifier, Observer
    >>> class FirstGood(Observer):
    ...     def on_evaluated(self, search, evaluated):
    ...         if evaluated.score is not None and evaluated.score > 0.9:
    ...             search.stop()
    >>> search = AutoMLClassifier(callbacks=[FirstGood()])
    """

    def on_start(self, search: RunningSearch) -> None:
        """Take note that the search begins.

        Parameters
        ----------
        search : RunningSearch
        """

    def on_pulse(self, search: RunningSearch) -> None:
        """Take note that some time went by, half a second at most.

        The calls go on after the search, while the workers make the final fits.

        Parameters
        ----------
        search : RunningSearch
        """

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Take note of a pipeline that ended.

        A resumed run repeats the calls of the run that it continues.

        Parameters
        ----------
        search : RunningSearch
        evaluated : Evaluated
            The pipeline as `genome`, its `outcome` (`state`, `score`, `scores`, `cause`, ...), and
            its `number` in the order of asking; 0 is the constant baseline.
        """

    def on_end(self, search: RunningSearch) -> None:
        """Take note that the search ended, for whatever reason.

        Parameters
        ----------
        search : RunningSearch
        """

    def on_phase(self, search: RunningSearch, phase: Phase) -> None:
        """Take note of a phase after the search.

        Parameters
        ----------
        search : RunningSearch
        phase : {"choosing", "fitting", "done"}
            The choice of the pipelines that predict; their final fits, which ``refit=False`` leaves
            out; and the end of the fit, which also comes after an error.
        """


def check_callbacks(callbacks: Any) -> None:
    """Raise an error if callbacks are no list of observers."""
    if not isinstance(callbacks, Sequence):
        raise SettingsError(f"expected a list of callbacks, got {callbacks!r}")
    for callback in callbacks:
        if not isinstance(callback, Observer):
            raise SettingsError(
                f"expected callbacks derived from automl.Observer, got {callback!r}"
            )
