"""Cells as people write them: what they are, and what they must not become."""

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import read_columns
from automl.pipelines.building.build import make
from automl.pipelines.carried.frame import UnreadableError

DAYS = pd.date_range("2018-03-01", periods=60, freq="13D")


def column_of(*cells, n_rows=60):
    """Return cells, repeated."""
    return pd.Series([cells[row % len(cells)] for row in range(n_rows)], dtype=object)


def read(cells):
    """Return the kind of a column, its reading and its cells."""
    frame = pd.DataFrame({"x": cells})
    columns = read_columns(frame)
    (kind,) = columns.kinds()
    return kind, columns.readings.get("x"), columns.read(frame)["x"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("(3,185.17)", "12.5", "(83)"), (-3185.17, 12.5, -83)),
        (("($5.00)", "$7.50", "$(1,200.00)"), (-5, 7.5, -1200)),
        (("12.5-", "83", "7-"), (-12.5, 83, -7)),
        (("\u221212.5", "83", "\u20137"), (-12.5, 83, -7)),
        (("- 12.5", "83", "- 7"), (-12.5, 83, -7)),
        (("\xa012.5\xa0", "\u202f83", " 7"), (12.5, 83, 7)),
        (("3,185e+03", "1,350e+03", "2,058e+02"), (3185, 1350, 205.8)),
        (("3\u2019185.17", "83.62", "7"), (3185.17, 83.62, 7)),
        (("3185,17 zł", "83,62 zł", "7,5 zł"), (3185.17, 83.62, 7.5)),
        (("1.234.567", "2.000", "3.500"), (1234567, 2000, 3500)),
        (("318 517", "20 583", "8 362"), (318517, 20583, 8362)),
    ],
)
def test_numbers(cells, expected):
    kind, _, numbers = read(column_of(*cells))
    assert kind == "numeric"
    np.testing.assert_array_equal(numbers, column_of(*expected).astype(float))


@pytest.mark.parametrize(
    "format_",
    [
        *("%y-%m-%d", "%d-%m-%y", "%y/%m/%d", "%m/%d/%y", "%d.%m.%y", "%d-%b-%y", "%Y.%m.%d"),
        *("%m/%d/%y %I:%M %p", "%d.%m.%y %H:%M:%S", " %Y-%m-%d\xa0"),
    ],
)
def test_dates(format_):
    kind, _, dates = read(pd.Series(DAYS.strftime(format_), dtype=object))
    assert kind == "dates"
    np.testing.assert_array_equal(dates, DAYS)


@pytest.mark.parametrize("format_", ["%b-%y", "%b %Y", "%B %Y", "%Y-%m"])
def test_months(format_):
    kind, _, dates = read(pd.Series(DAYS.strftime(format_), dtype=object))
    assert kind == "dates"
    np.testing.assert_array_equal(dates, DAYS.to_period("M").to_timestamp())


@pytest.mark.parametrize(
    ("years", "first"),
    [
        (range(2015, 2024), None),
        (range(1985, 2024), None),
        (range(2024, 2036), None),
        (range(1930, 2011), 1920),
        (range(1930, 1969), 1899),
        (range(1940, 2040), 1940),
        ([1968], 1918),
        ([2039], None),
        ([1940], 1890),
    ],
)
def test_two_digits_are_the_years_of_one_stretch_up_to_2039(years, first):
    cells = [f"06/{day}/{year % 100:02}" for year in years for day in (15, 16)]
    kind, reading, dates = read(column_of(*cells, n_rows=len(cells)))
    assert kind == "dates"
    assert reading.first_year == first
    assert dates.dt.year.tolist()[::2] == list(years)
    assert ("two digits are a year" in str(reading)) == (first is not None)


def test_later_dates_are_of_the_years_of_training():
    columns = read_columns(pd.DataFrame({"x": ["02/13/35", "02/13/80"] * 3}))
    new = pd.DataFrame({"x": ["02/29/12", "02/13/99", "02/13/2080"]})
    assert columns.read(new)["x"].dt.year.tolist()[:2] == [1912, 1999]
    assert columns.read(new)["x"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (("14:30", "9:05", "-0:30"), (52200, 32700, -1800)),
        (("14:30", "9:05:07.5", "00:00"), (52200, 32707.5, 0)),
        (("1 days 02:00:00", "36:10", "23:59:59"), (93600, 130200, 86399)),
    ],
)
def test_times_of_day(cells, seconds):
    kind, _, durations = read(column_of(*cells))
    assert kind == "durations"
    assert durations.tolist()[: len(seconds)] == list(seconds)


def test_a_day_never_follows_a_year():
    kind, _, dates = read(column_of("2023.01.02", "2023.03.04", "2023.05.06"))
    assert kind == "dates"
    assert dates[0] == pd.Timestamp("2023-01-02")


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("%Y-%m-%d", "9999-12-31"),
        ("%Y-%m-%d", "0001-01-01"),
        ("%Y-%m-%d", "0000-00-00"),
        ("%Y-%m-%d %H:%M:%S", "0000-00-00 00:00:00"),
        ("%d.%m.%Y", "31.12.9999"),
        ("%m/%d/%Y", "01/01/0001"),
    ],
)
def test_days_that_stand_for_no_date_are_missing(format_, text):
    cells = pd.Series(DAYS.strftime(format_), dtype=object).mask(np.arange(60) % 5 == 0, text)
    kind, reading, dates = read(cells)
    assert kind == "dates"
    assert reading.missing == (text,)
    np.testing.assert_array_equal(dates.isna(), np.arange(60) % 5 == 0)


@pytest.mark.parametrize(
    "cells",
    [
        ("192.168.100.100", "192.168.101.200"),
        ("1.2.3", "1.10.0", "2.0.1"),
        ("0170 123 456", "0171 234 567"),
        ("(555) 555-1000", "(555) 555-2000"),
        ("978-3-16-148410-0", "978-3-16-148411-1"),
        ("12a", "13", "7b"),
        ("1st", "2nd", "3rd"),
        ("20-29", "30-39", "50+"),
        ("10x20", "5x5"),
        ("3:1", "2:0"),
        ("May", "Sunday"),
        ("2010-11", "2012-13", "2019-20"),
    ],
)
def test_categories(cells):
    kind, _, texts = read(column_of(*cells))
    assert kind == "categorical"
    assert list(texts) == list(column_of(*cells))


def test_different_numbers_among_other_texts_are_no_identifier():
    cells = pd.Series([f"${row}.5" if row % 10 == 0 else f"{row}.5" for row in range(60)])
    kind, reading, _ = read(cells)
    assert kind == "high_cardinality"
    assert reading.number_share == 0.9


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DAYS.astype(str), 1_519_862_400),
        (DAYS.astype(str), True),
        (DAYS.astype(str), pd.Timedelta(1, "D")),
        (range(60), DAYS[0]),
        (range(60), "about 5"),
        (["00:10:00", "01:20:30"] * 30, DAYS[0]),
    ],
)
def test_a_column_of_another_type_is_an_error(old, new):
    frame = pd.DataFrame({"x": old})
    reader = make(read_columns(frame).reader()).fit(frame)
    with pytest.raises(UnreadableError, match="60 of 60 cells"):
        reader.transform(pd.DataFrame({"x": [new] * 60}))


def test_infinite_numbers_are_missing_as_in_training():
    frame = pd.DataFrame({"x": [*range(50), *[np.inf] * 10]})
    make(read_columns(frame).reader()).fit(frame).transform(frame)
