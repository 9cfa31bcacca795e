"""The start of a worker in an interpreter of its own, where there is no fork."""

import socket
import sys

from automl.execution.kinship import die_with_parent
from automl.execution.worker_process import serve


def main(number: str, mebibytes: float) -> None:
    """Serve at the socket that the main process has passed on.

    Parameters
    ----------
    number : str
        The file number of the socket; on Windows, its copy comes by the standard input.
    mebibytes : float
        The memory that a job may use.
    """
    if sys.platform == "win32":
        connection = socket.fromshare(sys.stdin.buffer.read())
    else:
        die_with_parent()
        connection = socket.socket(fileno=int(number))
    with connection:
        serve(connection, mebibytes)
