"""Plots of a fitted estimator by matplotlib, as scikit-learn's displays make them.

Each display has `from_estimator`, which draws, and `plot(ax=None)`, which draws once more. The axes
are in `ax_`, the figure is in `figure_`. Nothing is shown and no style is set.

Search
    `CourseDisplay`: the best score so far. `ParetoDisplay`: the leaderboard and its front.
Model, after `search.explain(X, y)`
    `ImportancesDisplay`: importance of the raw columns. `DependenceDisplay`: the mean prediction by
    the values of one.
"""

from automl.plots.course import CourseDisplay
from automl.plots.dependence import DependenceDisplay
from automl.plots.importances import ImportancesDisplay
from automl.plots.pareto import ParetoDisplay

__all__ = ["CourseDisplay", "DependenceDisplay", "ImportancesDisplay", "ParetoDisplay"]
