"""The pictures of the docs: real programs on real screens, as `make pictures` takes them.

A terminal is a pseudo-terminal of 80 columns, the browser is Debian's chromium. A notebook needs
`pip install jupyterlab` beside; without it, its picture stays as it is.
"""

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.request import urlopen

import pyte
from playwright.sync_api import Browser, sync_playwright
from sklearn.datasets import load_breast_cancer

PICTURES = Path(__file__).parent / "pictures"
BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
COLUMNS, LINES = 80, 24
MOMENT = 25.0  # seconds into a search of 40, at which the screen is full
COLORS = {"default": "#d8dee9", "green": "#a3be8c", "red": "#bf616a", "cyan": "#88c0d0"}
COLORS |= {"magenta": "#b48ead", "blue": "#81a1c1", "brown": "#ebcb8b", "white": "#eceff4"}
FIT = ["fit", "train.csv", "--target", "benign", "--budget", "40", "--seed", "0"]
CELLS = (
    "from sklearn.datasets import load_breast_cancer\n\nfrom automl import AutoMLClassifier\n\n"
    "X, y = load_breast_cancer(return_X_y=True, as_frame=True)",
    "search = AutoMLClassifier(time_budget=40, random_state=0)\nsearch.fit(X, y)",
)
TOKEN = "pictures"
JUPYTER = "http://127.0.0.1:8899"


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as started:
        folder = Path(name)
        frame = load_breast_cancer(as_frame=True).frame.rename(columns={"target": "benign"})
        frame.to_csv(folder / "train.csv", index=False)
        browser = started.chromium.launch(executable_path=BROWSER, args=FLAGS)
        _terminal(browser, folder)
        _report(browser, folder)
        if shutil.which("jupyter"):
            _notebook(browser, folder)
        else:
            print("jupyter is not installed, so the picture of a notebook stays as it is")
        browser.close()


def _terminal(browser: Browser, folder: Path) -> None:
    """Take the live view of `automl fit`, and the summary at its end."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        command = [sys.executable, "-m", "automl", *FIT, "--history", "run.db"]
        os.execve(sys.executable, command, os.environ | {"TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    began, is_taken = time.monotonic(), False
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        try:
            content = os.read(terminal, 1 << 16) if ready else b""
        except OSError:  # Linux tells the end of a terminal by an error
            break
        stream.feed(content)
        if not is_taken and time.monotonic() - began > MOMENT:
            is_taken = True
            _take(browser, _screen(screen), "terminal.png")
    os.waitpid(pid, 0)
    _take(browser, _screen(screen), "summary.png")


def _screen(screen: pyte.Screen) -> str:
    """Return a page with the text of a terminal in its colors."""
    lines = []
    for number in range(screen.lines):
        cells = [screen.buffer[number][column] for column in range(screen.columns)]
        lines.append("".join(_cell(cell) for cell in cells).rstrip())
    text = "\n".join(lines).rstrip()
    style = "margin:0;padding:14px;background:#2e3440;color:#d8dee9;font:15px/1.35 monospace"
    return f'<body style="margin:0"><pre style="{style};width:{COLUMNS}ch">{text}</pre></body>'


def _cell(cell: pyte.screens.Char) -> str:
    if cell.fg == "default" and not cell.bold:
        return escape(cell.data)
    color = COLORS.get(cell.fg, f"#{cell.fg}" if len(cell.fg) == len("rrggbb") else "#d8dee9")
    weight = "bold" if cell.bold else "normal"
    return f'<span style="color:{color};font-weight:{weight}">{escape(cell.data)}</span>'


def _take(browser: Browser, page: str, name: str) -> None:
    window = browser.new_page(viewport={"width": 780, "height": 200})
    window.set_content(page)
    window.locator("pre").screenshot(path=PICTURES / name)
    window.close()


def _report(browser: Browser, folder: Path) -> None:
    """Take the report on a desktop, light, and on a phone, dark."""
    command = [sys.executable, "-m", "automl", "report", "run.db", "train.csv"]
    subprocess.run([*command, "--out", "report.html", "--quiet"], cwd=folder, check=True)
    address = (folder / "report.html").as_uri()
    for name, width, height, scheme in (
        ("report.png", 1280, 900, "light"),
        ("report_phone.png", 390, 844, "dark"),
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        window = context.new_page()
        window.goto(address)
        window.screenshot(path=PICTURES / name)
        context.close()


def _notebook(browser: Browser, folder: Path) -> None:
    """Take a cell that searches, in JupyterLab."""
    blank = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [blank | {"source": cell} for cell in CELLS]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "search.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with _jupyter(folder) as address:
        window = browser.new_page(viewport={"width": 1000, "height": 620})
        window.goto(f"{address}/lab/tree/search.ipynb?token={TOKEN}")
        window.wait_for_selector(".jp-Notebook", timeout=120_000)
        window.wait_for_timeout(8_000)
        window.keyboard.press("Escape")
        window.click("text=Run >> nth=0")
        window.click("text=Run All Cells")
        window.wait_for_timeout(1_000 * MOMENT)
        window.locator(".jp-Notebook").first.screenshot(path=PICTURES / "notebook.png")
        window.close()


@contextmanager
def _jupyter(folder: Path) -> Iterator[str]:
    """Run JupyterLab in a folder, and yield its address."""
    options = ["--no-browser", "--allow-root", "--port=8899", f"--IdentityProvider.token={TOKEN}"]
    process = subprocess.Popen(
        ["jupyter", "lab", *options, f"--ServerApp.root_dir={folder}"],
        env=os.environ | {"HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(JUPYTER):
            time.sleep(0.2)
        yield JUPYTER
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/api"):
            return True
    except OSError:  # it is not up yet
        return False


if __name__ == "__main__":
    main()
