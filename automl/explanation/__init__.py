"""What the model makes of the raw columns: importance, dependence, and contributions by row.

::

    first draw of the folds ──► training part ──refit──► predictor ─┐
                          └──► held-out rows, a sample of them ─────┴─► importance, dependence
    predictor of the search, background rows ──► contributions by row
"""

from automl.explanation.explaining import explain
from automl.explanation.explanation import Explanation

__all__ = ["Explanation", "explain"]
