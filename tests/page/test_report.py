"""The report: the same facts as a page, Markdown and JSON, with hostile names as text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.inspection import permutation_importance
from sklearn.metrics import confusion_matrix, roc_auc_score

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    FileError,
    Quantile,
    SettingsError,
    catalogue,
    load,
)
from automl.outcome import FoldOutcome, Outcome, State
from automl.page.facts import report_facts
from automl.page.scores import Scores
from automl.page.verdict_words import verdict
from automl.pipelines import Genome
from automl.report import leaderboard
from automl.search.evaluated import Evaluated
from automl.selection import HonestScore

RNG = np.random.default_rng(0)
N = 150
pytestmark = pytest.mark.filterwarnings("ignore:columns of one value are left out")
SCRIPT = "<script>alert(1)</script>"
HANDLER = '" onload="alert(1)'
BROKEN = "a\nb|c`d"
LONG = "<b>" * 10_000
YES, TARGET = "<img src=x onerror=alert(1)>", "</title><script>alert(2)</script>"
COLUMNS = ["a", SCRIPT, HANDLER, BROKEN, LONG]
X = pd.DataFrame(RNG.normal(size=(N, 5)), columns=COLUMNS).assign(same=1)
NUMBERS = pd.Series(X["a"] + X[SCRIPT] + 0.5 * RNG.normal(size=N), name="price")
LABELS = pd.Series(np.where(NUMBERS > 0, YES, "no"), name=TARGET)
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
MODELS = ["logistic_regression", "ridge", "gaussian_nb", "k_neighbors_regressor"]
FEW = catalogue("default", include=[*MODELS, "simple_imputer", "standard_scaler"])
ALLOWED = {"html", "head", "meta", "title", "style", "body", "main", "nav", "section", "div"}
ALLOWED |= {"h1", "h2", "h3", "p", "ul", "li", "a", "table", "caption", "thead", "tbody", "tr"}
ALLOWED |= {"th", "td", "figure", "figcaption", "details", "summary", "pre", "code"}
ALLOWED |= {"svg", "line", "text", "polyline", "circle", "ol", "span", "small"}
NEW = X + 0.01  # rows that the search has not seen


class Page(HTMLParser):
    """A page as lists of what a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open += [] if tag == "meta" else [tag]
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def values(self, tag, name):
        return [value for *place, value in self.attributes if place == [tag, name]]


@pytest.fixture(scope="module")
def classes():
    return AutoMLClassifier(**QUICK, max_evaluations=5, catalogue=FEW).fit(X, LABELS)


@pytest.fixture(scope="module")
def numbers():
    return AutoMLRegressor(**QUICK, max_evaluations=5, catalogue=FEW).fit(X, NUMBERS)


def written(search, folder, ending):
    path = folder / f"report{ending}"
    search.report(path)
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def page(classes, tmp_path_factory):
    return Page(written(classes, tmp_path_factory.mktemp("page"), ".html"))


def test_hostile_names_stay_text(page):
    assert set(page.tags) <= ALLOWED
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    for text in (SCRIPT, HANDLER, YES, TARGET):
        assert any(text in data for data in page.texts)
    scripts = [text for text in page.texts if text.startswith("# Made by automl")]
    assert max(len(text) for text in page.texts if text not in scripts) < 5_000


def test_the_page_needs_no_network(page):
    assert page.open == []
    assert {value[0] for value in page.values("a", "href")} == {"#"}
    assert not [name for _, name, _ in page.attributes if name in ("src", "srcset", "action")]
    assert not re.search(r"url\(|@import", "".join(page.texts))
    assert "default-src 'none'" in "".join(page.values("meta", "content"))


def test_the_page_fits_phones_and_the_night(page):
    assert "width=device-width, initial-scale=1" in page.values("meta", "content")
    assert any("prefers-color-scheme: dark" in text for text in page.texts)


def test_every_chart_has_a_name_and_a_table(page):
    labels = page.values("svg", "aria-label")
    assert labels == [
        "The best score so far",
        "Score by size",
        "ROC curve",
        "Precision and recall",
        "Reliability of the probabilities",
    ]
    rest = page.tags
    for _ in labels:
        rest = rest[rest.index("svg") + 1 :]
        until = rest.index("svg") if "svg" in rest else len(rest)
        assert "table" in rest[:until]


def test_every_control_is_reached_by_tab(page):
    n_scrolled = sum("scroll" in (value or "") for value in page.values("div", "class"))
    assert page.values("div", "tabindex") == ["0"] * n_scrolled
    assert page.values("pre", "tabindex") == ["0"] * page.tags.count("pre")
    places = {value.removeprefix("#") for value in page.values("a", "href")}
    assert places <= {*page.values("section", "id"), *page.values("tr", "id")}
    assert places >= set(page.values("section", "id"))


def test_a_point_of_the_front_leads_to_its_row(page, classes):
    front = classes.pareto_front_
    assert page.values("tr", "id") == [f"front-{rank}" for rank in front["rank"]]
    ranks = front["rank"][~front["pipeline"].str.startswith("dummy")].tolist()
    labels = page.values("a", "aria-label")
    assert [label.split(",")[0] for label in labels] == [f"rank {rank}" for rank in ranks]
    assert all(any(label == text for text in page.texts) for label in labels)
    assert all(f"search.select({rank}, X, y)" in page.texts for rank in ranks)
    # An image has no parts for a screen reader, so this chart is none.
    assert page.values("svg", "role").count("group") == 1


def test_the_verdict_is_in_words(classes, numbers):
    sentences = report_facts(classes).verdict.sentences
    honest = classes.honest_score_
    start = f"Expected on new rows: ROC AUC {honest.estimate:.4g} (1 is perfect, 0.5 is guessing; "
    assert sentences[0].startswith(start)
    assert "a random forest" in sentences[1] or "constant" in sentences[1]
    honest = numbers.honest_score_
    facts = report_facts(numbers).verdict
    assert f"root mean squared error {-honest.estimate:.4g} (a typical" in facts.sentences[0]
    assert "less is better" in facts.sentences[0]
    assert f"between {-honest.high:.4g} and {-honest.low:.4g}" in facts.sentences[0]
    constant = numbers.leaderboard_["score"].iloc[-1]
    assert -constant == pytest.approx(facts.numbers.rows[-1][1])


def test_columns_that_are_left_out_stand_first(classes):
    rows = report_facts(classes).columns.rows
    assert rows[0] == ("same", "left out", "", "constant")
    assert rows[1] == ("a", "numeric", "", "")


def test_the_confusion_is_that_of_held_out_rows(classes):
    held_out = classes._fitted.held_out
    assert len(held_out.target) == N
    predicted = held_out.predictions.argmax(axis=1)
    assert (confusion_matrix(held_out.target, predicted) != 0).all()  # these rows were not learnt
    table = report_facts(classes).held_out[0].table
    counts = np.array([row[1:] for row in table.rows])
    np.testing.assert_array_equal(counts, confusion_matrix(held_out.target, predicted))
    assert [row[0] for row in table.rows] == classes.classes_.tolist()
    area = roc_auc_score(held_out.target, held_out.predictions[:, 1])
    assert f"{area:.4g}" in report_facts(classes).held_out[1].words


def test_errors_are_those_of_held_out_rows(numbers):
    errors, pairs = report_facts(numbers).held_out
    residuals = numbers._fitted.residuals
    name, root, mean, *_ = errors.table.rows[0]
    assert name == "price"
    assert root == pytest.approx(np.sqrt(np.mean(residuals**2)))
    assert mean == pytest.approx(residuals.mean())
    truth = [row[0] for row in pairs.table.rows]
    assert truth == sorted(truth)


def test_the_same_facts_are_json_and_markdown(classes, tmp_path):
    facts = json.loads(written(classes, tmp_path, ".json"))
    assert set(facts) >= {"verdict", "columns", "course", "leaderboard", "held_out", "fingerprint"}
    assert "svg" not in json.dumps(facts)
    text = written(classes, tmp_path, ".md")
    for diagram in facts["diagrams"]:
        assert set(diagram) == {"title", "text"}
        assert f"{diagram['title']}: {diagram['text']}" in text
    sentences = [row[2] for row in facts["quality"]["checks"]["rows"]]
    sentences += [
        value for name, value in facts["quality"]["robustness"].items() if name.startswith("on_")
    ]
    assert len(sentences) == 16
    page = " ".join(Page(written(classes, tmp_path, ".html")).texts)
    for sentence in sentences:
        assert sentence in page
    for sentence in facts["verdict"]["sentences"]:
        plain = re.sub(r"\\(.)", r"\1", text)
        assert sentence in plain
    outside = re.sub(r"^(`{3,})python$.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<" not in outside
    for line in outside.splitlines():
        if "a b" in line:
            assert r"a b\|c\`d" in line


def test_code_is_fenced_by_more_ticks_than_it_has(classes, tmp_path):
    text = written(classes, tmp_path, ".md")
    (fence, *_) = re.findall(r"^(`+)python$", text, flags=re.MULTILINE)
    assert fence not in classes.script_


def test_the_lines_repeat_the_run(classes):
    lines = report_facts(classes).fingerprint.lines
    assert "# catalogue: as you gave it" in lines
    lines = lines.replace("search.set_params(...)", "search.set_params(catalogue=FEW)")
    names = {"X": X, "y": LABELS, "FEW": FEW}
    exec(lines, names)
    assert names["search"].script_ == classes.script_


def test_a_loaded_model_says_what_is_missing(classes, tmp_path):
    classes.save(tmp_path / "model")
    loaded = load(tmp_path / "model", catalogue=FEW)
    facts = report_facts(loaded)
    assert facts.verdict == report_facts(classes).verdict
    assert (facts.course, facts.held_out) == (None, ())
    assert len(facts.missing) == 4
    page = Page(written(loaded, tmp_path, ".html"))
    assert sum(text.startswith("Missing here:") for text in page.texts) == 4
    assert "Missing here:" in written(loaded, tmp_path, ".md")


def test_without_a_final_fit_there_is_no_script(tmp_path):
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=FEW, refit=False)
    facts = report_facts(search.fit(X, NUMBERS))
    assert facts.script is None
    assert facts.held_out
    assert "<pre" in written(search, tmp_path, ".html")


def test_several_targets_have_a_row_each(tmp_path):
    both = pd.DataFrame({"one": NUMBERS, "two": -NUMBERS})
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue=FEW).fit(X, both)
    (view,) = report_facts(search).held_out
    assert [row[0] for row in view.table.rows] == ["one", "two"]


def test_several_targets_of_classes_have_views_each(tmp_path):
    both = pd.DataFrame({"one": LABELS, "two": np.where(X["a"] > 0, "b", "c")})
    trees = catalogue("default", include=["decision_tree_classifier"])
    search = AutoMLClassifier(**QUICK, max_evaluations=2, catalogue=trees).fit(X, both)
    views = report_facts(search).held_out
    assert [view.title for view in views if view.chart is None] == [
        "one: Confusion matrix",
        "two: Confusion matrix",
    ]
    confusion = [view for view in views if view.chart is None][1]
    held_out = search._fitted.held_out
    predicted = held_out.predictions[:, 2:].argmax(axis=1)
    counts = np.array([row[1:] for row in confusion.table.rows])
    np.testing.assert_array_equal(counts, confusion_matrix(held_out.target[:, 1], predicted))
    assert set(Page(written(search, tmp_path, ".html")).tags) <= ALLOWED


def test_quantiles_say_how_many_targets_are_below(tmp_path):
    scoring = Quantile([0.1, 0.9])
    search = AutoMLRegressor(**QUICK, max_evaluations=2, catalogue="linear", scoring=scoring)
    (view,) = report_facts(search.fit(X, NUMBERS)).held_out
    held_out = search._fitted.held_out
    assert [row[0] for row in view.table.rows] == [0.1, 0.9]
    low, high = (share for _, share, _ in view.table.rows)
    assert low == pytest.approx((held_out.target <= held_out.predictions[:, 0]).mean())
    assert low < high


def test_the_report_of_many_pipelines_is_small(numbers, tmp_path):
    n_pipelines = 500
    causes = [f"ValueError: {SCRIPT} {number % 3}\ntrace" for number in range(n_pipelines)]
    evaluated = []
    for number, cause in enumerate(causes):
        genome = Genome.parse(f"ridge(pca(standard_scaler(numeric)), alpha={number + 1}.0)")
        is_done = number % 5 > 0
        score = RNG.normal() if is_done else None
        state = State.DONE if is_done else State.REFUSED
        fold = FoldOutcome(state, score, cause="" if is_done else cause)
        evaluated.append(Evaluated(genome, Outcome(state, (fold,)), number))
    fitted = numbers._fitted
    origin = replace(fitted.search.origin, evaluated={row.genome: row for row in evaluated})
    record = replace(fitted.search, leaderboard=leaderboard(evaluated), origin=origin)
    search = AutoMLRegressor(**QUICK)
    search._keep(replace(fitted, search=record))
    facts = report_facts(search)
    assert len(facts.leaderboard.rows) == 20
    assert facts.leaderboard.columns[:4] == ("rank", "score", "folds", "model")
    assert facts.leaderboard.n_rows == n_pipelines
    assert [row[0] for row in facts.failures.rows] == [34, 33, 33]
    best = [score for _, score in facts.course.best]
    assert best == sorted(best)
    assert best[-1] == search.leaderboard_["score"].max()
    text = written(search, tmp_path, ".html")
    assert len(text.encode()) < 1_000_000
    assert set(Page(text).tags) <= ALLOWED


def test_other_endings_and_estimators_are_refused(classes, tmp_path):
    with pytest.raises(SettingsError, match="ends in one of"):
        classes.report(tmp_path / "report.pdf")
    with pytest.raises(FileError, match="folder"):
        classes.report(tmp_path / "nowhere" / "report.html")
    with pytest.raises(NotFittedError):
        AutoMLClassifier().report(tmp_path / "report.html")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (
            0.9999,
            "almost surely better than a random forest, which would have 0.8 (the probability ",
        ),
        (0.9999, "being better is more than 99 %"),
        (0.9, "probably better than"),
        (0.5, "about as good as"),
        (0.5, "being better is 50 %"),
        (0.1, "probably worse than"),
        (0.0, "almost surely worse than"),
        (0.0, "being better is less than 1 %"),
    ],
)
def test_a_probability_is_said_in_words(probability, words):
    score = HonestScore(0.9, 0.8, 1.0, 0.9, 0.8, probability, "roc_auc", "a random forest")
    assert words in verdict(Scores("roc_auc", score, 0.9, 0.5)).sentences[1]


def test_new_rows_tell_the_importance_of_columns(numbers, tmp_path):
    numbers.report(tmp_path / "report.json", NEW, NUMBERS)
    facts = json.loads((tmp_path / "report.json").read_text("utf-8"))["new_rows"]
    names = [row[0] for row in facts["importances"]["rows"]]
    assert set(names[:2]) == {"a", SCRIPT}
    assert len(names) == 5
    falls = [row[1] for row in facts["importances"]["rows"]]
    assert falls == sorted(falls, reverse=True)
    options = {"scoring": "neg_root_mean_squared_error", "n_repeats": 5, "random_state": 0}
    frame = NEW[list(numbers.columns_.names)]
    expected = permutation_importance(numbers.ensemble_, frame, NUMBERS.to_numpy(), **options)
    np.testing.assert_allclose(falls, -np.sort(-expected.importances_mean))
    scores = numbers.leaderboard(NEW, NUMBERS)["score"].tolist()
    assert [row[2] for row in facts["scores"]["rows"]] == pytest.approx(scores)
    for ending in (".html", ".md"):
        numbers.report(tmp_path / f"report{ending}", NEW, NUMBERS, np.ones(N))
        text = (tmp_path / f"report{ending}").read_text("utf-8")
        assert "are shuffled" in text
    assert set(Page((tmp_path / "report.html").read_text("utf-8")).tags) <= ALLOWED


def test_new_rows_need_their_target(numbers, tmp_path):
    with pytest.raises(SettingsError, match="got no y; give both"):
        numbers.report(tmp_path / "report.html", X)
