"""The layout of nested calls as source.

Code formatters such as ruff give every argument a line of its own where a call is too long for a
line. A pipeline is calls inside calls, so a script would be mostly short lines. Here lines are
filled, as by hand, which keeps a whole script on a few screens::

    Pipeline([                                         a list with calls: a line for each item
        ("columns", make_column_transformer(...)),
        ("target", TransformedTargetRegressor(         a single inner call: it opens and closes on
            regressor=Ridge(alpha=3.0), check=False)),     the lines of the call around it
    ])
    NUMERIC = ["age", "height", "weight", "income",    plain values: they fill lines, in the column
               "distance"]                             behind the bracket

An argument is broken only where it does not fit into its line as a whole. Then the first rule holds
that applies: plain values, a list with calls, a single inner call. All other arguments fill lines
below the name of their call.

Three numbers say where an argument stands: the `column` of its first character, the `indent` of
that line, and the length of the `tail`, which is the brackets and commas behind its last character.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any

from automl.pipelines.operators.calls import Call, Constant, Name

WIDTH = 100  # characters of a line, as in the rest of the project
# Arguments that stand first, where scikit-learn's own examples give them without their names.
POSITIONAL = {"steps", "transformers", "transformer_list", "estimators", "func", "score_func"}


def layout(argument: Any, column: int, indent: int, tail: int = 0) -> str:
    """Return the source of an argument, broken where it is too long for a line.

    Parameters
    ----------
    argument : Call, Name, Constant, list, tuple, dict or plain value
    column : int
        The column of its first character.
    indent : int
        The indent of the line that it starts in.
    tail : int
        The number of characters behind it in its last line.
    """
    line = flat(argument)
    name, opening, items, closing = _pieces(argument)
    if not items or column + len(line) + tail <= WIDTH:
        return line
    start, tail = name + opening, tail + len(closing)
    column += len(start)
    if not _has(argument, Call | Name):
        return start + _fill(items, column, tail) + closing
    pad = f"\n{' ' * (indent + 4)}"
    if isinstance(argument, list) and _has(argument, Call):
        lines = [f"{pad}{layout(item, indent + 4, indent + 4, 1)}," for item in items]
        return f"{start}{''.join(lines)}\n{' ' * indent}{closing}"
    hugged = None if isinstance(argument, list) else _hug(items, column, tail)
    if hugged is None:
        return start + pad + _fill(items, indent + 4, tail) + closing
    before, item, after = hugged
    middle = layout(item, column + len(before), indent, len(after) + tail)
    return start + before + middle + after + closing


def _has(argument: Any, kind: type | UnionType) -> bool:
    return any(isinstance(part, kind) for part in parts_of(argument))


def _hug(items: Sequence[Any], column: int, tail: int) -> tuple[str, Any, str] | None:
    """Return the only item that can be broken, with the source before and after it."""
    places = [
        place for place, item in enumerate(items) if _pieces(item)[2] and _has(item, Call | Name)
    ]
    if len(places) != 1:
        return None
    (place,) = places
    name, opening, *_ = _pieces(items[place])
    before = "".join(f"{flat(item)}, " for item in items[:place])
    after = "".join(f", {flat(item)}" for item in items[place + 1 :])
    # Readers overlook arguments behind a closing bracket, so at most half a line of them.
    if column + len(before + name + opening) > WIDTH or len(after) + tail > WIDTH // 2:
        return None
    return before, items[place], after


def _fill(items: Sequence[Any], column: int, tail: int) -> str:
    """Return items that start in a column, as many on every line as fit.

    A call that needs several lines may start beside the item before it, for its later lines have
    an indent anyway. Other broken items start a line, so that their parts stand below each other.
    """
    text = ""
    for place, item in enumerate(items, 1):
        room = 1 if place < len(items) else tail
        alone = layout(item, column, column, room)
        last_line = text.rpartition("\n")[2]
        end = len(last_line) + (0 if "\n" in text else column) + 2
        is_broken_call = "\n" in alone and isinstance(item, Call | _Named)
        beside = layout(item, end, column, room) if is_broken_call else alone
        first_line, _, lines_below = beside.partition("\n")
        if not text:
            text = alone
        elif end + len(first_line) + (0 if lines_below else room) <= WIDTH:
            text += f", {beside}"
        else:
            text += f",\n{' ' * column}{alone}"
    return text


def flat(argument: Any) -> str:
    """Return the source of an argument on one line."""
    name, opening, items, closing = _pieces(argument)
    return name + opening + ", ".join(map(flat, items)) + closing


def _pieces(argument: Any) -> tuple[str, str, list[Any], str]:
    """Split an argument into name, opening, items and closing."""
    if isinstance(argument, _Named):
        name, opening, items, closing = _pieces(argument.value)
        return argument.name + name, opening, items, closing
    if isinstance(argument, Call):
        output = '.set_output(transform="pandas")' if argument.as_frame else ""
        return argument.path.rpartition(".")[2], "(", _arguments(argument), f"){output}"
    if isinstance(argument, Name):
        return argument.path.rpartition(".")[2], "", [], ""
    if isinstance(argument, Constant):
        return argument.name, "", [], ""
    if isinstance(argument, list):
        return "", "[", argument, "]"
    if isinstance(argument, tuple) and len(argument) > 1:
        return "", "(", list(argument), ")"
    if isinstance(argument, dict):
        entries = [_Named(f"{_literal(name)}: ", value) for name, value in argument.items()]
        return "", "{", entries, "}"
    return _literal(argument), "", [], ""


@dataclass(frozen=True)
class _Named:
    """An argument by keyword, or an entry of a dictionary."""

    name: str
    value: Any


def _arguments(call: Call) -> list[Any]:
    positional: list[Any] = []
    named = []
    for place, (name, value) in enumerate(call.settings.items()):
        if name == "*":  # the steps of a call such as `make_pipeline`, which have no names
            positional += value
        elif place == 0 and name in POSITIONAL:
            positional.append(value)
        else:
            named.append(_Named(f"{name}=", value))
    return positional + named


def parts_of(argument: Any) -> Iterator[Call | Name | Constant]:
    """Yield every call, name and constant in nested calls."""
    if isinstance(argument, Call | Name | Constant):
        yield argument
    if isinstance(argument, _Named):
        yield from parts_of(argument.value)
    if isinstance(argument, Call):
        argument = argument.settings
    if isinstance(argument, Mapping):
        argument = list(argument.values())
    if isinstance(argument, list | tuple):
        for item in argument:
            yield from parts_of(item)


def _literal(value: Any) -> str:
    """Return a plain value as source, texts in double quotes where that needs no escapes."""
    text = repr(value)
    if isinstance(value, str) and text[0] == "'" and '"' not in text and "\\" not in text:
        return f'"{value}"'
    return text
