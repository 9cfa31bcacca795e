"""A whole pipeline as a value with one canonical text that parses back.

The text reads as nested calls, the model outermost::

    ridge(join(one_hot(categorical), standard_scaler(simple_imputer(numeric))), alpha=1.0)
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

    A leaf is a kind of columns, such as ``numeric``. The inputs of a join have no order, no nesting
    and no repetition: equal pipelines are equal genomes.

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
    """Where its data come from."""
    settings: tuple[tuple[str, Value], ...] = ()
    """Its hyperparameters by name, in the order of the names."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Genome) and self.text == other.text  # 1, 1.0 and True differ

    def __hash__(self) -> int:
        return hash(self.text)

    @classmethod
    def of(
        cls, operator: str, *inputs: "Genome", settings: Mapping[str, Value] | None = None
    ) -> "Genome":
        """Return the canonical genome of an operator over its inputs."""
        if operator == JOIN:
            if settings:
                raise ValueError(f"a join has no settings, got {dict(settings)}")
            flat = [part for one in inputs for part in (one.inputs if one.is_join else (one,))]
            inputs = tuple(sorted(set(flat), key=lambda part: part.text))
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
        """Return the same tree with another part in the place of every occurrence of one."""
        if self == part:
            return new
        inputs = [one.replaced(part, new) for one in self.inputs]
        return Genome.of(self.operator, *inputs, settings=dict(self.settings))

    def shortened(self) -> Iterator[tuple[str, "Genome"]]:
        """Yield every step with one input, and the same tree without it.

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
    if "None" in settings or len(settings) < len(node.keywords):  # ** unpacks under no name
        raise ValueError("expected every setting once and by its name")
    return Genome.of(node.func.id, *map(_read, node.args), settings=settings)


def _value(node: ast.expr) -> Value:
    value = ast.literal_eval(node)
    if isinstance(value, tuple) and all(isinstance(item, int) for item in value):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {value!r}")
    if value is None or isinstance(value, float | int | str | bool):
        return value
    raise ValueError(f"expected a number, a text, None or integers, got {value!r}")
