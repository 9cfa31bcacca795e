"""The views of a search: which of them is chosen where, and what they show."""

import io
import logging
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLWarning, NestedCV, catalogue
from automl.report.course import MOST_WORKERS
from automl.report.lines import PipelineLines, ProgressLines
from automl.report.notebook import NotebookView, notebook_display
from automl.report.progress import progress_views
from automl.report.sparkline import sparkline
from automl.report.terminal import TerminalView
from automl.report.view import View
from automl.search.observer import Phase

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(60, 3)), columns=list("abc"))
LABELS = np.where(FRAME["a"] + RNG.normal(size=60) > 0, "high", "low")
NAMES = ["gaussian_nb", "logistic_regression", "simple_imputer", "standard_scaler"]
SETTINGS = {
    **{"catalogue": catalogue("default", include=NAMES), "cv": NestedCV(outer=3, repeats=1)},
    **{"time_budget": None, "max_evaluations": 4, "random_state": 0, "n_jobs": 1},
}
BEST = "best r2 0.9 ± 0.1 by ridge"


def fitted(**settings):
    return AutoMLClassifier(**{**SETTINGS, **settings}).fit(FRAME, LABELS)


class Display(ModuleType):
    """What a notebook has instead of a terminal; it keeps what it was told to show."""

    def __init__(self, fails=False):
        super().__init__("IPython.display")
        self.pages, self.others, self.fails = [], [], fails

    def HTML(self, text):  # noqa: N802 the name of IPython
        return text

    def display(self, page, display_id=False):
        if self.fails:
            raise OSError("the kernel is gone")
        (self.pages if display_id else self.others).append(page)
        return SimpleNamespace(update=self.pages.append)


@pytest.fixture
def notebook(monkeypatch):
    """Return a function that makes this process a kernel."""

    def make(**options):
        display = Display(**options)
        ipython = ModuleType("IPython")
        ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", display)
        return display

    return make


@pytest.fixture
def info(monkeypatch):
    """Let the logger of this package take messages of the level INFO, and return a stream of it."""
    logger, stream = logging.getLogger("automl"), io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield handler
    logger.setLevel(level)
    logger.removeHandler(handler)


def test_the_place_decides_on_the_view(monkeypatch, notebook):
    assert [type(view) for view in progress_views(0)] == []
    assert [type(view) for view in progress_views(1)] == [ProgressLines]
    assert [type(view) for view in progress_views(2)] == [PipelineLines]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    assert [type(view) for view in progress_views(1)] == [TerminalView]
    assert [type(view) for view in progress_views(2)] == [TerminalView, PipelineLines]
    monkeypatch.setenv("TERM", "dumb")
    assert [type(view) for view in progress_views(1)] == [ProgressLines]
    notebook()
    assert [type(view) for view in progress_views(1)] == [NotebookView]
    assert [type(view) for view in progress_views(2)] == [NotebookView, PipelineLines]
    assert [type(view) for view in progress_views(0)] == []


def test_without_a_standard_error_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert progress_views(1) == []


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch):
    ipython = ModuleType("IPython")
    ipython.get_ipython = SimpleNamespace
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert notebook_display() is None


def test_a_line_comes_every_five_seconds(monkeypatch, watch):
    lines = []
    view = ProgressLines(lines.append)
    moments = iter([0.0, 1.0, 4.9, 5.0, 9.9, 10.0])
    monkeypatch.setattr("automl.report.view.time", SimpleNamespace(monotonic=lambda: next(moments)))
    search = watch(view)  # the start, and a pulse
    for _ in range(4):
        view.on_pulse(search)
    assert len(lines) == 2
    assert lines[0] == (
        "50 of 100 s: searching, 5 tried, 6 a minute, 1 raced out early, failed: 1 refused, " + BEST
    )
    search.finish(view)
    assert [line.split(",")[0] for line in lines[2:]] == [
        "50 of 100 s: choosing the pipelines that predict",
        "50 of 100 s: final fits",
    ]


def test_a_line_for_each_pipeline(watch):
    lines = []
    watch(PipelineLines(lines.append))
    assert lines == [
        "#0 r2 0 ± 0, 1.0 s: dummy(numeric)",
        "#1 r2 0.7 ± 0.1, 1.0 s: ridge(standard_scaler(simple_imputer(numeric)), alpha=1.0)",
        "#2 refused (ValueError: <b>no [2J), 0.5 s: "
        "ridge(standard_scaler(simple_imputer(numeric)), alpha=1.0)",
        "#3 r2 0.9 ± 0.1, 1.0 s: ridge(standard_scaler(simple_imputer(numeric)), alpha=1.0)",
        "#4 raced out, 0.5 s: ridge(standard_scaler(simple_imputer(numeric)), alpha=1.0)",
    ]


def test_the_rows_of_a_view(watch):
    view = View()
    search = watch(view)
    rows = view.course.rows(search)
    assert rows[:3] == [
        ("pipelines", "5 tried, 6 a minute, 1 raced out early"),
        ("failed", "1 refused; 1 × ValueError: <b>no [2J"),
        ("best", "r2 0.9 ± 0.1 over 2 folds, #3 ridge on simple_imputer, standard_scaler"),
    ]
    label, curve = rows[3]
    assert (label, curve[0], curve[39:]) == ("course", "▁", "█ from 0.7 to 0.9")
    assert rows[4] == ("worker 1", "0:00 #5 fold 3: ridge on simple_imputer, standard_scaler")
    assert view.course.headline(search) == "0:50 left of 1:40, searching"
    assert view.course.share(search) == 0.5
    search.running *= 20
    assert view.course.workers(search)[MOST_WORKERS:] == [("", "and 12 workers more")]


def test_a_budget_of_evaluations_has_its_share():
    view, search = View(), SimpleNamespace(evaluated=[None] * 3)
    search.budget = SimpleNamespace(seconds=None, evaluations=12, elapsed=lambda: 61.0)
    assert view.course.share(search) == 0.25
    assert view.course.tried(search).startswith("3 of 12 tried")
    assert view.course.headline(search) == "1:01 so far, searching"


def test_repeated_pipelines_count_for_no_speed(watch):
    """A resumed run is told of all at once."""
    view = View()
    search = watch(view)
    search.evaluated = search.evaluated * 100
    resumed = View()
    resumed.on_pulse(search)
    assert resumed.course.per_minute(search) == 0


@pytest.mark.parametrize(
    ("values", "line"), [([], ""), ([3.0], "▁"), ([1, 1], "▁▁"), ([-2, -1, 0], "▁▅█")]
)
def test_sparklines(values, line):
    assert sparkline(values) == line
    assert sparkline(values, is_plain=True).isascii()


def test_a_notebook_has_one_display(notebook, capsys):
    display = notebook()
    fitted(verbose=1)
    assert len(display.pages) >= 3
    assert "choosing the pipelines that predict" in "".join(display.pages)
    assert "<table>" in display.pages[-2]
    assert "done, 4 of 4 tried" in display.pages[-1]
    assert "<table>" not in display.pages[-1]
    (summary,) = display.others
    assert summary.startswith("<table>")
    assert "predicts</th>" in summary
    assert "white-space:normal" in summary  # it fits any width
    assert capsys.readouterr().err == ""


def test_hostile_texts_stay_texts(notebook, watch):
    display = notebook()
    view = NotebookView(display)
    view.draw(watch(view))
    assert "<b>" not in display.pages[-1]
    assert "&lt;b&gt;no" in display.pages[-1]


def test_a_view_that_fails_changes_nothing(notebook):
    notebook(fails=True)
    with pytest.warns(AutoMLWarning) as caught:
        search = fitted(verbose=1)
    assert len(search.leaderboard_) == 4
    view, summary = [str(warning.message) for warning in caught]
    assert view.startswith("NotebookView.on_start failed")
    assert summary == "the fit is done, but its summary failed: OSError: the kernel is gone"


def test_a_pipe_gets_lines_and_a_summary(capsys):
    fitted(verbose=0)
    assert capsys.readouterr() == ("", "")
    fitted(verbose=1)
    output, errors = capsys.readouterr()
    assert output == ""
    assert "final fits" in errors
    assert "\npredicts" in errors
    assert "#0 " not in errors
    fitted(verbose=2)
    errors = capsys.readouterr().err
    assert [line[:2] for line in errors.splitlines() if line.startswith("#")] == [
        f"#{number}" for number in range(4)
    ]


def test_a_log_gets_the_lines_too(info, capsys):
    fitted(verbose=0)
    assert info.stream.getvalue() == ""
    fitted(verbose=2)
    for text in (info.stream.getvalue(), capsys.readouterr().err):
        assert text.count("#3 ") == 1
        assert text.count("\ntried") == 1


def test_a_log_on_the_standard_error_gets_them_once(info, capsys):
    info.setStream(sys.stderr)
    fitted(verbose=2)
    errors = capsys.readouterr().err
    assert errors.count("#3 ") == 1
    assert errors.count("\ntried") == 1


def test_a_summary_that_fails_costs_no_fit(monkeypatch):
    def fail(search):
        raise ValueError("no words")

    monkeypatch.setattr("automl.report.progress.summary_rows", fail)
    with pytest.warns(AutoMLWarning, match="its summary failed.*no words"):
        assert len(fitted(verbose=1).leaderboard_) == 4


def test_a_stream_need_not_be_a_file(monkeypatch):
    texts = []
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(write=texts.append, flush=lambda: None))
    fitted(verbose=1)
    assert "predicts" in "".join(texts)


class Stream(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


def test_a_closed_pipe_costs_no_fit(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Stream())
    with pytest.warns(AutoMLWarning, match="BrokenPipeError"):
        assert len(fitted(verbose=1).leaderboard_) == 4


def test_phases_come_in_order_and_the_last_also_after_an_error(monkeypatch):
    phases = []

    class Listener(View):
        def on_phase(self, search, phase):
            phases.append(phase)

    fitted(verbose=0, callbacks=[Listener()])
    assert phases == list(Phase) == ["choosing", "fitting", "done"]
    phases.clear()
    fitted(verbose=0, callbacks=[Listener()], refit=False)
    assert phases == ["choosing", "done"]
    phases.clear()
    monkeypatch.setattr("automl.base.find_winner", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fitted(verbose=0, callbacks=[Listener()])
    assert phases == ["choosing", "done"]
