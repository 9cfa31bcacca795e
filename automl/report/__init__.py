"""What a person gets to see of a search.

`leaderboard`, `pareto_front`: tables of pipelines. `nested_results`: one of them, fold by fold.
`describe`: a table of columns. `ProgressLine`: a line while it works.
"""

from automl.report.describe import describe
from automl.report.leaderboard import leaderboard, nested_results, pareto_front
from automl.report.progress import ProgressLine

__all__ = ["ProgressLine", "describe", "leaderboard", "nested_results", "pareto_front"]
