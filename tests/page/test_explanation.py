"""The explanation in a report: on the page, as Markdown and as JSON, with hostile names as text."""

import json
from copy import copy
from itertools import pairwise

import pytest

from automl import AutoMLClassifier
from automl.page.facts import report_facts
from tests.page.test_report import ALLOWED, FEW, LABELS, QUICK, SCRIPT, Page, X, written

pytestmark = pytest.mark.filterwarnings("ignore:columns of one value are left out")


@pytest.fixture(scope="module")
def unexplained():
    return AutoMLClassifier(**QUICK, max_evaluations=3, catalogue=FEW).fit(X, LABELS)


@pytest.fixture(scope="module")
def classes(unexplained):
    search = copy(unexplained)
    search.explain(X, LABELS)
    # Of importances, whether by new rows or by held-out ones.
    assert len(report_facts(search).missing) == len(report_facts(unexplained).missing) - 2
    return search


def test_the_page_has_a_chart_and_a_table_for_each_view(classes, tmp_path):
    page = Page(written(classes, tmp_path, ".html"))
    assert set(page.tags) <= ALLOWED
    assert "explanation" in page.values("section", "id")
    assert "#explanation" in page.values("a", "href")
    labels = page.values("svg", "aria-label")
    n_columns = report_facts(classes).explanation.dependence
    assert labels[-len(n_columns) - 1] == "Importance of columns by held-out rows"
    assert any(label.endswith(f"by {SCRIPT}") for label in labels)
    tags = page.tags
    charts = [place for place, tag in enumerate(tags) if tag == "svg"][-len(n_columns) - 1 :]
    for start, end in pairwise([*charts, len(tags)]):
        assert {"summary", "table"} <= set(tags[start:end])


def test_the_numbers_are_those_of_the_explanation(classes):
    facts, table = report_facts(classes).explanation, classes.explanation_.importances
    assert facts.importances.table.columns == ("column", "fall of ROC AUC", "low", "high")
    names, means, lows, _ = zip(*facts.importances.table.rows, strict=True)
    assert list(means) == table["importance"].tolist()
    assert list(lows) == table["low"].tolist()
    assert names[:2] == ("a", SCRIPT) or names[:2] == (SCRIPT, "a")
    view = facts.dependence[0]
    curve = classes.explanation_.dependence.head(len(view.table.rows))
    assert [row[1] for row in view.table.rows] == curve["prediction"].tolist()
    assert view.chart.count("<polyline") == 3  # the mean and its interval


def test_the_same_facts_are_json_and_markdown(classes, tmp_path):
    facts = json.loads(written(classes, tmp_path, ".json"))["explanation"]
    assert "chart" not in facts["importances"]
    assert facts["dependence"][0]["table"]["columns"] == ["value", "prediction", "low", "high"]
    text = written(classes, tmp_path, ".md")
    assert "## Explanation" in text
    assert "<script>" not in text.partition("## Explanation")[2]


def test_a_report_without_it_says_how_to_get_it(unexplained, tmp_path):
    facts = report_facts(unexplained)
    assert facts.explanation is None
    assert any("search.explain(X, y)" in sentence for sentence in facts.missing)
    page = Page(written(unexplained, tmp_path, ".html"))
    assert "explanation" not in page.values("section", "id")
    assert "#explanation" not in page.values("a", "href")
