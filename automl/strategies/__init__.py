"""Who proposes the next pipeline, by ask and tell.

`Strategy`: the protocol. `make_strategy`: the strategies by their names, each over a space: whole
pipelines (`Grammar`) or the settings of one (`Skeleton`). `Proposals`: starts first, nothing twice.
"""

from automl.strategies.registry import STRATEGIES, find_strategy, make_strategy
from automl.strategies.strategy import Proposals, Strategy

__all__ = ["STRATEGIES", "Proposals", "Strategy", "find_strategy", "make_strategy"]
