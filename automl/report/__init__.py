"""Tables of a search, and its progress on a terminal.

`leaderboard`, `pareto_front`: tables of pipelines. `nested_results`: a pipeline, fold by fold.
`ablation_table`: the best pipeline, step by step. `structure_table`: what ignoring related rows
costs. `describe`: a table of columns. `ProgressLine`: a line while a search is under way.
"""

from automl.report.describe import describe
from automl.report.leaderboard import (
    ablation_table,
    leaderboard,
    nested_results,
    pareto_front,
    structure_table,
    with_models,
)
from automl.report.progress import ProgressLine

__all__ = [
    "ProgressLine",
    "ablation_table",
    "describe",
    "leaderboard",
    "nested_results",
    "pareto_front",
    "structure_table",
    "with_models",
]
