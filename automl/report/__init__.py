"""Tables of a search, and its progress on a terminal.

`leaderboard`, `pareto_front`: tables of pipelines. `nested_results`: a pipeline, fold by fold.
`ablation_table`: the best pipeline, step by step. `structure_table`: what ignoring related rows
costs. `describe`: a table of columns. `progress_views`: the views of a search under way, as suits
the terminal, notebook or pipe. `summary`: a fit in ten lines; `show_summary` shows it there.
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
from automl.report.progress import progress_views, show_summary
from automl.report.summary import summary

__all__ = [
    "ablation_table",
    "describe",
    "leaderboard",
    "nested_results",
    "pareto_front",
    "progress_views",
    "show_summary",
    "structure_table",
    "summary",
    "with_models",
]
