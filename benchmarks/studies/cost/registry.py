"""The measures by their names."""

from collections.abc import Sequence
from functools import partial

from benchmarks.errors import BenchmarkError
from benchmarks.studies.cost.exports import export_time
from benchmarks.studies.cost.fits import cpu_share, first_model
from benchmarks.studies.cost.growth import search_growth
from benchmarks.studies.cost.histories import history_cost
from benchmarks.studies.cost.measure import Measure
from benchmarks.studies.cost.proposals import proposal_cost
from benchmarks.studies.cost.workers import task_overhead, worker_replacement, worker_start

FIRST_WHY = "Nothing can be predicted before it, and a budget must be longer than it."
FIRST_HOW = (
    "`run_.first_model_seconds` of fits of three pipelines by all cores, without the final fit; "
    "imports of the package itself are done before."
)

ALL = [
    Measure(
        "task",
        "Every fold of every pipeline pays it, so it bounds how many small ones a search sees.",
        "Seconds from `LocalExecutor.submit(run_fold, ...)` to its outcome, one fold after the "
        "other in one warm worker, less the fold's own `estimator_seconds`; the first start on a "
        "fold of iris; median of the tasks of a repeat.",
        task_overhead,
    ),
    Measure(
        "start",
        "The first fit of a process waits for it before anything is evaluated.",
        "Seconds from the making of a `LocalExecutor` for all cores to its first answer; a later "
        "pool finds the server with all imports done.",
        worker_start,
    ),
    Measure(
        "replacement",
        "A pipeline that hangs or crashes costs this much of a worker's time on top of its own.",
        "One worker, inside a task that sleeps: the signal is sent, or the limit of half a second "
        "ends; from then until its loss is known and the next task, sent after that, is answered.",
        worker_replacement,
    ),
    Measure("first-iris", FIRST_WHY, FIRST_HOW, partial(first_model, "iris")),
    Measure("first-cancer", FIRST_WHY, FIRST_HOW, partial(first_model, "breast_cancer")),
    Measure(
        "cpu",
        "What the engine takes of the cores is missing for fits.",
        "CPU seconds of the main process and of all processes below it (`/proc`) during a fit "
        "with one warm worker and without the final fit, beside `run_.estimator_seconds`, which "
        "are wall seconds: a worker has one thread and a core of its own.",
        cpu_share,
    ),
    Measure(
        "growth",
        "A search over night must not run out of memory, nor slow down with all that it knows.",
        "The real loop, strategy and history in a file, with an executor that makes up the "
        "outcome of every fold at once: resident memory after garbage collection, at the middle "
        "and at the end of the pipelines; the difference is that of the second half, scaled up. "
        "A pipeline has four to five folds.",
        search_growth,
    ),
    Measure(
        "history",
        "Every outcome is written before anything else happens, and a killed run is resumed by it.",
        "The longest start and an outcome, each row its own transaction; then the search of "
        "`growth` writes a history, and the same search replays it: asked and told anew.",
        history_cost,
    ),
    Measure(
        "export",
        "Users wait for it at the end of a fit.",
        "`export_script` for the best of three pipelines on iris, and `search.export`; median of "
        "the calls of a repeat.",
        export_time,
    ),
    Measure(
        "proposals",
        "The main process proposes for all workers, so it bounds how many of them can be busy.",
        "Mean seconds of `ask` and `tell` over the grammar of breast_cancer, after the starts, "
        "with made-up scores; estimators slow down with what they were told, and who repeats a "
        "proposal is asked again.",
        proposal_cost,
    ),
]
MEASURES = {measure.name: measure for measure in ALL}


def find_measures(names: Sequence[str] | None) -> list[Measure]:
    """Return the measures of some names, or all.

    Parameters
    ----------
    names : sequence of str, optional

    Raises
    ------
    BenchmarkError
        If there is none of a name.
    """
    unknown = [name for name in names or () if name not in MEASURES]
    if unknown:
        raise BenchmarkError(f"expected --only out of {list(MEASURES)}, got {unknown}")
    return [MEASURES[name] for name in dict.fromkeys(names)] if names else ALL
