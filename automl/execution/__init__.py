"""The place where evaluations are computed: worker processes that can be killed.

`Limits`: seconds and MiB of a job. `LocalExecutor`: workers on this machine. `lend_executor`: they,
or those of a cluster. `Evaluator`: the jobs of one problem, and their results. A `FinalAnswer` is
that of a final fit. `threads_at_home`: the threads of a fit in this process.
"""

from automl.execution.connection import by_address, check_executor
from automl.execution.evaluator import Evaluator
from automl.execution.lending import lend_executor, threads_at_home
from automl.execution.limits import Limits
from automl.execution.local import LocalExecutor
from automl.execution.warm import borrow_executor
from automl.execution.worker import FinalAnswer

__all__ = [
    "Evaluator",
    "FinalAnswer",
    "Limits",
    "LocalExecutor",
    "borrow_executor",
    "by_address",
    "check_executor",
    "lend_executor",
    "threads_at_home",
]
