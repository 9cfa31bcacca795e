"""The pipelines that every search starts from: learnt on other sets, by gain per second.

::

    portfolio.json ──► Start (a model, its settings, preferences) ──┐
    grammar        ──► kinds of columns, operators, template  ──────┴──► Genome

A start names a model and little else, because columns and catalogue differ from data to data. The
rest follows from the grammar: for every step, each branch of columns gets the first operators that
bring it to the type that the step takes::

    numeric ──── simple_imputer ──── standard_scaler ─┐
                                                      ├─ join ─ ridge
    categorical ─ one_hot_encoder ────────────────────┘
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
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

# Starts. Catalogues with fewer of the portfolio's models add their other models up to this number,
# which is that of the genetic strategy's founders.
FEWEST = 8
# Starts among which the reference is, so that short searches can compare their winner with it.
FIRSTS = 5


@dataclass(frozen=True)
class Start:
    """A model with settings and steps other than the usual ones.

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
    """Encoders, scalers and imputers to take instead of the usual ones, where they fit."""
    before: tuple[str, ...] = ()
    """Operators between prepared columns and the model."""
    finish: str | None = None
    """An operator around the model."""
    seconds: float | None = field(default=None, compare=False)
    """Median seconds of a fit on the sets that it was learnt from; None if never measured."""

    def to_json(self) -> str:
        """Return it as JSON on one line, without fields that are empty."""
        content = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(content, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> "Start":
        """Return the start of a line that `to_json` wrote."""
        return cls.from_values(json.loads(line))

    @classmethod
    def from_values(cls, content: Mapping[str, Any]) -> "Start":
        """Return the start of a mapping with plain values, such as JSON holds."""
        settings = content.get("settings", {}).items()
        return cls(
            content["model"],
            {name: tuple(value) if isinstance(value, list) else value for name, value in settings},
            tuple(content.get("prefer", ())),
            tuple(content.get("before", ())),
            content.get("finish"),
            content.get("seconds"),
        )


# The reference is the model that people would take without a search. For regression,
# scikit-learn's default tries all columns at every split, which is bagging rather than a forest.
FORESTS = {
    "classification": Start("random_forest_classifier"),
    "regression": Start("random_forest_regressor", {"max_features": 0.33}),
}
NATIVE = "category_encoder"
KERNEL = "kernel_scaler"
PORTFOLIO = "portfolio.json"  # learnt by `make portfolio`, from sets that it names
# Training rows from which the second list is taken. The first list was learnt with 1,000 rows at
# most, the second with up to 5,000: this number lies between the two.
MANY_ROWS = 2_500
MOST_ROWS = 5_000  # training rows; nothing was learnt with more
# Columns from which linear models come first, and selected columns next. Boosted trees look for
# splits in every column: of 2,000 columns, they take a minute where a linear model takes a second.
WIDE = 500
LINEAR = "sklearn.linear_model."
# What depends on the target by a test whose level holds for all columns together.
SELECTORS: dict[Task, str] = {
    "classification": "select_fdr_classif",
    "regression": "select_fdr_regression",
}
TARGET_ENCODERS: dict[Task, str] = {
    "classification": "target_encoder_classification",
    "regression": "target_encoder_regression",
}
# The first operators of their roles. All others follow in the catalogue's order, which is one of
# topics rather than of merit.
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
# A linear model takes the codes of categories for amounts; a tree splits them as it likes, and
# thousands of columns of zeros and ones would slow it down.
FOR_SIZES = ("one_hot_encoder", "sparse_one_hot_encoder")
FOR_TREES = ("ordinal_encoder",)


def starting_pipelines(grammar: Grammar, rng: np.random.Generator) -> dict[Genome, float | None]:
    """Return the first pipelines of a search, those with the most gain per second first.

    The portfolio comes first, then the user's own models. Where these are few, other models follow
    at their defaults. The forest that winners are compared with is among the first five.
    The steps of a template, and the operators that prepare columns for them, are the first ones of
    the catalogue, at their defaults. Columns that no operator can prepare are left out.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not contain are left out.
    rng : Generator
        Used only if no start leads to a pipeline of the grammar.

    Returns
    -------
    dict of Genome to float or None
        At least one pipeline, with the seconds of a fit on the sets that it was learnt from; None
        if it was never measured. On other rows, columns and machines a fit takes longer, by about
        the same factor for all of them.
    """
    learnt = portfolio(grammar.traits.task, grammar.traits.n_rows)
    if grammar.traits.n_columns >= WIDE:
        learnt = _for_many_columns(learnt, grammar.traits.task)
    models = [name for name, operator in grammar.operators.items() if operator.is_model]
    shipped = load_catalogue()
    own = [Start(name) for name in models if name not in shipped]
    seconds = _seconds(grammar, [*learnt, *own])
    genomes = list(seconds)
    if len(genomes) < FEWEST:
        genomes = list(_seconds(grammar, [*learnt, *own, *map(Start, models)]))[:FEWEST]
    reference = reference_pipeline(grammar)
    if reference is not None and reference not in genomes[:FIRSTS]:
        rivals = [genome for genome in genomes if genome != reference]
        genomes = [*rivals[: FIRSTS - 1], reference, *rivals[FIRSTS - 1 :]]
    genomes = genomes or [grammar.grow(rng) for _ in range(FEWEST)]
    return {genome: seconds.get(genome) for genome in genomes}


def portfolio(task: Task, n_rows: int) -> tuple[Start, ...]:
    """Return the starts that were learnt for a task and a number of training rows.

    Models whose packages are not installed are left out. With more rows than the starts were learnt
    with, models that do not scale come last.

    Parameters
    ----------
    task : {"classification", "regression"}
    n_rows : int
    """
    installed = load_catalogue()
    learnt = _read_portfolio()[task]["many" if n_rows >= MANY_ROWS else "few"]
    starts = [start for start in map(Start.from_values, learnt) if start.model in installed]
    if n_rows > MOST_ROWS:
        # A bound on rows says that the time grows faster than they do.
        starts.sort(key=lambda start: installed[start.model].max_rows is not None)
    return tuple(starts)


def _for_many_columns(starts: Sequence[Start], task: Task) -> tuple[Start, ...]:
    """Return linear models first, then models of selected columns, then all other starts."""
    installed = load_catalogue()
    plain = [start for start in starts if not start.before]
    linear = [start for start in plain if installed[start.model].path.startswith(LINEAR)]
    plain.sort(key=lambda start: start not in linear)
    selected = [replace(start, before=(SELECTORS[task],), seconds=None) for start in plain[:FEWEST]]
    return (*linear, *selected, *(start for start in starts if start not in linear))


@cache
def _read_portfolio() -> Any:
    return json.loads(files(__package__).joinpath(PORTFOLIO).read_text("utf-8"))


def baseline_pipeline(task: Task, columns: Columns) -> Genome:
    """Return the constant predictor, which every other pipeline has to beat."""
    return Genome.canonical(BASELINES[task].name, Genome(next(iter(columns.kinds()))))


def reference_pipeline(grammar: Grammar) -> Genome | None:
    """Return the random forest that winners are compared with, or None without forests."""
    return starting_pipeline(grammar, FORESTS[grammar.traits.task])


def _seconds(grammar: Grammar, starts: Iterable[Start]) -> dict[Genome, float | None]:
    """Return the genomes of the starts that the grammar contains, each with its seconds."""
    seconds: dict[Genome, float | None] = {}
    for start in starts:
        genome = starting_pipeline(grammar, start)
        if genome is not None:
            seconds.setdefault(genome, start.seconds)
    return seconds


def starting_pipeline(grammar: Grammar, start: Start) -> Genome | None:
    """Return the genome of a start, over all kinds of columns that can reach its model.

    Parameters
    ----------
    grammar : Grammar
    start : Start

    Returns
    -------
    Genome or None
        None if the grammar does not contain it.
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
        # Every branch takes the step alone, which tells how its columns have to be prepared.
        attempts = [_step(grammar, part, word, preferred) for part in parts]
        branches = [part for part in attempts if part is not None]
        if not branches:
            return None
        # Then the prepared branches are joined and take it together, if their join has a type that
        # the step takes; columns of text, for one, cannot be joined before an encoder.
        joined = Genome.canonical(JOIN, *map(_before, branches))
        together = _step(grammar, joined, word, preferred)
        parts = branches if together is None else [together]
    model = grammar.operators[start.model]
    genome = parts[0].with_settings({**model.defaults(), **start.settings})
    return genome if start.finish is None else _chain(grammar, genome, [start.finish])


def _before(part: Genome) -> Genome:
    """Return a branch without its last step, as it can be joined with other branches."""
    (inner,) = part.inputs
    # A kernel wants the spread of all columns together, so its scaler comes after the join.
    return inner.inputs[0] if inner.operator == KERNEL else inner


def _step(grammar: Grammar, part: Genome, word: str, preferred: Sequence[str]) -> Genome | None:
    """Return the first operator of a name or role over a part, with the preparation it needs.

    Parameters
    ----------
    grammar : Grammar
    part : Genome
    word : str
        The name or role of the step.
    preferred : sequence of str
        The operators to try first.
    """
    part_type = grammar.type_of(part)
    if part_type is None:
        return None
    roles = ["encoder"] * part.is_leaf + ["imputer", "scaler", KERNEL]
    # Thousands of categories make thousands of columns, unless the model takes them as they are.
    if part.operator == "high_cardinality" and NATIVE not in preferred:
        preferred = (TARGET_ENCODERS[grammar.traits.task], *preferred)
    choices = [[(), *((name,) for name in _ranked(grammar, role, preferred))] for role in roles]
    for name in _ranked(grammar, word, preferred):
        for preparation in product(*choices):
            names = (*chain.from_iterable(preparation), name)
            if grammar.after(part_type, names) is not None:
                return _chain(grammar, part, names)
    return None


def _ranked(grammar: Grammar, word: str, preferred: Sequence[str]) -> list[str]:
    """Return the operators of a name or role, the preferred ones first."""
    operators = grammar.operators.values()
    names = [operator.name for operator in operators if word in operator.roles()]
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
    """Return a genome with a chain of operators after it, at their defaults."""
    for name in names:
        genome = Genome.canonical(name, genome, settings=grammar.operators[name].defaults())
    return genome
