"""The strategies by their names; their optional packages are imported only when needed."""

from collections.abc import Callable, Sequence

from automl.errors import SettingsError
from automl.pipelines import Genome
from automl.pipelines.operators.calls import locate
from automl.pipelines.spaces.space import Space
from automl.strategies.strategy import Proposals, Strategy

STRATEGIES = {
    "genetic": "automl.strategies.genetic.GeneticStrategy",
    "random": "automl.strategies.random.RandomStrategy",
    "grid": "automl.strategies.grid.GridStrategy",
    "bayesian": "automl.strategies.bayesian.BayesianStrategy",
    "hyperopt": "automl.strategies.hyperopt.HyperoptStrategy",
}
# Each is an extra of the same name as the strategy. Any other missing module is a real error.
PACKAGES = {"bayesian": "optuna", "hyperopt": "hyperopt"}


def find_strategy(name: str) -> Callable[[Space, Sequence[Genome]], Strategy]:
    """Return the class of a strategy; raises a `SettingsError` as `make_strategy` does."""
    if name not in STRATEGIES:
        raise SettingsError(f"expected a strategy out of {list(STRATEGIES)}, got {name!r}")
    try:
        strategy: Callable[[Space, Sequence[Genome]], Strategy] = locate(STRATEGIES[name])
    except ModuleNotFoundError as error:
        if error.name != PACKAGES.get(name):
            raise
        raise SettingsError(
            f"{name!r} needs {error.name}, which is not installed: pip install 'automl-gp[{name}]'"
        ) from error
    return strategy


def make_strategy(name: str, space: Space, starts: Sequence[Genome]) -> Proposals:
    """Return the proposals of a strategy by its name.

    Parameters
    ----------
    name : {"genetic", "random", "grid", "bayesian", "hyperopt"}
    space : Space
        Whole pipelines or the settings of one pipeline.
    starts : sequence of Genome
        The first proposals; grid and hyperopt vary the settings of these.

    Raises
    ------
    SettingsError
        If no strategy has that name, or its package is missing.
    """
    strategy = find_strategy(name)
    return Proposals(strategy(space, starts), space, starts)
