"""Jobs for workers; a module that is quick to import, as each fresh slot does."""

import os
import time
from pathlib import Path

from automl.execution.job import JobFile

FOREVER = 10**6  # seconds; so that a limit ends it on any machine


def leave_trace(path):
    """Write the number of this process to a file, and hang."""
    Path(path).write_text(str(os.getpid()))
    time.sleep(FOREVER)


def die():
    os._exit(3)


def fill_memory():
    return len(bytearray(2**31))


def fail():
    raise ValueError("no")


def first_time_slow(path):
    """Hang the first time, and say so."""
    if not Path(path).exists():
        leave_trace(path)
    return "done"


def double(file):
    """Return a new file beside a file, with its content twice."""
    path = Path(file)
    result = path.with_name("doubled")
    result.write_bytes(2 * path.read_bytes())
    return JobFile(result)


def harm(file):
    Path(file).write_bytes(b"")


def content_of(file):
    return Path(file).read_bytes()
