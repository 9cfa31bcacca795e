"""Any TOML file is a catalogue, or is refused with a `ValueError` that says why."""

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl import AutoMLClassifier, SettingsError
from automl.pipelines import load_catalogue

TOML = """\
preset = "linear"
exclude = ["pca"]
[operators.ridge_sag]
path = "sklearn.linear_model.Ridge"
takes = "Scaled"
gives = "Prediction"
tasks = ["regression"]
fixed = {solver = "sag"}
final = {solver = "sag"}
final_path = "sklearn.linear_model.Ridge"
parallel = false
role = "model"
requires = "sklearn"
argument = "alpha"
min_rows = 2
max_rows = 200_000
max_columns = 100
tells_gaps = false
one_output = false
min_target = -1.0
parts = ["collections.OrderedDict"]
[operators.ridge_sag.domains]
alpha = {low = 1e-3, high = 1e3, default = 1.0, log = true}
max_iter = {low = 10, high = 1000, default = 100, log = true}
fit_intercept = {values = [true, false], default = true}
"""
VALUES = [
    *("3", "-1", "true", '"x"', '""', "[]", "[1]", '["a"]', '[["a"]]', "{}", "{a = 1}", "nan"),
    *("inf", "-inf", "1979-05-27", "07:32:00", "1e308", f"0x{600 * 'f'}", f"0x{6000 * 'f'}"),
    *('"Output"', '"Gappy"', '"Prediction"', '"Numeric"', '"\\u0000"', '"a\\nb"', '".x"'),
    *('"os.path"', '"sklearn.svm.SVC"', '"builtins.dict"', '"."', '"model > model"', '"imputer"'),
    *("{low = nan, high = 1, default = 0}", "{low = -inf, high = inf, default = 0.0}"),
    *(f"{{low = 1, high = 0x{300 * 'f'}, default = 1}}", "{values = [1, [2, [3]]], default = 1}"),
    *("{values = [[1], [2]], default = [1]}", "{values = [nan, 1.0], default = 1.0}"),
    *('{values = ["a", 1979-05-27], default = "a"}', '{values = {a = 1, b = 2}, default = "a"}'),
    *("{low = 1, high = 2, default = 1, log = 3}", "{low = 1, high = 2, default = 1, values = []}"),
    *(40 * "[" + 40 * "]", 5_000 * "[", f'"{3_000 * "y"}"', "9" * 5_000),
]
NAMES = [
    *('"a b"', '"a\\nb"', '""', '"class"', "join", '"None"', "numeric", '"é"', '"a:b"', "path"),
    *('"\\u0000"', '"\\u001b[31m"', "color", "operators", '"x.y"', "domains", "a.b.c"),
]


def is_loaded(path):
    """Tell whether a file is loaded; anything but a refusal in words is an error."""
    reason = ""
    try:
        load_catalogue(str(path))
    except ValueError as error:
        reason = str(error)
        assert type(error) is ValueError, reason  # noqa: PT017 an error of tomllib is one, too
    assert len(reason) < 2_000
    assert all(character.isprintable() for character in reason)
    return not reason


@settings(max_examples=400)
@given(data=st.data())
def test_lines_with_other_keys_and_values(tmp_path_factory, data):
    lines = TOML.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        name, _, value = lines[place].partition(" = ")
        if not value:
            lines[place] = name.replace("ridge_sag", data.draw(st.sampled_from(NAMES)))
        elif data.draw(st.booleans()):
            lines[place] = f"{name} = {data.draw(st.sampled_from(VALUES))}"
        else:
            lines[place] = data.draw(
                st.sampled_from(["", *(f"{name} = {value}" for name in NAMES)])
            )
    path = tmp_path_factory.mktemp("toml") / "own.toml"
    path.write_text("\n".join(lines), "utf-8")
    is_loaded(path)


@settings(max_examples=50)
@given(data=st.data())
def test_bytes_with_other_values(tmp_path_factory, data):
    content = bytearray(TOML.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.mktemp("toml") / "own.toml"
    path.write_bytes(content)
    is_loaded(path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"linear"', 5_000 * "[", "too many lists"),
        ('"linear"', "9" * 5_000, "cannot be read"),
        ("ridge_sag", '"ridge\\nsag"', "names as Python has them"),
        ("ridge_sag", '"\\u001b[31mridge"', "names as Python has them"),
        ("ridge_sag", "join", "names as Python has them"),
        ("ridge_sag", "class", "names as Python has them"),
        ('"sag"}\nfinal', '"sag", "a b" = 1}\nfinal', "names as Python has them"),
        ('{solver = "sag"}', "{solver = 1979-05-27}", "plain values as fixed"),
        ("final_path", "finalpath", "expected keys among"),
        ('"sklearn.linear_model.Ridge"\nparallel', '"no.Thing"\nparallel', "no.Thing"),
        ("parallel = false", "parallel = 1", "true or false as parallel"),
        ("min_rows = 2", "min_rows = 2.5", "0 or more as min_rows"),
        ("min_target = -1.0", "min_target = nan", "a number as min_target"),
        ('["regression"]', '[["regression"]]', "list of texts as tasks"),
        ("high = 1e3", "high = inf", "expected numbers"),
        ("high = 1000", f"high = 0x{300 * 'f'}", "alpha|expected"),
        ("high = 1000", "high = 99_999_999_999_999_999", "expected whole numbers"),
        ("log = true}\nmax", "log = 1}\nmax", "true or false as log"),
        ("default = true}", "default = true, low = 1}", "expected a domain"),
        ("[true, false]", "[true, 07:32:00]", "among the values"),
        ("alpha = {", f"alpha = {50 * '['}{50 * ']'} #", "a domain as low"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, reason):
    assert old in TOML
    path = tmp_path / "own.toml"
    path.write_text(TOML.replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=reason) as caught:
        load_catalogue(str(path))
    assert "own.toml" in str(caught.value) or "'" in str(caught.value)
    with pytest.raises(SettingsError, match=reason):
        AutoMLClassifier(catalogue=str(path), max_evaluations=1).fit(
            [[0], [1], [2], [3]], [0, 1] * 2
        )


def test_lists_among_the_values_of_a_choice(tmp_path):
    path = tmp_path / "own.toml"
    choice = "fit_intercept = {values = [[1], [2]], default = [2]}"
    path.write_text(re.sub("fit_intercept.*", choice, TOML), "utf-8")
    assert load_catalogue(str(path))["ridge_sag"].domains["fit_intercept"].default == (2,)


class Paths:
    """Makes paths of no catalogue."""

    def folder(self, folder):
        (folder / "own.toml").mkdir()

    def fifo(self, folder):
        os.mkfifo(folder / "own.toml")

    def link_to_itself(self, folder):
        (folder / "own.toml").symlink_to(folder / "own.toml")

    def huge(self, folder):
        (folder / "own.toml").write_bytes(b"#" * (2**20 + 1))

    def no_unicode(self, folder):
        (folder / "own.toml").write_bytes(b'preset = "\xff"')

    def endless(self, folder):
        (folder / "own.toml").symlink_to("/dev/zero")


@pytest.mark.parametrize("kind", [name for name in vars(Paths) if not name.startswith("_")])
def test_files_that_are_no_text(tmp_path, kind):
    getattr(Paths(), kind)(tmp_path)
    with pytest.raises(ValueError, match=r"own\.toml' cannot be read"):
        load_catalogue(str(tmp_path / "own.toml"))


@pytest.mark.parametrize("name", ["a\0b.toml", "a" * 300 + ".toml", "\ud800.toml"])
def test_names_of_no_file(name):
    with pytest.raises(ValueError, match="cannot be read"):
        load_catalogue(name)
