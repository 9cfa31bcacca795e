"""An ONNX graph that grows node by node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind: TypeAlias = Literal["number", "text"]

ML = "ai.onnx.ml"
PREFIX = "automl/"  # of the names of inner tensors
# StringConcat came with 20, and trees with sets of categories with 5.
OPSETS = {"": 20, ML: 5}
IR_VERSION = 9  # of the format, the first with opset 20


@dataclass(frozen=True)
class Block:
    """A matrix that flows from step to step: a tensor of shape (n_rows, width)."""

    name: str
    """The name of the tensor."""
    width: int
    """Its columns."""
    kind: Kind = "number"
    """Doubles, whose missing cells are NaN; or texts, whose missing cells are empty."""
    categories: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """The texts of columns that hold their places, as those of pandas' categories."""


class Graph:
    """Nodes, constants, inputs and outputs, made into a model at the end."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._n_names = 0

    def input(self, name: str, kind: Kind) -> Block:
        """Add an input of shape (n_rows, 1)."""
        import onnx

        type_ = onnx.TensorProto.STRING if kind == "text" else onnx.TensorProto.DOUBLE
        self._inputs.append(onnx.helper.make_tensor_value_info(name, type_, ["n_rows", 1]))
        return Block(name, 1, kind)

    def output(self, name: str, tensor: str, dtype: np.dtype[Any], width: int | None) -> None:
        """Name a tensor as an output.

        Parameters
        ----------
        name : str
        tensor : str
        dtype : dtype
            Texts are objects.
        width : int or None
            None for a vector.
        """
        import onnx

        self._nodes.append(onnx.helper.make_node("Identity", [tensor], [name]))
        type_ = onnx.helper.np_dtype_to_tensor_dtype(dtype)
        shape: list[str | int | None] = ["n_rows"] if width is None else ["n_rows", width]
        self._outputs.append(onnx.helper.make_tensor_value_info(name, type_, shape))

    def add(self, operation: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output, and return the name of that.

        Parameters
        ----------
        operation : str
        *inputs : str
        domain : str
        **attributes
            All of them as in `add_several`.
        """
        return self.add_several(1, operation, *inputs, domain=domain, **attributes)[0]

    def add_several(
        self, n_outputs: int, operation: str, *inputs: str, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add a node, and return the names of its outputs.

        Parameters
        ----------
        n_outputs : int
        operation : str
        *inputs : str
        domain : str
        **attributes
            Arrays become tensors.
        """
        import onnx

        outputs = [self._name(operation) for _ in range(n_outputs)]
        values = {
            name: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
            for name, value in attributes.items()
        }
        self._nodes.append(
            onnx.helper.make_node(operation, list(inputs), outputs, domain=domain, **values)
        )
        return outputs

    def constant(self, value: ArrayLike) -> str:
        """Add a constant: whole numbers as int64, other numbers as double, or texts."""
        import onnx

        name = self._name("constant")
        self._constants.append(onnx.numpy_helper.from_array(plain(value), name))
        return name

    def cast(self, tensor: str, dtype: type[Any]) -> str:
        """Return a tensor as another type."""
        import onnx

        type_ = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.add("Cast", tensor, to=type_)

    def concat(self, blocks: Sequence[Block]) -> Block:
        """Return blocks of a kind side by side."""
        if len(blocks) == 1:
            return blocks[0]
        categories: dict[int, tuple[str, ...]] = {}
        start = 0
        for block in blocks:
            categories |= {start + place: texts for place, texts in block.categories.items()}
            start += block.width
        name = self.add("Concat", *(block.name for block in blocks), axis=1)
        return Block(name, start, blocks[0].kind, categories)

    def columns(self, tensor: str, places: Sequence[int] | NDArray[Any]) -> str:
        """Return some columns of a matrix."""
        return self.add("Gather", tensor, self.constant(np.asarray(places, np.int64)), axis=1)

    def splice(self, model: Any, tensor: str) -> list[str]:
        """Add the nodes of a model with one input, and return its outputs.

        Parameters
        ----------
        model : ModelProto
        tensor : str
            What takes the place of its input.
        """
        graph = model.graph
        names = {graph.input[0].name: tensor, "": ""}
        for constant in graph.initializer:
            names[constant.name] = constant.name = self._name("constant")
            self._constants.append(constant)
        for node in graph.node:
            outputs = [names.setdefault(name, self._name(node.op_type)) for name in node.output]
            inputs = [names[name] for name in node.input]
            del node.input[:], node.output[:]
            node.input.extend(inputs)
            node.output.extend(outputs)
            node.name = ""
            self._nodes.append(node)
        return [names[output.name] for output in graph.output]

    def model(self, notes: Mapping[str, str]) -> bytes:
        """Return the bytes of the model.

        Parameters
        ----------
        notes : mapping of str to str
            What the file says of itself.
        """
        import onnx

        used = {name for node in self._nodes for name in node.input}
        constants = [constant for constant in self._constants if constant.name in used]
        graph = onnx.helper.make_graph(
            self._nodes, "automl", self._inputs, self._outputs, constants
        )
        opsets = [onnx.helper.make_opsetid(*opset) for opset in OPSETS.items()]
        model = onnx.helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="automl-gp"
        )
        onnx.helper.set_model_props(model, dict(notes))
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _name(self, word: str) -> str:
        self._n_names += 1
        return f"{PREFIX}{word}_{self._n_names}"  # no input has such a name


def plain(values: ArrayLike) -> NDArray[Any]:
    """Return values as a model holds them: whole numbers as int64, other numbers as double."""
    array = np.asarray(values)
    types = {"i": np.int64, "u": np.int64, "f": np.float64, "U": np.object_}
    return array.astype(types.get(array.dtype.kind, array.dtype), copy=False)
