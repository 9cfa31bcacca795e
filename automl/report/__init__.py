"""What a person gets to see of a search.

`leaderboard`, `pareto_front`: tables of pipelines. `nested_results`: one of them, fold by fold.
`ablation_table`: the best of them, step by step.
`describe`: a table of columns. `ProgressLine`: a line while it works.
"""

from automl.report.describe import describe
from automl.report.leaderboard import (
    ablation_table,
    leaderboard,
    nested_results,
    pareto_front,
)
from automl.report.progress import ProgressLine

__all__ = [
    "ProgressLine",
    "ablation_table",
    "describe",
    "leaderboard",
    "nested_results",
    "pareto_front",
]
