"""Each sign of a flaw in the data gets a sentence; sound data get none."""

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import Columns
from automl.problem.leaks import FEW_VALUES, MIN_ROWS, SAMPLED_ROWS, target_leaks
from automl.problem.structure import structure_of
from automl.problem.suspicions import DUPLICATES, counts_rows, repeated_rows, suspicions

N = 200
RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=N)
CODES = np.arange(N) % 3
LABELS = np.array(["a", "b", "c"])[CODES]
BINARY = np.where(NUMBERS > 0, 1, 0)
CELLS = pd.DataFrame({"noise": RNG.normal(size=N), "text": RNG.choice(["x", "y"], N)})
NUMERIC, CATEGORICAL = ("noise", "number"), ("text", "code")
COLUMNS = Columns(numeric=NUMERIC, categorical=CATEGORICAL)


def sentences(y, task, grouped=False, **cells):
    frame = CELLS.assign(**cells)
    return told(frame, y, task, grouped)


def told(frame, y, task, grouped=False):
    columns = columns_of(frame)
    return list(suspicions(frame, columns, y, task, structure_of(frame, columns), grouped=grouped))


def columns_of(frame):
    """Return the columns that a frame has."""
    return Columns(
        numeric=tuple(name for name in NUMERIC if name in frame),
        categorical=tuple(name for name in CATEGORICAL if name in frame),
    )


def leaks(y, task, **cells):
    return target_leaks(CELLS.assign(**cells), COLUMNS, y, task)


@pytest.mark.parametrize(
    ("y", "task"), [(NUMBERS, "regression"), (LABELS, "classification"), (BINARY, "classification")]
)
def test_sound_data_are_silent(y, task):
    assert sentences(y, task) == []
    assert (
        sentences(y, task, number=NUMBERS + RNG.normal(size=N), code=RNG.permutation(LABELS)) == []
    )


def test_columns_that_are_the_target_are_named_in_the_order_of_the_frame():
    (sentence,) = sentences(LABELS, "classification", number=CODES, code=LABELS)
    assert sentence == (
        "the columns ['number', 'code'] tell the target nearly without error; if they are not "
        "known at the time of prediction, leave them out"
    )
    names = ["delta", "alpha", "charlie", "bravo"]
    cells, columns = pd.DataFrame(dict.fromkeys(names, LABELS)), Columns(categorical=tuple(names))
    assert target_leaks(cells, columns, LABELS, "classification") == names
    assert target_leaks(cells[names[::-1]], columns, LABELS, "classification") == names[::-1]


@pytest.mark.parametrize(("task", "y"), [("regression", NUMBERS), ("classification", BINARY)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_with_the_order_of_the_target_is_the_target(task, y, sign):
    assert leaks(y, task, number=sign * np.exp(NUMBERS)) == ["number"]
    assert leaks(y, task, number=np.where(np.arange(N) % 3, sign * NUMBERS**3, np.nan)) == [
        "number"
    ]


def test_a_column_with_gaps_needs_rows_enough_and_two_targets():
    few = np.arange(N) < MIN_ROWS - 1
    assert leaks(NUMBERS, "regression", number=np.where(few, NUMBERS, np.nan)) == []
    half_constant = np.where(np.arange(N) < N // 2, 0.0, NUMBERS)
    number = np.where(np.arange(N) < N // 2, NUMBERS, np.nan)
    assert leaks(half_constant, "regression", number=number) == []


def test_a_column_of_few_cells_is_the_class_in_other_words():
    codes = np.array(["u", "v", "w"])[CODES]
    assert leaks(LABELS, "classification", code=codes) == ["code"]
    assert leaks(LABELS, "classification", number=CODES * 7.0) == ["number"]
    wrong = np.where(np.arange(N) < 3, "u", codes)
    assert leaks(LABELS, "classification", code=wrong) == []  # 1 of 100 errors stays
    assert leaks(NUMBERS, "regression", code=codes) == []  # which has no classes


def test_a_name_for_every_row_tells_nothing():
    assert leaks(LABELS, "classification", code=[f"row {row}" for row in range(N)]) == []
    pairs = np.char.add(LABELS, np.char.mod("%d", np.arange(N) // 3 % 40))
    assert len(set(pairs)) > FEW_VALUES
    assert leaks(LABELS, "classification", code=pairs) == []


def test_few_rows_and_several_targets_are_not_looked_at():
    cells, y = CELLS.assign(number=NUMBERS), NUMBERS
    few = MIN_ROWS - 1
    assert target_leaks(cells[:MIN_ROWS], COLUMNS, y[:MIN_ROWS], "regression") == ["number"]
    assert target_leaks(cells[:few], COLUMNS, y[:few], "regression") == []
    assert target_leaks(cells, COLUMNS, np.column_stack([y, y]), "regression") == []


def test_of_many_rows_a_suspicion_is_checked_on_all():
    n_rows = 2 * SAMPLED_ROWS
    y = np.random.default_rng(1).normal(size=n_rows)
    sample = np.linspace(0, n_rows - 1, SAMPLED_ROWS).astype(int)
    seldom = -y
    seldom[sample] = y[sample]  # agrees on the rows of the sample, and nowhere else
    cells, columns = (
        pd.DataFrame({"same": y, "seldom": seldom}),
        Columns(numeric=("same", "seldom")),
    )
    assert target_leaks(cells.iloc[sample], columns, y[sample], "regression") == list(cells)
    assert target_leaks(cells, columns, y, "regression") == ["same"]


def repeated(n_copies):
    rows = np.r_[np.arange(N), np.arange(n_copies)]
    return CELLS.iloc[rows].reset_index(drop=True), NUMBERS[rows]


def test_rows_that_occur_before_are_told_from_a_share_of_them():
    cells, y = repeated(50)
    (sentence,) = told(cells, y, "regression")
    assert sentence == (
        "20% of the rows are equal to another row, target and all; if they are the same cases, "
        "drop them or pass groups, or scores will be too good"
    )
    assert told(cells, y, "regression", grouped=True) == []
    cells, y = repeated(10)
    assert 0 < repeated_rows(cells, y).mean() < DUPLICATES
    assert told(cells, y, "regression") == []


def test_rows_are_equal_with_their_target_only():
    cells, y = repeated(50)
    assert repeated_rows(cells, y).mean() == pytest.approx(50 / 250)
    assert repeated_rows(cells, np.arange(250)).mean() == 0
    assert repeated_rows(cells, np.column_stack([y, np.arange(250)])).mean() == 0
    assert repeated_rows(cells, np.column_stack([y, y])).mean() == pytest.approx(50 / 250)


def test_classes_of_a_single_row_are_told_ten_of_them():
    labels = LABELS.copy().astype("U9")
    labels[7] = "odd"
    assert sentences(labels, "classification") == [
        "classes of a single row cannot be learnt and scored: ['odd']"
    ]
    labels[:12] = [f"odd {row:02}" for row in range(12)]
    (sentence,) = sentences(labels, "classification")
    assert sentence.endswith(f": {[f'odd {row:02}' for row in range(10)]}")
    assert sentences(np.arange(N), "regression") == []


def test_columns_that_count_the_rows_are_told():
    for first in (0, 1):
        (sentence,) = sentences(NUMBERS, "regression", number=np.arange(N) + float(first))
        assert sentence.startswith("the columns ['number'] count the rows")
        # In another order they still tell the place in the file that was shuffled.
        shuffled = RNG.permutation(N) + float(first)
        assert sentences(NUMBERS, "regression", number=shuffled) == [sentence]
        assert not counts_rows(pd.Series(shuffled).where(shuffled > first + 1))
    rising = 1_000 + np.cumsum(RNG.integers(1, 4, N))
    assert sentences(NUMBERS, "regression", number=rising.astype(float)) == [sentence]
    assert sentences(NUMBERS, "regression", number=np.sort(NUMBERS)) == []
    assert sentences(NUMBERS, "regression", number=np.arange(N) // 2 + 0.0) == []


def test_rows_that_come_again_accuse_no_column():
    rows = RNG.integers(0, 60, 600)  # each row some ten times
    cells = pd.DataFrame({"noise": NUMBERS[:60], "text": [f"t{row}" for row in range(60)]})
    cells, y = cells.iloc[rows].reset_index(drop=True), LABELS[:60][rows]
    (sentence,) = told(cells, y, "classification")
    assert "of the rows are equal to another row" in sentence


def test_a_group_is_no_leak_of_the_label_that_all_of_its_rows_have():
    patients = np.repeat(np.arange(40), 5)
    labels = LABELS[:40][patients]
    cells = pd.DataFrame({"patient": [f"P{code}" for code in patients], "noise": NUMBERS})
    columns = Columns(numeric=("noise",), categorical=("patient",))
    assert target_leaks(cells, columns, labels, "classification") == ["patient"]
    structure = structure_of(cells, columns)
    assert list(suspicions(cells, columns, labels, "classification", structure)) == []


def test_rows_of_few_cells_are_equal_by_chance():
    cells = pd.DataFrame(
        {"noise": RNG.integers(0, 3, 200), "number": RNG.integers(0, 2, 200)}, dtype=float
    )
    cells["text"] = RNG.choice(["x", "y", "z", "w"], 200)
    assert repeated_rows(cells, BINARY).mean() > 0.5
    assert told(cells, BINARY, "classification") == []
