"""Every example runs as a user runs it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from automl import AutoMLClassifier

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
GALLERY = sorted((Path(__file__).parents[1] / "examples" / "gallery").glob("plot_*.py"))
BUDGET = re.compile(r"""(max_evaluations(?:=|": ))(\d+)""")
LEAST = 4  # pipelines: the baseline, and some for a picture
SNIPPETS = sorted((Path(__file__).parents[1] / "examples" / "clusters").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example, tmp_path):
    command = [sys.executable, "-W", "error", str(example), str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("example", GALLERY, ids=lambda path: path.stem)
def test_gallery(example, tmp_path, monkeypatch):
    """The site runs them as they are; here their searches are short."""
    matplotlib = pytest.importorskip("matplotlib")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(tmp_path)
    source = BUDGET.sub(rf"\g<1>{LEAST}", example.read_text("utf-8"))
    backend = matplotlib.get_backend()
    pyplot.switch_backend("Agg")
    try:
        exec(compile(source, str(example), "exec"), {"__name__": "__main__"})
        assert pyplot.get_fignums()
    finally:
        pyplot.close("all")
        pyplot.switch_backend(backend)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippets_for_clusters_take_what_the_estimators_take(snippet):
    """They need clusters that are not here, so they are only read."""
    tree = ast.parse(snippet.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (search,) = [call for call in calls if getattr(call.func, "id", "") == "AutoMLClassifier"]
    assert {keyword.arg for keyword in search.keywords} <= set(AutoMLClassifier().get_params())


def test_there_are_examples():
    assert len(EXAMPLES) >= 3
    assert len(GALLERY) >= 10
