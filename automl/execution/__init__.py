"""The place where evaluations are computed: worker processes that can be killed.

`Limits`: seconds and MiB of a job. `LocalExecutor`: workers on this machine, lent by
`borrow_executor`. `Evaluator`: the jobs of one problem, and their results.
"""

from automl.execution.evaluator import Evaluator
from automl.execution.limits import Limits
from automl.execution.local import LocalExecutor
from automl.execution.warm import borrow_executor

__all__ = ["Evaluator", "Limits", "LocalExecutor", "borrow_executor"]
