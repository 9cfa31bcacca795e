"""Committed pages are what their journals give, to the last character."""

import pytest

from benchmarks import pages
from benchmarks.__main__ import main
from benchmarks.pages import page_paths, render_page, replace_table
from benchmarks.running.provenance import ROOT
from benchmarks.scores.comparison import comparison_table

BEGIN, END = "<!-- table {}: written by `make reports` -->", "<!-- end of the table -->"


@pytest.mark.parametrize("path", page_paths())
def test_a_committed_page_is_what_its_journals_give(path):
    assert (ROOT / path).read_text("utf-8") == render_page(path), "run `make reports`"


def test_pages_are_written_where_they_differ(tmp_path, monkeypatch, capsys):
    (tmp_path / "new.md").write_text("old")
    (tmp_path / "text.md").write_text(f"Before\n{BEGIN.format('a')}\n{END}\nafter\n")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "PAGES", {"new.md": lambda: "new", "none.md": lambda: "none"})
    monkeypatch.setattr(pages, "TABLES", {("text.md", "a"): lambda: "| a |"})
    assert main(["reports"]) == 0
    assert capsys.readouterr().out.split() == ["new.md", "none.md", "text.md"]
    assert (tmp_path / "none.md").read_text() == "none"
    text = f"Before\n{BEGIN.format('a')}\n\n| a |\n\n{END}\nafter\n"
    assert (tmp_path / "text.md").read_text() == text
    assert main(["reports"]) == 0
    assert capsys.readouterr().out == ""


def test_a_table_takes_the_place_of_its_namesake():
    text = "".join(f"{BEGIN.format(name)}\n\nold\n\n{END}\n" for name in "ab")
    changed = replace_table(text, "b", r"\1 new")
    assert changed == text[: text.index(BEGIN.format("b"))] + (
        f"{BEGIN.format('b')}\n\n\\1 new\n\n{END}\n"
    )
    with pytest.raises(ValueError, match="once each, got 0 such tables"):
        replace_table(text, "c", "")


def test_the_short_table_has_the_best_tool_first(make_row):
    scores = {
        "h2o": {"a": 0.5, "b": 12.345},
        "automl": {"a": 0.4, "b": 1234.5},
        "gama": {"a": 0.3, "b": 11.0},
        "tpot": {"a": None, "b": 1300.0},
        "dummy": {"a": 0.1, "b": 0.1},
    }
    metrics = {"a": "log_loss", "b": "rmse"}
    rows = [
        make_row(
            adapter=adapter,
            task=task,
            metric=metrics[task],
            score=score,
            constant=2000.0,
            fit_seconds=None if score is None else 4.0,
        )
        for adapter, by_task in scores.items()
        for task, score in by_task.items()
    ]
    assert comparison_table(rows).splitlines() == [
        "| set | metric | GAMA | H2O | this project | TPOT 1.1 |",
        "| --- | --- | --- | --- | --- | --- |",
        "| a | log loss | **0.3000** | 0.5000 | 0.4000 | failed |",
        "| b | RMSE | **11.00** | 12.35 | 1234.5 | 1300.0 |",
        "| mean rank |  | 1.00 | 2.50 | 2.50 | 4.00 |",
        "| seconds of a `fit`, most |  | 4.0 | 4.0 | 4.0 | 4.0 |",
    ]
