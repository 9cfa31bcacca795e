"""The steps of a pipeline as a diagram, in the order of the data.

::

    numeric ──► simple_imputer ──► standard_scaler ─┐
                                                    ├──► ridge
    categorical ──► one_hot ────────────────────────┘
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automl.page.tables import shortened
from automl.pipelines import Genome

ARROW = " > "  # between two steps in a text
BRANCHES = " | "  # between two branches


@dataclass(frozen=True)
class Step:
    """A step of a pipeline, or the columns that it begins with."""

    name: str
    """The operator, or the kind of columns."""
    note: str = ""
    """Its settings, or how many columns there are."""
    is_start: bool = False
    """Whether it is a kind of columns."""


@dataclass(frozen=True)
class Fork:
    """Branches that are joined: their columns stand side by side."""

    branches: tuple["Flow", ...]
    """The branches, each with steps of its own."""


@dataclass(frozen=True)
class Flow:
    """Steps in the order of the data; branches are joined before what comes after them."""

    parts: tuple[Step | Fork, ...]
    """The columns or the branches, then the steps."""

    def __str__(self) -> str:
        parts = []
        for part in self.parts:
            if isinstance(part, Fork):
                parts.append(f"({BRANCHES.join(map(str, part.branches))})")
            else:
                parts.append(f"{part.name} ({part.note})" if part.note else part.name)
        return ARROW.join(parts)


@dataclass(frozen=True)
class Diagram:
    """A member of what predicts as a diagram."""

    title: str
    """Its model with its share of the prediction."""
    text: str
    """The diagram as text."""
    flow: Flow
    """The steps."""

    @property
    def line(self) -> str:
        """Title and text in a line."""
        return " ".join(f"{self.title}: {self.text}".split())


def diagram(
    title: str, genome: Genome, kinds: Mapping[str, Sequence[str]] | None = None
) -> Diagram:
    """Return the diagram of a pipeline.

    Parameters
    ----------
    title : str
    genome : Genome
    kinds : mapping of kind to the names of its columns, optional

    Examples
    --------
    >>> genome = Genome.parse("ridge(join(one_hot(categorical), pca(numeric)), alpha=1.0)")
    >>> diagram("ridge", genome, {"numeric": ["age", "height"]}).text
    '(categorical > one_hot | numeric (2 columns) > pca) > ridge (alpha=1.0)'
    """
    flow = _flow(genome, kinds or {})
    return Diagram(shortened(title), shortened(str(flow)), flow)


def _flow(genome: Genome, kinds: Mapping[str, Sequence[str]]) -> Flow:
    if genome.is_leaf:
        n_columns = len(kinds.get(genome.operator, ()))
        note = "" if not n_columns else f"{n_columns} column{'s' if n_columns > 1 else ''}"
        return Flow((Step(genome.operator, note, is_start=True),))
    flows = tuple(_flow(part, kinds) for part in genome.inputs)
    before: tuple[Step | Fork, ...] = flows[0].parts if len(flows) == 1 else (Fork(flows),)
    if genome.is_join:
        return Flow(before)
    settings = ", ".join(f"{name}={value!r}" for name, value in genome.settings)
    return Flow((*before, Step(genome.operator, shortened(settings))))
