"""After the search: the winner is chosen and fitted on all rows.

`Refit`: plans that fit within what is left of the budget, and does it.
"""

from automl.selection.refit import Refit, Refitted

__all__ = ["Refit", "Refitted"]
