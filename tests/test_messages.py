"""No message holds a whole cell, which may have a megabyte."""

import pickle

import pandas as pd
import pytest

from automl import AutoMLWarning, DataError, FileError
from automl.errors import LONGEST, AutoMLError, shortened, warn
from automl.pipelines.carried.frame import CellReader, UnreadableError, read_numbers, read_texts

CELL = "x" * 1_000_000
SHORT = 1_000  # characters


@pytest.mark.parametrize(
    "quoted",
    [
        repr(CELL),
        repr([CELL, "b", CELL]),
        repr({"name": CELL}),
        repr(f"it's {CELL}"),
        repr(f'it\'s "{CELL}" \\ \n'),
    ],
)
def test_long_texts_in_quotes_are_cut(quoted):
    message = f"the user's column has {quoted}; correct it"
    cut = shortened(message)
    assert len(cut) < SHORT
    assert cut.startswith("the user's column has ")
    assert cut.endswith("; correct it")
    for error in (
        AutoMLError(message),
        DataError(message),
        pickle.loads(pickle.dumps(FileError(message))),
    ):
        assert str(error) == cut
    with pytest.warns(AutoMLWarning) as caught:
        warn(message)
    assert str(caught[0].message) == cut


def test_what_is_not_long_stays():
    texts = "a file's 'name' and the \"others'\"" + " and 'one' more" * LONGEST
    assert shortened(texts) == texts


def test_cells_that_are_not_as_in_training_are_cut():
    numbers = CellReader([(read_numbers, ["a"])]).fit(pd.DataFrame({"a": [1.0, 2.0]}))
    with pytest.raises(UnreadableError) as unreadable:
        numbers.transform(pd.DataFrame({"a": [CELL, CELL]}))
    assert len(str(unreadable.value)) < SHORT
    texts = CellReader([(read_texts, ["a"])]).fit(pd.DataFrame({"a": [CELL, "b"] * 50}))
    with pytest.warns(UserWarning, match="count as unknown") as caught:
        texts.transform(pd.DataFrame({"a": [f"{CELL}y", "b"] * 50}))
    assert len(str(caught[0].message)) < SHORT
