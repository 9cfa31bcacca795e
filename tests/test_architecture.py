"""The reading order of docs/design.md and the rules of style that a machine can check.

Every check is a function from a `File` to complaints, and is shown to complain about a bad snippet.
"""

import ast
import graphlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from benchmarks.studies import house

ROOT = Path(__file__).parents[1]

# A module or folder imports only from lines above its own; inside a folder only cycles are wrong.
PIPELINES = "operators carried search_only catalogue columns spaces building".split()
AUTOML = """
    errors distributions files temporary randomness outcome sklearn_types problem strategies
    evaluation execution search selection report winner onnx settings explanation page plots
    derived base classifier regressor estimators serving
""".split()
ORDER = [
    *(f"automl.pipelines.{name}" for name in PIPELINES),
    "automl.pipelines",
    *(f"automl.{name}" for name in AUTOML),
    "automl",
    "automl.cli",
    "automl.__main__",
]
FACES = ("automl", "automl.pipelines")  # these two folders are no layers, their contents are

# Imported where used.
HEAVY = (
    "catboost",
    "dask",
    "distributed",
    "hyperopt",
    "jinja2",
    "lightgbm",
    "matplotlib",
    "onnx",
    "onnxruntime",
    "optuna",
    "pyarrow",
    "rich",
    "skl2onnx",
    "skops",
    "skrub",
    "uvicorn",
    "xgboost",
)
COMMAND_LINE = "pipelines/building/command_line.py"  # of exported scripts, which copy it
PRINTERS = ("automl/cli/", "automl/report/", COMMAND_LINE, "benchmarks/", "examples/")
UNSAFE = {  # what may run code that a file brings along
    "eval",
    "exec",
    "cloudpickle.load",
    "cloudpickle.loads",
    "deap.gp.PrimitiveTree.from_string",
    "deap.gp.compile",
    "joblib.load",
    "pandas.read_pickle",
    "pickle.Unpickler",
    "pickle.load",
    "pickle.loads",
}
OWN_FILES = {  # read by those who wrote them
    "automl/execution/": {"cloudpickle.loads", "joblib.load"},  # a moment ago
    COMMAND_LINE: {"pickle.loads"},  # by the same script, whose help warns of the files of others
}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
# Of a constructor. The parameters of an estimator are its settings: scikit-learn's contract.
MAX_PARAMETERS = {"BaseAutoML": 17}
MAX_INTERNAL_PARAMETERS = 8
MAX_RECORD_FIELDS = 24  # of a dataclass, whose fields are data with defaults rather than behaviour

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    """A Python file, by its path below the root."""

    path: str
    source: str

    @cached_property
    def tree(self):
        return ast.parse(self.source, self.path)

    @cached_property
    def module(self):
        """The name under which it is imported."""
        name = self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return f"automl.{name}" if name.split(".")[0] == "pipelines" else name

    @cached_property
    def imports(self):
        """Line and dotted name of everything that is imported, `from a import b` as `a.b`."""
        return [found for node in ast.walk(self.tree) for found in self.imported_by(node)]

    def imported_by(self, node):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = self.module.split(".")
            if not self.path.endswith("__init__.py"):
                package.pop()
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)

    @cached_property
    def references(self):
        """Line and dotted name of everything that is read, aliases undone."""
        aliases = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias, (_, name) in zip(node.names, self.imported_by(node), strict=True):
                    if alias.asname or isinstance(node, ast.ImportFrom):
                        aliases[alias.asname or alias.name] = name
        nodes = [node for node in ast.walk(self.tree) if isinstance(node, ast.expr)]
        named = [(node.lineno, dotted(node, aliases)) for node in nodes]
        return [(line, name) for line, name in named if name]


def dotted(node, aliases):
    """Return `a.b.c` for an expression that reads so."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, aliases)
        return owner and f"{owner}.{node.attr}"
    return None


def prefixes(name):
    """Yield `a.b.c`, `a.b`, `a`."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def place(module):
    """Return the line of the reading order on which a module or its folder stands."""
    for name in prefixes(module):
        if name in ORDER and (name == module or name not in FACES):
            return ORDER.index(name)
    return None


def targets(file, modules):
    """Yield line and name of the modules among `modules` that a file imports."""
    for line, name in file.imports:
        target = next((prefix for prefix in prefixes(name) if prefix in modules), None)
        if target:
            yield line, target


def out_of_order(file, modules):
    own = place(file.module)
    if own is None:
        yield f"1: {file.module} has no place in the reading order"
        return
    for line, target in targets(file, modules):
        other = place(target)
        same_folder = other == own and file.module not in FACES
        if other is not None and other >= own and not same_folder:
            yield f"{line}: {file.module} stands above {target} and must not import it"


def cycle(files):
    """Return the modules of an import cycle."""
    modules = {file.module for file in files}
    graph = {file.module: {name for _, name in targets(file, modules)} for file in files}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def late_imports(file):
    for scope in ast.walk(file.tree):
        in_function = isinstance(scope, Function)
        in_class = isinstance(scope, ast.ClassDef)
        nodes = ast.walk(scope) if in_function else scope.body if in_class else ()
        for line, name in (found for node in nodes for found in file.imported_by(node)):
            if in_class or name.split(".")[0] not in HEAVY:
                yield f"{line}: import {name} at the top of the file"
    code_seen = False
    for node in file.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and code_seen:
            yield f"{node.lineno}: imports stand before all other code"
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        guard = isinstance(node, ast.If | ast.Import | ast.ImportFrom)
        code_seen = code_seen or not (docstring or guard)


def long_file(file):
    length = len(file.source.splitlines())
    if length > MAX_FILE_LINES:
        yield f"1: {length} lines, at most {MAX_FILE_LINES} are allowed"


def long_functions(file):
    for node in ast.walk(file.tree):
        if isinstance(node, Function):
            length = n_lines(node)
            if ast.get_docstring(node) is not None:
                length -= n_lines(node.body[0])
            if length > MAX_FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {length} lines, not {MAX_FUNCTION_LINES}"


def n_lines(node):
    return (node.end_lineno or node.lineno) - node.lineno + 1


def prints(file):
    if not file.path.startswith(PRINTERS):
        yield from (f"{line}: print" for line, name in file.references if name == "print")


def unsafe_calls(file):
    if file.path.startswith(("benchmarks/", "examples/")):
        return  # they read what they wrote themselves
    own = [names for place, names in OWN_FILES.items() if file.path.startswith(place)]
    allowed = set().union(*own)
    for line, name in file.references:
        if name in UNSAFE - allowed:
            yield f"{line}: {name} may run code that a file brings along"


def private_sklearn(file):
    names = list(file.imports)
    if file.path.startswith("pipelines/"):  # the catalogue names classes by their dotted paths
        allowed = set(part_texts(file))
        texts = [node for node in ast.walk(file.tree) if isinstance(node, ast.Constant)]
        names += [(text.lineno, str(text.value)) for text in texts if text not in allowed]
    for line, name in names:
        if re.fullmatch(r"sklearn(\.\w+)*\._\w+(\.\w+)*", name):
            yield f"{line}: {name} is private to scikit-learn and breaks at its next release"


def part_texts(file):
    """Yield the texts of `parts=...` and `..._PARTS = ...` in the catalogue.

    A model file names types by their own modules, so the types that it may hold are named so, too.
    """
    if file.path.startswith("pipelines/catalogue/"):
        for node in ast.walk(file.tree):
            if isinstance(node, ast.keyword) and node.arg == "parts":
                yield from ast.walk(node.value)
            names = (
                node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            )
            if any(getattr(name, "id", "").endswith("_PARTS") for name in names):
                yield from ast.walk(node.value)


def wide_constructors(file):
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ClassDef):
            n_parameters, n_data = n_init_parameters(node), n_fields(node)
            most = MAX_PARAMETERS.get(node.name, MAX_INTERNAL_PARAMETERS)
            if n_parameters > most or n_data > MAX_RECORD_FIELDS:
                yield f"{node.lineno}: {node.name} takes {n_parameters or n_data} parameters"


def filler_names(file):
    for line, name in house.assigned_names(house.Source(file.path, file.source)):
        if house.is_filler(name):
            yield f"{line}: {name!r} is a pronoun or a filler; name the thing"


def undocumented(file):
    # Scripts carry these sources, which have to stay short; the methods are scikit-learn's.
    short = ("pipelines/carried/", COMMAND_LINE, "automl/sklearn_types.py")
    if not file.path.startswith((*short, "benchmarks/", "examples/")):
        for line, name in house.undocumented(house.Source(file.path, file.source)):
            if name != "BaseAutoML.__init__":  # AutoMLClassifier documents the settings
                yield f"{line}: {name} has no section Parameters"


def stray_warnings(file):
    if file.path.startswith("automl/") and file.path != "automl/errors.py":
        for line, name in file.references:
            if name == "warnings.warn":
                yield f"{line}: automl.errors.warn finds the user's line"


def worker_imports(file):
    if not file.path.startswith(("automl/execution/", "benchmarks/")):
        for line, name in file.imports:
            if name.startswith("automl.execution.worker"):
                yield f"{line}: only the Evaluator knows the functions of workers"


def annotations(file):
    """Find annotations that no type checker reads; records and protocols need those of fields."""
    for node in ast.walk(file.tree):
        if isinstance(node, Function):
            arguments = [part for part in ast.walk(node.args) if isinstance(part, ast.arg)]
            if node.returns or any(argument.annotation for argument in arguments):
                yield f"{node.lineno}: {node.name} has annotations, but tests are not type-checked"
        fields = node.body if isinstance(node, ast.ClassDef) and n_fields(node) else []
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.AnnAssign) and child not in fields:
                yield f"{child.lineno}: an annotation, but tests are not type-checked"


def n_init_parameters(node):
    for method in node.body:
        if isinstance(method, Function) and method.name == "__init__":
            given = method.args
            return len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs) - 1
    return 0


def n_fields(node):
    """Count the fields of a dataclass; its constructor takes them all."""
    decorators = [getattr(name, "func", name) for name in node.decorator_list]
    if "dataclass" not in [str(dotted(name, {})).split(".")[-1] for name in decorators]:
        return 0
    return sum(isinstance(field, ast.AnnAssign) for field in node.body)


def private_use(file, public):
    for line, name in sorted({*file.imports, *file.references}):
        face = next((prefix for prefix in prefixes(name) if prefix in public), None)
        if face is None:
            continue
        inner = name.removeprefix(face).split(".")[1:]
        if inner and inner[0] not in public[face] and not inner[0].startswith("__"):
            yield f"{line}: {face} has no public name {inner[0]!r}"


def public_names(file):
    """Read `__all__` of a package's face."""
    for node in file.tree.body:
        names = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if [getattr(name, "id", None) for name in names] == ["__all__"]:
            return set(ast.literal_eval(node.value))
    raise ValueError(f"{file.path} has no __all__")


def read(folder):
    found = (ROOT / folder).rglob("*.py")
    # Exported scripts, and what AMLB installs beside its extension.
    others = {"golden", "winners", "venv"}
    paths = sorted(path for path in found if not others & set(path.parts))
    return [File(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths]


LIBRARY = [*read("pipelines"), *read("automl")]
USERS = [*read("benchmarks"), *read("examples")]
TESTS = read("tests")
CHECKS = [
    late_imports,
    long_file,
    long_functions,
    prints,
    private_sklearn,
    unsafe_calls,
    wide_constructors,
    filler_names,
    undocumented,
    stray_warnings,
    worker_imports,
]


def complaints(files, check):
    return [f"{file.path}:{complaint}" for file in files for complaint in check(file)]


@pytest.mark.parametrize("check", CHECKS)
def test_sources(check):
    assert not complaints([*LIBRARY, *USERS], check)


def test_tests_have_no_annotations():
    assert not complaints(TESTS, annotations)


def test_reading_order():
    modules = {file.module for file in LIBRARY}
    assert not complaints(LIBRARY, lambda file: out_of_order(file, modules))


def test_reading_order_names_what_exists():
    assert set(ORDER) - {file.module for file in LIBRARY} == set()


def test_no_cycle():
    assert not cycle(LIBRARY)


def test_users_use_public_names():
    rooms = ("evaluation", "onnx", "problem", "strategies")  # which benchmarks take apart
    faces = (*FACES, *(f"automl.{room}" for room in rooms))
    public = {face.module: public_names(face) for face in LIBRARY if face.module in faces}
    public["automl"] |= {"pipelines", *rooms}
    # What measures the engine's own parts takes them apart.
    inside = (
        "benchmarks/studies/cost/",
        "benchmarks/studies/honesty/choices.py",
        "benchmarks/studies/parts/",
        "benchmarks/studies/strategies/",
        "benchmarks/torture/killing.py",  # a fit makes too few jobs for ten thousand kills
    )
    users = [file for file in USERS if not file.path.startswith(inside)]
    assert not complaints(users, lambda file: private_use(file, public))


PASS = "    pass\n"
NINE = [f"p{number}" for number in range(9)]
TWENTY_FIVE = [f"p{number}" for number in range(25)]


@pytest.mark.parametrize(
    ("check", "path", "source"),
    [
        (late_imports, "automl/files.py", "def load():\n    import json\n"),
        (late_imports, "automl/files.py", "class Table:\n    import skrub\n"),
        (late_imports, "automl/files.py", "SIZE = 1\nimport json\n"),
        (long_file, "automl/files.py", "\n" * 401),
        (long_functions, "automl/files.py", "def load():\n" + 60 * PASS),
        (
            long_functions,
            "automl/files.py",
            "class Table:\n  async def load():\n" + 60 * PASS,
        ),
        (prints, "automl/files.py", "print(1)"),
        (prints, "pipelines/building/build.py", "show = print"),
        (private_sklearn, "automl/files.py", "from sklearn.utils._mask import _get_mask"),
        (private_sklearn, "automl/files.py", "from sklearn.utils import _safe_indexing"),
        (private_sklearn, "pipelines/catalogue/linear.py", "PATH = 'sklearn.svm._classes.SVC'"),
        (private_sklearn, "pipelines/catalogue/trees.py", "Operator(path='sklearn.tree._tree.T')"),
        (private_sklearn, "pipelines/catalogue/trees.py", "PARTS = ('sklearn.tree._tree.Tree',)"),
        (private_sklearn, "pipelines/building/build.py", "TREE_PARTS = 'sklearn.tree._tree.Tree'"),
        (unsafe_calls, "automl/files.py", "eval('1')"),
        (unsafe_calls, "automl/files.py", "from pickle import load as read\nread(file)"),
        (unsafe_calls, "automl/files.py", "import joblib\njoblib.load(path)"),
        (unsafe_calls, "automl/execution/local.py", "import pickle\npickle.load(path)"),
        (
            unsafe_calls,
            "pipelines/spaces/grammar.py",
            "from deap import gp\ngp.compile(tree, pset)",
        ),
        (
            wide_constructors,
            "automl/search/search.py",
            f"class Search:\n  def __init__(self, {', '.join(NINE)}): pass",
        ),
        (
            wide_constructors,
            "automl/search/search.py",
            "@dataclass(frozen=True)\nclass Plan:\n  " + ": int\n  ".join([*TWENTY_FIVE, ""]),
        ),
        (filler_names, "automl/files.py", "def read(found):\n    return found"),
        (filler_names, "automl/files.py", "self.kept = [column for one in frame]"),
        (undocumented, "automl/files.py", "def read(path, columns, kinds):\n    '''Read.'''"),
        (stray_warnings, "automl/files.py", "import warnings\nwarnings.warn('no')"),
        (stray_warnings, "automl/files.py", "from warnings import warn\nwarn('no')"),
        (worker_imports, "automl/base.py", "from automl.execution.worker import run_on_fold"),
        (annotations, "tests/test_files.py", "def test_a_file(tmp_path: Path):\n    pass"),
        (annotations, "tests/test_files.py", "def read(path) -> None:\n    pass"),
        (annotations, "tests/test_files.py", "rows: list[int] = []"),
    ],
)
def test_check_complains(check, path, source):
    assert list(check(File(path, source)))


@pytest.mark.parametrize(
    ("check", "path", "source"),
    [
        (
            late_imports,
            "automl/files.py",
            "def load():\n    from skrub import TableVectorizer\n",
        ),
        (
            late_imports,
            "automl/files.py",
            "class Bar:\n  def on_end():\n    import rich.console",
        ),
        (
            late_imports,
            "automl/files.py",
            "'''Data.'''\nif X:\n    raise ImportError\nimport json",
        ),
        (
            long_functions,
            "automl/files.py",
            "def load():\n    '''" + 50 * "\n" + "'''\n" + 50 * PASS,
        ),
        (prints, "automl/report/page.py", "print(1)"),
        (private_sklearn, "automl/files.py", "'Like `sklearn.utils._mask`, but ours.'"),
        (
            private_sklearn,
            "pipelines/catalogue/trees.py",
            "Operator(name='tree', parts=(*TREE_PARTS, 'sklearn.tree._tree.Tree'))",
        ),
        (
            private_sklearn,
            "pipelines/catalogue/trees.py",
            "TREE_PARTS: tuple[str, ...] = ('sklearn.tree._tree.Tree',)",
        ),
        (private_sklearn, "pipelines/catalogue/trees.py", "A_PARTS = {'a': 'sklearn.a._a.A'}"),
        (unsafe_calls, "automl/execution/local.py", "import joblib\njoblib.load(path)"),
        (unsafe_calls, "automl/files.py", "model.eval(); re.compile(text)"),
        (unsafe_calls, "benchmarks/adapters/tpot.py", "import pickle\npickle.load(path)"),
        (filler_names, "automl/files.py", "def __eq__(self, other):\n    return self is other"),
        (undocumented, "automl/files.py", "def _read(path, columns, kinds):\n    '''Read.'''"),
        (undocumented, "pipelines/carried/frame.py", "def read(path, a, b):\n    '''Read.'''"),
        (stray_warnings, "automl/errors.py", "import warnings\nwarnings.warn('no')"),
        (worker_imports, "automl/execution/local.py", "from automl.execution.worker import serve"),
        (annotations, "tests/test_files.py", "@dataclass(frozen=True)\nclass A:\n  size: int = 0"),
        (prints, COMMAND_LINE, "print(1)"),
        (unsafe_calls, COMMAND_LINE, "import pickle\npickle.loads(data)"),
    ],
)
def test_check_is_silent(check, path, source):
    assert not list(check(File(path, source)))


MODULES = {*ORDER, "automl.strategies.genetic", "automl.pipelines.catalogue.linear"}


@pytest.mark.parametrize(
    ("path", "source", "n_complaints"),
    [
        ("automl/search/search.py", "from automl.strategies.genetic import Genetic", 0),
        ("automl/strategies/grid.py", "from automl.strategies.genetic import Genetic", 0),
        ("automl/strategies/grid.py", "from automl.search import Search", 1),
        ("automl/strategies/grid.py", "def ask():\n    from ..search import Search", 1),
        ("automl/strategies/grid.py", "from automl import search", 1),
        ("automl/__init__.py", "from automl.estimators import AutoMLClassifier", 0),
        ("automl/__init__.py", "from automl.cli import main", 1),
        ("automl/unheard_of.py", "", 1),
        ("pipelines/unheard_of.py", "", 1),
        ("pipelines/building/build.py", "from automl.pipelines.catalogue.linear import RIDGE", 0),
        ("pipelines/building/build.py", "from automl.pipelines import Genome", 1),
        ("pipelines/building/build.py", "import automl", 1),
        ("pipelines/building/build.py", "from automl.errors import Refused", 1),
        ("pipelines/__init__.py", "from automl.pipelines.spaces import starting", 0),
    ],
)
def test_reading_order_is_checked(path, source, n_complaints):
    assert len(list(out_of_order(File(path, source), MODULES))) == n_complaints


def test_cycles_are_found():
    grid = File("automl/strategies/grid.py", "from automl.strategies import random")
    random = File("automl/strategies/random.py", "import automl.strategies.grid")
    assert set(cycle([grid, random])) == {"automl.strategies.grid", "automl.strategies.random"}
    assert cycle([grid]) == []


@pytest.mark.parametrize(
    ("source", "n_complaints"),
    [
        ("from automl import AutoMLClassifier", 0),
        ("import automl as a\na.AutoMLClassifier().fit(X, y)", 0),
        ("import automl\nautoml.pipelines.Real", 0),
        ("import automl\nautoml.__version__", 0),
        ("from automl.pipelines import Real", 0),
        ("from automl.pipelines import build", 1),
        ("from automl.pipelines.build import build_pipeline", 1),
        ("import automl\nautoml.search.run()", 1),
        ("from automl import *", 1),
    ],
)
def test_private_use_is_found(source, n_complaints):
    face = File("automl/__init__.py", "__all__ = ['AutoMLClassifier']")
    public = {"automl": {*public_names(face), "pipelines"}, "automl.pipelines": {"Real"}}
    found = {found.split(":")[0] for found in private_use(File("examples/a.py", source), public)}
    assert len(found) == n_complaints
