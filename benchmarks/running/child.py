"""The process of one job: load an adapter, fit, predict, write down."""

import sys
import time
from pathlib import Path

from benchmarks.adapters import load_adapter
from benchmarks.running.job import Job, Result


def do_job(job: Job) -> None:
    """Do a job; whatever an adapter raises ends the process and is found in its log.

    Parameters
    ----------
    job : Job
    """
    name, settings = job.read_settings()
    adapter = load_adapter(name)(settings)
    train_X, train_y, test_X = job.read_data()
    # Imports and reading are over: a budget is for `fit`, and tools start at different speeds.
    start = time.perf_counter()
    adapter.fit(train_X, train_y)
    fitted = time.perf_counter()
    predictions = adapter.predict(test_X)
    predicted = time.perf_counter()
    result = Result(
        fit_seconds=fitted - start,
        predict_seconds=predicted - fitted,
        preparation=adapter.preparation,
        classes=predictions.classes,
    )
    # Before the extras, whose failure is then no failure of the tool.
    job.write_result(result, predictions)
    job.write_extra(adapter.extras(test_X, job.artifacts))


if __name__ == "__main__":
    do_job(Job(folder=Path(sys.argv[1]), data=Path(sys.argv[2])))
