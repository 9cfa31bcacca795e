"""A job that is done on another machine."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.execution.job import Job, JobFile


@dataclass(eq=False)
class RemoteJob(Job):
    """A job for a cluster."""

    file: JobFile | None = None
    """The file among its arguments, which has to go with it."""
    task: Any = None
    """Its future at Dask, as long as it is there."""
    places: tuple[str, ...] = ()
    """The workers that may do it; none stands for all."""
    destination: str = ""
    """The worker that has to get the file with it, for it had neither."""
    n_sent: int = 0
    """How often it was sent."""
    n_returns: int = 0
    """How often it came back undone."""

    def file_of(self, content: bytes) -> JobFile:
        """Return the path of a new file with a result, beside the file that the job had read.

        Parameters
        ----------
        content : bytes
        """
        folder = None if self.file is None else Path(self.file).parent
        handle, name = tempfile.mkstemp(prefix="final-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return JobFile(name)
