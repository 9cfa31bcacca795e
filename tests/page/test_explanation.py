"""The explanation in a report: on the page, as Markdown and as JSON, with hostile names as text."""

import json

import pytest

from automl import AutoMLClassifier, AutoMLRegressor
from automl.page.facts import report_facts
from tests.page.test_report import ALLOWED, FEW, LABELS, NUMBERS, QUICK, SCRIPT, Page, X, written

pytestmark = pytest.mark.filterwarnings("ignore:columns of one value are left out")


@pytest.fixture(scope="module")
def classes():
    search = AutoMLClassifier(**QUICK, max_evaluations=4, catalogue=FEW).fit(X, LABELS)
    lacking = len(report_facts(search).missing)
    search.explain(X, LABELS)
    assert len(report_facts(search).missing) == lacking - 1
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
    # The script has no chart, and the table of the front is open.
    assert page.tags.count("svg") == page.tags.count("summary")


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


def test_a_report_without_it_says_how_to_get_it(tmp_path):
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=FEW).fit(X, NUMBERS)
    facts = report_facts(search)
    assert facts.explanation is None
    assert any("search.explain(X, y)" in sentence for sentence in facts.missing)
    assert "Explanation" not in written(search, tmp_path, ".html").partition("<nav")[2][:900]
