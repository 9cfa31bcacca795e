"""The structure of two checkouts: `python -m benchmarks.studies.house BEFORE AFTER`.

::

    checkout ─► Source (a file, its tree) ─► measures (label: number) ─► a markdown table

Sources are only read, never imported or run, so that a checkout needs no environment.

A room is a folder or a module directly below `automl/` or `pipelines/`; folders further down belong
to it. The face (`__init__.py`) is a room, and `pipelines/`, which is installed as
`automl.pipelines`, is one room of `automl/`. An import between rooms is a distinct pair of rooms of
which the first imports from the second, at the top of a file or in a function. This definition
gives exactly the numbers that the redesign was planned with: 29 rooms and 142 imports for
`automl/`, 23 and 66 for `pipelines/`.
"""

import argparse
import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import resolve_name
from pathlib import Path
from statistics import median

FILLERS = frozenset(
    """
    all_ any_ both each every given it its kept known left looked_at made mine more most of one
    other others ours rest said same seen some stuff such that theirs them there these they thing
    things this those told found wanted what whatever which who whole
    """.split()
)
"""Pronouns and fillers, which are no names. `ones` is missing: numpy gives it a meaning."""

ESTIMATORS = ("AutoMLClassifier", "AutoMLRegressor")
WIDE = 8  # parameters; the drawing of the house allows an internal constructor no more
EXPLAINED = 3  # parameters; from here on a public function has a section on them
GENERATED = {"winners", "venv"}  # exported scripts, and what AMLB installs beside its extension
NO_COMMENT = re.compile(r"#\s*(type:|noqa)")  # a word to a tool
SPECIAL = re.compile(r"__\w+__")  # a method that the language calls, such as __eq__
UNDOCUMENTED = f"public functions of {EXPLAINED} parameters or more without a Parameters section"
SECTION = re.compile(r"^Parameters\n-+$", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Measures = dict[str, float]


@dataclass(frozen=True)
class Source:
    """A Python file."""

    path: str
    """Below the root of its checkout, with slashes."""
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text, self.path)

    @cached_property
    def module(self) -> str:
        """The name under which the file is imported."""
        name = self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return f"automl.{name}" if name.split(".")[0] == "pipelines" else name

    @cached_property
    def n_lines(self) -> int:
        """Number of lines, blank ones included."""
        return len(self.text.splitlines())


def read_sources(root: Path, *folders: str) -> list[Source]:
    """Read the Python files below folders of a checkout, without generated ones."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    names = [path.relative_to(root) for path in paths]
    return [
        Source(name.as_posix(), (root / name).read_text("utf-8"))
        for name in names
        if not GENERATED & set(name.parts)
    ]


def imported_modules(source: Source, modules: set[str]) -> Iterator[str]:
    """Yield the dotted name of every import; `from a import b` is `a.b` if that is a module."""
    is_package = source.path.endswith("__init__.py")
    package = source.module if is_package else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            names = (f"{origin}.{alias.name}" for alias in node.names)
            yield from (name if name in modules else origin for name in names)


def room_of(module: str, house: str) -> str | None:
    """Return the room of a package that a module belongs to, None for modules of other packages."""
    if module == house:
        return house
    inner = module.removeprefix(f"{house}.")
    return inner.split(".")[0] if inner != module else None


def room_imports(sources: list[Source], house: str) -> set[tuple[str, str]]:
    """Return the pairs of rooms of which the first imports from the second."""
    modules = {source.module for source in sources}
    pairs = {
        (room_of(source.module, house), room_of(name, house))
        for source in sources
        for name in imported_modules(source, modules)
    }
    return {(room, target) for room, target in pairs if room and target and room != target}


def measure_rooms(sources: list[Source]) -> Measures:
    """Count rooms and the imports between them."""
    measures: Measures = {}
    for folder, house in (("automl/", "automl"), ("pipelines/", "automl.pipelines")):
        rooms = {room_of(source.module, house) for source in sources} - {None}
        measures[f"{folder}: rooms"] = len(rooms)
        measures[f"{folder}: imports between rooms"] = len(room_imports(sources, house))
    return measures


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield functions and methods, inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def function_lines(function: Function) -> int:
    """Count the lines of a function without decorators and docstring."""
    n_lines = line_span(function)
    return n_lines - line_span(function.body[0]) if ast.get_docstring(function) else n_lines


def line_span(node: ast.stmt) -> int:
    """Return the number of lines that a statement takes."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def measure_lengths(sources: list[Source]) -> Measures:
    """Count files and functions, and their lines."""
    files = [source.n_lines for source in sources]
    lengths = [function_lines(node) for source in sources for node in functions(source.tree)]
    return {
        "files": len(files),
        "files: lines, median": median(files),
        "files: lines, longest": max(files),
        "functions": len(lengths),
        "functions: lines without docstring, median": median(lengths),
        "functions: lines without docstring, longest": max(lengths),
    }


def parameters(function: Function) -> list[str]:
    """Return the names of the parameters, `*args` and `**kwargs` too, `self` and `cls` not."""
    spec = function.args
    nodes = [*spec.posonlyargs, *spec.args, spec.vararg, *spec.kwonlyargs, spec.kwarg]
    return [node.arg for node in nodes if node and node.arg not in ("self", "cls")]


def internal_constructors(sources: list[Source]) -> Iterator[Function]:
    """Yield the `__init__` of classes other than dataclasses, the two estimators and their bases.

    Records are data with names, and the estimators' parameters are the library's promise to users.
    """
    nodes = [node for source in sources for node in ast.walk(source.tree)]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    estimators = with_bases(classes, ESTIMATORS)
    for node in classes:
        if node.name not in estimators and "dataclass" not in map(last_name, node.decorator_list):
            methods = (method for method in node.body if isinstance(method, Function))
            yield from (method for method in methods if method.name == "__init__")


def with_bases(classes: list[ast.ClassDef], names: Iterable[str]) -> set[str]:
    """Return names of classes and of all classes that they are derived from."""
    bases = {node.name: {last_name(base) for base in node.bases} for node in classes}
    family, waiting = set[str](), set(names)
    while waiting:
        family |= waiting
        waiting = {base for name in waiting for base in bases.get(name, ())} - family
    return family


def last_name(node: ast.expr) -> str:
    """Return `c` of `c`, `a.b.c`, `a.b.c(...)` and `a.b.c[...]`."""
    inner = node.func if isinstance(node, ast.Call) else node
    inner = inner.value if isinstance(inner, ast.Subscript) else inner
    return ast.unparse(inner).rpartition(".")[2]


def measure_parameters(sources: list[Source]) -> Measures:
    """Count the parameters of functions and of internal constructors."""
    nodes = [node for source in sources for node in functions(source.tree)]
    widths = [len(parameters(node)) for node in nodes if node.name != "__init__"]
    constructors = [len(parameters(node)) for node in internal_constructors(sources)]
    n_wide = sum(width > WIDE for width in constructors)
    return {
        "parameters of a function, most": max(widths, default=0),
        "parameters of an internal constructor, most": max(constructors, default=0),
        f"internal constructors of more than {WIDE} parameters": n_wide,
    }


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, not those of scopes inside."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, Scope):
            yield from own_nodes(node)


def bound_name(node: ast.AST) -> str | None:
    """Return the name that a node gives to a variable, a parameter, an attribute or a function."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            return name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
            return name
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return node.name
        case ast.MatchMapping():
            return node.rest
    return None


def assigned_names(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and name of variables, parameters, attributes and functions, once a scope.

    `self`, `cls` and `_` are left out, and so is `other` of `__eq__` and its like: the language
    gives these names.
    """
    for scope in ast.walk(source.tree):
        if isinstance(scope, Scope):
            is_special = isinstance(scope, Function) and SPECIAL.fullmatch(scope.name)
            reserved = {"self", "cls", "_", *(["other"] if is_special else [])}
            lines: dict[str, int] = {}
            for node in own_nodes(scope):
                name = bound_name(node)
                if name is not None and name not in reserved:
                    lines.setdefault(name, getattr(node, "lineno", 1))
            yield from ((line, name) for name, line in lines.items())


def is_filler(name: str) -> bool:
    """Say whether a name, underscores around it aside, is a pronoun or a filler."""
    return not FILLERS.isdisjoint({name, name.lstrip("_"), name.strip("_")})


def measure_names(sources: list[Source], place: str) -> Measures:
    """Count names, and those among them that are pronouns or fillers."""
    names = [name for source in sources for _, name in assigned_names(source)]
    n_fillers = sum(map(is_filler, names))
    return {
        f"names in {place}": len(names),
        f"names in {place}: pronouns and fillers": n_fillers,
        f"names in {place}: pronouns and fillers, %": 100 * n_fillers / max(len(names), 1),
    }


def count_comments(source: Source) -> int:
    """Count the lines that have a comment for people."""
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return sum(not NO_COMMENT.match(comment) for comment in comments)


def measure_comments(sources: list[Source]) -> Measures:
    """Count comments per 100 lines that are not blank, docstrings and comments included.

    The aim of four belongs to this definition, by which the redesign started from 1.9.
    """
    n_comments = sum(map(count_comments, sources))
    n_lines = sum(bool(line.strip()) for source in sources for line in source.text.splitlines())
    return {"comments per 100 lines that are not blank": 100 * n_comments / max(n_lines, 1)}


def undocumented(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and name of public functions of three parameters or more without a section.

    Public is what has no underscore in front of its name, its classes' and its modules'. The
    docstring of a class describes its constructor.
    """
    if "._" not in source.module:
        for name, function, docstring in public_functions(source.tree, ""):
            if len(parameters(function)) >= EXPLAINED and not SECTION.search(docstring):
                yield function.lineno, name


def public_functions(
    scope: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, Function, str]]:
    """Yield dotted name, node and docstring of the public functions of a module or a class."""
    for node in own_nodes(scope):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, Function):
            is_constructor = node.name == "__init__" and isinstance(scope, ast.ClassDef)
            if is_constructor or not node.name.startswith("_"):
                docstring = ast.get_docstring(scope if is_constructor else node)
                yield f"{prefix}{node.name}", node, docstring or ""


def measure_scripts(root: Path) -> Measures:
    """Count the lines of exported scripts, and of those without the classes that they carry."""
    measures: Measures = {}
    for path in sorted((root / "benchmarks").rglob("winners/*.py")):
        script = Source(path.name, path.read_text("utf-8"))
        label = f"script of {path.stem.split('-')[0]}"  # car-automl-60s-split0-seed0 is of car
        if f"{label}: lines" in measures:
            label = f"script {path.stem}"  # a set's second script
        measures[f"{label}: lines"] = script.n_lines
        n_own_lines = script.n_lines - carried_lines(script)
        measures[f"{label}: lines without carried classes"] = n_own_lines
    return measures


def carried_lines(script: Source) -> int:
    """Count the lines of classes at the top of a script, their decorators included."""
    n_lines = 0
    for node in script.tree.body:
        if isinstance(node, ast.ClassDef):
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            n_lines += line_span(node) + node.lineno - first
    return n_lines


def measure(root: Path) -> Measures:
    """Return every number of a checkout by its label."""
    library = read_sources(root, "automl", "pipelines")
    benchmarks = read_sources(root, "benchmarks")
    return {
        **measure_rooms(library),
        **measure_lengths(library),
        **measure_parameters(library),
        **measure_names(library, "the library"),
        **measure_names(benchmarks, "benchmarks/"),
        **measure_comments(library),
        UNDOCUMENTED: sum(len(list(undocumented(source))) for source in library),
        "lines of benchmarks/": sum(source.n_lines for source in benchmarks),
        "lines of tests/": sum(source.n_lines for source in read_sources(root, "tests")),
        **measure_scripts(root),
    }


def render(before: Measures, after: Measures) -> str:
    """Return a markdown table; a number that only one side has stands beside a dash."""
    rows = [(label, cell(before, label), cell(after, label)) for label in before | after]
    table = [("", "before", "after"), ("---", "--:", "--:"), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


def cell(measures: Measures, label: str) -> str:
    """Return a number as people read it."""
    if label not in measures:
        return "–"
    number = measures[label]
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of two checkouts."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.studies.house", description=main.__doc__
    )
    add = parser.add_argument
    add("before", type=checkout, help="folder of a checkout")
    add("after", type=checkout, help="folder of another checkout")
    times = ("BEFORE_TEST", "AFTER_TEST", "AFTER_QUICK")
    add("--seconds", type=float, nargs=3, metavar=times, help="of `make test` and test-quick")
    args = parser.parse_args(arguments)
    before, after = measure(args.before), measure(args.after)
    if args.seconds:
        before["seconds of make test"], after["seconds of make test"], quick = args.seconds
        after["seconds of make test-quick"] = quick
    print(render(before, after), end="")


def checkout(text: str) -> Path:
    """Return a folder that holds the project."""
    root = Path(text)
    if not (root / "automl").is_dir() or not (root / "pipelines").is_dir():
        raise argparse.ArgumentTypeError(
            f"expected the folder of a checkout, with automl/ and pipelines/ in it, got {text!r}"
        )
    return root


if __name__ == "__main__":
    main()
