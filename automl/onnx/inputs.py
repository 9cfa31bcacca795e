"""The inputs of a model: a tensor for each column that its pipelines use."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.errors import SettingsError
from automl.onnx.graph import ML, PREFIX, Block, Graph, Kind
from automl.pipelines import Columns

KINDS: dict[str, Kind] = {
    "numeric": "number",
    "durations": "number",
    "ordered": "text",
    "categorical": "text",
    "high_cardinality": "text",
}  # dates and free text have no ONNX form here
LABEL, PROBABILITIES, PREDICTION = "label", "probabilities", "prediction"
TAKEN = ("", LABEL, PROBABILITIES, PREDICTION)  # by outputs; an empty name is none
LARGEST = 1e150  # cells from which on count as missing, as when Python reads them
# As languages write them; where a column has codes, Python reads all of them as numbers.
BOOLEANS = {"True": "1", "true": "1", "TRUE": "1", "False": "0", "false": "0", "FALSE": "0"}


class Inputs(Mapping[str, Block]):
    """The columns of a dataframe as blocks; a column becomes an input when a step asks for it.

    Parameters
    ----------
    graph : Graph
    columns : Columns
    """

    def __init__(self, graph: Graph, columns: Columns) -> None:
        self._graph = graph
        self._kinds = {
            name: KINDS[kind]
            for kind, names in columns.kinds().items()
            if kind in KINDS
            for name in names
        }
        self._codes = {name for name, reading in columns.readings.items() if reading.is_code}
        self._blocks: dict[str, Block] = {}

    def __getitem__(self, name: str) -> Block:
        if name not in self._blocks:
            if name in TAKEN or name.startswith(PREFIX):
                raise SettingsError(
                    f"no input of an ONNX model can be called {name!r}; rename the column and fit "
                    "again, or use search.export(...) or automl serve instead"
                )
            block = self._graph.input(name, self._kinds[name])
            if block.kind == "number":
                block = self._bounded(block)
            elif name in self._codes:
                block = self._numbered(block)
            self._blocks[name] = block
        return self._blocks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __contains__(self, name: object) -> bool:
        return name in self._kinds  # that of `Mapping` would make an input

    @property
    def used(self) -> dict[str, Kind]:
        """The inputs of the model with their kinds."""
        return {name: self._kinds[name] for name in self._blocks}

    def _bounded(self, block: Block) -> Block:
        size = self._graph.add("Abs", block.name)
        is_small = self._graph.add("Less", size, self._graph.constant(LARGEST))
        gap = self._graph.constant(np.nan)
        return Block(self._graph.add("Where", is_small, block.name, gap), 1)

    def _numbered(self, block: Block) -> Block:
        """Return texts with booleans as 1 and 0."""
        number = self._graph.add(
            "LabelEncoder",
            block.name,
            domain=ML,
            keys_strings=list(BOOLEANS),
            values_strings=list(BOOLEANS.values()),
            default_string="",
        )
        is_other = self._graph.add("Equal", number, self._graph.constant(np.array("", object)))
        return Block(self._graph.add("Where", is_other, block.name, number), 1, "text")


def tensors_of(
    frame: pd.DataFrame, columns: Columns, kinds: Mapping[str, Kind]
) -> dict[str, NDArray[np.generic]]:
    """Return rows as the inputs of a model.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    columns : Columns
    kinds : mapping of str to {"number", "text"}
        The inputs of the model.
    """
    cells = columns.read(frame)
    tensors = {}
    for name, kind in kinds.items():
        if kind == "number":
            tensor = cells[name].to_numpy(np.float64)
        else:
            tensor = cells[name].astype(object).where(cells[name].notna(), "").to_numpy(object)
        tensors[name] = tensor.reshape(-1, 1)
    return tensors
