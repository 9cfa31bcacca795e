"""The parts of a search, put together."""

from collections.abc import Mapping, Sequence
from typing import Any

from automl.errors import SettingsError, warn
from automl.execution import Evaluator
from automl.pipelines import Genome, Grammar, starting_pipelines
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.spaces.portfolio import baseline_pipeline, reference_pipeline
from automl.pipelines.spaces.user_starts import read_starts
from automl.problem import Problem
from automl.randomness import generator
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.costs import Costs
from automl.search.history import History
from automl.search.observer import Observer
from automl.search.proposing import Proposer
from automl.search.race import Race
from automl.search.result import SearchResult
from automl.search.search import KeptSeconds, Search
from automl.search.trials import Trials
from automl.strategies import make_strategy

START_BIRTH = 0  # the birth number of the starts; pipelines are born with their number, from 1


def make_search(
    evaluator: Evaluator,
    grammar: Grammar,
    budget: Budget,
    history: History,
    reserve: KeptSeconds,
    *,
    strategy: str,
    size: int,
    starts: Sequence[Genome] = (),
    observers: Sequence[Observer] = (),
) -> Search:
    """Return the search for the best pipeline of a problem.

    Parameters
    ----------
    evaluator : Evaluator
        Evaluates the pipelines of the problem.
    grammar : Grammar
        The space of its pipelines.
    budget : Budget
    history : History
    reserve : callable
        Returns the seconds to keep for the choice and the final fits.
    strategy : {"genetic", "random", "grid", "bayesian", "hyperopt"}
    size : int
        The number of pipelines that may predict together.
    starts : sequence of Genome
        Pipelines of the user's, which are evaluated first.
    observers : sequence of Observer

    Raises
    ------
    SettingsError
        If the strategy is unknown.
    """
    problem = evaluator.problem
    # Starts are drawn once, before the first question.
    learnt = starting_pipelines(grammar, generator(problem.seed, START_BIRTH))
    firsts = list(dict.fromkeys([*starts, *learnt]))
    baseline = baseline_pipeline(problem.dataset.task, problem.dataset.columns)
    proposals = make_strategy(strategy, grammar, firsts, problem.objectives)
    trials = Trials(
        Proposer(problem, proposals, baseline, budget),
        Race(size),
        Bank(history, baseline, reference_pipeline(grammar)),
        Costs(seconds_here(problem, learnt)),
        budget,
    )
    return Search(evaluator, trials, history, reserve, observers)


def seconds_here(problem: Problem, learnt: Mapping[Genome, float | None]) -> dict[Genome, float]:
    """Return the seconds on other sets, but those of pipelines that a GPU makes here.

    They were learnt on the processor, and no factor of all pipelines tells how much quicker it is.

    Parameters
    ----------
    problem : Problem
    learnt : mapping of Genome to float or None
        The starts with their seconds, where they were measured.
    """
    return {
        genome: seconds
        for genome, seconds in learnt.items()
        if seconds is not None and not problem.uses_device(genome)
    }


def user_pipelines(starts: Sequence[Any], grammar: Grammar) -> list[Genome]:
    """Return the pipelines that a user wants first; what is not as they were given is warned of.

    Raises
    ------
    SettingsError
        If one of them is none of the grammar.
    """
    try:
        read = read_starts(starts, grammar)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    for number, start in enumerate(read):
        if start.lost:
            lost = ", ".join(start.lost)
            warn(f"for starts[{number}], without {lost}, stands {start.genome}")
    return [start.genome for start in read]


def warn_of_unreached(starts: Sequence[Genome], result: SearchResult) -> None:
    """Warn of the pipelines of a user's that the search did not come to."""
    outcomes = result.outcomes
    if unreached := [number for number, start in enumerate(starts) if start not in outcomes]:
        names = ", ".join(f"starts[{number}]" for number in unreached)
        warn(f"the search ended before it came to {names}; {result.advice}")


def make_grammar(problem: Problem) -> Grammar:
    """Return the space of whole pipelines; columns that none of them can use are warned of.

    Raises
    ------
    SettingsError
        If no pipeline can be made of the catalogue.
    """
    data = problem.dataset
    # The baseline is evaluated first and for all; no strategy has to propose it.
    catalogue = problem.catalogue.without(BASELINES[data.task].name)
    try:
        grammar = Grammar(catalogue, data.columns, problem.traits)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if grammar.unused_kinds:
        unused = {kind: list(grammar.kinds[kind]) for kind in grammar.unused_kinds}
        warn(f"no pipeline of this catalogue can use the columns {unused}")
    return grammar
