"""A whole pipeline as a value with one canonical text that parses back.

The text reads as nested calls, the model outermost::

    ridge(join(one_hot(categorical), standard_scaler(simple_imputer(numeric))), alpha=1.0)

                        ┌── one_hot ◄── categorical
    ridge ◄── join ◄────┤
                        └── standard_scaler ◄── simple_imputer ◄── numeric

Caches, the history and reports speak this text, so equal pipelines must have equal texts.
"""

import ast
import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from automl.pipelines.operators.domains import Value

JOIN = "join"


@dataclass(frozen=True, eq=False)
class Genome:
    """A typed tree of operators with settings.

    A leaf is a kind of columns, such as ``numeric``. `canonical` makes equal pipelines equal
    genomes: the inputs of a join are sorted, without nesting and repetition.

    Examples
    --------
    >>> genome = Genome.parse("ridge(standard_scaler(numeric), alpha=10.0)")
    >>> genome.size, genome.inputs[0].operator
    (2, 'standard_scaler')
    >>> Genome.parse(genome.text) == genome
    True
    """

    operator: str
    """The name of an operator, of a kind of columns, or ``join``."""
    inputs: tuple["Genome", ...] = ()
    """The genomes whose outputs it takes."""
    settings: tuple[tuple[str, Value], ...] = ()
    """Its hyperparameters by name, in the order of the names."""

    def __eq__(self, other: object) -> bool:
        # Tuples of settings would be equal for 1, 1.0 and True, which estimators tell apart.
        return isinstance(other, Genome) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @classmethod
    def canonical(
        cls, operator: str, *inputs: "Genome", settings: Mapping[str, Value] | None = None
    ) -> "Genome":
        """Return the canonical genome of an operator over its inputs.

        Parameters
        ----------
        operator : str
        *inputs : Genome
            A join of a single input is that input.
        settings : mapping of str to value, optional

        Raises
        ------
        ValueError
            If a join is given settings.
        """
        if operator == JOIN:
            if settings:
                raise ValueError(f"a join has no settings, got {dict(settings)}")
            parts = [part for item in inputs for part in (item.inputs if item.is_join else (item,))]
            inputs = tuple(sorted(set(parts), key=lambda part: part.text))
            if len(inputs) == 1:
                return inputs[0]
        return cls(operator, inputs, tuple(sorted((settings or {}).items())))

    @classmethod
    def parse(cls, text: str) -> "Genome":
        """Return the genome of a text; nothing in the text is evaluated.

        Raises
        ------
        ValueError
            If the text is not that of a genome.
        """
        try:
            # Parsed and never evaluated, because a history may come from somebody else.
            return _read(ast.parse(text, mode="eval").body)
        except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
            raise ValueError(f"expected the text of a genome, got {text!r}: {error}") from error

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        if not self.inputs and not self.settings:
            return self.operator
        settings = [f"{name}={value!r}" for name, value in self.settings]
        return f"{self.operator}({', '.join([*(part.text for part in self.inputs), *settings])})"

    @property
    def digest(self) -> str:
        """A short name that depends on the text alone."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def size(self) -> int:
        """The number of operators, joins not counted."""
        return sum(bool(part.inputs) and not part.is_join for part in self.walk())

    @property
    def is_join(self) -> bool:
        """Whether it sets matrices side by side."""
        return self.operator == JOIN

    @property
    def is_leaf(self) -> bool:
        """Whether it is a kind of columns."""
        return not self.inputs

    def walk(self) -> Iterator["Genome"]:
        """Yield every part, the model first."""
        yield self
        for part in self.inputs:
            yield from part.walk()

    def with_settings(self, settings: Mapping[str, Value]) -> "Genome":
        """Return the same tree with other settings at its root."""
        return replace(self, settings=tuple(sorted(settings.items())))

    def replaced(self, part: "Genome", new: "Genome") -> "Genome":
        """Return the same tree with a new part in every place of an old one."""
        if self == part:
            return new
        inputs = [item.replaced(part, new) for item in self.inputs]
        return Genome.canonical(self.operator, *inputs, settings=dict(self.settings))

    def shortened(self) -> Iterator[tuple[str, "Genome"]]:
        """Yield every operator with one input, and the same tree without that operator.

        Examples
        --------
        >>> genome = Genome.parse("log_target(ridge(standard_scaler(numeric)))")
        >>> for step, shorter in genome.shortened():
        ...     print(step, "->", shorter)
        log_target -> ridge(standard_scaler(numeric))
        ridge -> log_target(standard_scaler(numeric))
        standard_scaler -> log_target(ridge(numeric))
        """
        for part in dict.fromkeys(self.walk()):
            if len(part.inputs) == 1:
                yield part.operator, self.replaced(part, part.inputs[0])

    def __str__(self) -> str:
        return self.text


def _read(node: ast.expr) -> Genome:
    if isinstance(node, ast.Name):
        return Genome(node.id)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
        raise ValueError(f"expected a name or a call, got {ast.unparse(node)}")
    settings = {str(word.arg): _value(word.value) for word in node.keywords}
    # The name of `**settings` is None, and a name that comes twice is one key.
    if "None" in settings or len(settings) < len(node.keywords):
        raise ValueError("expected every setting once and by its name")
    return Genome.canonical(node.func.id, *map(_read, node.args), settings=settings)


def _value(node: ast.expr) -> Value:
    value = ast.literal_eval(node)
    if isinstance(value, tuple) and all(isinstance(item, int) for item in value):
        return value
    if isinstance(value, float) and not math.isfinite(value):  # 1e999 is read as infinity
        raise ValueError(f"expected a finite number, got {value!r}")
    if value is None or isinstance(value, float | int | str | bool):
        return value
    raise ValueError(f"expected a number, a text, None or integers, got {value!r}")
