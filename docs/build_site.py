"""Build the site of the docs, as `make docs` does: collect pages, run Sphinx, check what came out.

::

    docs/, results, changelog ──collect──► build/pages ──sphinx──► build/site ──► check
    examples/gallery ─────────collect──► build/gallery ──┘

Sphinx wants all pages in one folder, and links that stay inside of it. The repository keeps results
beside the code that measures them, so that pages are copied first and their links are changed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
PAGES, GALLERY, SITE = BUILD / "pages", BUILD / "gallery", BUILD / "site"
EXTERNAL = BUILD / "external_links.txt"
LINK = re.compile(r"(?<=\]\()(?!https?:|#)(?P<path>[^)#\s]+)")
WEB = ("http:", "https:")
NOT_PAGES = ("build_site.py", "pictures.py", "__pycache__")
LEAST_EXAMPLES = 10


def main() -> int:
    """Build the site and return the exit status."""
    collect()
    options = ["-W", "--keep-going", "-q", "-d", str(BUILD / "doctrees"), *sys.argv[1:]]
    sphinx = [sys.executable, "-m", "sphinx", "-b", "html", *options, str(PAGES), str(SITE)]
    if status := subprocess.run(sphinx).returncode:
        return status
    mistakes, external = check(SITE)
    mistakes += lacking(SITE)
    EXTERNAL.write_text("".join(f"{link}\n" for link in external), encoding="utf-8")
    print(*mistakes, sep="\n", file=sys.stderr)
    n_pages = len(list(SITE.rglob("*.html")))
    print(f"{n_pages} pages in {SITE.relative_to(ROOT)}, {len(mistakes)} mistakes")
    print(f"{len(external)} links to other sites: {EXTERNAL.relative_to(ROOT)}")
    return 1 if mistakes else 0


def places() -> dict[Path, Path]:
    """Return where each file of the repository stands among the pages."""
    docs = ROOT / "docs"
    files = [path for path in docs.rglob("*") if path.is_file()]
    pages = {
        path: PAGES / path.relative_to(docs)
        for path in files
        if not set(NOT_PAGES) & set(path.relative_to(docs).parts)
    }
    results = sorted((ROOT / "benchmarks" / "results").glob("*.md"))
    pages |= {path: PAGES / "results" / path.name for path in results}
    return pages | {
        ROOT / "README.md": PAGES / "index.md",  # the first page, for links
        ROOT / "CHANGELOG.md": PAGES / "changelog.md",
        ROOT / "CONTRIBUTING.md": PAGES / "contributing.md",
        docs / "search.md": PAGES / "the_search.md",  # Sphinx has a page of that name
    }


def collect() -> None:
    """Copy all pages and examples into the folder of the build, where they have changed."""
    written = set()
    standing = places()
    for source, target in standing.items():
        if source == ROOT / "README.md":
            continue
        written.add(target)
        if source.suffix == ".md":
            text = moved(source.read_text("utf-8"), source, standing)
            _write(target, text.encode())
        else:
            _write(target, source.read_bytes())
    made = {PAGES / "gallery", PAGES / "api" / "generated", PAGES / "files"}
    for path in PAGES.rglob("*"):
        if path.is_file() and path not in written and not made & set(path.parents):
            path.unlink()
    examples = sorted((ROOT / "examples" / "gallery").iterdir())
    for path in examples:
        if path.is_file():
            _write(GALLERY / path.name, path.read_bytes())
    for path in set(GALLERY.glob("*")) - {GALLERY / path.name for path in examples}:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def moved(text: str, source: Path, standing: dict[Path, Path]) -> str:
    """Return the text of a page with its links as they are where it will stand.

    Files that are no pages, such as journals and examples, are copied to be downloaded.
    """
    folder = standing[source].parent

    def link(match: re.Match[str]) -> str:
        path = (source.parent / match["path"]).resolve()
        if path not in standing and path.is_file():
            copy = PAGES / "files" / path.relative_to(ROOT)
            _write(copy, path.read_bytes())
            return _relative(copy, folder)
        return _relative(standing[path], folder) if path in standing else match["path"]

    return LINK.sub(link, text)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _write(path: Path, content: bytes) -> None:
    # What stays as it was keeps its time, so that Sphinx reads changed pages only.
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


class Links(HTMLParser):
    """The links and anchors of a page, and what it loads by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an element leads, and its name."""
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
                if tag != "a":
                    self.loaded.append(value)
            if name in ("id", "name") and value:
                self.anchors.add(value)


def check(site: Path) -> tuple[list[str], list[str]]:
    """Return what is wrong with the links of a site, and its links to other sites."""
    html = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    pages = {path.resolve(): Links(path) for path in html}
    external = {link for page in pages.values() for link in page.links if link.startswith(WEB)}
    mistakes = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        inside = [link for link in dict.fromkeys(page.links) if not urlsplit(link).scheme]
        lost = [link for link in inside if not _leads_somewhere(link, path, pages)]
        mistakes += [f"{name}: {link} leads nowhere" for link in lost]
        foreign = external.intersection(page.loaded)
        mistakes += [f"{name}: it loads {link} from another site" for link in sorted(foreign)]
    return mistakes, sorted({urldefrag(link).url for link in external})


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Links]) -> bool:
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not parts.fragment or target not in pages:
        return target.exists()
    return unquote(parts.fragment) in pages[target].anchors


def lacking(site: Path) -> Iterator[str]:
    """Yield what a gallery lacks: examples, or their pictures."""
    examples = sorted((site / "gallery").glob("plot_*.html"))
    if len(examples) < LEAST_EXAMPLES:
        yield f"gallery: {LEAST_EXAMPLES} examples are expected, and {len(examples)} are there"
    for path in examples:
        if f"sphx_glr_{path.stem}_001" not in path.read_text("utf-8"):
            yield f"gallery/{path.name}: it has no picture"


if __name__ == "__main__":
    sys.exit(main())
