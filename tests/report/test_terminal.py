"""The live view on a real terminal, of which a screen of this file reads what is written."""

import os
import pty
import re
import subprocess
import sys

import pytest

from tests.terminals import read_terminal

termios = pytest.importorskip("termios")

FIT = """
import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from automl import AutoMLClassifier, NestedCV, Observer, catalogue
from automl.report.view import View

View.interval = 0  # each pulse is drawn, however quick the machine is


class Loud(Observer):
    def on_evaluated(self, search, evaluated):
        if evaluated.number == 1:
            print("to the output")
            print("to the error", file=sys.stderr)
            logging.getLogger("mine").warning("to the log")


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    labels = np.where(frame["a"] + rng.normal(size=60) > 0, "high", "low")
    names = ["gaussian_nb", "logistic_regression", "simple_imputer", "standard_scaler"]
    search = AutoMLClassifier(
        catalogue=catalogue("default", include=names),
        cv=NestedCV(outer=3, repeats=1),
        max_evaluations=6,
        time_budget=100,
        random_state=0,
        n_jobs=2,
        callbacks=[Loud()],
        verbose=int(sys.argv[1]),
    )
    search.fit(frame, labels)
    sys.stderr.write("the end\\n")
"""
PARTS = re.compile(
    r"\x1b\[(?P<number>\d*)(?P<code>[A-Zm])|\x1b\[\?25(?P<cursor>[hl])|(?P<text>.)", re.DOTALL
)


class Screen:
    """As many lines as are written, and a cursor; no line is wrapped."""

    def __init__(self):
        self.lines, self.row, self.column, self.has_cursor, self.widest = [""], 0, 0, True, 0

    def feed(self, content):
        for part in PARTS.finditer(content):
            if part["cursor"]:
                self.has_cursor = part["cursor"] == "h"
            elif part["code"]:
                self.obey(part["code"], int(part["number"] or 1))
            else:
                self.write(part["text"])
        return [line.rstrip() for line in self.lines if line.strip()]

    def obey(self, code, number):
        if code == "A":
            self.row = max(self.row - number, 0)
        elif code == "K":
            self.lines[self.row] = ""
        else:
            assert code == "m", code  # colors

    def write(self, letter):
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self.row += 1
            self.lines += [""] * (self.row == len(self.lines))
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + letter + line[self.column + 1 :]
            self.column += 1
            self.widest = max(self.widest, self.column)


def run(folder, columns, verbose=1, stdout=None, **environment):
    """Fit on a terminal of so many columns, and return what is written to it."""
    (folder / "fit.py").write_text(FIT)
    reading_end, writing_end = pty.openpty()
    termios.tcsetwinsize(writing_end, (24, columns))
    inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen(
        [sys.executable, "fit.py", str(verbose)],
        cwd=folder,
        env={**inherited, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm", **environment},
        stdin=writing_end,
        stdout=stdout or writing_end,
        stderr=writing_end,
    ) as process:
        os.close(writing_end)
        content = b""
        while chunk := read_terminal(reading_end):
            content += chunk
    os.close(reading_end)
    assert process.returncode == 0, content
    return content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_shows_a_view_and_keeps_the_summary(columns, tmp_path):
    content = run(tmp_path, columns)
    for words in ("left of 1:40, searching", "final fits", "pipelines  ", "worker 1"):
        assert words in content
    screen = Screen()
    lines = screen.feed(content)
    assert screen.has_cursor
    assert screen.widest <= columns
    # The view is gone, and what others wrote meanwhile stands there whole.
    assert lines[:3] == ["to the output", "to the error", "to the log"]
    assert lines[3].startswith("predicts  ")
    assert lines[-1] == "the end"
    assert len(lines) <= 3 + 12 + 1
    assert max(map(len, lines)) <= 80


@pytest.mark.slow
def test_a_line_for_each_pipeline_stands_above_the_view(tmp_path):
    with (tmp_path / "out.txt").open("w") as file:
        lines = Screen().feed(run(tmp_path, 80, verbose=2, stdout=file))
    assert [line.split()[0] for line in lines if line.startswith("#")] == [
        f"#{number}" for number in range(6)
    ]
    # The output goes where it was sent.
    assert (tmp_path / "out.txt").read_text() == "to the output\n"
    assert "to the output" not in lines


@pytest.mark.slow
def test_a_terminal_without_blocks_gets_ascii(tmp_path):
    content = run(tmp_path, 80, PYTHONIOENCODING="ascii")
    assert "+-" in content
    assert "\\u" not in content
    assert Screen().feed(content)[-1] == "the end"


@pytest.mark.slow
def test_a_silent_fit_writes_nothing(tmp_path):
    lines = run(tmp_path, 80, verbose=0).split("\r\n")
    assert lines == ["to the output", "to the error", "to the log", "the end", ""]
