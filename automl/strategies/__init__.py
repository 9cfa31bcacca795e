"""Who proposes the next pipeline, by ask and tell.

`Strategy`: the protocol. `GeneticStrategy`: evolution of typed trees with DEAP.
"""

from automl.strategies.genetic import GeneticStrategy
from automl.strategies.strategy import Strategy

__all__ = ["GeneticStrategy", "Strategy"]
