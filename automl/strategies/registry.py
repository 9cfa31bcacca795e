"""The strategies by their names; their optional packages are imported only when needed."""

from collections.abc import Callable, Sequence

from automl.errors import SettingsError
from automl.pipelines import Genome
from automl.pipelines.operators.calls import locate
from automl.pipelines.spaces.space import Space
from automl.problem.objectives import SINGLE, Objectives
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
OF_MANY_AXES = ("genetic",)  # the others learn from the score alone


def find_strategy(name: str) -> Callable[..., Strategy]:
    """Return the class of a strategy; raises a `SettingsError` as `make_strategy` does."""
    if name not in STRATEGIES:
        raise SettingsError(f"expected a strategy out of {list(STRATEGIES)}, got {name!r}")
    try:
        strategy: Callable[..., Strategy] = locate(STRATEGIES[name])
    except ModuleNotFoundError as error:
        if error.name != PACKAGES.get(name):
            raise
        raise SettingsError(
            f"{name!r} needs {error.name}, which is not installed: pip install 'automl-gp[{name}]'"
        ) from error
    return strategy


def make_strategy(
    name: str, space: Space, starts: Sequence[Genome], objectives: Objectives = SINGLE
) -> Proposals:
    """Return the proposals of a strategy by its name.

    Parameters
    ----------
    name : {"genetic", "random", "grid", "bayesian", "hyperopt"}
    space : Space
        Whole pipelines or the settings of one pipeline.
    starts : sequence of Genome
        The first proposals; grid and hyperopt vary the settings of these.
    objectives : Objectives
        What counts beside the score, where the strategy looks at it.

    Raises
    ------
    SettingsError
        If no strategy has that name, or its package is missing.
    """
    strategy = find_strategy(name)
    options = {"objectives": objectives} if name in OF_MANY_AXES else {}
    return Proposals(strategy(space, starts, **options), space, starts)
