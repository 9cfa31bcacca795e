"""How far a result can be relied on: checks, and what it hangs on."""

from dataclasses import dataclass

from automl.page.robustness import RobustnessFacts
from automl.page.tables import Table


@dataclass(frozen=True)
class QualityFacts:
    """How far a result can be relied on."""

    checks: Table
    """What may be wrong, and what to do."""
    robustness: RobustnessFacts | None
    """How much the result hangs on single steps, and on the draw of the folds; None before the
    first score."""
