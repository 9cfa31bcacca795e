"""The executors, as those see them who hand jobs to them."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol


class Executor(Protocol):
    """A place where jobs are computed: this machine, or a cluster."""

    @property
    def workers(self) -> int:
        """The number of jobs that are computed side by side; that of a cluster may change."""

    @property
    def capacity(self) -> int:
        """The number of jobs to hand out at once; a few more than run where the way is long."""

    @property
    def threads(self) -> int:
        """The most threads that a single job may use, when no other one runs."""

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None, traces: str = ""
    ) -> "Future[Any]":
        """Run a function in a process that can be killed.

        Parameters
        ----------
        function : callable
        *args
            Its arguments. A `JobFile` among them is there wherever the function runs, and one that
            it returns comes back.
        timeout : float or None
            The seconds after which the process is killed; None is no limit.
        traces : str
            The classes of the user that it runs; no other job follows them in their process. Of
            jobs with the trace `DEVICE`, one at a time runs on a machine.

        Returns
        -------
        Future
            It can be cancelled until it is done. Its exception is an error of `job.py`, or an
            `AutoMLError` if there is no worker.
        """
