"""The seconds that a call takes of the processor."""

import time
from collections.abc import Callable


def cpu_seconds(run: Callable[[], object]) -> float:
    """Return the seconds of this process, over all threads."""
    started = time.process_time()
    run()
    return time.process_time() - started
