"""The place where evaluations are computed: worker processes that can be killed.

`Limits`: seconds and MiB of a job. `LocalExecutor`: workers on this machine, lent by
`borrow_executor`. `Evaluator`: the jobs of one problem; `outcome_of`: the outcome of such a job.
"""

from automl.execution.evaluator import Evaluator
from automl.execution.limits import Limits
from automl.execution.local import LocalExecutor, borrow_executor, outcome_of

__all__ = ["Evaluator", "Limits", "LocalExecutor", "borrow_executor", "outcome_of"]
