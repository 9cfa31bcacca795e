"""What a person gets to see of a search.

`leaderboard`, `pareto_front`: tables of pipelines. `describe`: a table of columns.
`ProgressLine`: a line while it works.
"""

from automl.report.describe import describe
from automl.report.leaderboard import leaderboard, pareto_front
from automl.report.progress import ProgressLine

__all__ = ["ProgressLine", "describe", "leaderboard", "pareto_front"]
