"""Every number of the table of structure, on trees that are small enough to count by hand."""

from textwrap import dedent

import pytest

from benchmarks.studies.house import (
    FILLERS,
    UNDOCUMENTED,
    Source,
    assigned_names,
    is_filler,
    main,
    measure,
    undocumented,
)

FEWEST = {
    "automl/__init__.py": "",
    "pipelines/__init__.py": "",
    "automl/fit.py": "def fit(): pass\n",
}


def write_checkout(root, files):
    """Write the files of a checkout; it has one function, `fit`, unless `files` say otherwise."""
    for name, text in (FEWEST | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return root


def measured(root, files):
    return measure(write_checkout(root, files))


def test_rooms_and_imports_between_them(tmp_path):
    measures = measured(
        tmp_path,
        {
            "automl/__init__.py": "from automl.errors import Refused",
            "automl/errors.py": "import json",
            "automl/cli.py": "from automl import Failed, Refused, fit",
            "automl/search/__init__.py": "from automl.search.loop import run",
            "automl/search/loop.py": """
                from automl import errors
                from automl.errors import Refused
                from automl.pipelines import Genome
            """,
            "automl/search/deeper/race.py": "def late():\n    from ...errors import Refused",
            "pipelines/__init__.py": "from .spaces.genome import Genome",
            "pipelines/spaces/genome.py": "import automl.pipelines.domains",
            "pipelines/domains.py": "from .spaces import genome",
        },
    )
    # Rooms: automl, cli, errors, fit, pipelines, search. Imports: automl → errors, cli → automl,
    # cli → fit, search → errors, search → pipelines.
    assert measures["automl/: rooms"] == 6
    assert measures["automl/: imports between rooms"] == 5
    # The face, spaces, domains; face → spaces, spaces → domains, domains → spaces.
    assert measures["pipelines/: rooms"] == 3
    assert measures["pipelines/: imports between rooms"] == 3


def test_lengths(tmp_path):
    measures = measured(
        tmp_path,
        {
            "automl/fit.py": '''\
                @cache
                def fit():
                    """Fit.

                    A long story.
                    """
                    def inner():
                        return 1

                    return inner
            ''',
            "pipelines/build.py": "async def build(): pass\n",
        },
    )
    # Two empty files, ten lines and one; `fit` has nine lines, of which four are its docstring.
    assert (measures["files"], measures["files: lines, longest"]) == (4, 10)
    assert measures["files: lines, median"] == 0.5
    assert measures["functions"] == 3
    assert measures["functions: lines without docstring, median"] == 2
    assert measures["functions: lines without docstring, longest"] == 5


def wide(n_parameters):
    """Return a constructor of so many parameters."""
    return f"def __init__(self, {', '.join(f'p{number}' for number in range(n_parameters))}): pass"


METHOD = wide(10).replace("__init__", "run")


def test_parameters_of_every_kind(tmp_path):
    source = "def fit(a, /, b, *rows, c=lambda x, y: x, **options): pass"
    assert measured(tmp_path, {"automl/fit.py": source})["parameters of a function, most"] == 5


def test_parameters(tmp_path):
    measures = measured(
        tmp_path,
        {
            "automl/base.py": f"class Base(sklearn.Base):\n    {wide(20)}\n",
            "automl/estimators.py": f"class AutoMLClassifier(base.Base[int]):\n    {wide(19)}\n",
            "automl/records.py": f"@dataclasses.dataclass(frozen=True)\nclass A:\n    {wide(18)}\n",
            "automl/search.py": f"class Search(Base):\n    {wide(9)}\n    {METHOD}\n",
            "pipelines/build.py": f"class Build:\n    {wide(8)}\n",
        },
    )
    assert measures["parameters of a function, most"] == 10
    assert measures["parameters of an internal constructor, most"] == 9
    assert measures["internal constructors of more than 8 parameters"] == 1


def test_names(tmp_path):
    source = """
        def build(rows, *others):
            found = [one for one in rows]
            found = found + [one for one in others]
            return found

        class Model:
            size: int = 3
            def __eq__(self, other):
                self._known, _ = other, 1
                return True
    """
    measures = measured(tmp_path, {"automl/fit.py": source, "benchmarks/a.py": "rows = 1\nit = 2"})
    # build, rows, others, found, one; size, __eq__, _known. `other` is the language's name here.
    assert measures["names in the library"] == 8
    assert measures["names in the library: pronouns and fillers"] == 4
    assert measures["names in the library: pronouns and fillers, %"] == 50
    assert measures["names in benchmarks/"] == 2
    assert measures["names in benchmarks/: pronouns and fillers"] == 1


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "found: int = 1",
        "for found in rows: pass",
        "with rows as found: pass",
        "(found := 1)",
        "def found(): pass",
        "async def found(): pass",
        "lambda found: 1",
        "def fit(*, found): pass",
        "def fit(*found): pass",
        "self.found = 1",
        "try: pass\nexcept ValueError as found: pass",
        "match rows:\n    case [1, *found]: pass",
        "match rows:\n    case found: pass",
        "match rows:\n    case {'a': 1, **found}: pass",
        "class Model:\n    found: int",
        "{found for found in rows}",
        "if rows:\n    _found = 1",
        "found_, count = rows",
    ],
)
def test_a_filler_is_found_with_its_line(source):
    """Wherever a name can be bound."""
    names = list(assigned_names(Source("automl/fit.py", f"\n\n{source}")))
    assert any(is_filler(name) and line >= 3 for line, name in names)


@pytest.mark.parametrize("source", ["print(found)", "x.found(1)", "f(found=1)", "founder = 1"])
def test_a_filler_that_is_only_read_is_no_name(source):
    assert not any(is_filler(name) for _, name in assigned_names(Source("a.py", source)))


def test_fillers_are_words_that_can_be_names():
    assert all(word.isidentifier() and word.islower() for word in FILLERS)
    assert "ones" not in FILLERS  # numpy.ones


def test_comments(tmp_path):
    source = '''
        """Doc # no comment."""

        # Because of this,
        # and of that.
        text = "# a string"  # a reason
        value = call()
        import json  # noqa: F401

        def fit(): pass
    '''
    # Three comments in seven lines that are not blank.
    measures = measured(tmp_path, {"automl/fit.py": source})
    assert measures["comments per 100 lines that are not blank"] == pytest.approx(100 * 3 / 7)


SECTION = "Parameters\n    ----------\n    a, b, c : int\n"
EXPLAINED = f"\n    '''Fit.\n\n    {SECTION}    '''"


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("automl/a.py", "def fit(a, b, c): pass", ["fit"]),
        ("automl/a.py", "def fit(a, b): pass", []),
        ("automl/a.py", "def _fit(a, b, c): pass", []),
        ("automl/_a.py", "def fit(a, b, c): pass", []),
        ("automl/_rooms/a.py", "def fit(a, b, c): pass", []),
        ("automl/__init__.py", "def fit(a, b, c): pass", ["fit"]),
        ("automl/a.py", f"def fit(a, b, c):{EXPLAINED}", []),
        ("automl/a.py", "def fit(a, b, c):\n    '''Fit Parameters.'''", ["fit"]),
        ("automl/a.py", "def fit(a, b, c):\n    '''The Parameters\n    ---'''", ["fit"]),
        ("automl/a.py", "def fit(a, *b, **c): pass", ["fit"]),
        ("automl/a.py", "def fit():\n    def inner(a, b, c): pass", []),
        ("automl/a.py", "if DEBUG:\n    def fit(a, b, c): pass", ["fit"]),
        ("automl/a.py", "class A:\n    def fit(self, a, b): pass", []),
        ("automl/a.py", "class A:\n    def fit(self, a, b, c): pass", ["A.fit"]),
        ("automl/a.py", "class _A:\n    def fit(self, a, b, c): pass", []),
        ("automl/a.py", "class A:\n    def __init__(self, a, b, c): pass", ["A.__init__"]),
        ("automl/a.py", "class A:\n    def __exit__(self, a, b, c): pass", []),
        ("automl/a.py", f"class A:{EXPLAINED}\n    def __init__(self, a, b, c): pass", []),
        (
            "automl/a.py",
            f"class A:{EXPLAINED}\n    class B:\n        def __init__(self, a, b, c): pass",
            ["A.B.__init__"],
        ),
    ],
)
def test_parameters_without_a_section(path, source, expected):
    assert [name for _, name in undocumented(Source(path, source))] == expected


def test_parameters_without_a_section_are_counted(tmp_path):
    source = "def fit(a, b, c): pass\ndef tune(a, b, c): pass\n"
    assert measured(tmp_path, {"automl/fit.py": source})[UNDOCUMENTED] == 2


def test_benchmarks_tests_and_scripts(tmp_path):
    script = """\
        import numpy as np

        @dataclass
        class Carried:
            pass

        def fit():
            class Inner:
                pass
    """
    measures = measured(
        tmp_path,
        {
            "benchmarks/studies/a.py": "a = 1\n" * 7,
            "benchmarks/amlb/venv/lib/b.py": "b = 1\n" * 100,
            "benchmarks/page.html": "<p>\n" * 100,
            "benchmarks/winners/car-automl-60s-split0-seed0.py": script,
            "benchmarks/winners/car-automl-60s-split1-seed0.py": "a = 1\n",
            "tests/a/test_b.py": "c = 1\n" * 5,
        },
    )
    assert measures["lines of benchmarks/"] == 7
    assert measures["lines of tests/"] == 5
    assert measures["script of car: lines"] == 9
    assert measures["script of car: lines without carried classes"] == 6
    assert measures["script car-automl-60s-split1-seed0: lines"] == 1


def test_the_table(tmp_path, capsys):
    before = {"benchmarks/winners/car-automl.py": "a = 1\n" * 1200, "automl/x.py": "raise X"}
    write_checkout(tmp_path / "before", before)
    write_checkout(tmp_path / "after", {"automl/x.py": "from automl.fit import fit\n\n"})
    folders = [str(tmp_path / "before"), str(tmp_path / "after")]
    main([*folders, "--seconds", "1300", "598.5", "118"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["|  | before | after |", "| --- | --: | --: |"]
    assert "| automl/: imports between rooms | 0 | 1 |" in lines
    assert "| script of car: lines | 1,200 | – |" in lines
    assert "| files: lines, median | 0.5 | 0.5 |" in lines
    assert lines[-2:] == [
        "| seconds of make test | 1,300 | 598.5 |",
        "| seconds of make test-quick | – | 118 |",
    ]
    main(folders)
    assert "seconds" not in capsys.readouterr().out


def test_a_folder_that_is_no_checkout(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path), str(tmp_path)])
    assert "expected the folder of a checkout" in capsys.readouterr().err


def test_nothing_is_run(tmp_path):
    """A checkout that cannot be imported is read all the same."""
    assert measured(tmp_path, {"automl/x.py": "import missing\nraise SystemExit\n"})["files"] == 4
