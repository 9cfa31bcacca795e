"""The wheel holds what the disk holds, under one name, and importing it is light."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from importlib.metadata import PathDistribution, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"automl": "automl", "pipelines": "automl/pipelines"}  # on disk and in the wheel
# rich is not among them: scikit-learn imports it where it is there.
HEAVY = {
    "catboost",
    "dask",
    "distributed",
    "lightgbm",
    "matplotlib",
    "skops",
    "skrub",
    "torch",
    "xgboost",
}


def run(*command, cwd, path=None):
    """Run a command with nothing but `path` on PYTHONPATH."""
    environment = {**os.environ, "PYTHONPATH": str(path or "")}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


def built(source, *options):
    """Build in a copy of the sources, and return the wheel."""
    out = source / "-".join(["dist", *options])
    command = (sys.executable, "-m", "build", *options, "--no-isolation", "--outdir", out, ".")
    done = run(*command, cwd=source)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Copy the sources."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    return source


@pytest.fixture(scope="module")
def wheel(source):
    """Build the sdist, and from that the wheel."""
    return built(source)


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """Unpack the wheel."""
    site = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(site)
    return site


def contents(wheel):
    archive = zipfile.ZipFile(wheel)
    return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def config():
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


@pytest.mark.slow
def test_the_wheel_holds_what_the_disk_holds(site):
    expected = {
        f"{inside}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, inside in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    held = [path for path in (site / "automl").rglob("*") if path.is_file()]
    assert {path.relative_to(site).as_posix() for path in held} == expected


@pytest.mark.slow
def test_the_sdist_gives_the_wheel_of_the_checkout(wheel, source):
    assert contents(wheel) == contents(built(source, "--wheel"))


@pytest.mark.slow
def test_one_name_is_installed(wheel, site, config):
    version = config["metadata"]["version"]
    assert wheel.name == f"automl_gp-{version}-py3-none-any.whl"
    assert {path.name for path in site.iterdir()} == {"automl", f"automl_gp-{version}.dist-info"}


@pytest.mark.slow
def test_the_command_is_declared(site):
    (info,) = site.glob("*.dist-info")
    commands = PathDistribution(info).entry_points.select(group="console_scripts")
    assert {command.name: command.value for command in commands} == {"automl": "automl.cli:main"}


@pytest.mark.slow
def test_the_wheel_can_be_imported(site, tmp_path):
    code = "import automl.pipelines as p; print(p.__file__)"
    imported = run(sys.executable, "-c", code, cwd=tmp_path, path=site)
    assert imported.stdout.strip() == str(site / "automl" / "pipelines" / "__init__.py")


@pytest.mark.slow
def test_the_editable_install_can_be_imported_from_the_root():
    code = "import automl.pipelines as p; print(p.__file__)"
    imported = run(sys.executable, "-c", code, cwd=ROOT)
    assert Path(imported.stdout.strip()).resolve() == ROOT / "pipelines" / "__init__.py"


WITHOUT_HOOKS = """
import sys
hooks = [finder for finder in sys.meta_path if "Editable" in getattr(finder, "__name__", "")]
assert hooks
sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in hooks]
import automl.pipelines.spaces.genome as genome
print(genome.__file__)
"""


@pytest.mark.slow
def test_a_checkout_can_be_imported_without_the_hook_of_an_editable_install():
    imported = run(sys.executable, "-c", WITHOUT_HOOKS, cwd=ROOT)
    assert imported.returncode == 0, imported.stderr
    assert Path(imported.stdout.strip()).resolve() == ROOT / "pipelines" / "spaces" / "genome.py"


def test_the_folder_refuses_its_bare_name():
    imported = run(sys.executable, "-c", "import pipelines", cwd=ROOT)
    assert imported.returncode == 1
    refusal = imported.stderr.splitlines()[-1]
    assert refusal.startswith("ImportError: ")
    assert "automl.pipelines" in refusal
    assert "pip install -e ." in refusal


@pytest.mark.slow
@pytest.mark.parametrize("module", ["automl", "automl.pipelines", "automl.cli"])
def test_importing_is_light(module, site, tmp_path):
    code = f"import sys, {module}; print(*sorted({HEAVY} & set(sys.modules)))"
    imported = run(sys.executable, "-c", code, cwd=tmp_path, path=site)
    assert imported.returncode == 0, imported.stderr
    assert imported.stdout.split() == []


def test_what_is_imported_is_required(config):
    declared = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    required = {re.split("[<>=~[]", line)[0].lower() for line in "\n".join(declared).split()}
    distributions = packages_distributions()  # import name to the names on PyPI
    missing = {
        name
        for name in imported_packages() - sys.stdlib_module_names - {"automl"}
        if not required & {name, *(other.lower() for other in distributions.get(name, []))}
    }
    assert missing == set()


def imported_packages():
    """Name the top-level packages that the library imports anywhere."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    origins = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in [*names, *origins]} - {""}


def test_every_lower_bound_is_a_constraint(tmp_path, config):
    constraints = run(sys.executable, ROOT / "tests" / "oldest.py", cwd=tmp_path).stdout.split()
    lines = config["options"]["install_requires"].split("\n")
    required = {line.partition(";")[0].replace(">=", "==") for line in lines if line}
    assert required <= set(constraints)
    assert all(re.fullmatch("[a-z0-9-]+==[0-9.]+", constraint) for constraint in constraints)


WITHOUT_BOOSTERS = """
import warnings
import numpy as np, pandas as pd
from automl import AutoMLClassifier, NestedCV, catalogue

if __name__ == "__main__":
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(120, 3)), columns=list("abc"))
    options = {"max_evaluations": 3, "time_budget": None, "n_jobs": 1, "random_state": 0}
    search = AutoMLClassifier(**options, verbose=0, cv=NestedCV(outer=3, repeats=1, tuner=None))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, np.where(X["a"] > 0, "yes", "no"))
    print(*(warning.message for warning in caught), sep="\\n")
    print(search.predict(X)[0] in ("yes", "no"))
    try:
        catalogue("default", include=["lgbm_classifier"])
    except ValueError as error:
        print(error)
"""


@pytest.mark.slow
def test_without_the_packages_of_boosters_a_fit_names_what_is_left_out(site, tmp_path):
    """As on a machine for which CatBoost and LightGBM have no wheels."""
    lacking = ("automl", "catboost", "lightgbm", "__editable__")
    packages, script = tmp_path / "packages", tmp_path / "script.py"
    packages.mkdir()
    for path in Path(pytest.__file__).parents[1].iterdir():
        if not path.name.startswith(lacking):
            (packages / path.name).symlink_to(path)
    script.write_text(WITHOUT_BOOSTERS)
    # `-S` leaves out what this environment and the one below it have installed.
    fitted = run(
        *(sys.executable, "-S", str(script)), cwd=tmp_path, path=f"{site}{os.pathsep}{packages}"
    )
    assert fitted.returncode == 0, fitted.stderr
    *warned, predicted, refused = fitted.stdout.splitlines()
    assert [line for line in warned if "not installed" in line] == [
        f"{package} is not installed, so ['{name}', '{name}_unstopped'] are left out; "
        f"pip install {package}"
        for package, name in (
            ("lightgbm", "lgbm_classifier"),
            ("catboost", "cat_boost_classifier"),
        )
    ]
    assert predicted == "True"
    assert refused == (
        "'lgbm_classifier' needs a package that is not installed; pip install lightgbm"
    )
