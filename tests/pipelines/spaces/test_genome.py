"""A genome has one canonical text, and the text parses back without being evaluated."""

import hashlib
from itertools import permutations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automl.pipelines import Columns, Genome, Grammar, Traits, load_catalogue

COLUMNS = Columns(numeric=("age",), categorical=("city",), dates=("when",))
GRAMMARS = [
    Grammar(load_catalogue("default"), COLUMNS, Traits(task=task, n_rows=1000))
    for task in ("classification", "regression")
]
SETTINGS = st.dictionaries(
    st.sampled_from(["alpha", "C", "kernel", "p_1"]),
    st.one_of(
        st.integers(-(10**9), 10**9),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.none(),
        st.text(max_size=8),
        st.lists(st.integers(-5, 5), max_size=3).map(tuple),
    ),
    max_size=3,
)
LEAVES = st.sampled_from(["numeric", "categorical", "dates"]).map(Genome)


def nodes(inner):
    joins = st.lists(inner, min_size=2, max_size=3).map(
        lambda parts: Genome.canonical("join", *parts)
    )
    operators = st.builds(
        lambda name, part, settings: Genome.canonical(name, part, settings=settings),
        st.sampled_from(["scale", "model", "select_1"]),
        inner,
        SETTINGS,
    )
    return operators | joins


GENOMES = st.recursive(LEAVES, nodes, max_leaves=6)


@st.composite
def grown(draw):
    grammar = draw(st.sampled_from(GRAMMARS))
    return grammar.grow(np.random.default_rng(draw(st.integers(0, 2**32 - 1))))


@given(grown() | GENOMES)
@example(Genome.canonical("f", Genome("numeric"), settings={"a": "'\"\\\n\x00{}\ud800"}))
@example(Genome.canonical("f", Genome("numeric"), settings={"a": -0.0, "b": 1e308, "c": ()}))
def test_the_text_parses_back(genome):
    parsed = Genome.parse(genome.text)
    assert parsed == genome
    assert parsed.text == genome.text == str(genome)
    assert parsed.digest == genome.digest
    assert hash(parsed) == hash(genome)


@given(grown(), grown())
def test_genomes_are_equal_exactly_if_their_texts_are(genome, reference):
    assert (
        (genome == reference)
        == (genome.text == reference.text)
        == (genome.digest == reference.digest)
    )


@pytest.mark.parametrize(
    ("text", "lookalike"), [("1", "1.0"), ("1", "True"), ("0.0", "-0.0"), ("(1,)", "(True,)")]
)
def test_equal_genomes_have_equal_texts(text, lookalike):
    first, second = (Genome.parse(f"f(numeric, a={value})") for value in (text, lookalike))
    assert (first == second) == (first.text == second.text)


def test_the_digest_is_that_of_the_text():
    genome = Genome.parse("ridge(standard_scaler(numeric), alpha=10.0)")
    assert genome.digest == hashlib.sha256(genome.text.encode()).hexdigest()[:12]
    assert genome.digest == "5be60d68c7be"


@given(st.lists(grown() | GENOMES, min_size=2, max_size=5), st.randoms())
def test_a_join_has_no_order_and_no_nesting(parts, rng):
    expected = Genome.canonical("join", *parts)
    shuffled = rng.sample(parts, len(parts))
    cut = rng.randint(1, len(shuffled) - 1)
    head, tail = shuffled[:cut], shuffled[cut:]
    nested = [
        Genome.canonical("join", *group) if len(group) > 1 else group[0] for group in (head, tail)
    ]
    for genome in (Genome.canonical("join", *shuffled), Genome.canonical("join", *nested)):
        assert genome == expected
        assert genome.text == expected.text
    # A join of equal genomes is that genome, which may well be a model over a join.
    assert not expected.is_join or not any(part.is_join for part in expected.inputs)
    assert Genome.canonical("join", *parts, parts[0]) == expected


def test_every_order_and_nesting_of_a_text_is_one_genome():
    genomes = {
        Genome.parse(text)
        for a, b, c in permutations(["f(numeric, x=1)", "categorical", "g(dates)"])
        for text in (f"m(join({a}, {b}, {c}))", f"m(join(join({a}, {b}), {c}))")
    }
    (genome,) = genomes
    assert genome.text == "m(join(categorical, f(numeric, x=1), g(dates)))"


@given(grown() | GENOMES)
def test_a_join_of_one_is_that_one(genome):
    assert Genome.canonical("join", genome) == genome
    assert Genome.canonical("join", genome, genome) == genome
    assert Genome.parse(f"join({genome}, {genome})") == genome


def test_a_join_has_no_settings():
    with pytest.raises(ValueError, match="weight"):
        Genome.canonical("join", Genome("numeric"), Genome("dates"), settings={"weight": 2.5})


def test_settings_have_no_order():
    assert Genome.parse("f(numeric, b=1, a=2)") == Genome.parse("f(numeric, a=2, b=1)")
    assert Genome.parse("f(numeric, b=1, a=2)").text == "f(numeric, a=2, b=1)"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')",
        "f(__import__('os').system('x'))",
        "f(x, a=__import__('os').system('x'))",
        "f(x, a=open('touched', 'w'))",
        "f(x, a=(open('touched', 'w'),))",
        "f(x)(y)",
        "f.g(x)",
        "f[x](y)",
        "x.y",
        "f()",
        "join()",
        "f(a=1)",
        "f(1)",
        "f('numeric')",
        "f(*x)",
        "f(x, **kw)",
        "f(x, **{'a': 1})",
        "f(x, **'a')",
        "f(x, a=1, a=2)",
        "join(x, a=1)",
        "join(x, y, a=1)",
        "f(x, a={'b': 1})",
        "f(x, a=[1])",
        "f(x, a={1})",
        "f(x, a=set())",
        "f(x, a=((1,),))",
        "f(x, a=(1.5,))",
        "f(x, a=('b',))",
        "f(x, a=b'c')",
        "f(x, a=1j)",
        "f(x, a=1 + 2)",
        "f(x, a=1 + 2j)",
        "f(x, a=...)",
        "f(x, a=b)",
        "f(x, a=inf)",
        "f(x, a=nan)",
        "f(x, a=1e999)",
        "f(x, a=-1e999)",
        "f(x, a=not True)",
        "f(x, a=f'{x}')",
        "f(f'{x}')",
        "lambda: x",
        "f(lambda: x)",
        "f(x, a=lambda: 1)",
        "f(y := x)",
        "f(x if y else z)",
        "[f(x) for x in y]",
        "f(x for x in y)",
        "f(x), g(x)",
        "f(x)\ng(x)",
        "f(x); g(x)",
        "x = 1",
        "import os",
        "await f(x)",
        "f(x",
        "f(x))",
        "f(x, a='\\d')",
        "",
        " f(x)",
        "1",
        "'x'",
        "None",
        "f(None)",
        "\x00",
        "f(x, a='\ud800')",
        "f(" * 500 + "x" + ")" * 500,
        "(" * 500,
        "f(x, a=" + "-" * 5_000 + "1)",
        "f(x, a=" + "(" * 50 + "1," + ",)" * 50 + ")",
        "f(x, a=" + "9" * 5_000 + ")",
        "x" + ".y" * 5_000,
        "x" + "(y)" * 5_000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_hostile_texts_are_refused(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="expected the text of a genome, got") as caught:
        Genome.parse(text)
    assert repr(text) in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_evaluated(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("a text was evaluated")

    for name in ("eval", "exec", "__import__"):
        monkeypatch.setattr(f"builtins.{name}", fail)
    assert Genome.parse("eval(exec, a='__import__')").inputs == (Genome("exec"),)
    with pytest.raises(ValueError, match="eval"):
        Genome.parse("f(x, a=eval('1'))")


def test_size_counts_operators():
    text = "m(join(f(numeric), g(h(categorical), a=1), dates), b=2)"
    genome = Genome.parse(text)
    assert genome.size == 4
    assert Genome("numeric").size == 0
    assert [part.operator for part in genome.walk()] == [
        *("m", "join", "dates", "f", "numeric", "g", "h", "categorical")
    ]
    assert genome.inputs[0].is_join
    assert [part.operator for part in genome.walk() if part.is_leaf] == [
        *("dates", "numeric", "categorical")
    ]


@given(grown())
def test_walk_yields_every_part_once_per_place(genome):
    parts = list(genome.walk())
    assert parts[0] is genome
    assert len(parts) == 1 + sum(len(part.inputs) for part in parts)
    operators = [part for part in parts if not (part.is_leaf or part.is_join)]
    assert genome.size == len(operators)
    assert genome.text.count("(") >= len(operators)


@given(grown())
def test_a_part_replaced_by_itself_changes_nothing(genome):
    for part in genome.walk():
        assert genome.replaced(part, part) == genome


@given(grown())
def test_what_was_replaced_is_gone(genome):
    new = Genome("new")
    for part in genome.walk():
        replaced = genome.replaced(part, new)
        assert part not in replaced.walk()
        assert new in replaced.walk()
        assert Genome.parse(replaced.text) == replaced


def test_replaced_replaces_every_occurrence():
    genome = Genome.parse("m(join(f(numeric), g(f(numeric)), categorical))")
    replaced = genome.replaced(Genome.parse("f(numeric)"), Genome("dates"))
    assert replaced == Genome.parse("m(join(dates, g(dates), categorical))")
    assert genome.replaced(genome, Genome("dates")) == Genome("dates")
    assert genome.replaced(Genome("elsewhere"), Genome("dates")) == genome


def test_a_join_put_into_a_join_is_flat():
    genome = Genome.parse("m(join(f(numeric), categorical))")
    replaced = genome.replaced(Genome.parse("f(numeric)"), Genome.parse("join(numeric, dates)"))
    assert replaced == Genome.parse("m(join(numeric, dates, categorical))")


def test_with_settings_changes_the_root_alone():
    genome = Genome.parse("m(f(numeric, a=1), b=2, c=3)")
    changed = genome.with_settings({"c": "x", "b": None})
    assert changed.text == "m(f(numeric, a=1), b=None, c='x')"
    assert genome.text == "m(f(numeric, a=1), b=2, c=3)"
    assert Genome.parse(changed.text) == changed
    assert genome.with_settings({}).text == "m(f(numeric, a=1))"
