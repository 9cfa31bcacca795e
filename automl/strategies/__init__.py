"""Strategies: they propose the next pipeline, by ask and tell.

The protocol
    `Strategy`: `ask` returns a pipeline, `tell` hands over its outcome.
    `Proposals`: a strategy behind its starts, without repetitions.
By name
    `make_strategy`: the proposals of a strategy over a space, which is a `Grammar` of whole
    pipelines or a `Skeleton` with the settings of one. `find_strategy`: its class.
    `STRATEGIES`: the names.
Implementations, one a file
    `genetic`, `random`, `grid`, and with optional packages `bayesian` and `hyperopt`
"""

from automl.strategies.registry import STRATEGIES, find_strategy, make_strategy
from automl.strategies.strategy import Proposals, Strategy

__all__ = ["STRATEGIES", "Proposals", "Strategy", "find_strategy", "make_strategy"]
