"""The pipelines that every search starts from: learnt on other sets, by gain per second."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain, product
from typing import Any

import numpy as np

from automl.pipelines.catalogue import BASELINES, load_catalogue
from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.domains import Value
from automl.pipelines.operators.flow_types import Matrix
from automl.pipelines.operators.operator import Task
from automl.pipelines.spaces.genome import JOIN, Genome
from automl.pipelines.spaces.grammar import Grammar

FEWEST = 8  # starts: where a catalogue has fewer of the portfolio, its other models come after
FIRSTS = 5  # starts, of which one is the forest that winners are compared with: short searches, too


@dataclass(frozen=True)
class Start:
    """A model with what departs from its defaults.

    Examples
    --------
    >>> start = Start("ridge", {"alpha": 10.0}, prefer=("quantile_transformer",))
    >>> start.to_json()
    '{"model": "ridge", "prefer": ["quantile_transformer"], "settings": {"alpha": 10.0}}'
    >>> Start.from_json(start.to_json()) == start
    True
    """

    model: str
    """The name of its operator."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Settings other than defaults."""
    prefer: tuple[str, ...] = ()
    """What prepares columns where it can, other than the usual: encoders, scalers, imputers."""
    before: tuple[str, ...] = ()
    """What comes between prepared columns and the model."""
    finish: str | None = None
    """What goes around the model."""
    seconds: float | None = field(default=None, compare=False)
    """What a fit took on the sets that it was learnt from, the median; None if nobody measured."""

    def to_json(self) -> str:
        """Return it on one line, without what it leaves as it is."""
        content = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(content, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> "Start":
        """Return the start of a line."""
        return cls.of(json.loads(line))

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Start":
        """Return the start that plain values say."""
        settings = content.get("settings", {}).items()
        return cls(
            content["model"],
            {name: tuple(value) if isinstance(value, list) else value for name, value in settings},
            tuple(content.get("prefer", ())),
            tuple(content.get("before", ())),
            content.get("finish"),
            content.get("seconds"),
        )


# What people would take without a search. scikit-learn's default for numbers tries all columns at
# every split, which is bagging rather than a forest.
FORESTS = {
    "classification": Start("random_forest_classifier"),
    "regression": Start("random_forest_regressor", {"max_features": 0.33}),
}
NATIVE = "category_encoder"
KERNEL = "kernel_scaler"
PORTFOLIO = "portfolio.json"  # learnt by benchmarks/portfolio, from sets that it names
MANY_ROWS = 2_500  # training rows from which the starts for many rows are the better ones
MOST_ROWS = 5_000  # training rows with which they were learnt
TARGET_ENCODERS: dict[Task, str] = {
    "classification": "target_encoder_classification",
    "regression": "target_encoder_regression",
}
# What comes first of its role; what is not named here comes after, in the catalogue's order.
FIRST = (
    "simple_imputer",
    "standard_scaler",
    "robust_scaler",
    "datetime_encoder",
    "string_encoder",
    "min_hash_encoder",
    "tfidf_vectorizer",
    "pca",
)
FOR_SIZES = ("one_hot_encoder", "sparse_one_hot_encoder")  # usual where columns' sizes matter
FOR_TREES = ("ordinal_encoder",)


def starting_pipelines(grammar: Grammar, rng: np.random.Generator) -> list[Genome]:
    """Return the first pipelines of a search, those that gain most per second first.

    They are the portfolio's, then models that do not ship with the project, such as those of a
    user; where these are few, other models at their defaults. The forest that winners are compared
    with is among the first five. The steps of a template, and what prepares columns for them, are
    the first operators there are at their defaults. Columns that nothing prepares are left out.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not have are left out.
    rng : Generator
        Used only where no model can be reached so.

    Returns
    -------
    list of Genome
        At least one, without duplicates.
    """
    known = portfolio(grammar.traits.task, grammar.traits.n_rows)
    models = [one.name for one in grammar.operators.values() if one.is_model]
    shipped = load_catalogue()
    own = [Start(name) for name in models if name not in shipped]
    genomes = _genomes(grammar, [*known, *own])
    if len(genomes) < FEWEST:
        genomes = _genomes(grammar, [*known, *own, *map(Start, models)])[:FEWEST]
    reference = reference_pipeline(grammar)
    if reference is not None and reference not in genomes[:FIRSTS]:
        others = [genome for genome in genomes if genome != reference]
        genomes = [*others[: FIRSTS - 1], reference, *others[FIRSTS - 1 :]]
    return genomes or list(dict.fromkeys(grammar.grow(rng) for _ in range(FEWEST)))


def portfolio(task: Task, n_rows: int) -> tuple[Start, ...]:
    """Return the starts that were learnt for a task and a number of training rows.

    They are others where not all of the packages are installed that models may need. With more rows
    than they were learnt with, models that do not scale come last.

    Parameters
    ----------
    task : {"classification", "regression"}
    n_rows : int
    """
    known = load_catalogue()
    lists = _read_portfolio()[task]["many" if n_rows >= MANY_ROWS else "few"]
    starts = list(map(Start.of, lists["all packages"]))
    if any(start.model not in known for start in starts):
        starts = list(map(Start.of, lists["required packages"]))
    if n_rows > MOST_ROWS:
        starts.sort(key=lambda start: known[start.model].max_rows is not None)
    return tuple(starts)


def learnt_seconds(grammar: Grammar) -> dict[Genome, float]:
    """Return what the portfolio's pipelines took on the sets that it was learnt from.

    Other rows, columns and machines take longer, but all pipelines do so by about the same factor.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not have are left out.
    """
    starts = portfolio(grammar.traits.task, grammar.traits.n_rows)
    found = {starting_pipeline(grammar, one): one.seconds for one in starts}
    return {genome: seconds for genome, seconds in found.items() if genome and seconds}


@cache
def _read_portfolio() -> Any:
    return json.loads(files(__package__).joinpath(PORTFOLIO).read_text("utf-8"))


def baseline_pipeline(task: Task, columns: Columns) -> Genome:
    """Return the constant predictor, which every other pipeline has to beat."""
    return Genome.of(BASELINES[task].name, Genome(next(iter(columns.kinds()))))


def reference_pipeline(grammar: Grammar) -> Genome | None:
    """Return the random forest that winners are compared with; None where there is none."""
    return starting_pipeline(grammar, FORESTS[grammar.traits.task])


def _genomes(grammar: Grammar, starts: Iterable[Start]) -> list[Genome]:
    """Return the genomes of the starts that the grammar has, without duplicates."""
    genomes = [starting_pipeline(grammar, start) for start in starts]
    return list(dict.fromkeys(one for one in genomes if one is not None))


def starting_pipeline(grammar: Grammar, start: Start) -> Genome | None:
    """Return the genome of a start, of all kinds of columns that can be brought to its model.

    Parameters
    ----------
    grammar : Grammar
    start : Start

    Returns
    -------
    Genome or None
        None where the grammar does not have it.
    """
    finish = () if start.finish is None else (start.finish,)
    needed = {start.model, *start.before, *finish}
    genome = _genome(grammar, start) if needed <= set(grammar.operators) else None
    return genome if genome is not None and grammar.contains(genome) else None


def _genome(grammar: Grammar, start: Start) -> Genome | None:
    words = (*grammar.template[:-1], *start.before, start.model)
    preferred = _preferred(grammar, start, words)
    parts = [Genome(kind) for kind in grammar.kinds]
    for word in words:
        found = [_step(grammar, part, word, preferred) for part in parts]
        branches = [part for part in found if part is not None]
        if not branches:
            return None
        joined = Genome.of(JOIN, *map(_before, branches))
        whole = _step(grammar, joined, word, preferred)
        parts = branches if whole is None else [whole]
    model = grammar.operators[start.model]
    genome = parts[0].with_settings({**model.defaults(), **start.settings})
    return genome if start.finish is None else _chain(grammar, genome, [start.finish])


def _before(part: Genome) -> Genome:
    """Return what a branch has before its last step, as it can be joined with others."""
    (inner,) = part.inputs
    return inner.inputs[0] if inner.operator == KERNEL else inner


def _step(grammar: Grammar, part: Genome, word: str, preferred: Sequence[str]) -> Genome | None:
    """Return the first operator of a name or role over a part, prepared as it has to be."""
    given = grammar.type_of(part)
    if given is None:
        return None
    roles = ["encoder"] * part.is_leaf + ["imputer", "scaler", KERNEL]
    if part.operator == "high_cardinality" and NATIVE not in preferred:
        preferred = (TARGET_ENCODERS[grammar.traits.task], *preferred)
    choices = [[(), *((name,) for name in _ranked(grammar, role, preferred))] for role in roles]
    for name in _ranked(grammar, word, preferred):
        for preparation in product(*choices):
            names = (*chain.from_iterable(preparation), name)
            if grammar.after(given, names) is not None:
                return _chain(grammar, part, names)
    return None


def _ranked(grammar: Grammar, word: str, preferred: Sequence[str]) -> list[str]:
    """Return the operators of a name or role, those that are preferred first."""
    names = [one.name for one in grammar.operators.values() if word in one.roles()]
    return sorted(names, key=[*preferred, *names].index)


def _preferred(grammar: Grammar, start: Start, words: Sequence[str]) -> tuple[str, ...]:
    """Return the operators to try first, in their order."""
    firsts = [
        grammar.operators[name] for word in words for name in _ranked(grammar, word, FIRST)[:1]
    ]
    for_trees = all(Matrix.fits(operator.takes) for operator in firsts)
    by_target = TARGET_ENCODERS[grammar.traits.task]
    usual = FOR_TREES if for_trees else FOR_SIZES
    return ("ordered_encoder", *start.prefer, *usual, by_target, "count_encoder", *FIRST)


def _chain(grammar: Grammar, genome: Genome, names: Iterable[str]) -> Genome:
    """Return operators at their defaults, one after the other."""
    for name in names:
        genome = Genome.of(name, genome, settings=grammar.operators[name].defaults())
    return genome
