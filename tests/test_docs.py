"""What the documentation shows is run: examples in docstrings, Python in pages, make targets."""

import doctest
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

import automl
import automl.pipelines

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "docs" / "guide", ROOT / "docs" / "migration"]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(page for folder in [ROOT / "docs", *GUIDES] for page in sorted(folder.glob("*.md"))),
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
CROSS_REFERENCE = re.compile(r"\{doc\}`(?:[^`<]*<)?([^`<>]+)>?`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EVALUATIONS = re.compile(r"""(max_evaluations(?:=|": ))\d+""")
LEAST = 3  # pipelines: the baseline, and two to choose from
SECONDS = re.compile(r"(\bseconds=)\d+")
PLENTY = 600  # seconds: what is left out for want of time is warned of
RECORDS = [
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    *sorted((ROOT / "benchmarks" / "results").glob("*.md")),
]


def installed_modules():
    """Name the package and all that is below it, `automl.pipelines` from its own folder."""
    packages = [automl, automl.pipelines]
    found = {
        info.name
        for package in packages
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    }
    return sorted(found | {package.__name__ for package in packages})


OPTIONAL = {
    "matplotlib": ("automl.plots.importances",),
    "lightgbm": ("automl.pipelines.search_only.stopping_lightgbm",),
    "catboost": (
        "automl.pipelines.search_only.stopping_catboost",
        "automl.pipelines.carried.catboost",
    ),
}


def page_name(page):
    return page.relative_to(ROOT).as_posix()


def blocks(page):
    """Yield kind, text and first line of the fenced blocks of a page."""
    text = page.read_text("utf-8")
    for block in BLOCK.finditer(text):
        yield block["kind"].strip(), block["body"], text.count("\n", 0, block.start("body"))


def make_targets(page):
    """Return the targets of `make` that a page names in its code."""
    text = page.read_text("utf-8")
    code = [*(body for _, body, _ in blocks(page)), *CODE_SPAN.findall(BLOCK.sub("", text))]
    commands = re.findall(r"^[$ ]*make ([^#\n]*)", "\n".join(code), re.MULTILINE)
    words = [word for command in commands for word in command.split()]
    return {word for word in words if re.fullmatch("[a-z][a-z0-9-]*", word)}


@pytest.mark.parametrize("name", installed_modules())
def test_examples_in_docstrings(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for package, modules in OPTIONAL.items():
        if name in modules:
            pytest.importorskip(package)
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_python_in_pages(page, tmp_path, monkeypatch):
    """Readers run it as it is; here searches are short, and no machine is too slow for seconds."""
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "page"}
    for kind, body, n_lines_above in blocks(page):
        if kind == "python":
            source = EVALUATIONS.sub(rf"\g<1>{LEAST}", "\n" * n_lines_above + body)
            source = SECONDS.sub(rf"\g<1>{PLENTY}", source)
            exec(compile(source, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_make_targets_exist(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE))
    assert make_targets(page) <= targets


def anchors(page):
    """Return the names of the headings of a page, as forges and MyST make them."""
    headings = HEADING.findall(BLOCK.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page, path, anchor):
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", [*PAGES, *RECORDS], ids=page_name)
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not leads_somewhere(page, *link)] == []


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_cross_references_lead_to_pages_of_the_site(page):
    docs, examples = ROOT / "docs", ROOT / "examples" / "gallery"
    for name in CROSS_REFERENCE.findall(page.read_text("utf-8")):
        folder = docs if name.startswith("/") else page.parent
        path = (folder / name.lstrip("/")).resolve().relative_to(docs)
        if path.parts[0] == "gallery":
            source = examples / ("README.txt" if path.stem == "index" else f"{path.stem}.py")
            assert source.exists(), name
        else:
            assert any((docs / path).with_suffix(suffix).exists() for suffix in (".md", ".rst"))


def test_every_public_name_is_in_the_reference():
    lines = (ROOT / "docs" / "api" / "index.rst").read_text("utf-8").splitlines()
    module, names = "", set()
    for line in lines:
        if declared := re.fullmatch(r"\.\. currentmodule:: (.+)", line):
            module = declared[1]
        if re.fullmatch(r" {3}[A-Za-z][\w.]*", line):
            names.add(f"{module}.{line.strip()}")
    for package in (automl, automl.plots, automl.pipelines):
        modules = {"plots"} if package is automl else set()
        public = {f"{package.__name__}.{name}" for name in set(package.__all__) - modules}
        assert public - names == set()
    assert ".. automodule:: automl.plots" in lines
    assert [name for name in names if pkgutil.resolve_name(name) is None] == []


def test_the_readme_counts_the_operators():
    operators = automl.catalogue("default").values()
    n_models = sum(one.is_model for one in operators)
    words = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"has {len(operators)} operators, {n_models} of them models" in words


def test_pages_are_read_as_markdown(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Do `make all -j 2` and make sure.\n```sh\n$ make demo  # make tea\n```\n")
    assert make_targets(page) == {"all", "demo"}
    assert list(blocks(page)) == [("sh", "$ make demo  # make tea\n", 2)]


@pytest.fixture
def build_site(tmp_path, monkeypatch):
    """Return the program of the site, which writes below a folder of the test."""
    path = ROOT / "docs" / "build_site.py"
    spec = importlib.util.spec_from_file_location("build_site", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("PAGES", "GALLERY", "SITE"):
        monkeypatch.setattr(module, name, tmp_path / name.lower())
    return module


def test_pages_that_were_collected_lead_to_each_other(build_site):
    build_site.collect()
    links = [
        (page, path)
        for page in sorted(build_site.PAGES.rglob("*.md"))
        for path, _ in LINK.findall(page.read_text("utf-8"))
    ]
    assert len(links) > 50
    assert [link for link in links if not (link[0].parent / link[1]).exists()] == []
    assert (build_site.PAGES / "results" / "public.md").exists()
    assert len(list(build_site.GALLERY.glob("plot_*.py"))) >= build_site.LEAST_EXAMPLES


def test_every_page_of_the_site_is_in_a_table_of_contents(build_site):
    build_site.collect()
    pages = build_site.PAGES
    listed = set()
    for page in pages.rglob("*.md"):
        for kind, body, _ in blocks(page):
            if kind == "{toctree}":
                lines = [re.sub(r".*<(.+)>", r"\1", line) for line in body.split("\n")]
                for line in filter(re.compile(r"[^:]").match, lines):
                    folder = pages if line.startswith("/") else page.parent
                    listed |= set(folder.resolve().glob(f"{line.lstrip('/')}.*"))
    listed = {path.resolve() for path in listed}
    assert {path for path in pages.rglob("*.md") if path.resolve() not in listed} == {
        pages / "index.md"
    }


def test_what_is_gone_is_removed_from_the_collected_pages(build_site):
    stale = build_site.PAGES / "stale.md"
    generated = build_site.PAGES / "gallery" / "plot_1.rst"
    for path in (stale, generated):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    build_site.collect()
    assert not stale.exists()
    assert generated.exists()


def test_lost_links_of_a_site_are_found(build_site):
    site = build_site.SITE
    (site / "gallery").mkdir(parents=True)
    (site / "a.html").write_text(
        '<h1 id="top"></h1><a href="a.html#top"></a><a href="#gone"></a><a href="b.html"></a>'
        '<a href="https://example.org"></a><script src="https://example.org/x.js"></script>'
    )
    mistakes, external = build_site.check(site)
    assert mistakes == [
        "a.html: #gone leads nowhere",
        "a.html: b.html leads nowhere",
        "a.html: it loads https://example.org/x.js from another site",
    ]
    assert external == ["https://example.org", "https://example.org/x.js"]
    assert list(build_site.lacking(site)) == ["gallery: 10 examples are expected, and 0 are there"]


def test_anchors_are_looked_up(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# `a_b` and its price\n```sh\n# no heading\n```\n")
    assert anchors(page) == {"a_b-and-its-price"}
    assert leads_somewhere(page, "", "a_b-and-its-price")
    assert leads_somewhere(page, "page.md", "")
    assert not leads_somewhere(page, "page.md", "no-heading")
    assert LINK.findall("[a](b.md#c) [d](#e) [f](https://g.h)") == [("b.md", "c"), ("", "e")]
    assert CROSS_REFERENCE.findall("{doc}`a <b/c>` {doc}`/d`") == ["b/c", "/d"]


def test_all_modules_are_found():
    folders = {"automl": ROOT / "automl", "automl.pipelines": ROOT / "pipelines"}
    on_disk = {
        ".".join([package, *path.relative_to(folder).with_suffix("").parts])
        for package, folder in folders.items()
        for path in folder.rglob("*.py")
    }
    assert {name.removesuffix(".__init__") for name in on_disk} == set(installed_modules())
