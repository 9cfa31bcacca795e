"""What is not as people may expect is said of columns, once."""

import pandas as pd
import pytest

from automl.pipelines import read_columns
from automl.problem.remarks import remarks

N = 40


def said_of(cells):
    frame = pd.DataFrame({"x": cells, "z": [0.5 * row for row in range(N)]})
    return [text for text in remarks(frame, read_columns(frame)) if "'x'" in text]


@pytest.mark.parametrize("form", ["{0:02}/{1:02}/2023", "{1}.{0}.2023", "{0}-{1}-23"])
def test_dates_of_which_day_or_month_may_be_first_are_named(form):
    texts = [form.format(row % 12 + 1, row * 5 % 12 + 1) for row in range(N)]
    sentences = said_of(texts)
    assert any("may have the month or the day first" in sentence for sentence in sentences)
    certain = [form.format(row % 12 + 1, row % 28 + 1) for row in range(N)]
    assert not any("the day first" in sentence for sentence in said_of(certain))


def test_columns_that_are_left_out_are_named():
    (constant,) = said_of(["same"] * N)
    assert constant == "columns of one value are left out: ['x']"
    (empty,) = said_of([None] * N)
    assert empty == "columns without a cell are left out: ['x']"
    frame = pd.DataFrame(1, index=range(N), columns=list("abcdefg")).assign(z=range(N))
    (several,) = remarks(frame, read_columns(frame))
    assert several.endswith("['a', 'b', 'c', 'd', 'e'] and 2 more")
