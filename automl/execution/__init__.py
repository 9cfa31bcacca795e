"""Where evaluations are computed: processes that can be killed.

`Limits`: seconds and MiB of a task. `LocalExecutor`: workers on this machine.
"""

from automl.execution.limits import Limits
from automl.execution.local import LocalExecutor

__all__ = ["Limits", "LocalExecutor"]
