"""The form of a text file as options of pandas."""

import pytest

from automl.pipelines.building.read_options import ReadOptions


def test_the_plain_case_has_no_options():
    assert ReadOptions().for_pandas() == {}
    assert ReadOptions().is_valid()


def test_every_part_of_a_form_is_an_option():
    form = ReadOptions(
        separator="\t",
        decimal=",",
        encoding="cp1252",
        missing=("?",),
        has_comments=True,
        skips_spaces=True,
        ends_with_separator=True,
    )
    assert form.is_valid()
    assert form.for_pandas() == {
        "sep": "\t",
        "decimal": ",",
        "encoding": "cp1252",
        "na_values": ["?"],
        "comment": "#",
        "skipinitialspace": True,
        "index_col": False,
    }


@pytest.mark.parametrize(
    "parts",
    [
        {"format": "pickle"},
        {"separator": ""},
        {"separator": ";;"},
        {"separator": '"'},
        {"separator": "\n"},
        {"separator": "\ud800"},
        {"decimal": ";"},
        {"encoding": "none"},
        {"encoding": "hex"},
        {"encoding": "a\0b"},
        {"missing": ("\ud800",)},
    ],
)
def test_no_file_has_such_a_form(parts):
    assert not ReadOptions(**parts).is_valid()
