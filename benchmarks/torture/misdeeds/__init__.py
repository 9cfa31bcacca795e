"""What an estimator should never do, by name; what stands before a colon is the group.

::

    hanging, leaving, hoarding, leaking, meddling   acts inside of fit   ─► Monster
    answers                                         strange predictions  ─► Monster
    oddities                                        classes of their own
"""

from benchmarks.torture.misdeeds.monster import ACTS, ANSWERS, CHANGES, MONSTER
from benchmarks.torture.misdeeds.oddities import ODDITIES

MISDEEDS: dict[str, str] = {**dict.fromkeys([*ACTS, *ANSWERS, *CHANGES], MONSTER), **ODDITIES}
"""The dotted path of the estimator, by misdeed."""

__all__ = ["ACTS", "ANSWERS", "MISDEEDS", "ODDITIES"]
